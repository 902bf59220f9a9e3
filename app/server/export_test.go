package server

// ConnectionLimit returns how many connections may be open.
func ConnectionLimit(config Config, descriptors int) int { return connectionLimit(config, descriptors) }

package cli

// WriteNew writes a file that is not there yet.
func WriteNew(path, content string) error { return writeNew(path, content) }

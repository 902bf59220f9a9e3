// Package app puts roster together: it reads the configuration, opens what the
// configuration names, binds use cases to executors and adapters, and runs the
// server. It is the only package that sees everything; cli, below it, is the
// command line.
package app

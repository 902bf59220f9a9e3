// Package app puts roster together: it reads the configuration, opens what the
// configuration names, binds use cases to executors and adapters, and runs the
// server. It alone binds use cases to adapters. Below it, dotenv reads .env, and cli
// is the command line, which knows an adapter only to show and write migrations.
package app

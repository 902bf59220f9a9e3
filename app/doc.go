// Package app puts roster together: it reads the configuration, opens what the
// configuration names, binds use cases to executors and adapters, and runs the
// server. It is the only package that sees everything; cli, below it, is the
// command line.
//
// A program of its own does the same in a few lines:
//
//	config, err := app.Load(map[string]string{"DATABASE_URL": "memory:", "PORT": "0"})
//	…
//	server, err := app.New(ctx, config, slog.Default())
//	…
//	err = server.Run(ctx)
package app

// Command roster is a person registry: see "roster --help".
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

func main() {
	if os.Getenv("GOGC") == "" { // it comes first
		go tuneCollector(context.Background())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal kills
	os.Exit(cli.Run(ctx, cli.Process{
		Args:    os.Args[1:],
		Environ: os.Environ(),
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
	}))
}

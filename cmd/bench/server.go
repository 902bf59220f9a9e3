package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/load"
)

// database is a file that a server is started on.
type database struct{ folder, name string }

// table is the file of made-up persons that all runs share: it is only read.
func (b *bench) table(rows int) database { return database{b.cache, tableName(rows)} }

// tableCopy is a copy that may be written to.
func (b *bench) tableCopy(rows int) (database, error) {
	original, err := os.Open(filepath.Join(b.cache, tableName(rows)))
	if err != nil {
		return database{}, err
	}
	defer func() { _ = original.Close() }() // nothing was written
	fresh, err := b.emptyDatabase()
	if err != nil {
		return database{}, err
	}
	target, err := os.Create(filepath.Join(fresh.folder, fresh.name))
	if err != nil {
		return database{}, err
	}
	_, err = io.Copy(target, original)
	return fresh, errors.Join(err, target.Close())
}

// emptyDatabase is a file that is not there yet, in a folder of its own.
func (b *bench) emptyDatabase() (database, error) {
	folder, err := os.MkdirTemp(b.folder, "database-")
	return database{folder, "roster.sqlite3"}, err
}

// startServer starts roster with a driver on a database. The caller stops it.
func (b *bench) startServer(ctx context.Context, v *variant, db database, env ...string) (*child.Server, error) {
	return child.StartServer(ctx, child.ServerConfig{
		Binary:   v.server,
		Folder:   db.folder,
		Database: db.name,
		Log:      filepath.Join(b.folder, "roster.log"),
		Env:      env,
	})
}

// withServer calls do with a client of a server that runs meanwhile.
func (b *bench) withServer(ctx context.Context, v *variant, db database, do func(client *load.Client) error, env ...string) error {
	server, err := b.startServer(ctx, v, db, env...)
	if err != nil {
		return err
	}
	client := load.NewClient(server.Address)
	err = do(client)
	client.Close()
	return errors.Join(err, server.Stop())
}

// withBare is withServer for the bare handler, which answers everything with a
// person.
func withBare(ctx context.Context, do func(client *load.Client, body []byte) error) error {
	body := load.AppendPerson(nil, 5_000)
	bare, err := child.StartBare(ctx, string(body))
	if err != nil {
		return err
	}
	client := load.NewClient(bare.Address)
	err = do(client, body)
	client.Close()
	return errors.Join(err, bare.Stop())
}

// rate measures how many exchanges a second there are over so many connections.
func rate(client *load.Client, slice time.Duration, connections int, exchange load.Exchange) measurement {
	return func(ctx context.Context) (float64, error) {
		result, err := client.During(ctx, slice, connections, exchange)
		return result.Rate(), err
	}
}

// latency measures how many seconds one exchange takes, one after the other over
// one connection.
func latency(client *load.Client, slice time.Duration, exchange load.Exchange) measurement {
	return func(ctx context.Context) (float64, error) {
		result, err := client.During(ctx, slice, 1, exchange)
		return result.Each(), err
	}
}

// once measures how many seconds one exchange takes, which is made once.
func once(client *load.Client, exchange load.Exchange) measurement {
	return func(context.Context) (float64, error) {
		took, err := client.Once(exchange, 0)
		return took.Seconds(), err
	}
}

// path returns where the file is.
func (d database) path() string { return filepath.Join(d.folder, d.name) }

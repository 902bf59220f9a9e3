package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"
)

const (
	readyLimit = 60 * time.Second
	// readyPoll is how often the log is looked at. It is a part of the time that a
	// start is said to take, so it is short.
	readyPoll = time.Millisecond
)

// ServerConfig says which roster is started on which database.
type ServerConfig struct {
	// Binary is the path of the program.
	Binary string
	// Folder is where the database file is, and Database the name of the file.
	Folder, Database string
	// Log is the file that its log goes to.
	Log string
	// Env are settings, NAME=value. All that are not given have their defaults:
	// nothing comes from the environment of this program.
	Env []string
}

// Server is a roster that serves.
type Server struct {
	*Process
	// Address is where it listens, host:port.
	Address string
	// Started is the moment before it was started.
	Started time.Time
}

// StartServer starts roster on any free port of 127.0.0.1 and returns when it
// listens. The caller stops it.
func StartServer(ctx context.Context, config ServerConfig) (*Server, error) {
	log, err := os.OpenFile(config.Log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the child has its own
	process := newProcess(ctx, config.Binary, "serve")
	process.cmd.Dir = config.Folder
	process.cmd.Env = append([]string{
		"HOST=127.0.0.1",
		"PORT=0",
		"DATABASE_URL=sqlite:///" + config.Database,
	}, config.Env...)
	process.cmd.Stdout, process.cmd.Stderr = log, log
	process.cmd.SysProcAttr = endWithParent // it reads no input that would tell it

	server := &Server{Process: process, Started: time.Now()}
	if err := process.start(); err != nil {
		return nil, err
	}
	if server.Address, err = waitForAddress(ctx, process, config.Log); err != nil {
		return nil, errors.Join(err, process.Stop())
	}
	return server, nil
}

// waitForAddress reads the log until it says where the server listens.
func waitForAddress(ctx context.Context, process *Process, log string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		over := process.hasEnded() // before the log is read: then that is all of it
		content, err := os.ReadFile(log)
		if err != nil {
			return "", err
		}
		if address, ok := ServingAddress(content); ok {
			return address, nil
		}
		if over {
			return "", fmt.Errorf("roster did not start; its log is %s", content)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("roster did not say where it listens: %w", ctx.Err())
		case <-time.After(readyPoll):
		}
	}
}

// ServingAddress returns the host and port on which the server listens, by its
// log, where each line is a JSON object. It returns false as long as the log does
// not say.
func ServingAddress(log []byte) (address string, ok bool) {
	for line := range bytes.Lines(log) {
		var entry struct {
			Message string `json:"msg"`
			URL     string `json:"url"`
		}
		if json.Unmarshal(line, &entry) != nil || entry.Message != "serving" {
			continue
		}
		if parsed, err := url.Parse(entry.URL); err == nil && parsed.Host != "" {
			return parsed.Host, true
		}
	}
	return "", false
}

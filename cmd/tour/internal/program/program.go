// Package program starts roster as a user would: the program itself, in a folder of its own.
package program

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Build builds roster into a folder and returns the program's path.
func Build(ctx context.Context, dir string) (string, error) {
	file := filepath.Join(dir, "roster")
	build := exec.CommandContext(ctx, "go", "build", "-C", root, "-o", file, "./cmd/roster")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build roster: %w: %s", err, output)
	}
	return file, nil
}

// root is the module of roster, seen from this one.
const root = "../.."

// Place is a folder in which roster runs.
type Place struct {
	// File is the program, and Dir the folder, in which the database is db.sqlite3.
	File, Dir string
	// Settings are environment variables that roster is told.
	Settings []string
}

// Command returns a command of roster.
func (p Place) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, p.File, args...)
	command.Dir = p.Dir
	command.Env = append(append(os.Environ(), "DATABASE_URL=sqlite:///db.sqlite3", "LOG_FORMAT=json"), p.Settings...)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command
}

// Run runs a command of roster to its end.
func (p Place) Run(ctx context.Context, args ...string) error {
	command := p.Command(ctx, args...)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("roster %s: %w: %s", strings.Join(args, " "), err, output)
	}
	return nil
}

// Server is a roster that serves.
type Server struct {
	// URL is where it listens, without a slash at the end.
	URL string

	command *exec.Cmd
	ended   chan error
	log     bytes.Buffer
}

// stopLimit is how long a server may take to stop.
const stopLimit = 15 * time.Second

// Serve starts a server on any free port of 127.0.0.1, and returns when it serves.
func (p Place) Serve(ctx context.Context) (*Server, error) {
	command := p.Command(ctx, "serve")
	command.Env = append(command.Env, "HOST=127.0.0.1", "PORT=0", "DRAIN_DELAY=1ms")
	told, err := command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	server := &Server{command: command, ended: make(chan error, 1)}
	address := make(chan string, 1)
	go server.read(told, address)
	select {
	case server.URL = <-address:
		return server, nil
	case err := <-server.ended:
		return nil, fmt.Errorf("roster did not serve: %w: %s", errors.Join(err), server.log.String())
	}
}

// read reads the log, which says where the server listens, and then waits for the end of the process.
func (s *Server) read(told io.Reader, address chan<- string) {
	for lines := bufio.NewScanner(told); lines.Scan(); {
		s.log.Write(append(lines.Bytes(), '\n'))
		var line struct{ Msg, URL string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			address <- strings.TrimSuffix(line.URL, "/api/v1/")
		}
	}
	s.ended <- s.command.Wait()
}

// Stop stops the server.
func (s *Server) Stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		return err
	case <-time.After(stopLimit):
		return errors.Join(errors.New("roster did not stop"), s.command.Process.Kill())
	}
}

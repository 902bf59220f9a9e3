package child

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// BareCommand is the subcommand of this program that runs ServeBare.
const BareCommand = "bare"

// Bare is a process that serves one body, whatever it is asked, with net/http
// and nothing else. It is what a server in Go can reach at all.
type Bare struct {
	*Program
	// Address is where it listens, host:port.
	Address string
}

// StartBare starts this program anew, as a bare server of a body. The caller
// stops it.
func StartBare(ctx context.Context, body string) (*Bare, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	program, err := StartProgram(ctx, self, BareCommand, body)
	if err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(program.Out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the bare server did not say where it listens: %w", err), program.Stop())
	}
	return &Bare{Program: program, Address: strings.TrimSpace(line)}, nil
}

// ServeBare serves a body on any free port of 127.0.0.1, writes the address to
// out, and returns when in ends or ctx does.
func ServeBare(ctx context.Context, body string, in io.Reader, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	answer := []byte(body)
	server := &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
			_, _ = w.Write(answer) // a client that left is no news
		}),
	}
	over := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, in) // however it ends, it is over
		close(over)
	}()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if _, err := fmt.Fprintln(out, listener.Addr()); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return err
	case <-over:
	case <-ctx.Done():
	}
	return server.Close()
}

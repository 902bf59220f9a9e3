//go:build linux

// Package program builds roster and runs it: a process that can be killed, and
// looked at from outside.
package program

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Build builds roster into a folder and returns the path of the program. It is built
// with or without cgo as go build would.
func Build(ctx context.Context, folder string) (string, error) {
	binary := filepath.Join(folder, "roster")
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", binary, "github.com/seed-bbcc19ba/roster/cmd/roster")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, output)
	}
	return binary, nil
}

// Config says how roster is run.
type Config struct {
	// Binary is the path of the program.
	Binary string
	// Database is the path of the database file. The log of the program is beside its
	// folder, where no model of a disk looks.
	Database string
	// Env are settings, NAME=value. What is not given has its default: nothing comes
	// from the environment.
	Env []string
}

// Program is a roster that serves, or works off jobs.
type Program struct {
	// Address is where it listens, host:port; "" where it does not serve.
	Address string
	// Started is the moment before it was started.
	Started time.Time

	process *exec.Cmd
	log     string
	ended   chan struct{} // closed when it has ended
	err     error         // why; to be read after that
}

// startLimit is how long a start may take on a machine that does much else.
const startLimit = 60 * time.Second

// Start starts roster on any free port of 127.0.0.1 and returns when it listens. It
// is killed at the latest when this program ends.
func Start(ctx context.Context, config Config) (*Program, error) {
	return start(ctx, config, "serve", "serving")
}

// StartWorker starts a roster that works off jobs, and returns when it does. It is
// killed at the latest when this program ends.
func StartWorker(ctx context.Context, config Config) (*Program, error) {
	return start(ctx, config, "worker", "working")
}

// environment returns all that the program gets to know.
func (c Config) environment() []string {
	return append([]string{
		"HOST=127.0.0.1",
		"PORT=0",
		"LOG_LEVEL=INFO",
		"SECRET_KEY=of-no-use-to-anybody-but-long-enough-and-with-12345-digits",
		"DATABASE_URL=sqlite:///" + c.Database,
	}, c.Env...)
}

// start starts a command of roster and returns when its log says that it is ready.
func start(ctx context.Context, config Config, command, ready string) (*Program, error) {
	log, err := os.CreateTemp(filepath.Dir(filepath.Dir(config.Database)), "roster*.log")
	if err != nil {
		return nil, err
	}
	p := &Program{log: log.Name(), ended: make(chan struct{})}
	defer func() { _ = log.Close() }() // the child has its own
	p.process = exec.CommandContext(context.WithoutCancel(ctx), config.Binary, command)
	p.process.Dir = filepath.Dir(config.Database)
	p.process.Env = config.environment()
	p.process.Stdout, p.process.Stderr = log, log
	p.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.Started = time.Now()
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.process.Wait()
		close(p.ended)
	}()
	if err := p.waitUntil(ctx, ready); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// waitUntil reads the log until it has a message, and says where the program listens.
func (p *Program) waitUntil(ctx context.Context, message string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		over := p.hasEnded() // before the log is read: then that is all of it
		log, err := os.ReadFile(p.log)
		if err != nil {
			return err
		}
		var said bool
		if p.Address, said = addressIn(log, message); said {
			return nil
		}
		if over {
			return fmt.Errorf("roster did not start: %w; its log is %s", p.err, log)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("roster did not say that it is ready: %w; its log is %s", ctx.Err(), log)
		case <-time.After(time.Millisecond):
		}
	}
}

// addressIn returns whether a log has a message, and the address that it names. Each
// line of the log is a JSON object.
func addressIn(log []byte, message string) (address string, found bool) {
	for line := range bytes.Lines(log) {
		var entry struct {
			Message string `json:"msg"`
			URL     string `json:"url"`
		}
		if json.Unmarshal(line, &entry) != nil || entry.Message != message {
			continue
		}
		if parsed, err := url.Parse(entry.URL); err == nil {
			return parsed.Host, true
		}
	}
	return "", false
}

func (p *Program) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Kill kills the program with SIGKILL and waits until it is gone.
func (p *Program) Kill() {
	_ = p.process.Process.Kill() // gone already is as good
	<-p.ended
}

// stopLimit is longer than roster's own for a stop.
const stopLimit = 60 * time.Second

// Stop asks the program to stop and waits until it is gone. The error is that of an
// exit other than 0.
func (p *Program) Stop() error {
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return p.err
	case <-time.After(stopLimit):
		p.Kill()
		return errors.New("roster did not stop")
	}
}

// Log returns the last of what the program logged, but for what is of no concern.
func (p *Program) Log() string {
	log, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	var told []byte
	for line := range bytes.Lines(log) {
		if !bytes.Contains(line, []byte(`"level":"INFO"`)) && !bytes.Contains(line, []byte(`"msg":"request"`)) {
			told = append(told, line...)
		}
	}
	const enough = 4 << 10
	return string(told[max(0, len(told)-enough):])
}

package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Certificate is the server's own, read from its files again when they change. What
// cannot be used is told and the one before stays. Connections that are open keep the
// one that they began with.
type Certificate struct {
	certFile, keyFile string
	logger            *slog.Logger
	current           atomic.Pointer[tls.Certificate]
	nextLook          atomic.Int64 // Unix nanoseconds

	mu   sync.Mutex
	seen [2]fileState // of the files, when they were last read
}

// lookEvery is how often handshakes look whether the files have changed.
const lookEvery = time.Second

// fileState changes when a file is written, replaced or removed. The zero fileState
// is that of a file that nobody has looked at.
type fileState struct {
	missing  bool
	modified int64 // Unix nanoseconds
	size     int64
}

func stateOf(file string) fileState {
	info, err := os.Stat(file)
	if err != nil {
		return fileState{missing: true}
	}
	return fileState{modified: info.ModTime().UnixNano(), size: info.Size()}
}

// ReadCertificate reads a certificate for the first time. The logger is told whenever it
// is read anew.
func ReadCertificate(certFile, keyFile string, logger *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, logger: logger}
	if _, err := c.read(); err != nil {
		return nil, fmt.Errorf("cannot use the certificate: %w", err)
	}
	return c, nil
}

// read reads the files where they have changed since they were last read, also where
// that failed: the same files are not told twice.
func (c *Certificate) read() (changed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	states := [2]fileState{stateOf(c.certFile), stateOf(c.keyFile)}
	if states == c.seen {
		return false, nil
	}
	c.seen = states
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return true, err
	}
	c.current.Store(&pair)
	return true, nil
}

// Reload reads the files where they have changed, as a handshake does once a second, and
// logs what came of it.
func (c *Certificate) Reload(ctx context.Context) {
	changed, err := c.read()
	switch {
	case !changed:
	case err != nil:
		c.logger.LogAttrs(ctx, slog.LevelError, "the new certificate cannot be used, the one before stays",
			slog.String("error", err.Error()))
	default:
		c.logger.LogAttrs(ctx, slog.LevelInfo, "new certificate")
	}
}

// get is for tls.Config.GetCertificate. One handshake a second looks at the files.
func (c *Certificate) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	now, next := time.Now(), c.nextLook.Load()
	if now.UnixNano() >= next && c.nextLook.CompareAndSwap(next, now.Add(lookEvery).UnixNano()) {
		c.Reload(hello.Context())
	}
	return c.current.Load(), nil
}

// config returns what a server speaks TLS by.
func (c *Certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

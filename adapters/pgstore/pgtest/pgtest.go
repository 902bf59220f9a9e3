// Package pgtest gives tests databases on a real PostgreSQL: one server for the tests
// of a package, started from the binaries that are installed, and a database for each
// test, copied from a template in about a tenth of a second.
//
// ROSTER_TEST_POSTGRES names another server to use, by the URL of a database from which
// others may be made.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
)

// install is what to do where no server is found.
const install = "PostgreSQL's server is not installed: apt-get install -y postgresql, or set ROSTER_TEST_POSTGRES to the URL of one"

// Server is a PostgreSQL server.
type Server struct {
	url     url.URL
	process *exec.Cmd // nil where it is somebody else's
	folder  string

	made    sync.Once
	makeErr error
	number  atomic.Int64
}

// Tests are those of a package, as testing.M has them.
type Tests interface{ Run() int }

// Main runs the tests of a package beside a server, makes sure that they leave no
// goroutine behind, and ends the program.
func Main(m Tests, server **Server) { os.Exit(run(m, server)) }

func run(m Tests, server **Server) int {
	started, err := Start(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	*server = started
	code := m.Run()
	started.Stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// Start starts a server with an empty data folder, or takes the one that
// ROSTER_TEST_POSTGRES names. Nothing on it outlasts Stop, nor a power cut.
func Start(ctx context.Context) (*Server, error) {
	if text := os.Getenv("ROSTER_TEST_POSTGRES"); text != "" {
		named, err := url.Parse(text)
		if err != nil {
			return nil, errors.New("ROSTER_TEST_POSTGRES is no URL")
		}
		return &Server{url: *named}, nil
	}
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "roster-pgtest-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder}
	if err := s.start(ctx, binaries); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// findBinaries returns the folder of initdb and postgres, of the newest version where
// there are several.
func findBinaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // where Debian has them
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		found = []string{path}
	}
	if len(found) == 0 {
		return "", errors.New(install)
	}
	slices.SortFunc(found, func(a, b string) int { return versionOf(a) - versionOf(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func versionOf(path string) int {
	version, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 elsewhere
	return version
}

func (s *Server) start(ctx context.Context, binaries string) error {
	who, err := s.unprivileged()
	if err != nil {
		return err
	}
	data := filepath.Join(s.folder, "data")
	initialize := exec.CommandContext(ctx, filepath.Join(binaries, "initdb"), "-D", data, "-U", "roster", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initialize.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	initialize.Dir = s.folder
	if output, err := initialize.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()                                                                                                     // the server has its own
	s.process = exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(binaries, "postgres"), "-D", data, "-p", strconv.Itoa(port), //nolint:gosec // the folder is the system's
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=500",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum_naptime=5s")
	s.process.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	s.process.Dir, s.process.Stdout, s.process.Stderr = s.folder, log, log
	endWithParent(s.process.SysProcAttr)
	if err := startOnOwnThread(s.process); err != nil {
		return err
	}
	s.url = url.URL{Scheme: "postgresql", User: url.User("roster"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres", RawQuery: "sslmode=disable"}
	return s.wait(ctx)
}

// unprivileged returns as whom the server runs, nil for the same user: it refuses to be
// root.
func (s *Server) unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	postgres, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(postgres.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(postgres.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(s.folder, int(uid), int(gid)); err != nil { //nolint:gosec // 32 bits
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // TCP was asked for
}

// startOnOwnThread starts a process from a thread that stays until it ends: Linux tells
// it of the end of the thread, not of the process.
func startOnOwnThread(process *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := process.Start()
		started <- err
		if err == nil {
			_, _ = process.Process.Wait()
		}
	}()
	return <-started
}

// startLimit is how long a server may take to start.
const startLimit = 30 * time.Second

func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.url.String())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("PostgreSQL did not start: %w\n%s", err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server and removes what it left.
func (s *Server) Stop() {
	if s.process != nil && s.process.Process != nil {
		_ = s.process.Process.Signal(syscall.SIGQUIT) // at once: nothing is to be kept
		s.process.Process.Wait()                      //nolint:errcheck // it has ended
	}
	if s.folder != "" {
		_ = os.RemoveAll(s.folder)
	}
}

// URL returns the URL of a new database with roster's tables, which is dropped when the
// test ends.
func (s *Server) URL(tb testing.TB) string {
	tb.Helper()
	return s.temporary(tb, s.Create)
}

// EmptyURL returns the URL of a new database without tables, which is dropped when the
// test ends.
func (s *Server) EmptyURL(tb testing.TB) string {
	tb.Helper()
	return s.temporary(tb, func(ctx context.Context, name string) (string, error) {
		return s.named(name), s.administer(ctx, "CREATE DATABASE "+name)
	})
}

func (s *Server) temporary(tb testing.TB, create func(ctx context.Context, name string) (string, error)) string {
	tb.Helper()
	name := fmt.Sprintf("roster_%d_%d", os.Getpid(), s.number.Add(1))
	database, err := create(context.Background(), name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.administer(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return database
}

// Create makes a database of that name with roster's tables, and returns its URL. It
// stays until Stop, or longer where the server is somebody else's.
func (s *Server) Create(ctx context.Context, name string) (string, error) {
	template := fmt.Sprintf("roster_template_%d", os.Getpid())
	s.made.Do(func() {
		if s.makeErr = s.administer(ctx, "CREATE DATABASE "+template); s.makeErr == nil {
			s.makeErr = migrate(ctx, s.named(template))
		}
	})
	if s.makeErr != nil {
		return "", s.makeErr
	}
	return s.named(name), s.administer(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

// migrate makes the tables in a database.
func migrate(ctx context.Context, database string) error {
	store, err := pgstore.Open(ctx, pgstore.Config{URL: database})
	if err != nil {
		return err
	}
	_, err = store.Migrate(ctx)
	return errors.Join(err, store.Close())
}

// Open opens a store on a new database, which is closed and dropped when the test ends.
func (s *Server) Open(tb testing.TB) *pgstore.Store {
	tb.Helper()
	store, err := pgstore.Open(tb.Context(), pgstore.Config{URL: s.URL(tb)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() }) // before the database is dropped
	return store
}

func (s *Server) named(name string) string {
	database := s.url
	database.Path = "/" + name
	return database.String()
}

func (s *Server) administer(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.url.String())
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// Package sqlitestore keeps persons in SQLite, in the tables of the original
// service: a database file that Django made is taken over as it is, and Django
// can still open it.
//
// A file is written by one connection and read by others, which neither wait for
// the writer nor stop it (SQLite's WAL mode); but a page may wait for the commit
// under way, and a commit for the pages that are being read, some milliseconds each.
// A write is on the disk before it is answered, unless Config.Synchronous says
// otherwise. Several processes may use
// one file at once; they wait for each other's writes, at most Config.BusyTimeout.
//
// The driver is mattn/go-sqlite3 where cgo is on and modernc.org/sqlite where it
// is off.
package sqlitestore

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/seed-bbcc19ba/roster/ports"
)

// Config says where the database is and how it is used. The zero Config is a
// database in memory.
type Config struct {
	// Path is the database file, which is created where it is missing; its
	// folder is not. "" and ":memory:" are a database in memory that nobody else
	// sees and that ends with Close.
	Path string
	// Readers is how many connections read at once; 0 is 2. More than 4 gain
	// nothing. A database in memory has one connection for everything.
	Readers int
	// BusyTimeout is how long a write waits for a write of another process; 0 is
	// 5 seconds. It counts in milliseconds.
	BusyTimeout time.Duration
	// Queue is how many writes may wait behind the next one; 0 is 1024. One more
	// is refused with domain.CodeUnavailable at once. A write whose ctx ended
	// while it waited counts until its turn.
	Queue int
	// Synchronous says whether a commit waits for the disk; 0 is SynchronousFull.
	Synchronous Synchronous
	// Logger is told when the store stops writing, once; nil is nobody.
	Logger *slog.Logger
	// Observe is told of each query; nil is nobody, and costs nothing. Of what is prepared it is told as often as it is
	// put, and not that it is prepared. Queries that nobody asked for, such as those that count, have a ctx of their own.
	Observe ports.QueryObserver
}

// Synchronous says what a commit waits for. The file is consistent after a power
// cut either way; what differs is which commits are in it.
type Synchronous int

const (
	// SynchronousFull has each commit on the disk before it is answered, so that no
	// power cut takes it away.
	SynchronousFull Synchronous = iota
	// SynchronousNormal answers when the commit is with the operating system. The
	// end of the process, of whatever kind, loses nothing; a power cut or a crash of
	// the system may lose the last commits, all since SQLite's last checkpoint.
	SynchronousNormal
)

// String returns SQLite's word for it: FULL, or NORMAL. Any other value is FULL.
func (s Synchronous) String() string {
	if s == SynchronousNormal {
		return "NORMAL"
	}
	return "FULL"
}

// inMemory tells whether the database is in memory.
func (c Config) inMemory() bool { return c.Path == "" || c.Path == ":memory:" }

const (
	defaultReaders     = 2
	defaultBusyTimeout = 5 * time.Second
	defaultQueue       = 1024
)

// Store keeps persons until it is closed. Its methods answer
// domain.CodeUnavailable until the table is there: see Migrate.
//
// Find, Create, Replace, Patch and Delete cost O(log n), Seek O(log n + size of
// the slice). Page costs the same anywhere in a list of any length, because the
// store knows how many persons have ids in each block of 1,024. It counts them in
// the background, once a page was asked for, and again when another process wrote;
// until that is done, Page costs O(n). It always does so for more than 10,000
// persons or a name that is no text, and where the database has a trigger, or the
// table a foreign key, a UNIQUE constraint or ids that are very far apart. CreateBatch
// sends 500 rows a statement in one transaction.
//
// Writes are made one after the other. Those that wait are made in the order in
// which they came, and at most 512 of them share a transaction and its write to
// the disk; each is answered after it is committed. A batch has a transaction of
// its own. When one of a group fails, the group is undone and each is made again
// in a transaction of its own, so that only that one fails. When a transaction
// cannot begin or be committed, all in it get that error.
//
// A table that was taken over may have rules of its own: a write that breaks one
// is refused with domain.CodeConflict, and so is a batch among which a trigger
// saves persons of its own, because their ids do not follow one another.
//
// A write to a file that was removed or replaced after Open is refused with
// domain.CodeUnavailable: nobody would find it there.
//
// After a write or a sync of the file that failed, nothing that is written later can
// be trusted, and in a damaged file a write could spread the damage. From then on
// every write is refused with domain.CodeUnavailable until the file is opened anew,
// Ready says why, Config.Logger is told once, and reads go on; one that meets the
// damage is answered with domain.CodeInternal, never with fewer persons. A full disk
// refuses the writes that find no room, with domain.CodeUnavailable, and no others.
//
// A write whose ctx ends while it waits is never made. One that has begun is not
// interrupted: the answer says what became of it. A batch looks at ctx after each
// statement, and is then undone; another write waits for its group.
type Store struct {
	writeLane  *lane   // one connection
	writer     *writer // the goroutine that uses it
	readLane   *lane   // other connections, or the writer's own in memory
	surveyLane *lane   // one connection more, for what takes long; the writer's own in memory
	planLane   *lane   // one more, for plans; the writer's own in memory
	path       string  // of the file; "" in memory
	watch      *lane   // one connection that sees when others write; nil in memory
	fault      *fault
	census     *census
	closed     chan struct{}
	closeOnce  sync.Once

	find, page, seekAfter, seekBefore prepared
	changes, changesOf                prepared
	jobs                              *jobReads
	accounts                          *accountReads
	tokens                            *tokenReads
}

var (
	_ ports.PersonStore = (*Store)(nil)
	_ ports.Migrator    = (*Store)(nil)
	_ ports.Prober      = (*Store)(nil)
	_ ports.Explainer   = (*Store)(nil)
)

// Open opens the database and does not touch its tables. The error is one line
// that names the file: the folder is missing, it is a folder or not a database,
// it cannot be written, or another program keeps it locked. Its code is
// domain.CodeUnavailable, or what ctx says when it ends.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Readers <= 0 {
		config.Readers = defaultReaders
	}
	if config.BusyTimeout <= 0 {
		config.BusyTimeout = defaultBusyTimeout
	}
	if config.Queue <= 0 {
		config.Queue = defaultQueue
	}
	if config.inMemory() {
		config.Readers = 1
		return newStore(writerURI(config), "", config)
	}
	if err := checkPath(config.Path); err != nil {
		return nil, cannotOpen(config.Path, err)
	}
	if wasEmptied(config.Path) {
		return nil, cannotOpen(config.Path, errEmptied)
	}
	if wasRemoved(config.Path) {
		return nil, cannotOpen(config.Path, errRemoved)
	}
	before, missing := look(config.Path)
	store, err := newStore(writerURI(config), readerURI(config), config)
	if err != nil {
		return nil, cannotOpen(config.Path, err)
	}
	store.path = config.Path
	if err := prepareFile(ctx, store.writeLane.db.DB, config.BusyTimeout); err != nil {
		_ = store.Close() // nothing was written, and err says more
		return nil, cannotOpen(config.Path, err)
	}
	if store.writeLane.file, err = identityOf(config.Path); err == nil && missing == nil {
		err = store.writeLane.file.is(before) // the connection waited, maybe for who replaced the file
	}
	if err != nil {
		return nil, cannotOpen(config.Path, errors.Join(err, store.Close()))
	}
	return store, nil
}

// newStore returns a store whose connections are not open yet. Without a
// readerURI the writer's connection is used for everything.
func newStore(writerURI, readerURI string, config Config) (*Store, error) {
	store := &Store{closed: make(chan struct{}), fault: newFault(config.Logger)}
	store.jobs, store.accounts, store.tokens = newJobReads(), newAccountReads(), newTokenReads()
	store.find.query = "SELECT name, age FROM persons_person WHERE id = ?"
	store.page.query = pageSQL
	store.seekAfter.query = "SELECT id, name, age FROM persons_person WHERE id > ? ORDER BY id LIMIT ?"
	store.seekBefore.query = "SELECT id, name, age FROM persons_person WHERE id < ? ORDER BY id DESC LIMIT ?"
	var err error
	if store.writeLane, err = newLane(writerURI, 1, store.closed, store.fault, shared(config.Observe)); err != nil {
		return nil, err
	}
	store.changes.query, store.changesOf.query = changesSQL, changesOfSQL
	store.readLane, store.surveyLane, store.planLane = store.writeLane, store.writeLane, store.writeLane
	var watch *bun.DB
	if readerURI != "" {
		if store.readLane, err = newLane(readerURI, config.Readers, store.closed, store.fault, config.Observe); err != nil {
			return nil, errors.Join(err, store.writeLane.close())
		}
		// The census counts on another, a survey is made on one more, and a plan on the last.
		store.readLane.db.SetMaxOpenConns(config.Readers + 3)
		store.surveyLane, store.planLane = laneBeside(store.readLane), laneBeside(store.readLane)
		if store.watch, err = newLane(readerURI, 1, store.closed, store.fault, config.Observe); err != nil {
			return nil, errors.Join(err, store.readLane.close(), store.writeLane.close())
		}
		watch = store.watch.db
	}
	store.census = newCensus(store.writeLane, store.readLane.db, watch)
	store.writer = newWriter(store.writeLane, store.census, config.Queue)
	store.writer.observe = config.Observe
	return store, nil
}

// Close implements ports.PersonStore. It waits for the calls under way.
func (s *Store) Close() error {
	var err error
	s.closeOnce.Do(func() {
		close(s.closed)
		<-s.writer.stopped
		if s.surveyLane != s.writeLane {
			s.surveyLane.places <- struct{}{} // which waits for the survey under way
			s.planLane.places <- struct{}{}
		}
		err = s.readLane.close()
		s.census.done.Wait()
		if s.writeLane != s.readLane {
			// The writer's last, because the last connection tidies the file up.
			err = errors.Join(err, s.watch.close(), s.writeLane.close())
		}
	})
	return err
}

package ports

import "context"

// Archivist looks after a store's database as a whole, which is a file. What a file
// is differs from engine to engine, so there is no suite: each adapter's own tests
// hold it up.
//
// Codes: domain.CodeUnavailable where a file cannot be read or written or somebody
// uses what nobody may; domain.CodeConflict where a file is there that may not be, or
// is not what it should be; domain.CodeCanceled and domain.CodeDeadline when ctx ends.
// A call that returns an error has changed nothing and leaves no file behind; a
// process that is killed leaves one with a temporary name at most.
type Archivist interface {
	// Check reads all of a database file, any that the engine knows, and returns what
	// is wrong with it, the errors first. It changes nothing.
	Check(ctx context.Context, file string) ([]FileFinding, error)
	// Backup copies the store's database as of one moment into a file that is not
	// there yet, while others read and write. When it returns, the copy has been read
	// and compared, and is on the disk.
	Backup(ctx context.Context, file string) (Backup, error)
	// Restore puts a copy of a file into the place of the store's database, and keeps
	// what was there. It refuses a file in which Check finds errors, and while anybody
	// has the database open. Ids that the file or the database of before has given are
	// not given again, and an API token that is revoked in the database of before stays so.
	Restore(ctx context.Context, file string) (Restoration, error)
}

// FileFinding is something that is wrong with a database file.
type FileFinding struct {
	// Grave tells an error from a warning: the file must not be used as it is.
	Grave bool
	// ID never changes its meaning.
	ID string
	// Message says what is wrong, Hint what to do about it.
	Message, Hint string
}

// Backup is what was copied.
type Backup struct {
	// Persons is how many are in the copy.
	Persons int64
	// Bytes is the size of the copy.
	Bytes int64
}

// Restoration is what became of a database.
type Restoration struct {
	// Persons is how many are in the database now.
	Persons int64
	// LastID is the greatest id that was ever given, as far as is known.
	LastID int64
	// Kept is the path of the database of before; "" where there was none.
	Kept string
}

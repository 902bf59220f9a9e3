package sqlitestore

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/seed-bbcc19ba/roster/domain"
)

// temporary makes an empty file beside path, and returns its name and what removes
// it, unless it has been renamed.
func temporary(path string) (name string, remove func() error, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return "", nil, err
	}
	name = file.Name()
	remove = func() error {
		var errs []error
		for _, suffix := range []string{"", "-journal", "-wal", "-shm"} { // SQLite's, after a failure
			if err := os.Remove(name + suffix); !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
	return name, remove, file.Close()
}

// placeNew renames a file to a path where there is none, and never over another.
func placeNew(from, to string) error {
	err := os.Link(from, to)
	switch {
	case err == nil:
		err = os.Remove(from)
	case errors.Is(err, os.ErrExist):
		return alreadyThere(to)
	default: // a filesystem without links: an empty file of our own is renamed over
		reserved, failed := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(failed, os.ErrExist) {
			return alreadyThere(to)
		}
		if failed != nil {
			return failed
		}
		err = errors.Join(reserved.Close(), os.Rename(from, to))
	}
	if err == nil {
		err = syncFolder(filepath.Dir(to))
	}
	if err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

func alreadyThere(path string) error {
	return &domain.Error{Code: domain.CodeConflict, Message: "there is such a file already", Cause: errors.New(path)}
}

// syncFolder brings the names in a folder to the disk, where a system lets one ask.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

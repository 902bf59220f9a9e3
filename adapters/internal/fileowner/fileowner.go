// Package fileowner gives files to whom those beside them belong: a command that root runs
// once on the database of a server must leave nothing there that the server cannot write.
package fileowner

import (
	"errors"
	"os"
)

// Keep gives a file to whom another one belongs, where that is somebody else: root may
// restore the database of a server that is not root.
func Keep(path string, of os.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return err
	}
	uid, gid, differs := owner(of, now)
	if !differs {
		return nil
	}
	return os.Chown(path, uid, gid)
}

// MakeLike makes an empty file where there is none, with the mode of another file, and gives
// it to whom that one belongs, as far as it may. It does nothing where the other one cannot be
// found, and where none can be made: whoever opens the file is told why.
//
// What is there already is left alone: it may be a link, which leads root anywhere.
func MakeLike(path, other string) error {
	of, err := os.Stat(other)
	if err != nil {
		return nil //nolint:nilerr // there is nobody to whom it should belong
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil //nolint:nilerr // it is there, or who opens it is told why it cannot be
	}
	return errors.Join(imitate(file, of), file.Close())
}

// imitate gives a file the owner and the mode of another.
func imitate(file *os.File, of os.FileInfo) error {
	now, err := file.Stat()
	if err != nil {
		return err
	}
	mode := of.Mode().Perm()
	uid, gid, differs := owner(of, now)
	if differs && file.Chown(uid, gid) != nil && file.Chown(-1, gid) != nil {
		mode &^= 0o070 // what its group may was not said of this one
	}
	return file.Chmod(mode)
}

//go:build unix

package sqlitestore

import (
	"os"
	"syscall"
)

// keepOwner gives a file to whom another one belongs, where that is somebody else:
// root may restore the database of a server that is not root.
func keepOwner(path string, of os.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return err
	}
	have, ok := now.Sys().(*syscall.Stat_t)
	want, known := of.Sys().(*syscall.Stat_t)
	if !ok || !known || have.Uid == want.Uid && have.Gid == want.Gid {
		return nil
	}
	return os.Chown(path, int(want.Uid), int(want.Gid))
}

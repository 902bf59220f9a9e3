//go:build unix

package fileowner

import (
	"os"
	"syscall"
)

// owner returns to whom a file belongs, and whether another one belongs to somebody else.
func owner(of, other os.FileInfo) (uid, gid int, differs bool) {
	want, known := of.Sys().(*syscall.Stat_t)
	have, ok := other.Sys().(*syscall.Stat_t)
	if !known || !ok {
		return 0, 0, false
	}
	return int(want.Uid), int(want.Gid), want.Uid != have.Uid || want.Gid != have.Gid
}

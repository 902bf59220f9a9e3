package sqlitestore

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// sighting is what was found at a path: which file, and how long it is.
type sighting struct {
	major, minor uint32
	inode        uint64
	size         int64
}

// look looks at a path and asks for no times: where a file's times were asked for, Linux
// (since 6.13) gives the next write a new one, so that a sync has to save more than what
// was written, and a commit takes a quarter longer.
func look(path string) (sighting, error) {
	var found unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_SIZE, &found); err != nil {
		return lookAtAll(path) // the system is too old, a sandbox says no, or nothing is there
	}
	return sighting{found.Dev_major, found.Dev_minor, found.Ino, int64(found.Size)}, nil //nolint:gosec // a file's size
}

func lookAtAll(path string) (sighting, error) {
	info, err := os.Stat(path)
	if err != nil {
		return sighting{}, err
	}
	found := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // os documents it
	device := uint64(found.Dev)           //nolint:unconvert // its type is another one elsewhere
	return sighting{unix.Major(device), unix.Minor(device), found.Ino, info.Size()}, nil
}

// isOf tells whether it is the same file.
func (s sighting) isOf(other sighting) bool {
	return s.inode == other.inode && s.major == other.major && s.minor == other.minor
}

func (s sighting) length() int64 { return s.size }

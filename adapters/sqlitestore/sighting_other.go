//go:build !linux

package sqlitestore

import "os"

// sighting is what was found at a path: which file, and how long it is.
type sighting struct{ info os.FileInfo }

// look looks at a path.
func look(path string) (sighting, error) {
	info, err := os.Stat(path)
	return sighting{info}, err
}

// isOf tells whether it is the same file.
func (s sighting) isOf(other sighting) bool { return os.SameFile(s.info, other.info) }

func (s sighting) length() int64 { return s.info.Size() }

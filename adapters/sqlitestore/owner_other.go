//go:build !unix

package sqlitestore

import "os"

// keepOwner does nothing where files have no owner that could be told.
func keepOwner(string, os.FileInfo) error { return nil }

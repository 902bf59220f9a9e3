//go:build !unix

package fileowner

import "os"

// owner tells nothing where files have no owner that could be told.
func owner(_, _ os.FileInfo) (uid, gid int, differs bool) { return 0, 0, false }

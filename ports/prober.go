package ports

import "context"

// Prober is what a store is besides a PersonStore when it can lose its ability to
// write while it is in use: a disk may fail, or the file may be taken away. Suite:
// storetest, for stores that have it.
type Prober interface {
	// Ready returns nil while a write can be begun. Else it returns
	// domain.CodeUnavailable, with a message that says why and may be shown to
	// anybody: the store is closed, nothing more can be written, or another write
	// took too long. It returns domain.CodeCanceled or domain.CodeDeadline when ctx
	// ends first. It changes nothing, and waits its turn among the writes. That a
	// write can be begun is no promise that there is room on the disk for it.
	Ready(ctx context.Context) error
}

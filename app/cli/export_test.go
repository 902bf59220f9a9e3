package cli

import (
	"io"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// WriteNew writes a file that is not there yet.
func WriteNew(path, content string) error { return writeNew(path, content) }

// TellProgress tells that so many are done, of totals that change.
func TellProgress(w io.Writer, steps ...[2]int) {
	progress := newProgress(w, "saved", steps[0][1])
	defer progress.end()
	for _, step := range steps {
		progress.reach(step[0], step[1])
	}
}

// PaceOf is what a bar says of a job's pace.
func PaceOf(job domain.Job, now time.Time) string { return paceOf(job, now) }

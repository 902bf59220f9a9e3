package httpclient

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// maxLine is the greatest row or line of an event.
const maxLine = 64 << 10

// Watch yields a job as it is, and then whenever it has changed, until it is over, over server-sent events. A stream
// that breaks off, or falls silent for longer than Config.Timeout, is begun again, as often as calls are tried again
// without anything new between; the server says every 15 s that it lives. The API tells of a change at most four times a second.
func (j *Jobs) Watch(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
	return func(yield func(domain.Job, error) bool) {
		if !isID(id) {
			yield(domain.Job{}, domain.NoJob(id))
			return
		}
		var seen domain.Job
		failed := 0
		for {
			isOver, news, err := j.watchOnce(ctx, id, &seen, func(job domain.Job) bool { return yield(job, nil) })
			if news {
				failed = 0
			}
			if isOver {
				return
			}
			failed++
			if err = j.connection.mayGoOn(ctx, failed, err); err != nil {
				yield(domain.Job{}, missing(err, domain.NoJob(id)))
				return
			}
		}
	}
}

// watchOnce yields what one stream tells that was not seen before. isOver tells that nothing is to be yielded any more.
func (j *Jobs) watchOnce(ctx context.Context, id domain.JobID, seen *domain.Job, yield func(domain.Job) bool) (isOver, news bool, err error) {
	events, err := j.connection.open(ctx, call{
		method: http.MethodGet, path: jobPath(id) + "events/", header: http.Header{"Accept": {"text/event-stream"}},
	})
	if err != nil {
		return false, false, err
	}
	defer func() { _ = events.Close() }()
	for data, err := range eventsOf(events) {
		if err != nil {
			return false, news, err
		}
		job, err := jobOf([]byte(data))
		if err != nil {
			return false, news, notUnderstood(answer{status: http.StatusOK, header: events.header}, err)
		}
		if job == *seen || job.Done+job.Rejected < seen.Done+seen.Rejected {
			continue // a stream begins with what the one before ended with, or, from another server, with less
		}
		*seen, news = job, true
		if !yield(job) || job.IsOver() {
			return true, news, nil
		}
	}
	return false, news, &failure{why: &domain.Error{Code: domain.CodeUnavailable, Message: "the connection to the server was lost"}}
}

// mayGoOn waits before a stream is begun again that has failed so often in a row, and returns the error that ends it.
func (c *connection) mayGoOn(ctx context.Context, failed int, err error) error {
	_, passes := errors.AsType[*failure](err)
	if !passes || failed > c.mostRetries || !leavesTime(ctx, failed-1, 0) {
		return passed(err)
	}
	select {
	case <-time.After(spread(backoff(failed-1, 0))):
		return nil
	case <-ctx.Done():
		return domain.ContextError(ctx)
	}
}

// eventsOf yields the data of each event of a stream (HTML, section 9.2.6): all of them are of a job, whatever they are called.
// The last event, which has no blank line behind it, is not whole.
func eventsOf(text io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		lines := bufio.NewScanner(text)
		lines.Buffer(make([]byte, 0, 4<<10), maxLine)
		var data strings.Builder
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ":"); {
			case lines.Text() == "" && data.Len() > 0:
				if !yield(data.String(), nil) {
					return
				}
				data.Reset()
			case name == "data" && data.Len()+len(value) > maxLine:
				yield("", tooLong("an event"))
				return
			case name == "data":
				data.WriteString(strings.TrimPrefix(value, " ") + "\n")
			}
		}
		switch err := lines.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			yield("", tooLong("an event"))
		case err != nil:
			yield("", err)
		}
	}
}

package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

const (
	// eventStreams is how many watch jobs at once.
	eventStreams = 256
	// eventPause is the least time between two events of a stream.
	eventPause = 250 * time.Millisecond
	// eventSilence is after what time without an event a comment is sent, so that whoever
	// is on the way sees that the stream lives.
	eventSilence = 15 * time.Second
)

var errManyStreams = &domain.Error{Code: domain.CodeUnavailable, Message: "too many watch jobs"}

// jobEventsView serves /api/v1/jobs/{id}/events/.
func (a *api) jobEventsView() *view {
	return &view{
		name:        "Job Events",
		description: "Server-sent events: progress with the job, at once and whenever it has changed, and at last end.",
		renders:     []renderer{{"event-stream", "text", "event-stream"}},
		actions:     map[string]action{http.MethodGet: a.streamJob},
	}
}

func (a *api) streamJob(r *http.Request) (reply, error) {
	id, err := jobID(r)
	if err != nil {
		return reply{}, err
	}
	events := &stream{
		contentType: "text/event-stream",
		headers:     [][2]string{{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
	}
	if isHead(r) {
		_, err := a.Jobs.Find(r.Context(), id)
		return reply{status: http.StatusOK, stream: events}, err
	}
	events.write = func(out *outgoing) error {
		if !a.eventStreams.enter() {
			return errManyStreams
		}
		defer a.eventStreams.leave()
		return a.sendEvents(r, id, out)
	}
	return reply{status: http.StatusOK, stream: events}, nil
}

// sendEvents sends the events of a job until it is over or the request ends, which is no
// error: its client has gone, or the server stops and the client may ask another one.
func (a *api) sendEvents(r *http.Request, id domain.JobID, out *outgoing) error {
	ctx, stop := context.WithCancel(r.Context())
	seen := watch(ctx, a.Jobs, id)
	defer func() {
		stop()
		for range seen { // until the watch has ended
			continue
		}
	}()
	silence := time.NewTimer(eventSilence)
	defer silence.Stop()
	for {
		var err error
		select {
		case now, more := <-seen:
			switch {
			case ctx.Err() != nil || !more:
				return nil
			case now.err != nil:
				return now.err
			}
			if err = sendJob(r, now.job, out); err == nil && now.job.IsOver() {
				return nil
			}
		case <-silence.C:
			_, err = io.WriteString(out, ":\n\n")
			if err == nil {
				err = out.flush()
			}
		case <-ctx.Done():
			return nil
		}
		if err != nil {
			return err
		}
		silence.Reset(eventSilence)
	}
}

// sendJob sends what there is to tell of a job.
func sendJob(r *http.Request, job domain.Job, out *outgoing) error {
	text := appendBody(nil, toWireJob(r, job), 0)
	if _, err := fmt.Fprintf(out, "event: progress\ndata: %s\n\n", text); err != nil {
		return err
	}
	if job.IsOver() {
		if _, err := fmt.Fprintf(out, "event: end\ndata: %s\n\n", text); err != nil {
			return err
		}
	}
	return out.flush()
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, length time.Duration) {
	select {
	case <-time.After(length):
	case <-ctx.Done():
	}
}

// watched is a job as it was seen, or why none is.
type watched struct {
	job domain.Job
	err error
}

// watch returns the states of a job as they are seen, with an eventPause between two at
// least, until ctx ends. The channel is closed when the watch has ended.
func watch(ctx context.Context, jobs ports.JobManager, id domain.JobID) <-chan watched {
	seen := make(chan watched)
	tell := func(now watched) bool {
		select {
		case seen <- now:
			return true
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		defer close(seen)
		defer func() {
			if value := recover(); value != nil { // it would end the process here
				tell(watched{err: &domain.PanicError{Value: value, Stack: debug.Stack()}})
			}
		}()
		for job, err := range jobs.Watch(ctx, id) {
			if !tell(watched{job, err}) {
				return
			}
			pause(ctx, eventPause) // here, so that what is seen next is as new as can be
		}
	}()
	return seen
}

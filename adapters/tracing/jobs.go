package tracing

import (
	"context"
	"io"
	"sync"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Jobs returns the use case. The spans around a request that gives a job tell the job, and are remembered for those who work
// at it.
func (t *Tracing) Jobs(next ports.JobManager) ports.JobManager { return &jobs{next, t} }

type jobs struct {
	ports.JobManager
	tracing *Tracing
}

// Generate implements ports.JobManager.
func (j *jobs) Generate(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
	job, err := j.JobManager.Generate(ctx, order, count)
	j.tracing.given(ctx, job, err)
	return job, err
}

// Import implements ports.JobManager.
func (j *jobs) Import(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
	job, err := j.JobManager.Import(ctx, order, format, r)
	j.tracing.given(ctx, job, err)
	return job, err
}

func (t *Tracing) given(ctx context.Context, job domain.Job, err error) {
	around := spanOf(ctx)
	if err != nil || around == nil {
		return
	}
	around.change(func(s *span) { s.job = job.ID })
	t.jobs.remember(job.ID, around.place())
}

// JobHandler returns the handler with a span for each chunk: a trace of its own, with a link to the request that gave the job
// where that was in this process and not long ago. The job's id, which both tell, leads from one to the other anyway.
func (t *Tracing) JobHandler(next ports.JobHandler) ports.JobHandler { return &jobHandler{next, t} }

type jobHandler struct {
	ports.JobHandler
	tracing *Tracing
}

// Work implements ports.JobHandler.
func (h *jobHandler) Work(ctx context.Context, task domain.JobTask) (err error) {
	ctx, first := h.tracing.first(ctx, nil, ofChunk)
	if first == nil {
		return h.JobHandler.Work(ctx, task)
	}
	first.job, first.number = task.Job, int64(task.Chunk)
	if given, known := h.tracing.jobs.find(task.Job); known {
		first.record.link = &given
	}
	defer func() { first.finish(recover(), err) }()
	return h.JobHandler.Work(ctx, task)
}

// jobOrigins remembers which spans gave the latest jobs.
type jobOrigins struct {
	mu     sync.Mutex
	spans  map[domain.JobID]place
	latest []domain.JobID // a ring
	next   int
}

// rememberedJobs is how many are remembered; a job takes about 150 bytes.
const rememberedJobs = 1024

func (o *jobOrigins) remember(id domain.JobID, span place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.spans == nil {
		o.spans = map[domain.JobID]place{}
	}
	if len(o.latest) < rememberedJobs {
		o.latest = append(o.latest, id)
	} else {
		delete(o.spans, o.latest[o.next])
		o.latest[o.next] = id
		o.next = (o.next + 1) % rememberedJobs
	}
	o.spans[id] = span
}

func (o *jobOrigins) find(id domain.JobID) (place, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	span, known := o.spans[id]
	return span, known
}

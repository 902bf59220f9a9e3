package observed

import (
	"context"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Fetcher returns the fetcher with its calls told as calls of the layer fetcher.
func Fetcher(next ports.DocumentFetcher, observer ports.CallObserver) ports.DocumentFetcher {
	return &fetcher{next, observer}
}

type fetcher struct {
	ports.DocumentFetcher
	observe ports.CallObserver
}

// FetchDocument implements ports.DocumentFetcher.
func (f *fetcher) FetchDocument(ctx context.Context, url string) (_ domain.Document, err error) {
	ctx, end := f.observe(ctx, ports.Call{Layer: ports.LayerFetcher, Method: "FetchDocument"})
	defer func() { finish(end, recover(), err) }()
	return f.DocumentFetcher.FetchDocument(ctx, url)
}

// JobHandler returns the handler with its calls told as calls of the layer job.
func JobHandler(next ports.JobHandler, observer ports.CallObserver) ports.JobHandler {
	return &jobHandler{next, observer}
}

type jobHandler struct {
	ports.JobHandler
	observe ports.CallObserver
}

// Work implements ports.JobHandler.
func (h *jobHandler) Work(ctx context.Context, task domain.JobTask) (err error) {
	ctx, end := h.observe(ctx, ports.Call{Layer: ports.LayerJob, Method: ports.MethodWork})
	defer func() { finish(end, recover(), err) }()
	return h.JobHandler.Work(ctx, task)
}

// GiveUp implements ports.JobHandler.
func (h *jobHandler) GiveUp(ctx context.Context, task domain.JobTask, reason error) (err error) {
	ctx, end := h.observe(ctx, ports.Call{Layer: ports.LayerJob, Method: ports.MethodGiveUp})
	defer func() { finish(end, recover(), err) }()
	return h.JobHandler.GiveUp(ctx, task, reason)
}

package observed

import (
	"context"
	"io"
	"iter"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Registry returns the registry with its calls told as calls of the layer registry, and All as the walk that it is.
func Registry(next ports.PersonRegistry, observer ports.CallObserver) ports.PersonRegistry {
	return &registry{next, observer}
}

type registry struct {
	ports.PersonRegistry
	observe ports.CallObserver
}

// Create implements ports.PersonRegistry.
func (r *registry) Create(ctx context.Context, draft domain.Draft) (_ domain.Person, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "Create"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.Create(ctx, draft)
}

// Get implements ports.PersonRegistry.
func (r *registry) Get(ctx context.Context, id int64) (_ domain.Person, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "Get"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.Get(ctx, id)
}

// List implements ports.PersonRegistry.
func (r *registry) List(ctx context.Context, number int64) (_ domain.Page, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "List"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.List(ctx, number)
}

// After implements ports.PersonRegistry.
func (r *registry) After(ctx context.Context, id int64) (_ domain.Slice, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "After"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.After(ctx, id)
}

// Before implements ports.PersonRegistry.
func (r *registry) Before(ctx context.Context, id int64) (_ domain.Slice, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "Before"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.Before(ctx, id)
}

// All implements ports.PersonRegistry.
func (r *registry) All(ctx context.Context) iter.Seq2[domain.Person, error] {
	return walk(ctx, r.observe, ports.Call{Layer: ports.LayerRegistry, Method: "All"}, func(ctx context.Context) iter.Seq2[domain.Person, error] {
		return r.PersonRegistry.All(ctx)
	})
}

// Replace implements ports.PersonRegistry.
func (r *registry) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (_ domain.Person, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "Replace"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.Replace(ctx, id, draft, conditions...)
}

// Patch implements ports.PersonRegistry.
func (r *registry) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (_ domain.Person, err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "Patch"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.Patch(ctx, id, patch, conditions...)
}

// Delete implements ports.PersonRegistry.
func (r *registry) Delete(ctx context.Context, id int64, conditions ...domain.Condition) (err error) {
	ctx, end := r.observe(ctx, ports.Call{Layer: ports.LayerRegistry, Method: "Delete"})
	defer func() { finish(end, recover(), err) }()
	return r.PersonRegistry.Delete(ctx, id, conditions...)
}

// Bulk returns the use case with its calls told as calls of the layer bulk and a name, but for CheckCount.
func Bulk(name string, next ports.BulkCreator, observer ports.CallObserver) ports.BulkCreator {
	return &bulk{next, name, observer}
}

type bulk struct {
	ports.BulkCreator
	name    string
	observe ports.CallObserver
}

// Create implements ports.BulkCreator.
func (b *bulk) Create(ctx context.Context, drafts []domain.Draft) (_ []domain.Outcome[domain.Person], err error) {
	ctx, end := b.observe(ctx, ports.Call{Layer: ports.LayerBulk, Name: b.name, Method: "Create", Items: len(drafts)})
	defer func() { finish(end, recover(), err) }()
	return b.BulkCreator.Create(ctx, drafts)
}

// Generate implements ports.BulkCreator.
func (b *bulk) Generate(ctx context.Context, count int) (_ int, err error) {
	ctx, end := b.observe(ctx, ports.Call{Layer: ports.LayerBulk, Name: b.name, Method: "Generate", Items: count})
	defer func() { finish(end, recover(), err) }()
	return b.BulkCreator.Generate(ctx, count)
}

// GenerateOnce implements ports.BulkCreator.
func (b *bulk) GenerateOnce(ctx context.Context, claim domain.Claim, count int) (_ int, err error) {
	ctx, end := b.observe(ctx, ports.Call{Layer: ports.LayerBulk, Name: b.name, Method: "GenerateOnce", Items: count})
	defer func() { finish(end, recover(), err) }()
	return b.BulkCreator.GenerateOnce(ctx, claim, count)
}

// Check returns the use case with its calls told as calls of the layer check.
func Check(next ports.PersonChecker, observer ports.CallObserver) ports.PersonChecker {
	return &check{next, observer}
}

type check struct {
	ports.PersonChecker
	observe ports.CallObserver
}

// Check implements ports.PersonChecker.
func (c *check) Check(ctx context.Context, id int64) (_ domain.Person, err error) {
	ctx, end := c.observe(ctx, ports.Call{Layer: ports.LayerCheck, Method: "Check"})
	defer func() { finish(end, recover(), err) }()
	return c.PersonChecker.Check(ctx, id)
}

// Fetch returns the use case with its calls told as calls of the layer fetch, but for Configured. A fetch that failed is an answer
// and no error.
func Fetch(next ports.BulkFetcher, observer ports.CallObserver) ports.BulkFetcher {
	return &fetch{next, observer}
}

type fetch struct {
	ports.BulkFetcher
	observe ports.CallObserver
}

// FetchConfigured implements ports.BulkFetcher.
func (f *fetch) FetchConfigured(ctx context.Context) []domain.Fetched {
	ctx, end := f.observe(ctx, ports.Call{Layer: ports.LayerFetch, Method: "FetchConfigured"})
	defer func() { finish(end, recover(), nil) }()
	return f.BulkFetcher.FetchConfigured(ctx)
}

// Fetch implements ports.BulkFetcher.
func (f *fetch) Fetch(ctx context.Context, urls []string) []domain.Fetched {
	ctx, end := f.observe(ctx, ports.Call{Layer: ports.LayerFetch, Method: "Fetch", Items: len(urls)})
	defer func() { finish(end, recover(), nil) }()
	return f.BulkFetcher.Fetch(ctx, urls)
}

// Jobs returns the use case with its calls told as calls of the layer jobs.
func Jobs(next ports.JobManager, observer ports.CallObserver) ports.JobManager {
	return &jobs{next, observer}
}

type jobs struct {
	ports.JobManager
	observe ports.CallObserver
}

// Generate implements ports.JobManager.
func (j *jobs) Generate(ctx context.Context, order domain.JobOrder, count int64) (_ domain.Job, err error) {
	ctx, end := j.observe(ctx, ports.Call{Layer: ports.LayerJobs, Method: "Generate"})
	defer func() { finish(end, recover(), err) }()
	return j.JobManager.Generate(ctx, order, count)
}

// Import implements ports.JobManager.
func (j *jobs) Import(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (_ domain.Job, err error) {
	ctx, end := j.observe(ctx, ports.Call{Layer: ports.LayerJobs, Method: "Import"})
	defer func() { finish(end, recover(), err) }()
	return j.JobManager.Import(ctx, order, format, r)
}

// Find implements ports.JobManager.
func (j *jobs) Find(ctx context.Context, id domain.JobID) (_ domain.Job, err error) {
	ctx, end := j.observe(ctx, ports.Call{Layer: ports.LayerJobs, Method: "Find"})
	defer func() { finish(end, recover(), err) }()
	return j.JobManager.Find(ctx, id)
}

// List implements ports.JobManager.
func (j *jobs) List(ctx context.Context, before domain.JobID, size int) (_ []domain.Job, err error) {
	ctx, end := j.observe(ctx, ports.Call{Layer: ports.LayerJobs, Method: "List"})
	defer func() { finish(end, recover(), err) }()
	return j.JobManager.List(ctx, before, size)
}

// Cancel implements ports.JobManager.
func (j *jobs) Cancel(ctx context.Context, id domain.JobID) (_ domain.Job, err error) {
	ctx, end := j.observe(ctx, ports.Call{Layer: ports.LayerJobs, Method: "Cancel"})
	defer func() { finish(end, recover(), err) }()
	return j.JobManager.Cancel(ctx, id)
}

// Watch implements ports.JobManager.
func (j *jobs) Watch(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
	return walk(ctx, j.observe, ports.Call{Layer: ports.LayerJobs, Method: "Watch"}, func(ctx context.Context) iter.Seq2[domain.Job, error] {
		return j.JobManager.Watch(ctx, id)
	})
}

// Refusals implements ports.JobManager.
func (j *jobs) Refusals(ctx context.Context, id domain.JobID) iter.Seq2[domain.Refusal, error] {
	return walk(ctx, j.observe, ports.Call{Layer: ports.LayerJobs, Method: "Refusals"}, func(ctx context.Context) iter.Seq2[domain.Refusal, error] {
		return j.JobManager.Refusals(ctx, id)
	})
}

// Export returns the use case with its calls told as calls of the layer export.
func Export(next ports.PersonExporter, observer ports.CallObserver) ports.PersonExporter {
	return &export{next, observer}
}

type export struct {
	ports.PersonExporter
	observe ports.CallObserver
}

// Export implements ports.PersonExporter.
func (e *export) Export(ctx context.Context, format string, w io.Writer) (_ int64, err error) {
	ctx, end := e.observe(ctx, ports.Call{Layer: ports.LayerExport, Method: "Export"})
	defer func() { finish(end, recover(), err) }()
	return e.PersonExporter.Export(ctx, format, w)
}

// Browser returns the use case with its calls told as calls of the layer browse.
func Browser(next ports.PersonBrowser, observer ports.CallObserver) ports.PersonBrowser {
	return &browser{next, observer}
}

type browser struct {
	ports.PersonBrowser
	observe ports.CallObserver
}

// Browse implements ports.PersonBrowser.
func (b *browser) Browse(ctx context.Context, query domain.BrowseQuery) (_ domain.Browsed, err error) {
	ctx, end := b.observe(ctx, ports.Call{Layer: ports.LayerBrowse, Method: "Browse"})
	defer func() { finish(end, recover(), err) }()
	return b.PersonBrowser.Browse(ctx, query)
}

// Selected implements ports.PersonBrowser.
func (b *browser) Selected(ctx context.Context, selection domain.Selection) (_ []domain.Person, err error) {
	ctx, end := b.observe(ctx, ports.Call{Layer: ports.LayerBrowse, Method: "Selected"})
	defer func() { finish(end, recover(), err) }()
	return b.PersonBrowser.Selected(ctx, selection)
}

// Delete implements ports.PersonBrowser.
func (b *browser) Delete(ctx context.Context, selection domain.Selection) (_ int, err error) {
	ctx, end := b.observe(ctx, ports.Call{Layer: ports.LayerBrowse, Method: "Delete"})
	defer func() { finish(end, recover(), err) }()
	return b.PersonBrowser.Delete(ctx, selection)
}

package usecasetest_test

import (
	"context"
	"io"
	"iter"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// registry is a sound one but for what is set.
type registry struct {
	ports.PersonRegistry
	create  func(context.Context, domain.Draft) (domain.Person, error)
	get     func(context.Context, int64) (domain.Person, error)
	list    func(context.Context, int64) (domain.Page, error)
	after   func(context.Context, int64) (domain.Slice, error)
	before  func(context.Context, int64) (domain.Slice, error)
	all     func(context.Context) iter.Seq2[domain.Person, error]
	replace func(context.Context, int64, domain.Draft, ...domain.Condition) (domain.Person, error)
	patch   func(context.Context, int64, domain.Patch, ...domain.Condition) (domain.Person, error)
	remove  func(context.Context, int64, ...domain.Condition) error
}

func (r registry) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	return or(r.create, r.PersonRegistry.Create)(ctx, draft)
}

func (r registry) Get(ctx context.Context, id int64) (domain.Person, error) {
	return or(r.get, r.PersonRegistry.Get)(ctx, id)
}

func (r registry) List(ctx context.Context, number int64) (domain.Page, error) {
	return or(r.list, r.PersonRegistry.List)(ctx, number)
}

func (r registry) After(ctx context.Context, id int64) (domain.Slice, error) {
	return or(r.after, r.PersonRegistry.After)(ctx, id)
}

func (r registry) Before(ctx context.Context, id int64) (domain.Slice, error) {
	return or(r.before, r.PersonRegistry.Before)(ctx, id)
}

func (r registry) All(ctx context.Context) iter.Seq2[domain.Person, error] {
	if r.all != nil {
		return r.all(ctx)
	}
	return r.PersonRegistry.All(ctx)
}

func (r registry) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	if r.replace != nil {
		return r.replace(ctx, id, draft, conditions...)
	}
	return r.PersonRegistry.Replace(ctx, id, draft, conditions...)
}

func (r registry) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	if r.patch != nil {
		return r.patch(ctx, id, patch, conditions...)
	}
	return r.PersonRegistry.Patch(ctx, id, patch, conditions...)
}

func (r registry) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	if r.remove != nil {
		return r.remove(ctx, id, conditions...)
	}
	return r.PersonRegistry.Delete(ctx, id, conditions...)
}

// or returns what is planted, or else what is sound.
func or[In, Out any](planted, sound func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	if planted != nil {
		return planted
	}
	return sound
}

// bulk is a sound one but for what is set.
type bulk struct {
	ports.BulkCreator
	check    func(int) error
	create   func(context.Context, []domain.Draft) ([]domain.Outcome[domain.Person], error)
	generate func(context.Context, int) (int, error)
	once     func(context.Context, domain.Claim, int) (int, error)
}

func (b bulk) CheckCount(count int) error {
	if b.check != nil {
		return b.check(count)
	}
	return b.BulkCreator.CheckCount(count)
}

func (b bulk) Create(ctx context.Context, drafts []domain.Draft) ([]domain.Outcome[domain.Person], error) {
	return or(b.create, b.BulkCreator.Create)(ctx, drafts)
}

func (b bulk) Generate(ctx context.Context, count int) (int, error) {
	return or(b.generate, b.BulkCreator.Generate)(ctx, count)
}

func (b bulk) GenerateOnce(ctx context.Context, claim domain.Claim, count int) (int, error) {
	if b.once != nil {
		return b.once(ctx, claim, count)
	}
	return b.BulkCreator.GenerateOnce(ctx, claim, count)
}

type (
	check  func(context.Context, int64) (domain.Person, error)
	fetch  func(context.Context) []domain.Fetched
	export func(context.Context, string, io.Writer) (int64, error)
)

func (c check) Check(ctx context.Context, id int64) (domain.Person, error) { return c(ctx, id) }
func (f fetch) FetchConfigured(ctx context.Context) []domain.Fetched       { return f(ctx) }
func (e export) Export(ctx context.Context, format string, w io.Writer) (int64, error) {
	return e(ctx, format, w)
}

// jobManager is a sound one but for what is set.
type jobManager struct {
	ports.JobManager
	generate func(context.Context, domain.JobOrder, int64) (domain.Job, error)
	imported func(context.Context, domain.JobOrder, string, io.Reader) (domain.Job, error)
	find     func(context.Context, domain.JobID) (domain.Job, error)
	list     func(context.Context, domain.JobID, int) ([]domain.Job, error)
	cancel   func(context.Context, domain.JobID) (domain.Job, error)
	watch    func(context.Context, domain.JobID) iter.Seq2[domain.Job, error]
	refusals func(context.Context, domain.JobID) iter.Seq2[domain.Refusal, error]
}

func (j jobManager) Generate(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
	if j.generate != nil {
		return j.generate(ctx, order, count)
	}
	return j.JobManager.Generate(ctx, order, count)
}

func (j jobManager) Import(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
	if j.imported != nil {
		return j.imported(ctx, order, format, r)
	}
	return j.JobManager.Import(ctx, order, format, r)
}

func (j jobManager) Find(ctx context.Context, id domain.JobID) (domain.Job, error) {
	return or(j.find, j.JobManager.Find)(ctx, id)
}

func (j jobManager) List(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
	if j.list != nil {
		return j.list(ctx, before, size)
	}
	return j.JobManager.List(ctx, before, size)
}

func (j jobManager) Cancel(ctx context.Context, id domain.JobID) (domain.Job, error) {
	return or(j.cancel, j.JobManager.Cancel)(ctx, id)
}

func (j jobManager) Watch(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
	if j.watch != nil {
		return j.watch(ctx, id)
	}
	return j.JobManager.Watch(ctx, id)
}

func (j jobManager) Refusals(ctx context.Context, id domain.JobID) iter.Seq2[domain.Refusal, error] {
	if j.refusals != nil {
		return j.refusals(ctx, id)
	}
	return j.JobManager.Refusals(ctx, id)
}

package usecasetest_test

import (
	"context"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/usecasetest"
)

// control is a mistake that is planted in use cases which are sound otherwise, and the start of the name of the case that
// must notice.
type control struct {
	mistake     string
	wantFailing string
	plant       func(with *usecasetest.UseCases)
}

func TestSuiteRefusesBrokenUseCases(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) {
				t.Helper()
				planted := func(open func(t *testing.T) usecasetest.UseCases) func(t *testing.T) usecasetest.UseCases {
					return func(t *testing.T) usecasetest.UseCases {
						t.Helper()
						with := open(t)
						c.plant(&with)
						return with
					}
				}
				usecasetest.Run(t, usecasetest.Harness{Open: planted(open), Idle: planted(idle)})
			})
		})
	}
}

// Without it the mistakes might be those of what they are planted in.
func TestWhatMistakesArePlantedInPasses(t *testing.T) {
	t.Parallel()
	wrapped := func(with usecasetest.UseCases) usecasetest.UseCases {
		with.Registry, with.Bulk, with.Jobs = registry{PersonRegistry: with.Registry}, bulk{BulkCreator: with.Bulk}, jobManager{JobManager: with.Jobs}
		with.Check, with.Fetch, with.Export = check(with.Check.Check), fetch(with.Fetch.FetchConfigured), export(with.Export.Export)
		return with
	}
	usecasetest.Run(t, usecasetest.Harness{
		Open: func(t *testing.T) usecasetest.UseCases { t.Helper(); return wrapped(open(t)) },
		Idle: func(t *testing.T) usecasetest.UseCases { t.Helper(); return wrapped(idle(t)) },
	})
}

func TestEveryMethodIsCalledByACase(t *testing.T) {
	t.Parallel()
	registries, bulks, checks := called.Want[ports.PersonRegistry](t), called.Want[ports.BulkCreator](t), called.Want[ports.PersonChecker](t)
	fetches, managers, exports := called.Want[ports.ConfiguredFetcher](t), called.Want[ports.JobManager](t), called.Want[ports.PersonExporter](t)
	usecasetest.Run(t, usecasetest.Harness{Open: func(t *testing.T) usecasetest.UseCases {
		t.Helper()
		with := open(t)
		mocks := struct {
			registry portmock.PersonRegistryMock
			bulk     portmock.BulkCreatorMock
			check    portmock.PersonCheckerMock
			fetch    portmock.ConfiguredFetcherMock
			jobs     portmock.JobManagerMock
			export   portmock.PersonExporterMock
		}{}
		registries.Forward(&mocks.registry, with.Registry)
		bulks.Forward(&mocks.bulk, with.Bulk)
		checks.Forward(&mocks.check, with.Check)
		fetches.Forward(&mocks.fetch, with.Fetch)
		managers.Forward(&mocks.jobs, with.Jobs)
		exports.Forward(&mocks.export, with.Export)
		return usecasetest.UseCases{
			Registry: &mocks.registry, Bulk: &mocks.bulk, Check: &mocks.check, Fetch: &mocks.fetch, Jobs: &mocks.jobs, Export: &mocks.export,
		}
	}})
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, usecasetest.CaseNames(), wantFailing)
}

func controls() []control {
	return slices.Concat(registryControls(), changeControls(), listControls(), bulkControls(), otherControls(), jobControls())
}

// inRegistry plants something in the registry.
func inRegistry(plant func(sound ports.PersonRegistry, r *registry)) func(*usecasetest.UseCases) {
	return func(with *usecasetest.UseCases) {
		planted := registry{PersonRegistry: with.Registry}
		plant(with.Registry, &planted)
		with.Registry = planted
	}
}

func inBulk(plant func(sound ports.BulkCreator, b *bulk)) func(*usecasetest.UseCases) {
	return func(with *usecasetest.UseCases) {
		planted := bulk{BulkCreator: with.Bulk}
		plant(with.Bulk, &planted)
		with.Bulk = planted
	}
}

func inJobs(plant func(sound ports.JobManager, j *jobManager)) func(*usecasetest.UseCases) {
	return func(with *usecasetest.UseCases) {
		planted := jobManager{JobManager: with.Jobs}
		plant(with.Jobs, &planted)
		with.Jobs = planted
	}
}

// without returns drafts that carry no claim.
func without(drafts ...domain.Draft) []domain.Draft {
	plain := make([]domain.Draft, len(drafts))
	for i, d := range drafts {
		plain[i], _ = domain.NewDraft(d.Name(), int64(d.Age()))
	}
	return plain
}

func registryControls() []control {
	return []control{
		{"a name is cut", "a person who was created is got", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.create = func(ctx context.Context, d domain.Draft) (domain.Person, error) {
				short, _ := domain.NewDraft(strings.ReplaceAll(d.Name(), "\r\n", "\n"), int64(d.Age()))
				return sound.Create(ctx, short)
			}
		})},
		{"who was got has no age", "a person who was created is got", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.get = func(ctx context.Context, id int64) (domain.Person, error) {
				p, err := sound.Get(ctx, id)
				return domain.StoredPerson(p.ID(), p.Name(), 0), err
			}
		})},
		{"who is not there is the zero person", "who is not there", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.get = func(ctx context.Context, id int64) (domain.Person, error) {
				p, err := sound.Get(ctx, id)
				if domain.CodeOf(err) == domain.CodeNotFound {
					err = nil
				}
				return p, err
			}
		})},
		{"to delete who is not there is no error", "who is not there", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.remove = func(ctx context.Context, id int64, conditions ...domain.Condition) error {
				err := sound.Delete(ctx, id, conditions...)
				if domain.CodeOf(err) == domain.CodeNotFound {
					return nil
				}
				return err
			}
		})},
		{"the zero draft is refused without a problem", "the zero draft is refused", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.create = func(ctx context.Context, d domain.Draft) (domain.Person, error) {
				if d.Name() == "" {
					return domain.Person{}, &domain.Error{Code: domain.CodeInvalid, Message: "no"}
				}
				return sound.Create(ctx, d)
			}
		})},
		{"claims get lost", "a draft with a claim", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.create = func(ctx context.Context, d domain.Draft) (domain.Person, error) {
				return sound.Create(ctx, without(d)[0])
			}
		})},
		{"ctx gets lost", "a call whose ctx has ended", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.create = func(ctx context.Context, d domain.Draft) (domain.Person, error) {
				return sound.Create(context.WithoutCancel(ctx), d)
			}
		})},
		{"what ctx says gets lost", "a call whose ctx has ended", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.get = func(ctx context.Context, id int64) (domain.Person, error) {
				p, err := sound.Get(ctx, id)
				if domain.CodeOf(err) == domain.CodeCanceled {
					err = &domain.Error{Code: domain.CodeCanceled, Message: "canceled"}
				}
				return p, err
			}
		})},
	}
}

func changeControls() []control {
	return []control{
		{"a replacement keeps the name", "Replace gives all fields", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.replace = func(ctx context.Context, id int64, d domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
				p, _ := domain.NewPatch(nil, new(int64(d.Age())))
				return sound.Patch(ctx, id, p, conditions...)
			}
		})},
		{"a patch of one field clears the other", "Patch gives the fields", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.patch = func(ctx context.Context, id int64, p domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
				if name, has := p.Name(); has {
					age, _ := p.Age()
					d, _ := domain.NewDraft(name, int64(age))
					return sound.Replace(ctx, id, d, conditions...)
				}
				return sound.Patch(ctx, id, p, conditions...)
			}
		})},
		{"nobody is deleted", "who was deleted is gone", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.remove = func(ctx context.Context, id int64, _ ...domain.Condition) error {
				_, err := sound.Get(ctx, id)
				return err
			}
		})},
		{"conditions are taken for not true", "a change is made where all conditions hold", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.patch = func(ctx context.Context, id int64, p domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
				for range conditions {
					return domain.Person{}, &domain.Error{Code: domain.CodePrecondition, Message: "no"}
				}
				return sound.Patch(ctx, id, p)
			}
		})},
		{"conditions get lost", "where a condition does not hold", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.remove = func(ctx context.Context, id int64, _ ...domain.Condition) error { return sound.Delete(ctx, id) }
		})},
		{"the first condition is enough", "where a condition does not hold", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.replace = func(ctx context.Context, id int64, d domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
				return sound.Replace(ctx, id, d, conditions[:min(1, len(conditions))]...)
			}
		})},
		{"conditions are asked of the person as it was got last", "of many changes on the condition", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			var got atomic.Pointer[domain.Person]
			r.get = func(ctx context.Context, id int64) (domain.Person, error) {
				now, err := sound.Get(ctx, id)
				got.Store(&now)
				return now, err
			}
			r.patch = func(ctx context.Context, id int64, p domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
				if before := got.Load(); before != nil && domain.CheckConditions(*before, conditions) == nil {
					return sound.Patch(ctx, id, p)
				}
				return sound.Patch(ctx, id, p, conditions...)
			}
		})},
	}
}

func listControls() []control {
	return []control{
		{"pages are numbered from 0", "pages are numbered from 1", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.list = func(ctx context.Context, number int64) (domain.Page, error) {
				if number > 0 {
					number++
				}
				return sound.List(ctx, number)
			}
		})},
		{"a page has no total", "pages are numbered from 1", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.list = func(ctx context.Context, number int64) (domain.Page, error) {
				page, err := sound.List(ctx, number)
				page.Total = int64(len(page.Persons))
				return page, err
			}
		})},
		{"the last page has the number that was asked for", "the last page is the last", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.list = func(ctx context.Context, number int64) (domain.Page, error) {
				page, err := sound.List(ctx, number)
				page.Number = number
				return page, err
			}
		})},
		{"a page beyond the last is empty", "a page that does not exist", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.list = func(ctx context.Context, number int64) (domain.Page, error) {
				page, err := sound.List(ctx, number)
				if domain.CodeOf(err) == domain.CodeNotFound {
					return domain.Page{Number: number, Size: usecasetest.PageSize}, nil
				}
				return page, err
			}
		})},
		{"a slice holds whom it was asked from", "a slice holds the persons", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.after = func(ctx context.Context, id int64) (domain.Slice, error) {
				return sound.After(ctx, max(id, math.MinInt64+1)-1)
			}
		})},
		{"a slice backwards begins with the nearest", "a slice holds the persons", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.before = func(ctx context.Context, id int64) (domain.Slice, error) {
				slice, err := sound.Before(ctx, id)
				slices.Reverse(slice.Persons)
				return slice, err
			}
		})},
		{"there are always more", "a slice tells whether", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.before = func(ctx context.Context, id int64) (domain.Slice, error) {
				slice, err := sound.Before(ctx, id)
				slice.More = true
				return slice, err
			}
		})},
		{"a walk ends with its first slice", "a walk meets everybody", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.all = func(ctx context.Context) iter.Seq2[domain.Person, error] {
				return func(yield func(domain.Person, error) bool) {
					slice, _ := sound.After(ctx, math.MinInt64)
					for _, p := range slice.Persons {
						if !yield(p, nil) {
							return
						}
					}
				}
			}
		})},
		{"a walk goes on where it was left", "a walk can be left", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.all = func(ctx context.Context) iter.Seq2[domain.Person, error] {
				from := int64(math.MinInt64)
				return func(yield func(domain.Person, error) bool) {
					for p, err := range sound.All(ctx) {
						if p.ID() > from {
							if from = p.ID(); !yield(p, err) {
								return
							}
						}
					}
				}
			}
		})},
		{"a walk turns pages", "a walk misses nobody", inRegistry(func(sound ports.PersonRegistry, r *registry) {
			r.all = func(ctx context.Context) iter.Seq2[domain.Person, error] {
				return func(yield func(domain.Person, error) bool) {
					for number := int64(1); ; number++ {
						page, err := sound.List(ctx, number)
						if err != nil {
							return
						}
						for _, p := range page.Persons {
							if !yield(p, nil) {
								return
							}
						}
					}
				}
			}
		})},
	}
}

func bulkControls() []control {
	return []control{
		{"a bulk is answered backwards", "a bulk is saved and answered", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.create = func(ctx context.Context, d []domain.Draft) ([]domain.Outcome[domain.Person], error) {
				outcomes, err := sound.Create(ctx, d)
				slices.Reverse(outcomes)
				return outcomes, err
			}
		})},
		{"a bulk has no limit that is told", "a bulk of nobody or of too many", inBulk(func(_ ports.BulkCreator, b *bulk) {
			b.check = func(int) error { return nil }
		})},
		{"a bulk of nobody is answered with nobody", "a bulk of nobody or of too many", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.create = func(ctx context.Context, d []domain.Draft) ([]domain.Outcome[domain.Person], error) {
				if len(d) == 0 {
					return nil, nil
				}
				return sound.Create(ctx, d)
			}
		})},
		{"who is before the zero draft is saved", "a bulk with the zero draft", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.create = func(ctx context.Context, d []domain.Draft) ([]domain.Outcome[domain.Person], error) {
				if i := slices.Index(d, domain.Draft{}); i > 0 {
					_, _ = sound.Create(ctx, d[:i])
				}
				return sound.Create(ctx, d)
			}
		})},
		{"one person too few is made up", "made-up persons are those", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.generate = func(ctx context.Context, count int) (int, error) {
				made, err := sound.Generate(ctx, max(1, count-1))
				return made + 1, err
			}
		})},
		{"the claim of a bulk gets lost", "drafts with a claim", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.create = func(ctx context.Context, d []domain.Draft) ([]domain.Outcome[domain.Person], error) {
				return sound.Create(ctx, without(d...))
			}
		})},
		{"GenerateOnce forgets its claim", "GenerateOnce saves once", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.once = func(ctx context.Context, _ domain.Claim, count int) (int, error) { return sound.Generate(ctx, count) }
		})},
		{"the ctx of a bulk gets lost", "a bulk whose ctx has ended", inBulk(func(sound ports.BulkCreator, b *bulk) {
			b.generate = func(ctx context.Context, count int) (int, error) {
				return sound.Generate(context.WithoutCancel(ctx), count)
			}
		})},
	}
}

func otherControls() []control {
	return []control{
		{"a check finds everybody", "a check finds whom", func(with *usecasetest.UseCases) {
			with.Check = check(func(_ context.Context, id int64) (domain.Person, error) {
				return domain.StoredPerson(id, "Ann", 1), nil
			})
		}},
		{"documents come in another order", "what was fetched stands in its order", func(with *usecasetest.UseCases) {
			sound := with.Fetch
			with.Fetch = fetch(func(ctx context.Context) []domain.Fetched {
				fetched := sound.FetchConfigured(ctx)
				slices.Reverse(fetched)
				return fetched
			})
		}},
		{"a lapse of time is a failure like any", "what was fetched stands in its order", func(with *usecasetest.UseCases) {
			sound := with.Fetch
			with.Fetch = fetch(func(ctx context.Context) []domain.Fetched {
				fetched := sound.FetchConfigured(ctx)
				for i := range fetched {
					if domain.CodeOf(fetched[i].Err) == domain.CodeDeadline {
						fetched[i].Err = &domain.Error{Code: domain.CodeUpstream, Message: "Timeout"}
					}
				}
				return fetched
			})
		}},
		{"an export counts lines", "an export writes everybody", func(with *usecasetest.UseCases) {
			sound := with.Export
			with.Export = export(func(ctx context.Context, format string, w io.Writer) (int64, error) {
				var text strings.Builder
				_, err := sound.Export(ctx, format, io.MultiWriter(w, &text))
				return int64(strings.Count(text.String(), "\n")), err
			})
		}},
		{"any other format is CSV", "a format that there is not writes", func(with *usecasetest.UseCases) {
			sound := with.Export
			with.Export = export(func(ctx context.Context, format string, w io.Writer) (int64, error) {
				if format != "ndjson" {
					format = "csv"
				}
				return sound.Export(ctx, format, w)
			})
		}},
	}
}

func jobControls() []control {
	forever := func(ctx context.Context, _ domain.JobID) (domain.Job, error) { return domain.Job{}, nil }
	return []control{
		{"a job has one row more", "a job of made-up persons", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.generate = func(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
				return sound.Generate(ctx, order, count+1)
			}
		})},
		{"a watch ends before the job does", "a job of made-up persons", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.watch = func(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
				return func(yield func(domain.Job, error) bool) {
					job, err := sound.Find(ctx, id)
					job.State = domain.JobRunning
					yield(job, err)
				}
			}
		})},
		{"refusals have no limits", "the rows of a text", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.refusals = func(ctx context.Context, id domain.JobID) iter.Seq2[domain.Refusal, error] {
				return func(yield func(domain.Refusal, error) bool) {
					for r, err := range sound.Refusals(ctx, id) {
						r.Limit = 0
						if !yield(r, err) {
							return
						}
					}
				}
			}
		})},
		{"the key of an order gets lost", "an order with a key", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.imported = func(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
				order.Key = ""
				return sound.Import(ctx, order, format, r)
			}
		})},
		{"a dry run is none", "a dry run saves nobody", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.imported = func(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
				order.DryRun = false
				job, err := sound.Import(ctx, order, format, r)
				job.DryRun = true
				return job, err
			}
		})},
		{"all or nothing is what can be", "a job that is all or nothing", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.imported = func(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
				order.Atomic = false
				job, err := sound.Import(ctx, order, format, r)
				job.Atomic = true
				return job, err
			}
		})},
		{"a wrong count is no problem", "an order that is none", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.generate = func(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
				job, err := sound.Generate(ctx, order, count)
				if err != nil {
					err = &domain.Error{Code: domain.CodeInvalid, Message: domain.MessageOf(err)}
				}
				return job, err
			}
		})},
		{"a text that fails has ended", "a text that fails", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.imported = func(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error) {
				text, _ := io.ReadAll(r)
				return sound.Import(ctx, order, format, strings.NewReader(string(text)))
			}
		})},
		{"jobs are listed the first first", "jobs are listed", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.list = func(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error) {
				jobs, err := sound.List(ctx, before, size)
				slices.Reverse(jobs)
				return jobs, err
			}
		})},
		{"every job is there", "a job that there is not", inJobs(func(_ ports.JobManager, j *jobManager) { j.find = forever })},
		{"a watch of no job says nothing", "a job that there is not", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.watch = func(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
				return func(yield func(domain.Job, error) bool) {
					for job, err := range sound.Watch(ctx, id) {
						if domain.CodeOf(err) != domain.CodeNotFound && !yield(job, err) {
							return
						}
					}
				}
			}
		})},
		{"a job that is canceled goes on", "a job that waits", inJobs(func(sound ports.JobManager, j *jobManager) { j.cancel = sound.Find })},
		{"a job is canceled for who asks only", "a job that waits", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.cancel = func(ctx context.Context, id domain.JobID) (domain.Job, error) {
				job, _ := sound.Find(ctx, id)
				return job.Cancel(job.Changed)
			}
		})},
		{"to cancel again is a conflict", "a job that waits", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.cancel = func(ctx context.Context, id domain.JobID) (domain.Job, error) {
				if job, _ := sound.Find(ctx, id); job.IsOver() {
					return domain.Job{}, &domain.Error{Code: domain.CodeConflict, Message: "it is over"}
				}
				return sound.Cancel(ctx, id)
			}
		})},
		{"a job that is done is canceled", "a job that is done", inJobs(func(sound ports.JobManager, j *jobManager) { j.cancel = sound.Find })},
		{"the ctx of a watch gets lost", "a watch whose ctx", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.generate = func(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error) {
				return sound.Generate(context.WithoutCancel(ctx), order, count)
			}
		})},
		{"a watch whose ctx ends begins anew", "a watch whose ctx", inJobs(func(sound ports.JobManager, j *jobManager) {
			j.watch = func(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error] {
				if ctx.Err() == nil {
					return sound.Watch(ctx, id)
				}
				return func(yield func(domain.Job, error) bool) {
					yield(domain.Job{}, &domain.Error{Code: domain.CodeUnavailable, Message: "later"})
				}
			}
		})},
	}
}

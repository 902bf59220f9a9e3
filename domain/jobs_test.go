package domain_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// lines is a format of a name and an age a line, in chunks of two. A line of "?" is text that
// cannot be read as a whole.
type lines struct{}

func (lines) Split(r io.Reader) iter.Seq2[domain.Chunk, error] {
	return func(yield func(domain.Chunk, error) bool) {
		scanner := bufio.NewScanner(r)
		chunk := domain.Chunk{First: 1}
		for scanner.Scan() {
			if scanner.Text() == "?" {
				yield(domain.Chunk{}, &domain.Error{Code: domain.CodeInvalid, Message: "a question"})
				return
			}
			chunk.Rows++
			chunk.Text = append(chunk.Text, scanner.Text()+"\n"...)
			if chunk.Rows == 2 {
				if !yield(chunk, nil) {
					return
				}
				chunk = domain.Chunk{Number: chunk.Number + 1, First: chunk.First + 2}
			}
		}
		if err := scanner.Err(); err != nil {
			yield(domain.Chunk{}, err)
		} else if chunk.Rows > 0 {
			yield(chunk, nil)
		}
	}
}

func (lines) Rows(chunk domain.Chunk) iter.Seq[domain.Row] {
	return func(yield func(domain.Row) bool) {
		line := chunk.First
		for text := range strings.Lines(string(chunk.Text)) {
			name, age, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
			number, _ := strconv.ParseInt(age, 10, 64)
			draft, err := domain.NewDraft(name, number)
			row := domain.Row{Line: line, Draft: draft}
			if invalid := (*domain.Error)(nil); errors.As(err, &invalid) {
				row.Problems = invalid.Problems
			}
			if !yield(row) {
				return
			}
			line++
		}
	}
}

func (lines) NewWriter(w io.Writer) domain.RowWriter { return lineWriter{w} }

type lineWriter struct{ io.Writer }

func (w lineWriter) Write(person domain.Person) error {
	_, err := fmt.Fprintln(w.Writer, person.Name(), person.Age())
	return err
}

func (lineWriter) Flush() error { return nil }

// tasks is a queue that keeps what was enqueued.
type tasks struct {
	mu      sync.Mutex
	waiting []domain.JobTask
	err     error
}

func (q *tasks) Enqueue(_ context.Context, tasks []domain.JobTask) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.waiting = append(q.waiting, tasks...)
	}
	return q.err
}

// take returns what waits, and forgets it.
func (q *tasks) take() []domain.JobTask {
	q.mu.Lock()
	defer q.mu.Unlock()
	taken := q.waiting
	q.waiting = nil
	return taken
}

// jobKit is what a test of jobs needs.
type jobKit struct {
	store  *memstore.Store
	queue  *tasks
	config domain.JobsConfig
	jobs   *domain.Jobs
	work   *domain.JobWork
}

func newJobKit(t *testing.T) jobKit {
	t.Helper()
	kit := jobKit{store: memstore.New(), queue: &tasks{}}
	var last int
	kit.config = domain.JobsConfig{
		Formats: map[string]domain.RowFormat{"lines": lines{}},
		NewID: func() (domain.JobID, error) {
			last++
			return domain.JobID(fmt.Sprintf("0198a000-0000-7000-8000-%012d", last)), nil
		},
	}
	var err error
	if kit.jobs, err = domain.NewJobs(kit.store, kit.queue, kit.config); err != nil {
		t.Fatal(err)
	}
	kit.work = domain.NewJobWork(kit.store, kit.queue, kit.config)
	t.Cleanup(func() { _ = kit.store.Close() })
	return kit
}

// workOff does tasks until none waits, and returns how many there were.
func (k jobKit) workOff(t *testing.T) int {
	t.Helper()
	done := 0
	for taken := k.queue.take(); len(taken) > 0; taken = k.queue.take() {
		for _, task := range taken {
			if err := k.work.Work(t.Context(), task); err != nil {
				t.Fatalf("Work of %v: got %v, want nil", task, err)
			}
			done++
		}
	}
	return done
}

func (k jobKit) find(t *testing.T, id domain.JobID) domain.Job {
	t.Helper()
	job, err := k.jobs.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func (k jobKit) names(t *testing.T) []string {
	t.Helper()
	slice, err := k.store.Seek(t.Context(), domain.SeekQuery{Size: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, person := range slice.Persons {
		names = append(names, person.Name())
	}
	return names
}

func (k jobKit) importLines(t *testing.T, order domain.JobOrder, text string) domain.Job {
	t.Helper()
	job, err := k.jobs.Import(t.Context(), order, "lines", strings.NewReader(text))
	if err != nil {
		t.Fatalf("Import: got %v, want a job", err)
	}
	return job
}

func TestJobsNeedSomebodyWhoMakesIDs(t *testing.T) {
	t.Parallel()
	if _, err := domain.NewJobs(memstore.New(), &tasks{}, domain.JobsConfig{}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("NewJobs without NewID: got %v, want CodeInvalid", err)
	}
}

func TestAJobOfMadeUpPersonsIsCutIntoChunks(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job, err := kit.jobs.Generate(t.Context(), domain.JobOrder{}, 25_000)
	if err != nil || job.State != domain.JobQueued || job.Total != 25_000 || job.Chunks != 3 {
		t.Fatalf("Generate of 25,000: got %+v and %v, want a queued job of 3 chunks", job, err)
	}
	if done := kit.workOff(t); done != 3 {
		t.Errorf("got %d tasks, want one for each of 3 chunks", done)
	}
	names := kit.names(t)
	if len(names) != 25_000 || names[0] != "Person 0" || names[24_999] != "Person 24999" {
		t.Errorf("got %d persons, from %q to %q", len(names), names[0], names[len(names)-1])
	}
	if job = kit.find(t, job.ID); job.State != domain.JobDone || job.Done != 25_000 {
		t.Errorf("got a job that is %s with %d done, want done and 25,000", job.State, job.Done)
	}
}

func TestAJobOfACountThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		count  int64
		atomic bool
		want   domain.Problem
	}{
		{0, false, domain.Problem{Field: "count", Code: domain.ProblemTooSmall, Limit: 1}},
		{-1, true, domain.Problem{Field: "count", Code: domain.ProblemTooSmall, Limit: 1}},
		{domain.MaxJobRows + 1, false, domain.Problem{Field: "count", Code: domain.ProblemTooBig, Limit: domain.MaxJobRows}},
		{domain.MaxAtomicRows + 1, true, domain.Problem{Field: "count", Code: domain.ProblemTooBig, Limit: domain.MaxAtomicRows}},
	} {
		kit := newJobKit(t)
		_, err := kit.jobs.Generate(t.Context(), domain.JobOrder{Atomic: c.atomic}, c.count)
		var invalid *domain.Error
		if !errors.As(err, &invalid) || !slices.Equal(invalid.Problems, []domain.Problem{c.want}) {
			t.Errorf("Generate of %d: got %v, want %v", c.count, err, c.want)
		}
		if jobs, err := kit.jobs.List(t.Context(), "", 10); err != nil || len(jobs) != 0 {
			t.Errorf("Generate of %d left %d jobs", c.count, len(jobs))
		}
	}
}

func TestFewTasksOfAJobWaitAtOnce(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	if _, err := kit.jobs.Generate(t.Context(), domain.JobOrder{DryRun: true}, 1_000_000); err != nil {
		t.Fatal(err)
	}
	waiting := kit.queue.take()
	if len(waiting) != 32 {
		t.Fatalf("got %d tasks of a job of 100 chunks, want 32", len(waiting))
	}
	if err := kit.work.Work(t.Context(), waiting[5]); err != nil {
		t.Fatal(err)
	}
	if next := kit.queue.take(); len(next) != 1 || next[0].Chunk != 37 {
		t.Errorf("when chunk 5 has ended: got %v, want the task of chunk 37", next)
	}
	if err := kit.work.Work(t.Context(), waiting[5]); err != nil {
		t.Fatal(err)
	}
	if next := kit.queue.take(); len(next) != 0 {
		t.Errorf("when chunk 5 comes again: got %v, want nothing", next)
	}
}

func TestRowsThatAreRefusedHarmNoOthers(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{}, "Ann 1\nBob -2\nCid 3\n -4\nEve 5\n")
	kit.workOff(t)
	if job = kit.find(t, job.ID); job.State != domain.JobDone || job.Done != 3 || job.Rejected != 2 || job.Total != 5 {
		t.Errorf("got %s, %d done and %d rejected of %d, want done, 3 and 2 of 5", job.State, job.Done, job.Rejected, job.Total)
	}
	if names := kit.names(t); !slices.Equal(names, []string{"Ann", "Cid", "Eve"}) {
		t.Errorf("got %v, want Ann, Cid and Eve", names)
	}
	var refused []string
	for refusal, err := range kit.jobs.Refusals(t.Context(), job.ID) {
		if err != nil {
			t.Fatal(err)
		}
		refused = append(refused, fmt.Sprint(refusal.Line, " ", refusal.Problem))
	}
	if want := []string{"2 age too_small (0)", "4 age too_small (0)", "4 name blank"}; !slices.Equal(refused, want) {
		t.Errorf("Refusals: got %q, want %q", refused, want)
	}
}

func TestADryRunSavesNobody(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{DryRun: true}, "Ann 1\nBob -2\nCid 3\n")
	kit.workOff(t)
	if job = kit.find(t, job.ID); job.State != domain.JobDone || job.Done != 2 || job.Rejected != 1 {
		t.Errorf("got %s, %d done and %d rejected, want done, 2 and 1", job.State, job.Done, job.Rejected)
	}
	if names := kit.names(t); len(names) != 0 {
		t.Errorf("got %v, want nobody", names)
	}
}

func TestOnlySoManyJobsMayWait(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	for range domain.MaxOpenJobs {
		kit.importLines(t, domain.JobOrder{}, "Ann 1\n")
	}
	for name, give := range map[string]func() (domain.Job, error){
		"Import": func() (domain.Job, error) {
			return kit.jobs.Import(t.Context(), domain.JobOrder{}, "lines", strings.NewReader("Bob 1\n"))
		},
		"Generate": func() (domain.Job, error) { return kit.jobs.Generate(t.Context(), domain.JobOrder{}, 1) },
	} {
		if job, err := give(); domain.CodeOf(err) != domain.CodeUnavailable || job != (domain.Job{}) {
			t.Errorf("%s of one more than MaxOpenJobs: got %v and %v, want CodeUnavailable", name, job, err)
		}
	}
	kit.workOff(t)
	kit.importLines(t, domain.JobOrder{}, "Bob 1\n")
}

func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		state domain.JobState
		done  int64
		names []string
	}{
		"Ann 1\nBob 2\nCid 3\n":  {domain.JobDone, 3, []string{"Ann", "Bob", "Cid"}},
		"Ann 1\nBob 2\nCid -3\n": {domain.JobFailed, 0, nil},
	} {
		kit := newJobKit(t)
		job := kit.importLines(t, domain.JobOrder{Atomic: true}, text)
		if done := kit.workOff(t); done != 1 {
			t.Errorf("%q: got %d tasks, want one for all", text, done)
		}
		if job = kit.find(t, job.ID); job.State != want.state || job.Done != want.done {
			t.Errorf("%q: got %s and %d done, want %s and %d", text, job.State, job.Done, want.state, want.done)
		}
		if names := kit.names(t); !slices.Equal(names, want.names) {
			t.Errorf("%q: got %v, want %v", text, names, want.names)
		}
	}
}

func TestAllOrNothingIsOneTaskHoweverManyChunksThereAre(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{Atomic: true}, strings.Repeat("Ann 1\n", 100))
	if done := kit.workOff(t); job.Chunks != 50 || done != 1 {
		t.Errorf("got %d tasks for %d chunks, want 1 for 50", done, job.Chunks)
	}
	if got := len(kit.names(t)); got != 100 {
		t.Errorf("got %d persons, want 100", got)
	}
}

func TestHoweverManyRowsWereRefusedAllAreTold(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	const rows = 2500
	job := kit.importLines(t, domain.JobOrder{}, strings.Repeat(" -1\n", rows)) // two problems each
	kit.workOff(t)
	told := map[domain.Refusal]bool{}
	for refusal, err := range kit.jobs.Refusals(t.Context(), job.ID) {
		if err != nil || told[refusal] {
			t.Fatalf("got %v and %v, which was told before: %t", refusal, err, told[refusal])
		}
		told[refusal] = true
	}
	if len(told) != 2*rows {
		t.Errorf("got %d refusals, want 2 for each of %d rows", len(told), rows)
	}
	for range kit.jobs.Refusals(t.Context(), job.ID) {
		break // a walk may be left
	}
}

func TestAnImportThatCannotBeReadLeavesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line is dead")
	for name, c := range map[string]struct {
		format string
		order  domain.JobOrder
		text   io.Reader
		want   domain.Code
	}{
		"a format that there is not": {"stars", domain.JobOrder{}, strings.NewReader("Ann 1\n"), domain.CodeInvalid},
		"a text that cannot be read": {"lines", domain.JobOrder{}, strings.NewReader("Ann 1\nBob 2\nCid 3\n?\n"), domain.CodeInvalid},
		"no rows":                    {"lines", domain.JobOrder{}, strings.NewReader(""), domain.CodeInvalid},
		"a bad key":                  {"lines", domain.JobOrder{Key: "\n"}, strings.NewReader("Ann 1\n"), domain.CodeInvalid},
		"too many for all or nothing": {
			"lines", domain.JobOrder{Atomic: true}, strings.NewReader(strings.Repeat("Ann 1\n", domain.MaxAtomicRows+1)), domain.CodeTooLarge,
		},
		"a reader that fails": {
			"lines", domain.JobOrder{}, io.MultiReader(strings.NewReader("Ann 1\nBob 2\nCid 3\n"), iotest.ErrReader(broken)), domain.CodeInternal,
		},
	} {
		kit := newJobKit(t)
		job, err := kit.jobs.Import(t.Context(), c.order, c.format, c.text)
		if domain.CodeOf(err) != c.want || job != (domain.Job{}) {
			t.Errorf("%s: got %v and %v, want no job and %s", name, job, err, c.want)
		}
		if c.want == domain.CodeInternal && !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want what the reader said", name, err)
		}
		if jobs, err := kit.jobs.List(t.Context(), "", 10); err != nil || len(jobs) != 0 || len(kit.queue.take()) != 0 {
			t.Errorf("%s: got %d jobs and %v afterwards, want none", name, len(jobs), err)
		}
	}
}

func TestRowsThatComeTooSlowlyAreToldSo(t *testing.T) {
	t.Parallel()
	for _, begin := range []string{"Ann 1\nBob 2\n", "Ann 1\nBob 2\nCid 3\n"} { // two rows are a chunk
		synctest.Test(t, func(t *testing.T) {
			kit := newJobKit(t)
			slow := readerFunc(func([]byte) (int, error) {
				time.Sleep(domain.ReceivingLifetime)
				if err := kit.store.TidyJobs(t.Context(), time.Now()); err != nil {
					return 0, err
				}
				return 0, io.EOF
			})
			text := io.MultiReader(strings.NewReader(begin), slow)
			_, err := kit.jobs.Import(t.Context(), domain.JobOrder{}, "lines", text)
			if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(domain.MessageOf(err), "too slowly") {
				t.Errorf("Import: got %v, want CodeConflict and that the rows came too slowly", err)
			}
		})
	}
}

// readerFunc is a reader that calls a function.
type readerFunc func(content []byte) (int, error)

func (f readerFunc) Read(content []byte) (int, error) { return f(content) }

func TestAnOrderWithAKeyTakesEffectOnce(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	order := domain.JobOrder{Key: "8e03978e"}
	first := kit.importLines(t, order, "Ann 1\n")
	kit.workOff(t)
	if again := kit.importLines(t, order, "Ann 1\n"); again != kit.find(t, first.ID) {
		t.Errorf("again: got %v, want the first job as it is now", again)
	}
	for name, give := range map[string]func() (domain.Job, error){
		"other rows": func() (domain.Job, error) {
			return kit.jobs.Import(t.Context(), order, "lines", strings.NewReader("Bob 1\n"))
		},
		"another way": func() (domain.Job, error) {
			order := order
			order.DryRun = true
			return kit.jobs.Import(t.Context(), order, "lines", strings.NewReader("Ann 1\n"))
		},
		"a count": func() (domain.Job, error) { return kit.jobs.Generate(t.Context(), order, 1) },
	} {
		if _, err := give(); domain.CodeOf(err) != domain.CodeKeyReused {
			t.Errorf("%s with the same key: got %v, want CodeKeyReused", name, err)
		}
	}
	kit.workOff(t)
	if names := kit.names(t); !slices.Equal(names, []string{"Ann"}) {
		t.Errorf("got %v, want Ann once", names)
	}
	if jobs, err := kit.jobs.List(t.Context(), "", 10); err != nil || len(jobs) != 1 {
		t.Errorf("got %d jobs and %v, want one", len(jobs), err)
	}
}

func TestNobodyIsSavedOfAJobThatWasCanceled(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{}, "Ann 1\nBob 2\nCid 3\n")
	waiting := kit.queue.take()
	if err := kit.work.Work(t.Context(), waiting[0]); err != nil {
		t.Fatal(err)
	}
	canceled, err := kit.jobs.Cancel(t.Context(), job.ID)
	if err != nil || canceled.State != domain.JobCanceled || canceled.Done != 2 {
		t.Fatalf("Cancel: got %v and %v, want a canceled job with 2 done", canceled, err)
	}
	if err := kit.work.Work(t.Context(), waiting[1]); err != nil {
		t.Errorf("Work of a canceled job: got %v, want nil", err)
	}
	if names := kit.names(t); !slices.Equal(names, []string{"Ann", "Bob"}) {
		t.Errorf("got %v, want Ann and Bob", names)
	}
	if again, err := kit.jobs.Cancel(t.Context(), job.ID); err != nil || again != canceled {
		t.Errorf("Cancel again: got %v and %v, want the same", again, err)
	}
}

func TestWorkThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{}, "Ann 1\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := kit.work.Work(ctx, domain.JobTask{Job: job.ID}); domain.CodeOf(err) != domain.CodeCanceled {
		t.Errorf("Work while the store says no: got %v, want its error", err)
	}
	if job = kit.find(t, job.ID); job.IsOver() || job.Done != 0 {
		t.Errorf("got a job that is %s with %d done, want one that goes on", job.State, job.Done)
	}
	unknown := domain.NewJobWork(kit.store, kit.queue, domain.JobsConfig{})
	if err := unknown.Work(t.Context(), domain.JobTask{Job: job.ID}); domain.CodeOf(err) != domain.CodeInternal {
		t.Errorf("Work of a program that does not know the format: got %v, want CodeInternal", err)
	}
	kit.workOff(t)
	if job = kit.find(t, job.ID); job.State != domain.JobDone || job.Done != 1 {
		t.Errorf("got a job that is %s with %d done, want done with 1", job.State, job.Done)
	}
}

// strict has a rule that refuses everybody.
type strict struct{ *memstore.Store }

func (strict) EndChunks(context.Context, domain.JobID, []domain.ChunkEnd, time.Time) (domain.Job, error) {
	return domain.Job{}, &domain.Error{Code: domain.CodeConflict, Message: "a rule of the database refuses this"}
}

func TestAChunkThatTheDatabaseRefusesIsNotTakenForOneThatHasEnded(t *testing.T) {
	t.Parallel()
	for _, order := range []domain.JobOrder{{}, {Atomic: true}} {
		kit := newJobKit(t)
		job := kit.importLines(t, order, "Ann 1\nBob 2\nCid 3\n")
		work := domain.NewJobWork(strict{kit.store}, kit.queue, kit.config)
		if err := work.Work(t.Context(), domain.JobTask{Job: job.ID}); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("Work of a chunk that is refused: got %v, want the error: else the job would go on for ever", err)
		}
		kit.workOff(t)
		if err := work.Work(t.Context(), domain.JobTask{Job: job.ID}); err != nil {
			t.Errorf("Work of a chunk that has ended: got %v, want nil", err)
		}
	}
}

func TestAJobIsGivenUpForAReason(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{}, "Ann 1\nBob 2\nCid 3\n")
	waiting := kit.queue.take()
	if err := kit.work.Work(t.Context(), waiting[0]); err != nil {
		t.Fatal(err)
	}
	reason := &domain.Error{Code: domain.CodeInternal, Message: "it is not to be", Cause: errors.New("secret")}
	if err := kit.work.GiveUp(t.Context(), waiting[0], reason); err != nil {
		t.Errorf("GiveUp of a chunk that has ended: got %v, want nil", err)
	}
	if job = kit.find(t, job.ID); job.IsOver() {
		t.Errorf("got a job that is %s, want one that goes on: the chunk ended, though its worker heard an error", job.State)
	}
	for range 2 {
		if err := kit.work.GiveUp(t.Context(), waiting[1], reason); err != nil {
			t.Errorf("GiveUp: got %v, want nil", err)
		}
	}
	job = kit.find(t, job.ID)
	if job.State != domain.JobFailed || job.Done != 2 || !strings.Contains(job.Reason, "it is not to be") || strings.Contains(job.Reason, "secret") {
		t.Errorf("got a job that is %s with %d done and reason %q, want failed with 2 and the message alone", job.State, job.Done, job.Reason)
	}
	if err := kit.work.GiveUp(t.Context(), domain.JobTask{Job: "nobody's"}, reason); err != nil {
		t.Errorf("GiveUp of a job that there is not: got %v, want nil", err)
	}
}

func TestAJobOutlastsAnOutageOfTheStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kit := newJobKit(t)
		job := kit.importLines(t, domain.JobOrder{}, "Ann 1\n")
		task := kit.queue.take()[0]
		full := &domain.Error{Code: domain.CodeUnavailable, Message: "the disk is full"}
		for _, c := range []struct {
			wait time.Duration
			want domain.JobState
		}{{2 * time.Hour, domain.JobQueued}, {0, domain.JobRunning}, {59 * time.Minute, domain.JobRunning}, {2 * time.Minute, domain.JobFailed}} {
			time.Sleep(c.wait)
			if c.wait == 0 {
				if _, err := kit.store.ChangeJob(t.Context(), job.ID, func(job domain.Job) (domain.Job, error) { return job.Begin(time.Now()) }); err != nil {
					t.Fatal(err)
				}
			}
			if err := kit.work.GiveUp(t.Context(), task, full); err != nil {
				t.Errorf("GiveUp: got %v, want nil", err)
			}
			if job = kit.find(t, job.ID); job.State != c.want {
				t.Errorf("%v after its last change: got a job that is %s, want %s", time.Since(job.Created), job.State, c.want)
			}
		}
		if !strings.Contains(job.Reason, "the disk is full") {
			t.Errorf("got the reason %q, want the last error's", job.Reason)
		}
	})
}

func TestWatchShowsAJobUntilItIsOver(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	job := kit.importLines(t, domain.JobOrder{}, "Ann 1\nBob 2\nCid 3\n")
	var done []int64
	for seen, err := range kit.jobs.Watch(t.Context(), job.ID) {
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, seen.Done)
		if waiting := kit.queue.take(); len(waiting) > 0 {
			go func() {
				for _, task := range waiting {
					if err := kit.work.Work(context.WithoutCancel(t.Context()), task); err != nil {
						t.Error(err)
					}
				}
			}()
		}
	}
	if !slices.IsSorted(done) || done[0] != 0 || done[len(done)-1] != 3 {
		t.Errorf("got %v rows done, want from 0 to 3, and never fewer", done)
	}
	for _, err := range kit.jobs.Watch(t.Context(), "nobody's") {
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("Watch of a job that there is not: got %v, want CodeNotFound", err)
		}
	}
	for _, err := range kit.jobs.Refusals(t.Context(), "nobody's") {
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("Refusals of a job that there is not: got %v, want CodeNotFound", err)
		}
	}
	if _, err := kit.jobs.List(t.Context(), "", 0); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("a list of size 0: got %v, want CodeInvalid", err)
	}
}

func TestAJobGoesOnThoughTasksWereLost(t *testing.T) {
	t.Parallel()
	for _, atomic := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			kit := newJobKit(t)
			kit.queue.err = errors.New("the queue is away")
			job := kit.importLines(t, domain.JobOrder{Atomic: atomic}, "Ann 1\nBob 2\nCid 3\n")
			kit.queue.err = nil
			ctx, cancel := context.WithCancel(t.Context())
			tended := make(chan struct{})
			go func() {
				defer close(tended)
				kit.work.Tend(ctx, func(err error) { t.Errorf("Tend: got %v, want nothing to tell", err) })
			}()
			time.Sleep(9 * time.Second)
			if waiting := kit.queue.take(); len(waiting) != 0 {
				t.Errorf("after 9 s: got %v, want nothing yet", waiting)
			}
			time.Sleep(11 * time.Second)
			kit.workOff(t)
			if job = kit.find(t, job.ID); job.State != domain.JobDone || job.Done != 3 {
				t.Errorf("atomic %t: after 20 s got a job that is %s with %d done, want done with 3", atomic, job.State, job.Done)
			}
			kit.queue.take()
			time.Sleep(time.Minute)
			if waiting := kit.queue.take(); len(waiting) != 0 {
				t.Errorf("a minute later: got %v, want nothing of a job that is over", waiting)
			}
			cancel()
			<-tended
		})
	}
}

func TestAChunkThatWasLostIsTakenOverWhileOthersGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kit := newJobKit(t)
		job := kit.importLines(t, domain.JobOrder{}, strings.Repeat("Ann 1\n", 120))
		waiting := kit.queue.take()
		lost, waiting := waiting[0], waiting[1:] // as by a worker who dies with it
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go kit.work.Tend(ctx, func(err error) { t.Errorf("Tend: got %v, want nothing to tell", err) })
		for second := range 26 {
			if err := kit.work.Work(t.Context(), waiting[second]); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			more := kit.queue.take()
			if slices.Contains(more, lost) {
				cancel()
				synctest.Wait()
				kit.queue.waiting = slices.Concat(waiting, more)
				kit.workOff(t)
				if job = kit.find(t, job.ID); job.Done != 120 {
					t.Errorf("got %d rows in the end, want 120", job.Done)
				}
				return
			}
			waiting = append(waiting, more...)
		}
		t.Errorf("after 26 s chunk 0 was not enqueued again, want a dead worker's to be taken over within 30 s, though others end one each second")
	})
}

func TestChunksAreTakenOverFromAProcessWhoseClockIsAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kit := newJobKit(t)
		job := kit.importLines(t, domain.JobOrder{}, "Ann 1\n")
		lost := kit.queue.take()
		_, err := kit.store.ChangeJob(t.Context(), job.ID, func(job domain.Job) (domain.Job, error) { return job.Begin(time.Now().Add(time.Hour)) })
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 26*time.Second)
		defer cancel()
		kit.work.Tend(ctx, func(err error) { t.Errorf("Tend: got %v, want nothing to tell", err) })
		if waiting := kit.queue.take(); !slices.Equal(waiting, lost) {
			t.Errorf("after 26 s got %v, want %v: whatever the clock of a process that died, its chunks are taken over within 30 s", waiting, lost)
		}
	})
}

func TestTendForgetsJobsThatAreLongOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kit := newJobKit(t)
		kit.importLines(t, domain.JobOrder{}, "Ann 1\n")
		kit.workOff(t)
		ctx, cancel := context.WithTimeout(t.Context(), domain.JobLifetime+time.Minute)
		defer cancel()
		kit.work.Tend(ctx, func(err error) { t.Errorf("Tend: got %v, want nothing to tell", err) })
		if jobs, err := kit.jobs.List(t.Context(), "", 10); err != nil || len(jobs) != 0 {
			t.Errorf("got %d jobs and %v, want none after domain.JobLifetime", len(jobs), err)
		}
	})
}

func TestTendGoesOnWhenItFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kit := newJobKit(t)
		kit.importLines(t, domain.JobOrder{}, "Ann 1\n")
		kit.queue.take()
		kit.queue.err = errors.New("the queue is away")
		told := 0
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		kit.work.Tend(ctx, func(err error) {
			if !errors.Is(err, kit.queue.err) {
				t.Errorf("got %v, want what the queue said", err)
			}
			told++
		})
		if told < 5 {
			t.Errorf("got %d failures told in a minute, want one each 5 s behind the first 10", told)
		}
	})
}

func TestAJobAndItsPersonsSayWhoGaveIt(t *testing.T) {
	t.Parallel()
	kit := newJobKit(t)
	giver := domain.Origin{Via: domain.ViaAdmin, Who: "ann"}
	job, err := kit.jobs.Generate(domain.WithOrigin(t.Context(), domain.Origin{Via: giver.Via, Who: giver.Who, Job: "another"}), domain.JobOrder{}, 10)
	if err != nil {
		t.Fatalf("Generate: got %v, want a job", err)
	}
	kit.workOff(t)
	if found := kit.find(t, job.ID); found.Origin != giver {
		t.Errorf("the job's origin: got %+v, want %+v", found.Origin, giver)
	}
	changes, err := kit.store.Changes(t.Context(), domain.ChangesQuery{Size: 10})
	if err != nil || len(changes) != 1 || changes[0].Origin != (domain.Origin{Via: domain.ViaAdmin, Who: "ann", Job: job.ID}) {
		t.Errorf("Changes: got %+v and %v, want one by who gave the job, which outlives it", changes, err)
	}
}

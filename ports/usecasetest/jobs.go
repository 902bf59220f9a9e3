package usecasetest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func hasJobs(with UseCases) bool { return with.Jobs != nil }

func jobCases() []testCase {
	return []testCase{
		{name: "a job of made-up persons is done", has: hasJobs, body: jobGenerates},
		{name: "the rows of a text become persons or refusals", has: hasJobs, body: jobImports},
		{name: "an order with a key is taken once", has: hasJobs, body: orderOnce},
		{name: "a dry run saves nobody", has: hasJobs, body: dryRun},
		{name: "a job that is all or nothing saves nobody where a row is refused", has: hasJobs, body: atomicJob},
		{name: "an order that is none makes no job", has: hasJobs, body: badOrders},
		{name: "a text that fails comes to nothing and its error comes back", has: hasJobs, body: failingText},
		{name: "jobs are listed the latest first", has: hasJobs, body: jobList},
		{name: "a job that there is not is not found", has: hasJobs, body: noJob},
		{name: "a job that waits is canceled and saves nobody", has: hasJobs, body: cancelOpen, idle: true},
		{name: "a job that is done cannot be canceled", has: hasJobs, body: cancelDone},
		{name: "a watch whose ctx has ended tells so", has: hasJobs, body: watchEnded},
	}
}

// watched follows a job to its end, and returns it as it was seen last.
func watched(tb testing.TB, with UseCases, id domain.JobID) domain.Job {
	tb.Helper()
	var last domain.Job
	for job, err := range with.Jobs.Watch(tb.Context(), id) {
		if err != nil {
			tb.Fatalf("Watch: got %v, want the job to its end", err)
		}
		if job.ID != id || job.Done+job.Rejected < last.Done+last.Rejected {
			tb.Errorf("Watch: got %+v behind %+v, want one job that goes forward", job, last)
		}
		last = job
	}
	if !last.IsOver() {
		tb.Fatalf("Watch: got %+v at last, want a job that is over", last)
	}
	return last
}

func refusals(tb testing.TB, with UseCases, id domain.JobID) []domain.Refusal {
	tb.Helper()
	var all []domain.Refusal
	for refusal, err := range with.Jobs.Refusals(tb.Context(), id) {
		if err != nil {
			tb.Fatalf("Refusals: got %v, want all of them", err)
		}
		all = append(all, refusal)
	}
	return all
}

// wantJob fails the test unless the job tells so of itself.
func wantJob(tb testing.TB, got domain.Job, kind domain.JobKind, state domain.JobState, total, done, rejected int64) {
	tb.Helper()
	if got.Kind != kind || got.State != state || got.Total != total || got.Done != done || got.Rejected != rejected || got.Created.IsZero() {
		tb.Errorf("got %+v, want a job of kind %s, %s, with %d rows, %d done and %d rejected", got, kind, state, total, done, rejected)
	}
}

func jobGenerates(t *testing.T, with UseCases) {
	made, err := with.Jobs.Generate(t.Context(), domain.JobOrder{}, 7)
	if err != nil || made.ID == "" || made.Total != 7 {
		t.Fatalf("Generate: got %+v and %v, want a job of 7", made, err)
	}
	over := watched(t, with, made.ID)
	wantJob(t, over, domain.JobGenerate, domain.JobDone, 7, 7, 0)
	if over.Started.IsZero() || over.Ended.IsZero() || over.Ended.Before(over.Started) {
		t.Errorf("got %+v, want when it began and ended", over)
	}
	found, err := with.Jobs.Find(t.Context(), made.ID)
	wantJob(t, found, domain.JobGenerate, domain.JobDone, 7, 7, 0)
	if err != nil || len(everybody(t, with)) != 7 || len(refusals(t, with, made.ID)) != 0 {
		t.Errorf("Find: got %v, want the job, and 7 persons and no refusal", err)
	}
}

const text = "name,age\nAnn,31\n\"Lee,\nBob\",x\n,-1\n" + "Zoe,7\n"

func wantRefusals(tb testing.TB, with UseCases, id domain.JobID) {
	tb.Helper()
	want := []domain.Refusal{
		{Line: 3, Problem: domain.Problem{Field: domain.FieldAge, Code: domain.ProblemNotInteger}},
		{Line: 5, Problem: domain.Problem{Field: domain.FieldAge, Code: domain.ProblemTooSmall, Limit: 0}},
		{Line: 5, Problem: domain.Problem{Field: domain.FieldName, Code: domain.ProblemBlank}},
		{Line: 7, Problem: domain.Problem{Field: domain.FieldAge, Code: domain.ProblemTooBig, Limit: domain.MaxAge}},
	}
	if got := refusals(tb, with, id); !slices.Equal(got, want) {
		tb.Errorf("Refusals: got %v, want %v", got, want)
	}
}

func jobImports(t *testing.T, with UseCases) {
	rows := text + "Eve,2147483648\n"
	made, err := with.Jobs.Import(t.Context(), domain.JobOrder{}, "csv", strings.NewReader(rows))
	if err != nil {
		t.Fatalf("Import: got %v, want a job", err)
	}
	over := watched(t, with, made.ID)
	wantJob(t, over, domain.JobImport, domain.JobDone, 5, 2, 3)
	if over.Format != "csv" {
		t.Errorf("got the format %q, want csv", over.Format)
	}
	wantRefusals(t, with, made.ID)
	var got []string
	for _, person := range everybody(t, with) {
		got = append(got, fmt.Sprintf("%s %d", person.Name(), person.Age()))
	}
	if want := []string{"Ann 31", "Zoe 7"}; !slices.Equal(got, want) {
		t.Errorf("got the persons %q, want %q", got, want)
	}
}

func orderOnce(t *testing.T, with UseCases) {
	const key = `a "key"`
	order := domain.JobOrder{Key: key}
	made, err := with.Jobs.Import(t.Context(), order, "ndjson", strings.NewReader(`{"name":"Ann","age":31}`))
	if err != nil {
		t.Fatalf("Import: got %v, want a job", err)
	}
	again, err := with.Jobs.Import(t.Context(), order, "ndjson", strings.NewReader(`{"name":"Ann","age":31}`))
	if err != nil || again.ID != made.ID {
		t.Errorf("the same again: got the job %s and %v, want %s", again.ID, err, made.ID)
	}
	_, err = with.Jobs.Import(t.Context(), order, "ndjson", strings.NewReader(`{"name":"Bob","age":31}`))
	wantCode(t, "another text with the key", err, domain.CodeKeyReused)
	_, err = with.Jobs.Generate(t.Context(), order, 1)
	wantCode(t, "another order with the key", err, domain.CodeKeyReused)
	watched(t, with, made.ID)
	if got := len(everybody(t, with)); got != 1 {
		t.Errorf("got %d persons, want one", got)
	}
}

func dryRun(t *testing.T, with UseCases) {
	made, err := with.Jobs.Import(t.Context(), domain.JobOrder{DryRun: true}, "csv", strings.NewReader(text+"Eve,2147483648\n"))
	if err != nil || !made.DryRun || made.Atomic {
		t.Fatalf("Import: got %+v and %v, want a dry run", made, err)
	}
	wantJob(t, watched(t, with, made.ID), domain.JobImport, domain.JobDone, 5, 2, 3)
	wantRefusals(t, with, made.ID)
	wantEverybody(t, "it was a dry run", with)
}

func atomicJob(t *testing.T, with UseCases) {
	made, err := with.Jobs.Import(t.Context(), domain.JobOrder{Atomic: true}, "csv", strings.NewReader(text))
	if err != nil || !made.Atomic || made.DryRun {
		t.Fatalf("Import: got %+v and %v, want a job that is all or nothing", made, err)
	}
	over := watched(t, with, made.ID)
	wantJob(t, over, domain.JobImport, domain.JobFailed, 4, 0, 2)
	if over.Reason == "" {
		t.Errorf("got no reason, want one")
	}
	wantEverybody(t, "rows were refused", with)
}

func badOrders(t *testing.T, with UseCases) {
	wantCount := func(what string, err error, code domain.ProblemCode, limit int64) {
		t.Helper()
		wantProblems(t, what, err, domain.Problem{Field: domain.FieldCount, Code: code, Limit: limit})
	}
	_, err := with.Jobs.Generate(t.Context(), domain.JobOrder{}, 0)
	wantCount("Generate nobody", err, domain.ProblemTooSmall, 1)
	_, err = with.Jobs.Generate(t.Context(), domain.JobOrder{}, domain.MaxJobRows+1)
	wantCount("Generate too many", err, domain.ProblemTooBig, domain.MaxJobRows)
	_, err = with.Jobs.Generate(t.Context(), domain.JobOrder{Atomic: true}, domain.MaxAtomicRows+1)
	wantCount("Generate too many at once", err, domain.ProblemTooBig, domain.MaxAtomicRows)
	_, err = with.Jobs.Generate(t.Context(), domain.JobOrder{Key: strings.Repeat("k", domain.MaxClaimKey+1)}, 1)
	wantCode(t, "Generate with a key that is too long", err, domain.CodeInvalid)
	for _, format := range []string{"", "xml"} {
		_, err = with.Jobs.Import(t.Context(), domain.JobOrder{}, format, strings.NewReader(text))
		wantCode(t, "Import as "+format, err, domain.CodeInvalid)
	}
	_, err = with.Jobs.Import(t.Context(), domain.JobOrder{}, "csv", strings.NewReader("name,age\n"))
	wantCode(t, "Import of no rows", err, domain.CodeInvalid)
	wantJobs(t, with)
}

func failingText(t *testing.T, with UseCases) {
	broken := errors.New("the disk is on fire")
	_, err := with.Jobs.Import(t.Context(), domain.JobOrder{}, "csv", io.MultiReader(strings.NewReader(text), failing{broken}))
	if !errors.Is(err, broken) {
		t.Errorf("Import: got %v, want the error of the text", err)
	}
	wantJobs(t, with)
	wantEverybody(t, "the text did not come to its end", with)
}

// failing is a text that cannot be read.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// wantJobs fails the test unless these are the jobs that there are.
func wantJobs(tb testing.TB, with UseCases, want ...domain.JobID) {
	tb.Helper()
	jobs, err := with.Jobs.List(tb.Context(), "", 100)
	var got []domain.JobID
	for _, job := range jobs {
		if job.State != domain.JobReceiving { // one whose text has just failed may not be gone yet
			got = append(got, job.ID)
		}
	}
	if err != nil || !slices.Equal(got, want) {
		tb.Errorf("List: got %q and %v, want %q", got, err, want)
	}
}

func jobList(t *testing.T, with UseCases) {
	wantJobs(t, with)
	var ids []domain.JobID
	for range 4 {
		job, err := with.Jobs.Generate(t.Context(), domain.JobOrder{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, job.ID)
	}
	slices.Reverse(ids)
	wantJobs(t, with, ids...)
	for before, want := range map[domain.JobID][]domain.JobID{"": ids[:2], ids[0]: ids[1:3], ids[1]: ids[2:], ids[2]: ids[3:], ids[3]: nil} {
		jobs, err := with.Jobs.List(t.Context(), before, 2)
		var got []domain.JobID
		for _, job := range jobs {
			got = append(got, job.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("List of 2 before %q: got %q and %v, want %q", before, got, err, want)
		}
	}
	_, err := with.Jobs.List(t.Context(), "", 0)
	wantCode(t, "List of none", err, domain.CodeInvalid)
	for _, id := range ids {
		watched(t, with, id)
	}
}

func noJob(t *testing.T, with UseCases) {
	for _, id := range []domain.JobID{"", "x", "..", "../persons", "01a20855-2837-716f-b293-0f341aafbd39"} {
		_, err := with.Jobs.Find(t.Context(), id)
		wantCode(t, "Find", err, domain.CodeNotFound)
		_, err = with.Jobs.Cancel(t.Context(), id)
		wantCode(t, "Cancel", err, domain.CodeNotFound)
		seen := 0
		for _, err := range with.Jobs.Watch(t.Context(), id) {
			seen++
			wantCode(t, "Watch", err, domain.CodeNotFound)
		}
		for _, err := range with.Jobs.Refusals(t.Context(), id) {
			seen++
			wantCode(t, "Refusals", err, domain.CodeNotFound)
		}
		if seen != 2 {
			t.Errorf("job %q: got %d words of Watch and Refusals, want one of each", id, seen)
		}
	}
}

func cancelOpen(t *testing.T, with UseCases) {
	made, err := with.Jobs.Generate(t.Context(), domain.JobOrder{}, 7)
	if err != nil {
		t.Fatal(err)
	}
	canceled, err := with.Jobs.Cancel(t.Context(), made.ID)
	if err != nil || canceled.ID != made.ID || canceled.Ended.IsZero() {
		t.Fatalf("Cancel: got %+v and %v, want the job %s, and when it ended", canceled, err, made.ID)
	}
	wantJob(t, canceled, domain.JobGenerate, domain.JobCanceled, 7, 0, 0)
	if again, err := with.Jobs.Cancel(t.Context(), made.ID); err != nil || again != canceled {
		t.Errorf("Cancel again: got %+v and %v, want %+v", again, err, canceled)
	}
	if found, err := with.Jobs.Find(t.Context(), made.ID); err != nil || found != canceled {
		t.Fatalf("Find: got %+v and %v, want %+v", found, err, canceled)
	}
	if last := watched(t, with, made.ID); last != canceled {
		t.Errorf("Watch: got %+v at last, want %+v", last, canceled)
	}
	wantEverybody(t, "the job was canceled before anybody worked at it", with)
}

func cancelDone(t *testing.T, with UseCases) {
	job, err := with.Jobs.Generate(t.Context(), domain.JobOrder{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	watched(t, with, job.ID)
	_, err = with.Jobs.Cancel(t.Context(), job.ID)
	wantCode(t, "Cancel of a job that is done", err, domain.CodeConflict)
	found, _ := with.Jobs.Find(t.Context(), job.ID)
	wantJob(t, found, domain.JobGenerate, domain.JobDone, 3, 3, 0)
}

func watchEnded(t *testing.T, with UseCases) {
	job, err := with.Jobs.Generate(t.Context(), domain.JobOrder{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	watched(t, with, job.ID)
	for _, err := range with.Jobs.Watch(ended(), job.ID) {
		wantCode(t, "Watch when ctx has ended", err, domain.CodeCanceled)
	}
	for _, err := range with.Jobs.Refusals(ended(), job.ID) {
		wantCode(t, "Refusals when ctx has ended", err, domain.CodeCanceled)
	}
	_, err = with.Jobs.Generate(ended(), domain.JobOrder{}, 3)
	wantCode(t, "Generate when ctx has ended", err, domain.CodeCanceled)
	wantJobs(t, with, job.ID)
}

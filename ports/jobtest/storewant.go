package jobtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

// wantCode fails the test unless err has the code.
func wantCode(t *testing.T, call string, err error, want domain.Code, why string) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: got code %q (%v), want %q: %s", call, got, err, want, why)
	}
}

// wantJob fails the test unless a call answered exactly the job.
func wantJob(t *testing.T, call string, got domain.Job, err error, want domain.Job, why string) {
	t.Helper()
	if err != nil || got.Stored() != want.Stored() {
		t.Errorf("%s: got\n%+v and error %v, want\n%+v: %s", call, got, err, want.Stored(), why)
	}
}

// wantFound fails the test unless FindJob answers the job.
func wantFound(t *testing.T, store Store, want domain.Job, why string) {
	t.Helper()
	got, err := store.FindJob(t.Context(), want.ID)
	wantJob(t, "FindJob", got, err, want, why)
}

// wantGone fails the test unless there is no such job, and nothing of it.
func wantGone(t *testing.T, store Store, id domain.JobID, why string) {
	t.Helper()
	_, err := store.FindJob(t.Context(), id)
	wantCode(t, "FindJob", err, domain.CodeNotFound, why)
	_, err = store.FindChunk(t.Context(), id, 0)
	wantCode(t, "FindChunk", err, domain.CodeNotFound, why)
	_, err = store.Refusals(t.Context(), id, domain.Refusal{}, 10)
	wantCode(t, "Refusals", err, domain.CodeNotFound, why)
	wantOpen(t, store, id, nil, why)
}

// wantJobs fails the test unless a list holds exactly these jobs, in order.
func wantJobs(t *testing.T, call string, got []domain.Job, err error, want []domain.Job, why string) {
	t.Helper()
	same := slices.EqualFunc(got, want, func(a, b domain.Job) bool { return a.Stored() == b.Stored() })
	if err != nil || !same {
		t.Errorf("%s: got %v and error %v, want %v: %s", call, idsOf(got), err, idsOf(want), why)
	}
}

func idsOf(jobs []domain.Job) (ids []domain.JobID) {
	for _, job := range jobs {
		ids = append(ids, job.ID)
	}
	return ids
}

// wantOpen fails the test unless these chunks are all that have not ended.
func wantOpen(t *testing.T, store Store, id domain.JobID, want []int, why string) {
	t.Helper()
	got, err := store.OpenChunks(t.Context(), id, 1000)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("OpenChunks(%s): got %v and error %v, want %v: %s", id, got, err, want, why)
	}
}

// wantChunk fails the test unless FindChunk answers the chunk.
func wantChunk(t *testing.T, store Store, id domain.JobID, want domain.Chunk, why string) {
	t.Helper()
	got, err := store.FindChunk(t.Context(), id, want.Number)
	same := got.Number == want.Number && got.First == want.First && got.Rows == want.Rows &&
		string(got.Text) == string(want.Text) && (got.Text == nil) == (want.Text == nil)
	if err != nil || !same {
		t.Errorf("FindChunk(%s, %d): got %d, %d, %d and a text %s, error %v, want %d, %d, %d and %s: %s",
			id, want.Number, got.Number, got.First, got.Rows, short(got.Text), err, want.Number, want.First, want.Rows, short(want.Text), why)
	}
}

// short returns the beginning of a text.
func short(text []byte) string {
	if text == nil {
		return "nil"
	}
	return fmt.Sprintf("%d bytes %.40q", len(text), text)
}

// wantPersons fails the test unless the drafts of these ends are all persons, in their order.
func wantPersons(t *testing.T, store Store, want []domain.ChunkEnd, why string) {
	t.Helper()
	var drafts []domain.Draft
	for _, end := range want {
		drafts = append(drafts, end.Drafts...)
	}
	got := everybody(t, store)
	if len(got) != len(drafts) {
		t.Errorf("Seek: got %d persons, want %d: %s", len(got), len(drafts), why)
		return
	}
	for i, person := range got {
		if person != drafts[i].Person(person.ID()) {
			t.Errorf("Seek: got %v at place %d, want %q: %s", person, i, drafts[i].Name(), why)
			return
		}
	}
	if got := total(t, store); got != int64(len(drafts)) {
		t.Errorf("Page: got a total of %d, want %d: %s", got, len(drafts), why)
	}
}

// wantRefusals fails the test unless these are all refusals of a job, in order.
func wantRefusals(t *testing.T, store Store, id domain.JobID, want []domain.Refusal, why string) {
	t.Helper()
	got, err := store.Refusals(t.Context(), id, domain.Refusal{}, len(want)+10)
	wantSameRefusals(t, "Refusals", got, err, want, why)
}

func wantSameRefusals(t *testing.T, call string, got []domain.Refusal, err error, want []domain.Refusal, why string) {
	t.Helper()
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s: got %v and error %v, want %v: %s", call, got, err, want, why)
	}
}

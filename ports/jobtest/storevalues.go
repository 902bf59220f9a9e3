package jobtest

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func valueCases() []storeCase {
	return []storeCase{
		{"a job comes back as it was saved", jobComesBack},
		{"times come back to the microsecond and in UTC, and zero times as they are", timesComeBack},
		{"a chunk comes back as it was saved, its text to the byte", chunkComesBack},
		{"refusals come back as they were saved", refusalsComeBack},
		{"what a store was handed and what it returns is the caller's own", valuesAreTheCallers},
	}
}

func jobComesBack(t *testing.T, store Store) {
	for i, state := range domain.JobStates() {
		want := create(t, store, domain.Job{
			ID: jobID(i), Kind: domain.JobImport, State: state, Format: "f'\"\\☃", DryRun: i%2 == 0, Atomic: i%3 == 0,
			Total: math.MaxInt64, Done: math.MaxInt64 - 1, Rejected: 1 << 40, Chunks: math.MaxInt32, Left: math.MaxInt32 - 1,
			Created: noon, Changed: later(3), Started: later(1), Ended: later(2), Reason: "'); -- \n\"é\u0301\U0001F600\"",
			Origin: domain.Origin{Via: domain.ViaAdmin, Who: "é\u0301'\"\n\U0001F600"},
		})
		wantFound(t, store, want, "a job is saved as it is")
		least := create(t, store, domain.Job{ID: jobID(100 + i), Kind: domain.JobGenerate, State: state})
		wantFound(t, store, least, "a job is saved as it is")
		same := func(job domain.Job) (domain.Job, error) { return job, nil }
		wantJob(t, "ChangeJob", change(t, store, want, same), nil, want, "a change is of the job as it is")
		wantFound(t, store, want, "a change that changes nothing does so")
	}
}

func timesComeBack(t *testing.T, store Store) {
	east := time.FixedZone("east", 5*3600)
	for i, moment := range []time.Time{
		{}, noon, noon.Add(999_999_999), noon.Add(time.Microsecond).In(east), noon.Add(1_001), time.Unix(0, 0),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(2262, 4, 12, 0, 0, 0, 1_000, time.UTC),
	} {
		want := create(t, store, domain.Job{ID: jobID(i), State: domain.JobQueued, Created: moment, Changed: moment, Started: moment, Ended: moment})
		wantTimes(t, find(t, store, want.ID), moment)
		wantTimes(t, change(t, store, want, func(domain.Job) (domain.Job, error) { return want, nil }), moment)
	}
}

func wantTimes(t *testing.T, job domain.Job, want time.Time) {
	t.Helper()
	for name, got := range map[string]time.Time{"Created": job.Created, "Changed": job.Changed, "Started": job.Started, "Ended": job.Ended} {
		if !got.Truncate(time.Microsecond).Equal(want.Truncate(time.Microsecond)) || got.Location() != time.UTC || got.IsZero() != want.IsZero() {
			t.Errorf("%s: got %v, want %v to the microsecond and in UTC", name, got, want)
		}
	}
}

func chunkComesBack(t *testing.T, store Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	job := receiving(t, store, 1)
	for i, text := range [][]byte{
		nil, []byte("name,age\r\nAnn,31\n"), every, {0}, []byte("'); DROP TABLE persons_person; --"), []byte("\xff\xfe\xc3"),
		bytes.Repeat([]byte("é\x00"), 1<<20),
	} {
		chunk := domain.Chunk{Number: i * 1000, First: 1<<40 + int64(i), Rows: domain.ChunkRows - i, Text: text}
		job = add(t, store, job, chunk)
		wantChunk(t, store, job.ID, chunk, "a chunk is saved as it is")
	}
}

func refusalsComeBack(t *testing.T, store Store) {
	var want []domain.Refusal
	for i, line := range []int64{1, 2, 1 << 33, math.MaxInt64} {
		for _, code := range domain.ProblemCodes() {
			want = append(want, domain.Refusal{Line: line, Problem: domain.Problem{
				Field: []string{domain.FieldRow, "a field'); --", "é☃", ""}[i], Code: code, Limit: math.MaxInt64 - int64(i),
			}})
		}
	}
	slices.SortFunc(want, domain.Refusal.Compare)
	job := running(t, store, 1, 10)
	end(t, store, job, domain.ChunkEnd{Number: 0, Rejected: 4, Refusals: want})
	wantRefusals(t, store, job.ID, want, "refusals are saved as they are")
}

func valuesAreTheCallers(t *testing.T, store Store) {
	job := receiving(t, store, 1)
	chunks := []domain.Chunk{{Number: 0, First: 1, Rows: 2, Text: []byte("some text")}, {Number: 1, First: 3, Rows: 1}}
	want := []domain.Chunk{chunks[0], chunks[1]}
	want[0].Text = bytes.Clone(chunks[0].Text)
	job = add(t, store, job, chunks...)
	copy(chunks[0].Text, "SPOILED")
	chunks[1].Rows = 77
	for range 2 {
		for i := range want {
			wantChunk(t, store, job.ID, want[i], "nobody else changes what was saved")
		}
		found, err := store.FindChunk(t.Context(), job.ID, 0)
		wantCode(t, "FindChunk", err, "", "the chunk is there")
		copy(found.Text, "SPOILED")
	}
	job = begin(t, store, submit(t, store, job))
	refused := ended(t, 0, 0, 1, 2)
	kept := slices.Clone(refused.Refusals)
	end(t, store, job, refused)
	refused.Refusals[0].Line = 99
	for range 2 {
		got, err := store.Refusals(t.Context(), job.ID, domain.Refusal{}, 10)
		wantSameRefusals(t, fmt.Sprintf("Refusals(%s)", job.ID), got, err, kept, "nobody else changes what was saved")
		for i := range got {
			got[i].Line = 99
		}
	}
}

package historytest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

func originCases() []storeCase {
	return []storeCase{
		{"a change of each kind has the origin of its context", originOfEach},
		{"an origin comes back equal", originComesBack},
		{"of who made a change, and of its job, the first 255 code points are kept", whoIsCut},
		{"a change was made during its call, in UTC and to the microsecond", madeDuringCall},
	}
}

// originOfEach makes each kind of change with an origin of its own, and without one.
func originOfEach(t *testing.T, store Store) {
	person := create(t, store, "Ann", 31)
	for i, origin := range []domain.Origin{
		{Via: domain.ViaAPI, Who: "192.0.2.1"}, {}, {Via: domain.ViaCLI, Who: "root"},
		{Via: domain.ViaAdmin, Who: "ann", Job: "019cb000-0000-7000-8000-000000000001"}, {Via: domain.ViaAdmin, Who: "admin"},
	} {
		ctx, job := domain.WithOrigin(t.Context(), origin), runningJob(t, store, i, 1)
		for _, c := range []struct {
			name string
			do   func() error
		}{
			{"Create", func() error { _, err := store.Create(ctx, newDraft(t, "Bob", 1)); return err }},
			{"CreateBatch", func() error { _, err := store.CreateBatch(ctx, newDrafts(t, 3)); return err }},
			{"Replace", func() error { _, err := store.Replace(ctx, person.ID(), newDraft(t, "Cid", int64(2*i))); return err }},
			{"Patch", func() error { _, err := store.Patch(ctx, person.ID(), newAge(t, int64(2*i+1))); return err }},
			{"Delete", func() error { return store.Delete(ctx, create(t, store, "Dan", 1).ID()) }},
			{"DeleteBatch", func() error {
				_, err := store.DeleteBatch(ctx, idsOf(createMany(t, store, 1)))
				return err
			}},
			{"EndChunks", func() error {
				_, err := store.EndChunks(ctx, job.ID, []domain.ChunkEnd{{Drafts: newDrafts(t, 3)}}, time.Now())
				return err
			}},
		} {
			wantCode(t, c.name, c.do(), "", "nothing speaks against it")
			latest, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 1})
			if err != nil || len(latest) != 1 || latest[0].Origin != origin {
				t.Errorf("Changes after %s by %+v: got %+v and %v, want the change with this origin", c.name, origin, latest, err)
			}
		}
	}
}

func originComesBack(t *testing.T, store Store) {
	for _, who := range []string{
		"", " ", " a b ", "2001:db8::1", `o'"Neil\`, "line\nline\r\n", "Ädmin", "A\u0308dmin", "\U0001F600", "%s$1?", strings.Repeat("x", 255),
	} {
		origin := domain.Origin{Via: domain.ViaAdmin, Who: who, Job: domain.JobID(who)}
		got := watch(t, store, func() { createBy(t, store, domain.WithOrigin(t.Context(), origin)) })
		if len(got) != 1 || got[0].Origin != origin {
			t.Errorf("Create by %+q: got %+v, want one change with this origin", who, got)
		}
	}
}

// whoIsCut also hands over what is no text: no change may fail for it.
func whoIsCut(t *testing.T, store Store) {
	for who, want := range map[string]string{
		strings.Repeat("x", 256):              strings.Repeat("x", 255),
		strings.Repeat("é", 10_000):           strings.Repeat("é", 255),
		strings.Repeat("\U0001F600", 300):     strings.Repeat("\U0001F600", 255),
		strings.Repeat("x", 254) + "éé":       strings.Repeat("x", 254) + "é",
		strings.Repeat("\U0001F600", 255):     strings.Repeat("\U0001F600", 255),
		"a\x00b":                              "a\uFFFDb",
		"a\xffb":                              "a\uFFFDb",
		strings.Repeat("\x00", 300):           strings.Repeat("\uFFFD", 255),
		strings.Repeat("a\xff", 200):          strings.Repeat("a\uFFFD", 127) + "a",
		strings.Repeat("x", 300) + "\x00\xc3": strings.Repeat("x", 255),
	} {
		got := watch(t, store, func() {
			createBy(t, store, domain.WithOrigin(t.Context(), domain.Origin{Via: domain.ViaAPI, Who: who, Job: domain.JobID(who)}))
		})
		if len(got) != 1 || got[0].Origin != (domain.Origin{Via: domain.ViaAPI, Who: want, Job: domain.JobID(want)}) {
			t.Errorf("Create by %+q: got %+v, want one change by %+q", who, got, want)
		}
	}
}

func createBy(t *testing.T, store Store, ctx context.Context) { //nolint:revive // t comes first in a test
	t.Helper()
	_, err := store.Create(ctx, newDraft(t, "Ann", 31))
	wantCode(t, "Create", err, "", "whoever it is may create")
}

func madeDuringCall(t *testing.T, store Store) {
	for range 50 {
		got := watch(t, store, func() {
			remove(t, store, setAge(t, store, create(t, store, "Ann", 31), 32))
			createMany(t, store, 2)
		})
		if len(got) != 4 {
			t.Errorf("Changes: got %d of a create, an edit, a delete and a batch, want 4", len(got))
		}
	}
}

package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func claimCases() []storeCase {
	return slices.Concat(
		[]storeCase{{"a create with a claim takes effect once and is answered the same each time", claimedCreate}},
		sized("a batch of %d with a claim takes effect once and is answered the same each time", claimedBatch, 1, 501, 10_000),
		[]storeCase{
			{"what a claim was answered is answered again, whatever became of the persons", claimOutlastsPersons},
			{"a key that stands for another request is refused and saves nobody", keyReused},
			{"a claim that comes too late saves as the first", claimExpires},
			{"claims of different keys leave each other alone", claimsAreApart},
			{"a claim on other drafts than these is invalid and saves nobody", brokenClaim},
			{"a claim of a batch that was not saved is as if it had never been", claimOfNothing},
			{"of many claims of one key at once, one saves and all are answered the same", claimsAtOnce},
			{"claims among creates, deletes and pages add up", claimsInTraffic},
		},
	)
}

func claimReopenCases() []reopenCase {
	return []reopenCase{
		{"a claim is remembered when the store is opened again", claimOutlastsClose},
		{"a claim is remembered by another opening though the store was never closed", claimOutlastsAbandoning},
	}
}

// noon is when the claims of the cases are made; no store looks at its own clock.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClaim(t *testing.T, key, request string, made time.Time) domain.Claim {
	t.Helper()
	claim, err := domain.NewClaim(key, []byte(request), made)
	if err != nil {
		t.Fatalf("domain.NewClaim(%q): got %v, want a claim", key, err)
	}
	return claim
}

// claimed returns a draft that carries a claim.
func claimed(claim domain.Claim, draft domain.Draft) domain.Draft { return claim.On(draft)[0] }

func claimedCreate(t *testing.T, store ports.PersonStore) {
	before := create(t, store, "Ann", 31)
	draft := claimed(newClaim(t, "key", "request", noon), newDraft(t, "Bob", 32))
	want := draft.Person(before.ID() + 1)
	for i := range 3 {
		later := claimed(newClaim(t, "key", "request", noon.Add(time.Duration(i)*time.Hour)), draft)
		got, err := store.Create(t.Context(), later)
		wantPerson(t, fmt.Sprintf("Create with the same claim, call %d", i+1), got, err, want, "a request takes effect once")
	}
	after := create(t, store, "Cid", 33)
	wantEverybody(t, store, []domain.Person{before, want, after}, "a request takes effect once")
}

func claimedBatch(t *testing.T, store ports.PersonStore, size int) {
	before := create(t, store, "Ann", 31)
	drafts := newClaim(t, "key", "request", noon).On(newDrafts(t, size)...)
	first, err := store.CreateBatch(t.Context(), drafts)
	wantCode(t, "CreateBatch with a claim", err, "", "nobody used the key before")
	for i, person := range first {
		if person != drafts[i].Person(person.ID()) {
			t.Fatalf("CreateBatch with a claim: got %s at index %d, want the draft's", show(person), i)
		}
	}
	again, err := store.CreateBatch(t.Context(), drafts)
	wantCode(t, "CreateBatch with the same claim", err, "", "a repeated request is answered again")
	wantPersons(t, "CreateBatch with the same claim", again, first, "a repeated request is answered the same")
	wantEverybody(t, store, append([]domain.Person{before}, first...), "a request takes effect once")
}

func claimOutlastsPersons(t *testing.T, store ports.PersonStore) {
	drafts := newClaim(t, "key", "request", noon).On(newDrafts(t, 3)...)
	want, err := store.CreateBatch(t.Context(), drafts)
	wantCode(t, "CreateBatch with a claim", err, "", "nobody used the key before")
	renamed, err := store.Patch(t.Context(), want[0].ID(), newName(t, "renamed"))
	wantCode(t, "Patch", err, "", "the person is there")
	remove(t, store, want[1].ID())
	got, err := store.CreateBatch(t.Context(), drafts)
	wantCode(t, "CreateBatch with the same claim", err, "", "a repeated request is answered again")
	wantPersons(t, "CreateBatch with the same claim", got, want, "the answer is that of then")
	wantEverybody(t, store, []domain.Person{renamed, want[2]}, "a repeated request changes nothing")
}

func keyReused(t *testing.T, store ports.PersonStore) {
	person, err := store.Create(t.Context(), claimed(newClaim(t, "key", "request", noon), newDraft(t, "Ann", 31)))
	wantCode(t, "Create with a claim", err, "", "nobody used the key before")
	other := newClaim(t, "key", "another request", noon)
	for range 2 {
		stranger, err := store.Create(t.Context(), claimed(other, newDraft(t, "Bob", 32)))
		wantCode(t, "Create with the key of another request", alone(t, "Create", stranger, err), domain.CodeKeyReused, "the key stands for another request")
		strangers, err := store.CreateBatch(t.Context(), other.On(newDrafts(t, 2)...))
		wantCode(t, "CreateBatch with the key of another request", noneBeside(t, "CreateBatch", strangers, err), domain.CodeKeyReused, "the key stands for another request")
	}
	persons, err := store.CreateBatch(t.Context(), newClaim(t, "key of many", "request", noon).On(newDrafts(t, 3)...))
	wantCode(t, "CreateBatch with a claim", err, "", "nobody used the key before")
	few := newClaim(t, "key of many", "another request", noon)
	strangers, err := store.CreateBatch(t.Context(), few.On(newDrafts(t, 2)...))
	wantCode(t, "CreateBatch of fewer with the key of another request", noneBeside(t, "CreateBatch", strangers, err), domain.CodeKeyReused, "the key stands for another request")
	wantEverybody(t, store, append([]domain.Person{person}, persons...), "a call that fails changes nothing")
}

func claimExpires(t *testing.T, store ports.PersonStore) {
	draft := newDraft(t, "Ann", 31)
	made := noon
	var want []domain.Person
	for i := range 3 {
		claim := newClaim(t, "key", fmt.Sprintf("request %d", i/2), made)
		person, err := store.Create(t.Context(), claimed(claim, draft))
		wantCode(t, "Create with a claim", err, "", "an earlier claim of the key has expired")
		want = append(want, person)
		wantEverybody(t, store, want, "a claim is forgotten after its lifetime")
		last := newClaim(t, "key", fmt.Sprintf("request %d", i/2), made.Add(domain.ClaimLifetime-time.Second))
		person, err = store.Create(t.Context(), claimed(last, draft))
		wantPerson(t, "Create a second before a claim expires", person, err, want[i], "a claim is remembered for its lifetime")
		made = made.Add(domain.ClaimLifetime)
	}
}

func claimsAreApart(t *testing.T, store ports.PersonStore) {
	var want []domain.Person
	keys := []string{"key", "Key", "key ", " key", "k", "'); --", "%", "_"}
	for range 2 {
		for i, key := range keys {
			person, err := store.Create(t.Context(), claimed(newClaim(t, key, "request", noon), newDraft(t, "Ann", int64(i))))
			wantCode(t, "Create with a claim", err, "", "nobody used the key for another request")
			if len(want) < len(keys) {
				want = append(want, person)
			}
		}
		wantEverybody(t, store, want, "keys are different to the byte")
	}
}

func brokenClaim(t *testing.T, store ports.PersonStore) {
	drafts := newClaim(t, "key", "request", noon).On(newDrafts(t, 4)...)
	plain := newDrafts(t, 4)
	other := newClaim(t, "other", "request", noon).On(plain...)
	for _, batch := range [][]domain.Draft{
		drafts[:3], drafts[1:],
		{drafts[0], drafts[1], drafts[2], plain[3]},
		{plain[0], drafts[1], drafts[2], drafts[3]},
		{drafts[0], drafts[1], other[2], other[3]},
		append(slices.Clone(drafts), drafts[3]),
	} {
		persons, err := store.CreateBatch(t.Context(), batch)
		wantCode(t, "CreateBatch with a broken claim", noneBeside(t, "CreateBatch", persons, err), domain.CodeInvalid, "a claim is on all of a batch, or on none")
	}
	person, err := store.Create(t.Context(), drafts[0])
	wantCode(t, "Create of one of four claimed together", alone(t, "Create", person, err), domain.CodeInvalid, "a claim is on all of a batch, or on none")
	wantEverybody(t, store, nil, "a call that fails changes nothing")
}

func claimOfNothing(t *testing.T, store ports.PersonStore) {
	claim := newClaim(t, "key", "request", noon)
	drafts := claim.On(newDrafts(t, 3)...)
	_, err := store.CreateBatch(t.Context(), drafts[:2])
	wantCode(t, "CreateBatch of a part", err, domain.CodeInvalid, "a claim is on all of a batch")
	other := newClaim(t, "key", "another request", noon).On(newDrafts(t, 2)...)
	want, err := store.CreateBatch(t.Context(), other)
	wantCode(t, "CreateBatch with the key", err, "", "nobody was saved with it before")
	wantEverybody(t, store, want, "the batch is saved")
}

func claimsAtOnce(t *testing.T, store ports.PersonStore) {
	const callers = 24
	var want []domain.Person
	for round := range 8 {
		claim := newClaim(t, fmt.Sprintf("key %d", round), "request", noon)
		drafts := claim.On(newDrafts(t, 1+round%2*2)...)
		var got [callers][]domain.Person
		together(callers, func(i int) {
			persons, err := store.CreateBatch(t.Context(), drafts)
			if len(drafts) == 1 && i%2 == 0 {
				var person domain.Person
				person, err = store.Create(t.Context(), drafts[0])
				persons = []domain.Person{person}
			}
			wantCode(t, "saving with a claim", err, "", "all make the same request")
			got[i] = persons
		})
		for i := range got {
			wantPersons(t, fmt.Sprintf("caller %d of %d with one claim", i, callers), got[i], got[0], "a repeated request is answered the same")
		}
		want = append(want, got[0]...)
		wantEverybody(t, store, want, "a request takes effect once, however often it comes at once")
	}
}

// claimsInTraffic has callers repeat claimed creates among others that create and
// delete without, and counts in between.
func claimsInTraffic(t *testing.T, store ports.PersonStore) {
	const callers, rounds = 12, 20
	var kept [callers][]domain.Person
	draft := newDraft(t, "Ann", 31)
	together(callers, func(i int) {
		for round := range rounds {
			claim := newClaim(t, fmt.Sprintf("%d of %d", round, i/2), "request", noon)
			person, err := store.Create(t.Context(), claimed(claim, draft))
			wantCode(t, "Create with a claim", err, "", "the request is the same")
			if i%2 == 0 {
				kept[i] = append(kept[i], person)
			}
			stranger, err := store.Create(t.Context(), draft)
			wantCode(t, "Create", err, "", "claims of others are no matter")
			if round%3 > 0 {
				wantCode(t, "Delete", store.Delete(t.Context(), stranger.ID()), "", "the person is there")
				continue
			}
			kept[i] = append(kept[i], stranger)
			_, err = store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 3})
			wantCode(t, "Page", err, "", "writers do not stop readers")
		}
	})
	wantEverybody(t, store, inOrder(kept[:]...), "each claim saved one person, each create its own")
}

func claimOutlastsClose(t *testing.T, open func() ports.PersonStore) {
	wantClaimRemembered(t, open, func(store ports.PersonStore) { wantClosed(t, store) })
}

func claimOutlastsAbandoning(t *testing.T, open func() ports.PersonStore) {
	wantClaimRemembered(t, open, func(ports.PersonStore) {})
}

func wantClaimRemembered(t *testing.T, open func() ports.PersonStore, end func(ports.PersonStore)) {
	t.Helper()
	store := open()
	one := claimed(newClaim(t, "one", "request", noon), newDraft(t, "Ann", 31))
	many := newClaim(t, "many", "request", noon).On(newDrafts(t, 5)...)
	person, err := store.Create(t.Context(), one)
	wantCode(t, "Create with a claim", err, "", "nobody used the key before")
	persons, err := store.CreateBatch(t.Context(), many)
	wantCode(t, "CreateBatch with a claim", err, "", "nobody used the key before")
	end(store)
	store = open()
	again, err := store.Create(t.Context(), one)
	wantPerson(t, "Create with the same claim after a new opening", again, err, person, "a durable store keeps claims")
	others, err := store.CreateBatch(t.Context(), many)
	wantCode(t, "CreateBatch with the same claim after a new opening", err, "", "a durable store keeps claims")
	wantPersons(t, "CreateBatch with the same claim after a new opening", others, persons, "a durable store keeps claims")
	wantEverybody(t, store, append([]domain.Person{person}, persons...), "a request takes effect once")
}

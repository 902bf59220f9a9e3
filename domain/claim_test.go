package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClaim(t *testing.T, key, request string, made time.Time) domain.Claim {
	t.Helper()
	claim, err := domain.NewClaim(key, []byte(request), made)
	if err != nil {
		t.Fatalf("NewClaim(%q): got %v, want a claim", key, err)
	}
	return claim
}

func TestAKeyIsShortAndPrintable(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a", " ", "~", strings.Repeat("k", domain.MaxClaimKey)} {
		if claim := newClaim(t, key, "request", noon); claim.Key() != key || claim.Made() != noon {
			t.Errorf("NewClaim(%q): got key %q of %v, want both as given", key, claim.Key(), claim.Made())
		}
	}
	for _, key := range []string{"", "\x1f", "\x7f", "é", "a\n", strings.Repeat("k", domain.MaxClaimKey+1)} {
		if _, err := domain.NewClaim(key, nil, noon); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("NewClaim(%q): got %v, want code %q", key, err, domain.CodeInvalid)
		}
	}
}

func TestAClaimRepeatsTheSameRequestForADay(t *testing.T) {
	t.Parallel()
	claim := newClaim(t, "key", "request", noon)
	stored := domain.StoredClaim("key", claim.Request(), noon)
	for after, want := range map[time.Duration]bool{
		0: true, -time.Hour: true, domain.ClaimLifetime - 1: true, domain.ClaimLifetime: false, 2 * domain.ClaimLifetime: false,
	} {
		if got, err := newClaim(t, "key", "request", noon.Add(after)).Repeats(stored); got != want || err != nil {
			t.Errorf("the same request %v later: got %v and %v, want %v", after, got, err, want)
		}
		_, err := newClaim(t, "key", "another", noon.Add(after)).Repeats(stored)
		if reused := domain.CodeOf(err) == domain.CodeKeyReused; reused != want {
			t.Errorf("another request %v later: got %v, want code %q: %v", after, err, domain.CodeKeyReused, want)
		}
	}
}

func TestAClaimIsOnAllOfABatchOrOnNone(t *testing.T) {
	t.Parallel()
	ann, bob := newDraft(t, "Ann", 31), newDraft(t, "Bob", 32)
	claim := newClaim(t, "key", "request", noon)
	both := claim.On(ann, bob)
	if got, claimed, err := domain.ClaimOf(both); got != claim || !claimed || err != nil {
		t.Errorf("ClaimOf: got %v, %v and %v, want the claim", got, claimed, err)
	}
	for _, plain := range [][]domain.Draft{nil, {ann}, {ann, bob}} {
		if _, claimed, err := domain.ClaimOf(plain); claimed || err != nil {
			t.Errorf("ClaimOf %v: got a claim (%v) or %v, want none: On leaves what it was given", plain, claimed, err)
		}
	}
	for name, broken := range map[string][]domain.Draft{
		"the first": both[:1], "the last": both[1:], "with another": {both[0], both[1], ann}, "put on again": {both[0], claim.On(bob)[0]},
	} {
		if _, _, err := domain.ClaimOf(broken); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("ClaimOf of %s: got %v, want code %q", name, err, domain.CodeInvalid)
		}
	}
	if got := both[0].Person(1); got != ann.Person(1) {
		t.Errorf("Person: got %v, want %v: a claim changes nothing about a person", got, ann.Person(1))
	}
}

func TestAnExecutorThatCutsAClaimedBulkSavesNobody(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	executor, err := localexec.New(domain.CreateHandler(store), localexec.Batched(2, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer executor.Close()
	saved, err := newBulk(t, executor, 10).GenerateOnce(t.Context(), newClaim(t, "key", "request", noon), 5)
	if saved != 0 || domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("GenerateOnce in batches of 2: got %d saved and %v, want none and code %q", saved, err, domain.CodeInvalid)
	}
	if page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1}); err != nil || page.Total != 0 {
		t.Errorf("Page: got a total of %d and %v, want 0", page.Total, err)
	}
}

func TestAGeneratedBulkWithAClaimIsCheckedAsWithout(t *testing.T) {
	t.Parallel()
	bulk := newBulk(t, &draftExecutor{}, 3)
	saved, err := bulk.GenerateOnce(t.Context(), newClaim(t, "key", "request", noon), 4)
	wantProblems(t, err, domain.Problem{Field: domain.FieldCount, Code: domain.ProblemTooBig, Limit: 3})
	if saved != 0 {
		t.Errorf("got %d saved, want none", saved)
	}
}

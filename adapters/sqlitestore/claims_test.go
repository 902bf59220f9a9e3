package sqlitestore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// create250 saves a person for each of 250 claims that are made at a time.
func create250(t *testing.T, path string, made time.Time) (claims int) {
	t.Helper()
	store := open(t, path)
	migrate(t, store)
	drafts := newDrafts(t, 1)
	for i := range 250 {
		claim, err := domain.NewClaim(fmt.Sprint(made.Unix(), i), nil, made)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Create(t.Context(), claim.On(drafts...)[0]); err != nil {
			t.Fatal(err)
		}
	}
	db := openRaw(t, path)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM roster_claims").Scan(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestClaimsThatHaveExpiredAreDeletedAsOthersCome(t *testing.T) {
	t.Parallel()
	path, now := newFile(t), time.Now()
	if got := create250(t, path, now.Add(-domain.ClaimLifetime)); got != 250 {
		t.Errorf("got %d claims, want 250: none has expired when they are made", got)
	}
	if got := create250(t, path, now); got != 250 {
		t.Errorf("a day later: got %d claims, want 250: those of the day before are gone", got)
	}
}

func TestAClaimInAFileThatLacksItsTableSaysWhatToDo(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	migrate(t, open(t, path))
	execute(t, path, "DROP TABLE roster_claims")
	store := open(t, path)
	claim, err := domain.NewClaim("key", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Create(t.Context(), claim.On(newDrafts(t, 1)...)[0])
	wantCode(t, "Create with a claim", err, domain.CodeUnavailable, "roster migrate")
	create(t, store, "Ann") // without one it needs no such table
}

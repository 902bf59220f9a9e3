package pgstore_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/pgstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/querytest"
)

func openHeard(t *testing.T) (*pgstore.Store, *querytest.Heard) {
	t.Helper()
	h := &querytest.Heard{}
	store, err := pgstore.Open(t.Context(), pgstore.Config{URL: server.URL(t), Observe: h.Observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, h
}

func TestItsQueriesKeepTheContract(t *testing.T) {
	t.Parallel()
	querytest.Run(t, querytest.Harness{Open: func(t *testing.T, observe ports.QueryObserver) ports.PersonStore {
		t.Helper()
		store, err := pgstore.Open(t.Context(), pgstore.Config{URL: server.URL(t), Observe: observe})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		return store
	}})
}

func TestEachCallIsToldOfItsQueriesAndNoneTellsOfAPerson(t *testing.T) {
	t.Parallel()
	store, h := openHeard(t)
	draft, err := domain.NewDraft("Zaphod O'Beeblebrox", 42)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.CreateBatch(querytest.By(t.Context(), "creator"), []domain.Draft{draft, draft}); err != nil {
		t.Fatal(err)
	}
	person, err := store.Create(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Find(querytest.By(t.Context(), "finder"), person.ID()); err != nil {
		t.Fatal(err)
	}
	_, _ = store.Replace(querytest.By(t.Context(), "editor"), person.ID(), draft)
	_, _ = store.FindUserByName(querytest.By(t.Context(), "editor"), "Beeblebrox")
	_, _ = store.Page(querytest.By(t.Context(), "reader"), domain.PageQuery{Number: 1, Size: 3})
	_, _ = store.DeleteBatch(querytest.By(t.Context(), "editor"), []int64{4242})
	if err := store.KeepPersons(querytest.By(t.Context(), "mover"), []domain.Person{draft.Person(4242)}); err != nil {
		t.Fatal(err)
	}

	created := querytest.Statements(h.Of("creator"))
	if len(created) < 3 || created[0] != "BEGIN" || created[len(created)-1] != "COMMIT" {
		t.Errorf("CreateBatch: told %q, want BEGIN, what it saves by, COMMIT", created)
	}
	if found := h.Of("finder"); len(found) != 1 || found[0].Rows != 1 || found[0].Shared != 1 || found[0].Took <= 0 || !strings.Contains(found[0].SQL, "$1") {
		t.Errorf("Find: told %+v, want one query of one row with $1", found)
	}
	if moved := querytest.Statements(h.Of("mover")); !slices.Contains(moved, `COPY "persons_person" FROM STDIN`) {
		t.Errorf("KeepPersons: told %q, want the COPY among them", moved)
	}
	for _, who := range []string{"creator", "finder", "editor", "reader", "mover", ""} {
		for _, query := range h.Of(who) {
			if strings.Contains(query.SQL, "Beeblebrox") || strings.Contains(query.SQL, "4242") || strings.ContainsAny(query.SQL, "\n\t") {
				t.Errorf("told %q, which tells of a person, or is more than a line", query.SQL)
			}
			if _, err := store.Explain(t.Context(), query.SQL); err != nil {
				t.Errorf("the plan of %q: got %v, want one or none", query.SQL, err)
			}
		}
	}
}

func TestAPlanIsThatForAnyValues(t *testing.T) {
	t.Parallel()
	store, h := openHeard(t)
	ctx := querytest.By(t.Context(), "who asks for plans")
	plan, err := store.Explain(ctx, "SELECT name, age FROM persons_person WHERE id = $1")
	if err != nil || !strings.Contains(plan, "persons_person") || !strings.Contains(plan, "id = $1") {
		t.Errorf("got %q and %v, want the plan with $1 in the place of a value", plan, err)
	}
	if plan, err := store.Explain(ctx, "COMMIT"); plan != "" || err != nil {
		t.Errorf("COMMIT: got %q and %v, want no plan", plan, err)
	}
	if _, err := store.Explain(ctx, "DELETE FROM persons_person"); err != nil {
		t.Errorf("DELETE: got %v, want a plan", err)
	}
	if told := h.Of("who asks for plans"); len(told) > 0 {
		t.Errorf("told %q, want that nobody is told of plans", querytest.Statements(told))
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Explain(ctx, "SELECT 1"); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("after Close: got %v, want unavailable", err)
	}
}

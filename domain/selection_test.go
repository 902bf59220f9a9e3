package domain_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestPersonsArePickedOneByOne(t *testing.T) {
	t.Parallel()
	store, browse := newBrowse(t, 10, 4, "a", "b", "c", "d", "e")
	if err := store.Delete(t.Context(), 4); err != nil {
		t.Fatalf("Delete: got %v, want nil", err)
	}
	got, err := browse.Selected(t.Context(), domain.Selection{IDs: []int64{5, 4, 2, 5}})
	if ids := idsOf(got); err != nil || !slices.Equal(ids, []int64{2, 5}) {
		t.Errorf("Selected: got %v and %v, want the two who are there, once each", ids, err)
	}
	for count, want := range map[int]domain.Code{domain.MaxPicked: "", domain.MaxPicked + 1: domain.CodeTooLarge} {
		many := domain.Selection{IDs: slices.Repeat([]int64{-1}, count)}
		if _, err := browse.Selected(t.Context(), many); domain.CodeOf(err) != want {
			t.Errorf("Selected of %d: got %v, want the code %q", count, err, want)
		}
		if _, err := browse.Delete(t.Context(), many); domain.CodeOf(err) != want {
			t.Errorf("Delete of %d: got %v, want the code %q", count, err, want)
		}
	}
}

// unread is a store in which nobody may be looked up.
type unread struct{ *memstore.Store }

func (unread) Find(context.Context, int64) (domain.Person, error) {
	return domain.Person{}, &domain.Error{Code: domain.CodeInternal, Message: "somebody was looked up"}
}

func TestPersonsPickedOneByOneAreDeletedUnread(t *testing.T) {
	t.Parallel()
	store, _ := newBrowse(t, 10, 10, slices.Repeat([]string{"ann"}, 700)...)
	batches := 0
	browse, err := domain.NewBrowse(&meddler{Store: store, meddle: func(batch int) error { batches = batch; return nil }}, domain.BrowseConfig{PageSize: 10, Look: 4})
	if err != nil {
		t.Fatalf("NewBrowse: got %v, want one", err)
	}
	var ids []int64
	for id := range int64(700) {
		ids = append(ids, 700-id)
	}
	deleted, err := browse.Delete(t.Context(), domain.Selection{IDs: ids[:600]})
	if err != nil || deleted != 600 || batches != 2 {
		t.Errorf("Delete of 600: got %d in %d batches and %v, want all in 2", deleted, batches, err)
	}
	if browse, err = domain.NewBrowse(unread{store}, domain.BrowseConfig{PageSize: 10, Look: 4}); err != nil {
		t.Fatalf("NewBrowse: got %v, want one", err)
	}
	deleted, err = browse.Delete(t.Context(), domain.Selection{IDs: []int64{1, 2, 700, 1}})
	if err != nil || deleted != 2 {
		t.Errorf("Delete: got %d and %v, want the two who are there, and none of them looked up", deleted, err)
	}
}

// shown returns the selection of all whom a query shows.
func shown(t *testing.T, browse *domain.Browse, query domain.BrowseQuery) domain.Selection {
	t.Helper()
	page, err := browse.Browse(t.Context(), query)
	if err != nil {
		t.Fatalf("Browse: got %v, want a page", err)
	}
	return domain.Selection{All: true, Query: query, Count: page.Total, Newest: page.Newest, Next: page.Next}
}

func TestWhoWasNotShownIsNotDeleted(t *testing.T) {
	t.Parallel()
	ann := domain.PersonFilter{Text: "ann"}
	for name, c := range map[string]struct {
		query domain.BrowseQuery
		gone  int64 // one of those who were shown
		left  []int64
	}{
		"a search":                      {domain.BrowseQuery{Number: 1, Filter: ann}, 6, []int64{1, 2, 4, 7}},
		"a search that stopped":         {domain.BrowseQuery{Number: 1, Filter: ann, Before: 6}, 5, []int64{1, 4, 6, 7}},
		"the whole list":                {domain.BrowseQuery{Number: 1}, 6, []int64{7}},
		"the whole list, forward":       {domain.BrowseQuery{Number: 1, Order: []domain.SortKey{by(domain.ByID)}}, 6, []int64{7}},
		"the whole list, its last page": {domain.BrowseQuery{Number: domain.LastPage}, 6, []int64{7}},
		"a list by name":                {domain.BrowseQuery{Number: 1, Order: []domain.SortKey{by(domain.ByName)}}, 6, []int64{1, 2, 7}},
	} {
		look := 4
		if c.query.Filter.IsZero() && (len(c.query.Order) == 0 || c.query.Order[0].Field == domain.ByID) {
			look = 6
		}
		store, browse := newBrowse(t, 2, look, "ann", "ann", "ann", "bob", "ann", "ann")
		selection := shown(t, browse, c.query)
		if err := store.Delete(t.Context(), c.gone); err != nil {
			t.Fatalf("Delete: got %v, want nil", err)
		}
		draft, err := domain.NewDraft("ann", 1)
		if err != nil {
			t.Fatalf("NewDraft: got %v, want a draft", err)
		}
		if _, err := store.Create(t.Context(), draft); err != nil {
			t.Fatalf("Create: got %v, want a person", err)
		}
		if deleted, err := browse.Delete(t.Context(), selection); deleted != 0 || domain.CodeOf(err) != domain.CodePrecondition {
			t.Errorf("%s: Delete where one is gone and another has come: got %d and %v, want none and the code %q", name, deleted, err, domain.CodePrecondition)
		}
		selection.Count--
		if deleted, err := browse.Delete(t.Context(), selection); int64(deleted) != selection.Count || err != nil {
			t.Errorf("%s: Delete of those left: got %d and %v, want %d", name, deleted, err, selection.Count)
		}
		left, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
		if ids := idsOf(left.Persons); err != nil || !slices.Equal(ids, c.left) {
			t.Errorf("%s: left are %v (%v), want %v: who was not shown stays", name, ids, err, c.left)
		}
	}
}

func TestAllWhomAListFindsArePicked(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 1, 4, "ann", "bob", "ann", "Bob", "ann")
	byName := []domain.SortKey{{Field: domain.ByName}}
	for _, c := range []struct {
		query domain.BrowseQuery
		count int64
		want  []int64
		code  domain.Code
	}{
		{domain.BrowseQuery{Filter: domain.PersonFilter{Text: "ann"}}, 2, []int64{5, 3}, ""},
		{domain.BrowseQuery{Filter: domain.PersonFilter{Text: "ann"}, Number: 77}, 2, []int64{5, 3}, ""},
		{domain.BrowseQuery{Filter: domain.PersonFilter{Text: "ann"}}, 3, nil, domain.CodePrecondition},
		{domain.BrowseQuery{Filter: domain.PersonFilter{Text: "ann"}, Before: 5}, 2, []int64{3, 1}, ""},
		{domain.BrowseQuery{Order: byName}, 4, []int64{5, 3, 4, 2}, ""},
		{domain.BrowseQuery{Before: 3}, 2, []int64{2, 1}, ""},
		{domain.BrowseQuery{}, 5, nil, domain.CodeTooLarge},
	} {
		got, err := browse.Selected(t.Context(), domain.Selection{All: true, Query: c.query, Count: c.count})
		if ids := idsOf(got); domain.CodeOf(err) != c.code || !slices.Equal(ids, c.want) {
			t.Errorf("Selected of all of %+v: got %v and %v, want %v and the code %q", c.query, ids, err, c.want, c.code)
		}
	}
}

func TestAShortListIsPickedWhole(t *testing.T) {
	t.Parallel()
	_, browse := newBrowse(t, 1, 3, "ann", "bob", "cid")
	forward := domain.BrowseQuery{Order: []domain.SortKey{{Field: domain.ByID}}}
	got, err := browse.Selected(t.Context(), domain.Selection{All: true, Query: forward, Count: 3})
	if ids := idsOf(got); err != nil || !slices.Equal(ids, []int64{1, 2, 3}) {
		t.Errorf("Selected: got %v and %v, want all in the order of the list", ids, err)
	}
}

func TestASelectionIsDeletedInBatches(t *testing.T) {
	t.Parallel()
	names := make([]string, 1_234)
	for i := range names {
		names[i] = fmt.Sprint("Person ", i%2)
	}
	store, browse := newBrowse(t, 100, 5_000, names...)
	all := domain.Selection{All: true, Query: domain.BrowseQuery{Filter: domain.PersonFilter{Text: "person 1"}}, Count: 617}
	deleted, err := browse.Delete(t.Context(), all)
	page, pageErr := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 1})
	if err != nil || pageErr != nil || deleted != 617 || page.Total != 617 {
		t.Errorf("Delete: got %d, %v and %d left (%v), want 617 and 617 left", deleted, err, page.Total, pageErr)
	}
	if deleted, err := browse.Delete(t.Context(), all); deleted != 0 || domain.CodeOf(err) != domain.CodePrecondition {
		t.Errorf("Delete again: got %d and %v, want none and the code %q", deleted, err, domain.CodePrecondition)
	}
}

// meddler lets somebody in before each batch of deletes.
type meddler struct {
	*memstore.Store
	meddle func(batch int) error
	batch  int
}

func (m *meddler) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
	m.batch++
	if err := m.meddle(m.batch); err != nil {
		return nil, err
	}
	return m.Store.DeleteBatch(ctx, ids, conditions...)
}

func TestWhoBecomesSomebodyElseInTheMeantimeIsNotDeleted(t *testing.T) {
	t.Parallel()
	store, _ := newBrowse(t, 10, 10, "ann", "ann", "ann")
	name := "bob"
	patch, err := domain.NewPatch(&name, nil)
	if err != nil {
		t.Fatalf("NewPatch: got %v, want a patch", err)
	}
	browse, err := domain.NewBrowse(&meddler{Store: store, meddle: func(int) error {
		_, err := store.Patch(t.Context(), 2, patch)
		return err
	}}, domain.BrowseConfig{PageSize: 10, Look: 10})
	if err != nil {
		t.Fatalf("NewBrowse: got %v, want one", err)
	}
	deleted, err := browse.Delete(t.Context(), domain.Selection{All: true, Query: domain.BrowseQuery{Filter: domain.PersonFilter{Text: "ann"}}, Count: 3})
	if _, findErr := store.Find(t.Context(), 2); err != nil || deleted != 2 || findErr != nil {
		t.Errorf("Delete: got %d and %v, and %v for who was renamed, want 2, and the third to stay", deleted, err, findErr)
	}
}

func TestADeleteThatFailsTellsHowManyAreGone(t *testing.T) {
	t.Parallel()
	store, _ := newBrowse(t, 10, 10, slices.Repeat([]string{"ann"}, 1_100)...)
	full := &domain.Error{Code: domain.CodeUnavailable, Message: "planted"}
	browse, err := domain.NewBrowse(&meddler{Store: store, meddle: func(batch int) error {
		if batch == 3 {
			return full
		}
		return nil
	}}, domain.BrowseConfig{PageSize: 10, Look: 2_000})
	if err != nil {
		t.Fatalf("NewBrowse: got %v, want one", err)
	}
	deleted, err := browse.Delete(t.Context(), domain.Selection{All: true, Count: 1_100})
	if deleted != 1_000 || domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("Delete: got %d and %v, want the two batches before the one that failed", deleted, err)
	}
}

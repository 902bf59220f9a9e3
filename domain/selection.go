package domain

import (
	"context"
	"fmt"
	"slices"
)

// Selection is who somebody picked from a list.
type Selection struct {
	// IDs are persons picked one by one.
	IDs []int64
	// All picks all whom Query finds on all pages instead; Query.Number does not count.
	All   bool
	Query BrowseQuery
	// Count is how many persons were shown to be picked where All is true: others may
	// have come since.
	Count int64
}

// deleteBatch is how many persons are deleted in one transaction.
const deleteBatch = 500

// Selected returns the persons of a selection: one picked by its id who is gone is left out,
// and those of All are in the order of the list. The error is CodeTooLarge for more than
// BrowseConfig.Look persons, and CodePrecondition where All does not find Count persons any more.
func (b *Browse) Selected(ctx context.Context, selection Selection) ([]Person, error) {
	if selection.All {
		return b.selectedAll(ctx, selection)
	}
	if len(selection.IDs) > b.config.Look {
		return nil, b.tooMany()
	}
	ids := slices.Clone(selection.IDs)
	slices.Sort(ids)
	var persons []Person
	for _, id := range slices.Compact(ids) {
		person, err := b.store.Find(ctx, id)
		switch {
		case CodeOf(err) == CodeNotFound:
		case err != nil:
			return nil, err
		default:
			persons = append(persons, person)
		}
	}
	return persons, nil
}

func (b *Browse) selectedAll(ctx context.Context, selection Selection) ([]Person, error) {
	found, err := b.look(ctx, selection.Query)
	if err != nil {
		return nil, err
	}
	if found.next != 0 && selection.Query.IsWhole() {
		return nil, b.tooMany()
	}
	if count := int64(len(found.persons)); count != selection.Count {
		return nil, &Error{Code: CodePrecondition, Message: fmt.Sprintf("there were %d persons to pick, and now there are %d", selection.Count, count)}
	}
	sortPersons(found.persons, selection.Query.Order)
	return found.persons, nil
}

// IsWhole tells whether the query is answered without looking at each person.
func (q BrowseQuery) IsWhole() bool {
	_, byID := q.byID()
	return byID && q.Before == 0 && q.Filter.IsZero()
}

func (b *Browse) tooMany() error {
	return &Error{Code: CodeTooLarge, Message: fmt.Sprintf("more than %d persons cannot be picked at once", b.config.Look)}
}

// Delete deletes the persons of a selection and returns how many it has deleted: not one who
// is gone, or who has become somebody All does not find, in the meantime. 500 are
// one transaction; beside an error those before it are deleted. The errors are those of
// Selected too, and then nobody is.
func (b *Browse) Delete(ctx context.Context, selection Selection) (int, error) {
	persons, err := b.Selected(ctx, selection)
	if err != nil {
		return 0, err
	}
	var conditions []Condition
	if selection.All {
		conditions = []Condition{selection.Query.Filter.Matcher()}
	}
	deleted := 0
	for some := range slices.Chunk(persons, deleteBatch) {
		ids := make([]int64, len(some))
		for i, person := range some {
			ids[i] = person.ID()
		}
		gone, err := b.store.DeleteBatch(ctx, ids, conditions...)
		deleted += len(gone)
		if err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}

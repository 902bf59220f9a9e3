package domain

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Selection is who somebody picked from a list.
type Selection struct {
	// IDs are persons picked one by one.
	IDs []int64
	// All picks all whom Query finds on all pages instead; Query.Number does not count.
	All   bool
	Query BrowseQuery
	// Count, Newest and Next are Browsed.Total, Newest and Next of the list where All is true. Persons with
	// greater ids than Newest have come since, and those with lesser ids than Next were not looked
	// at: they were not shown, and are not picked. A Newest or Next of 0 leaves nobody out.
	Count, Newest, Next int64
}

const (
	// MaxPicked is how many Selection.IDs there may be.
	MaxPicked = 1_000
	// deleteBatch is how many persons are deleted in one transaction.
	deleteBatch = 500
)

// Selected returns the persons of a selection: one picked by its id who is gone is left out,
// and those of All are in the order of the list. The error is CodeTooLarge for more than
// MaxPicked IDs or, of the whole list, BrowseConfig.Look persons, and CodePrecondition where All does not find
// Count persons any more. It costs a read for each of IDs, and for All what Browse costs.
func (b *Browse) Selected(ctx context.Context, selection Selection) ([]Person, error) {
	if selection.All {
		return b.selectedAll(ctx, selection)
	}
	ids, err := selection.picked()
	if err != nil {
		return nil, err
	}
	var persons []Person
	for _, id := range ids {
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

// picked returns IDs in their order, once each.
func (s Selection) picked() ([]int64, error) {
	if len(s.IDs) > MaxPicked {
		return nil, &Error{Code: CodeTooLarge, Message: fmt.Sprintf("more than %d persons cannot be picked one by one", MaxPicked)}
	}
	ids := slices.Clone(s.IDs)
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func (b *Browse) selectedAll(ctx context.Context, selection Selection) ([]Person, error) {
	from, until := selection.Query.from(), int64(math.MinInt64)
	if selection.Newest != 0 && selection.Newest < from {
		from = selection.Newest + 1
	}
	if selection.Next != 0 {
		until = selection.Next
	}
	found, err := b.look(ctx, selection.Query.Filter, from, until)
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
// Selected too, and then nobody is. IDs are not read before.
func (b *Browse) Delete(ctx context.Context, selection Selection) (int, error) {
	if !selection.All {
		ids, err := selection.picked()
		if err != nil {
			return 0, err
		}
		return b.deleteBatches(ctx, ids)
	}
	persons, err := b.selectedAll(ctx, selection)
	if err != nil {
		return 0, err
	}
	ids := make([]int64, len(persons))
	for i, person := range persons {
		ids[i] = person.ID()
	}
	return b.deleteBatches(ctx, ids, selection.Query.Filter.Matcher())
}

func (b *Browse) deleteBatches(ctx context.Context, ids []int64, conditions ...Condition) (deleted int, err error) {
	for some := range slices.Chunk(ids, deleteBatch) {
		gone, err := b.store.DeleteBatch(ctx, some, conditions...)
		deleted += len(gone)
		if err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}

package domain

import (
	"context"
	"strconv"
)

// BatchCreator saves a batch of persons, all of them or none.
type BatchCreator interface {
	CreateBatch(ctx context.Context, drafts []Draft) ([]Person, error)
}

// CreateHandler returns the handler of bulk creation: it saves a batch through
// creator, so that a batch is saved as a whole or not at all. When it fails,
// each item has the same error.
func CreateHandler(creator BatchCreator) Handler[Draft, Person] {
	return func(ctx context.Context, batch []Draft) []Outcome[Person] {
		persons, err := creator.CreateBatch(ctx, batch)
		if err != nil {
			return FailAll[Person](len(batch), err)
		}
		outcomes := make([]Outcome[Person], len(persons))
		for i, person := range persons {
			outcomes[i].Value = person
		}
		return outcomes
	}
}

// BulkCreate is the use case of saving many persons at once. What is saved
// together is up to the executor: with one that handles all items as one batch,
// a call is all or nothing. It is safe for concurrent use when its executor is.
type BulkCreate struct {
	executor Executor[Draft, Person]
	limit    int
}

// NewBulkCreate returns the use case over an executor whose handler is
// CreateHandler. A call saves at most limit persons. The error is CodeInvalid
// for a limit below 1.
func NewBulkCreate(executor Executor[Draft, Person], limit int) (*BulkCreate, error) {
	if limit < 1 {
		return nil, &Error{Code: CodeInvalid, Message: "a bulk holds at least one person"}
	}
	return &BulkCreate{executor: executor, limit: limit}, nil
}

// Create saves the drafts and returns one outcome per draft, in order. The error
// is CodeInvalid, and nothing is saved, when there are none or more than the
// limit (Problem with FieldCount and the limit) or one of them is the zero
// Draft. What fails later is told by the outcomes.
func (b *BulkCreate) Create(ctx context.Context, drafts []Draft) ([]Outcome[Person], error) {
	if err := b.CheckCount(len(drafts)); err != nil {
		return nil, err
	}
	for _, draft := range drafts {
		if err := draft.check(); err != nil {
			return nil, err
		}
	}
	return b.executor.Execute(ctx, drafts), nil
}

// Generate saves the made-up persons of the numbers 0 to count-1 (see
// GeneratedDraft) and returns how many were saved. The error is CodeInvalid as in
// Create, or the first failure among the persons; how many were saved is true
// then too.
func (b *BulkCreate) Generate(ctx context.Context, count int) (int, error) {
	drafts, err := b.generate(count)
	if err != nil {
		return 0, err
	}
	return Tally(b.executor.Execute(ctx, drafts))
}

// GenerateOnce is Generate with a claim on the persons: the same request takes
// effect once and is answered the same each time, another one with its key is
// CodeKeyReused. It needs an executor that handles a call as one batch; with another
// one nobody is saved, and the error is CodeInvalid.
func (b *BulkCreate) GenerateOnce(ctx context.Context, claim Claim, count int) (int, error) {
	drafts, err := b.generate(count)
	if err != nil {
		return 0, err
	}
	return Tally(b.executor.Execute(ctx, claim.mark(drafts)))
}

func (b *BulkCreate) generate(count int) ([]Draft, error) {
	if err := b.CheckCount(count); err != nil {
		return nil, err
	}
	drafts := make([]Draft, count)
	for i := range drafts {
		drafts[i] = GeneratedDraft(uint(i))
	}
	return drafts, nil
}

// CheckCount returns nil for a number of persons that one call saves, and else the
// error with which Create and Generate refuse it, without saving anything.
func (b *BulkCreate) CheckCount(count int) error {
	switch {
	case count < 1:
		return invalid([]Problem{{Field: FieldCount, Code: ProblemTooSmall, Limit: 1}})
	case count > b.limit:
		return invalid([]Problem{{Field: FieldCount, Code: ProblemTooBig, Limit: int64(b.limit)}})
	default:
		return nil
	}
}

// GeneratedDraft returns the made-up person of a number from 0: "Person {number}"
// of age number % 100, as the original service made them.
func GeneratedDraft(number uint) Draft {
	return Draft{name: "Person " + strconv.FormatUint(uint64(number), 10), age: int(number % 100)}
}

package httpclient

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// BulkCreate is domain.BulkCreate on a server.
type BulkCreate struct {
	connection *connection
	path       string // where persons are made up
	limit      int
}

var _ ports.BulkCreator = (*BulkCreate)(nil)

// CheckCount asks nobody: it judges by Config.BulkMax. A server that takes fewer says so in its answer.
func (b *BulkCreate) CheckCount(count int) error {
	problem := domain.Problem{Field: domain.FieldCount}
	switch {
	case count < 1:
		problem.Code, problem.Limit = domain.ProblemTooSmall, 1
	case count > b.limit:
		problem.Code, problem.Limit = domain.ProblemTooBig, int64(b.limit)
	default:
		return nil
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "invalid input", Problems: []domain.Problem{problem}}
}

// Create saves the drafts, all of them or none, once, and returns them in their order. The request may have
// as many bytes as the server's bodies (1 MiB where nobody set it otherwise), else domain.CodeTooLarge.
func (b *BulkCreate) Create(ctx context.Context, drafts []domain.Draft) ([]domain.Outcome[domain.Person], error) {
	if err := b.CheckCount(len(drafts)); err != nil {
		return nil, err
	}
	header, err := keyOf(drafts)
	if err != nil {
		return domain.FailAll[domain.Person](len(drafts), err), nil
	}
	wire := make([]wireDraft, len(drafts))
	for i, draft := range drafts {
		wire[i] = toWire(draft)
	}
	got, err := b.connection.do(ctx, call{method: http.MethodPost, path: batchPath, header: header, body: encode(wire)}, http.StatusCreated)
	if domain.CodeOf(err) == domain.CodeInvalid {
		return nil, err
	}
	var persons []domain.Person
	if err == nil {
		persons, err = readBatch(got, len(drafts))
	}
	if err != nil {
		return domain.FailAll[domain.Person](len(drafts), err), nil
	}
	outcomes := make([]domain.Outcome[domain.Person], len(persons))
	for i, person := range persons {
		outcomes[i].Value = person
	}
	return outcomes, nil
}

// readBatch reads an answer that is a list of so many persons.
func readBatch(got answer, count int) ([]domain.Person, error) {
	wire, err := decodeList[wirePerson](got.body, count)
	if err == nil && len(wire) != count {
		err = errIncomplete
	}
	if err == nil {
		var persons []domain.Person
		if persons, err = personsOf(wire); err == nil {
			return persons, nil
		}
	}
	return nil, notUnderstood(got, err)
}

// Generate has so many persons made up and saved, all of them or none, once.
func (b *BulkCreate) Generate(ctx context.Context, count int) (int, error) {
	header, err := newKey()
	if err != nil {
		return 0, err
	}
	return b.generate(ctx, header, count)
}

// GenerateOnce is Generate with the key of a claim: over the wire the server tells requests of one key apart by
// count and view.
func (b *BulkCreate) GenerateOnce(ctx context.Context, claim domain.Claim, count int) (int, error) {
	return b.generate(ctx, keyHeader(claim.Key()), count)
}

func (b *BulkCreate) generate(ctx context.Context, header http.Header, count int) (int, error) {
	if err := b.CheckCount(count); err != nil {
		return 0, err
	}
	body := encode(map[string]int{"count": count})
	wanted := http.StatusCreated
	if b.path == asyncCreateBulkPath {
		wanted = http.StatusOK
	}
	got, err := b.connection.do(ctx, call{method: http.MethodPost, path: b.path, header: header, body: body}, wanted)
	if err != nil {
		return 0, err
	}
	var wire struct {
		Message string
		Results []struct{ Message string }
	}
	err = json.Unmarshal(got.body, &wire)
	for _, result := range wire.Results {
		wire.Message += result.Message
	}
	saved, known := drf.CreatedOf(wire.Message)
	if err != nil || !known {
		return 0, notUnderstood(got, err)
	}
	return saved, nil
}

package httpapi

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/adapters/internal/pynumber"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// defaultCount is how many persons a bulk request makes that does not say.
const defaultCount = 10

const (
	msgBulkNotObject   = "Request body must be a JSON object"
	msgBulkInvalidJSON = "Invalid JSON in request body"
)

// bulkError is the body of the bulk views' own errors.
type bulkError struct {
	Error string `json:"error"`
}

// bulkMessage is the body of a bulk that was saved.
type bulkMessage struct {
	Message string `json:"message"`
}

// createBulkView serves /api/v1/create_bulk/.
func (a *api) createBulkView() *view {
	return &view{
		name:        "Create Bulk",
		charges:     http.MethodPost,
		description: "Makes count persons, all of them or none, through the create_bulk executor.",
		actions: map[string]action{http.MethodPost: func(r *http.Request) (reply, error) {
			return a.bulk(r, "create_bulk", a.CreateBulk, a.parseBody, func(message bulkMessage) reply {
				return reply{status: http.StatusCreated, body: message}
			})
		}},
	}
}

// asyncCreateBulkView serves /api/v1/async_create_bulk/. It reads every body as
// JSON in UTF-8, with or without a byte order mark, whatever its type says; an
// empty one is no JSON.
func (a *api) asyncCreateBulkView() *view {
	return &view{
		plain:   true,
		charges: http.MethodPost,
		actions: map[string]action{http.MethodPost: func(r *http.Request) (reply, error) {
			return a.bulk(r, "async_create_bulk", a.AsyncCreateBulk, a.parseAnyJSON, func(message bulkMessage) reply {
				return ok(map[string][]bulkMessage{"results": {message}})
			})
		}},
	}
}

// parseAnyJSON reads a body as JSON, whatever its Content-Type.
func (a *api) parseAnyJSON(r *http.Request) (body, error) {
	content, release, err := a.readBody(r)
	defer release()
	if err != nil {
		return body{}, err
	}
	return jsonBody(bytes.TrimPrefix(content, []byte("\ufeff")), a.maxJSONDepth)
}

// bulk makes as many persons as the request asks for, once where it has a key.
func (a *api) bulk(r *http.Request, name string, creator ports.BulkCreator, parse func(*http.Request) (body, error), answer func(bulkMessage) reply) (reply, error) {
	count, err := readCount(r, parse)
	if err != nil {
		return reply{}, err
	}
	return a.once(r, bulkRequest(name, count), func(claim *domain.Claim) (reply, error) {
		persons := int(min(count, math.MaxInt32))
		if err := chargeBulk(r, creator, persons); err != nil {
			return reply{}, err
		}
		saved, err := generate(r.Context(), creator, claim, persons)
		if problems := problemsOf(err); len(problems) > 0 {
			return reply{}, badBulk(drf.CountMessage(problems[0]))
		}
		return answer(bulkMessage{drf.Created(saved)}), err
	})
}

func generate(ctx context.Context, creator ports.BulkCreator, claim *domain.Claim, count int) (saved int, err error) {
	if claim == nil {
		return creator.Generate(ctx, count)
	}
	return creator.GenerateOnce(ctx, *claim, count)
}

// readCount returns how many persons a request asks for. What is out of the range of
// an int64 is the nearest one.
func readCount(r *http.Request, parse func(*http.Request) (body, error)) (int64, error) {
	body, err := parse(r)
	if errors.Is(err, errBadJSON) {
		return 0, badBulk(msgBulkInvalidJSON)
	}
	if err != nil {
		return 0, err
	}
	if body.fields == nil {
		return 0, badBulk(msgBulkNotObject)
	}
	given, found := body.fields["count"]
	if !found {
		return defaultCount, nil
	}
	if given.kind != kindInt {
		return 0, badBulk(drf.CountNotPositive)
	}
	count, _ := pynumber.ParseInt(given.text)
	return count, nil
}

// chargeBulk charges the client a unit for each person of a bulk that can be made.
func chargeBulk(r *http.Request, creator ports.BulkCreator, persons int) error {
	if isCharged(r) && creator.CheckCount(persons) == nil {
		return charge(r, persons)
	}
	return nil
}

func badBulk(message string) error {
	return &wireError{http.StatusBadRequest, bulkError{message}}
}

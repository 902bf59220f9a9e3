package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// defaultCount is how many persons a bulk request makes that does not say.
const defaultCount = 10

const (
	msgCountNotPositive = "Count must be a positive integer"
	msgBulkNotObject    = "Request body must be a JSON object"
	msgBulkInvalidJSON  = "Invalid JSON in request body"
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
		description: "Makes count persons, all of them or none, through the create_bulk executor.",
		actions: map[string]action{http.MethodPost: func(r *http.Request) (reply, error) {
			message, err := a.bulk(r, a.CreateBulk, a.parseBody)
			return reply{status: http.StatusCreated, body: message}, err
		}},
	}
}

// asyncCreateBulkView serves /api/v1/async_create_bulk/. It reads every body as
// JSON in UTF-8, with or without a byte order mark, whatever its type says; an
// empty one is no JSON.
func (a *api) asyncCreateBulkView() *view {
	return &view{
		plain: true,
		actions: map[string]action{http.MethodPost: func(r *http.Request) (reply, error) {
			message, err := a.bulk(r, a.AsyncCreateBulk, func(r *http.Request) (body, error) {
				content, err := a.readBody(r)
				if err != nil {
					return body{}, err
				}
				return jsonBody(bytes.TrimPrefix(content, []byte("\ufeff")))
			})
			return ok(map[string][]bulkMessage{"results": {message}}), err
		}},
	}
}

// bulk makes as many persons as the request asks for.
func (a *api) bulk(r *http.Request, creator ports.BulkCreator, parse func(*http.Request) (body, error)) (bulkMessage, error) {
	body, err := parse(r)
	if errors.Is(err, errBadJSON) {
		return bulkMessage{}, badBulk(msgBulkInvalidJSON)
	}
	if err != nil {
		return bulkMessage{}, err
	}
	if body.fields == nil {
		return bulkMessage{}, badBulk(msgBulkNotObject)
	}
	count := int64(defaultCount)
	if given, found := body.fields["count"]; found {
		if given.kind != kindInt {
			return bulkMessage{}, badBulk(msgCountNotPositive)
		}
		count, _ = parseInt(given.text) // a JSON integer; what is out of range is the nearest int64
	}
	saved, err := creator.Generate(r.Context(), int(min(count, math.MaxInt32)))
	if problems := problemsOf(err); len(problems) > 0 {
		return bulkMessage{}, badBulk(countMessage(problems[0]))
	}
	return bulkMessage{fmt.Sprintf("%d persons created successfully", saved)}, err
}

func badBulk(message string) error {
	return &wireError{http.StatusBadRequest, bulkError{message}}
}

// countMessage says in the original's words what is wrong with a count.
func countMessage(p domain.Problem) string {
	if p.Code == domain.ProblemTooBig {
		return fmt.Sprintf("Count cannot exceed %d", p.Limit)
	}
	return msgCountNotPositive
}

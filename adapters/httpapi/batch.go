package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// batchPath is where a list of persons is saved as a whole. The other methods find there whom
// they found before: the person whose id is "batch", who is nobody.
const batchPath = "/api/v1/persons/batch/"

// msgNotAList are words of REST framework's ListSerializer.
const msgNotAList = `Expected a list of items but got type "%s".`

// batchView serves POST of /api/v1/persons/batch/.
func (a *api) batchView() *view {
	return &view{
		name:        "Person Batch",
		description: "Saves a list of persons, all of them or none, through the create_bulk executor.",
		charges:     http.MethodPost,
		actions:     map[string]action{http.MethodPost: a.createBatch},
	}
}

// createBatch saves the persons of a list, once where the request has a key, and answers
// them in the order of the list.
func (a *api) createBatch(r *http.Request) (reply, error) {
	drafts, err := a.readBatch(r)
	if err != nil {
		return reply{}, err
	}
	return a.once(r, batchRequest(drafts), func(claim *domain.Claim) (reply, error) {
		if err := charge(r, len(drafts)); err != nil {
			return reply{}, err
		}
		if claim != nil {
			drafts = claim.On(drafts...)
		}
		outcomes, err := a.CreateBulk.Create(r.Context(), drafts)
		if err == nil {
			_, err = domain.Tally(outcomes)
		}
		if err != nil {
			return reply{}, err
		}
		saved := make(wirePersons, len(outcomes))
		for i, outcome := range outcomes {
			saved[i] = toWire(outcome.Value)
		}
		return reply{status: http.StatusCreated, body: saved}, nil
	})
}

// readBatch reads the list of persons that is the request's body, which has to be JSON. The
// error tells of each member what is wrong with it.
func (a *api) readBatch(r *http.Request) ([]domain.Draft, error) {
	contentType := r.Header.Get("Content-Type")
	if media := parseMediaType(contentType); r.ContentLength != 0 && !media.covers("application", "json") {
		return nil, unreadBody{unsupported(contentType)}
	}
	content, release, err := a.readBody(r)
	defer release()
	if err != nil {
		return nil, err
	}
	members, err := a.batchMembers(content)
	if err != nil {
		return nil, err
	}
	var (
		drafts  = make([]domain.Draft, len(members))
		wrong   = make([]fieldErrors, len(members)) // {} of those that are right
		isWrong bool
	)
	for i, member := range members {
		given, err := jsonBody(member, a.maxJSONDepth)
		if err != nil {
			return nil, err
		}
		drafts[i], wrong[i] = draftOf(given)
		isWrong = isWrong || wrong[i].err() != nil
	}
	if isWrong {
		return nil, &wireError{http.StatusBadRequest, wrong}
	}
	return drafts, nil
}

// batchMembers returns the members of a list, none of which has been looked at. The error
// is that of a body that is no list, and of a list that is no bulk: of what comes behind
// the greatest one nothing is kept.
func (a *api) batchMembers(content []byte) ([]json.RawMessage, error) {
	given := body{fields: map[string]value{}} // as everywhere an empty body is an empty object
	if len(content) > 0 {
		var err error
		if given, err = jsonBody(content, a.maxJSONDepth); err != nil {
			return nil, err
		}
	}
	if given.fields != nil || given.whole.kind != kindList {
		return nil, fieldErrors{NonField: []string{notAList(given)}}.err()
	}
	var members []json.RawMessage
	list := json.NewDecoder(bytes.NewReader(content))
	_, _ = list.Token() // the list is valid JSON, so nothing here fails
	for list.More() {
		if problems := problemsOf(a.CreateBulk.CheckCount(len(members) + 1)); len(problems) > 0 {
			return nil, fieldErrors{NonField: []string{drf.ListMessage(problems[0])}}.err()
		}
		var member json.RawMessage
		_ = list.Decode(&member)
		members = append(members, member)
	}
	if len(members) == 0 {
		return nil, fieldErrors{NonField: []string{drf.EmptyList}}.err()
	}
	return members, nil
}

func notAList(given body) string {
	if given.fields != nil {
		return fmt.Sprintf(msgNotAList, "dict")
	}
	if given.whole.kind == kindNull {
		return notAnObject(given.whole)
	}
	return fmt.Sprintf(msgNotAList, pythonNames[given.whole.kind])
}

// draftOf reads a whole person from a member of a list.
func draftOf(given body) (domain.Draft, fieldErrors) {
	if given.fields == nil && given.whole.kind == kindNull {
		return domain.Draft{}, fieldErrors{NonField: []string{drf.Null}}
	}
	patch, wrong := personOf(given, domain.FieldName, domain.FieldAge)
	draft, _ := patch.Draft() // what it lacks is in wrong
	return draft, wrong
}

// batchRequest tells a batch from other requests.
func batchRequest(drafts []domain.Draft) string {
	text := []byte("batch")
	for _, draft := range drafts {
		text = strconv.AppendInt(append(text, ' '), int64(draft.Age()), 10)
		text = strconv.AppendQuote(append(text, ' '), draft.Name())
	}
	return string(text)
}

// wirePersons are persons on the wire, without anything around them.
type wirePersons []wirePerson

func (p wirePersons) appendJSON(text []byte) []byte {
	return append(appendPersons(append(slices.Grow(text, sizeOf(p)), '['), p), ']')
}

package httpclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// AnswerError is the cause of an error that an answer was translated to: errors.AsType finds it.
type AnswerError struct {
	// Status is the answer's, such as 503.
	Status int
	// RetryAfter is how long the server wants to be left alone; 0 where it does not say, and where that is over:
	// RetryAfter(err) tells these apart.
	RetryAfter time.Duration
	// Doubtful tells that what the call was to save, or to remove, may be so all the same: this attempt, or one before whose
	// answer was lost, may have been served. A refusal that is not doubtful has changed nothing.
	Doubtful bool
	// RequestID is what the server calls the request in its log; "" where it does not say.
	RequestID string
	// Detail is what the server says, cut to 500 characters; "" where that is not the API's JSON.
	Detail string

	told bool // RetryAfter is what it says
}

// Error returns all of it, for logs.
func (e *AnswerError) Error() string {
	text := fmt.Sprintf("the server answered %d", e.Status)
	if e.Detail != "" {
		text += fmt.Sprintf(" %q", e.Detail)
	}
	if e.RequestID != "" {
		text += " to request " + e.RequestID
	}
	return text
}

// RetryAfter returns how long the server wants to be left alone that answered err, and false where it
// does not say.
func RetryAfter(err error) (time.Duration, bool) {
	said, isAnswer := errors.AsType[*AnswerError](err)
	if !isAnswer {
		return 0, false
	}
	return said.RetryAfter, said.told || said.RetryAfter > 0
}

// isJSON tells whether the answer is of a kind that the API answers.
func (a answer) isJSON() bool {
	return a.mediaType() == "application/json" && json.Valid(a.body)
}

// mediaType returns the kind of the answer without its parameters; "" where it has none.
func (a answer) mediaType() string {
	media, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return media
}

// refusalOf returns an answer that was not wanted as an error.
func refusalOf(got answer) *domain.Error {
	said := &AnswerError{Status: got.status, RequestID: line(got.header.Get("X-Request-Id"))}
	said.RetryAfter, said.told = retryAfter(got.header)
	said.Doubtful = got.saves && (got.doubtful || leavesDoubt(got, nil))
	err := &domain.Error{Code: codeOf(got, said), Cause: said}
	if !got.isJSON() {
		err.Message = fmt.Sprintf("the server answered %d %s, and not as the API does", got.status, http.StatusText(got.status))
		return err
	}
	said.Detail = detailOf(got.body)
	err.Message = said.Detail
	if err.Code == domain.CodeInvalid {
		if err.Problems = problemsIn(got.body); len(err.Problems) > 0 {
			err.Message = "invalid input"
		}
	}
	if err.Message == "" {
		err.Message = fmt.Sprintf("the server answered %d %s", got.status, http.StatusText(got.status))
	}
	return err
}

// codeOf returns the domain's code for an answer. What does not come from the API says nothing of
// persons: a page of a proxy is no missing person.
func codeOf(got answer, said *AnswerError) domain.Code {
	switch got.status {
	case http.StatusTooManyRequests:
		if !said.told {
			return domain.CodeTooLarge // it costs more than there ever is
		}
		return domain.CodeUnavailable
	case http.StatusConflict:
		if said.told { // an attempt of ours is still being served: nothing is in its way
			return domain.CodeUnavailable
		}
	case http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return domain.CodeUnavailable
	case http.StatusUnauthorized: // of whoever stands between, too: it wants to know who asks
		return domain.CodeUnauthenticated
	}
	code, known := drf.CodeOf(got.status)
	switch {
	case got.isJSON() && known:
		return code
	case !got.isJSON() && (got.status == http.StatusBadGateway || got.status == http.StatusServiceUnavailable):
		return domain.CodeUnavailable
	default:
		return domain.CodeUpstream
	}
}

// detailOf returns the text of the bodies {"detail": text}, {"error": text} and [text].
func detailOf(body []byte) string {
	var object struct{ Detail, Error string }
	var list []string
	switch {
	case json.Unmarshal(body, &object) == nil:
		return line(object.Detail + object.Error)
	case json.Unmarshal(body, &list) == nil:
		return line(strings.Join(list, " "))
	default:
		return ""
	}
}

// line returns the beginning of a text without what cannot be seen.
func line(text string) string {
	const most = 500
	visible := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text))
	return string(visible[:min(len(visible), most)])
}

// problemsIn returns the broken rules that the body of an answer tells of: of a form, a list or a
// count. Of a list they are those of the first person who breaks one, as the use case tells them.
func problemsIn(body []byte) []domain.Problem {
	var bulk struct{ Error string }
	if json.Unmarshal(body, &bulk) == nil && bulk.Error != "" {
		if problem, known := drf.CountProblemOf(bulk.Error); known {
			return []domain.Problem{problem}
		}
		return nil
	}
	var forms []map[string][]string
	if err := json.Unmarshal(body, &forms); err != nil {
		var form map[string][]string
		if json.Unmarshal(body, &form) != nil {
			return nil
		}
		forms = append(forms, form)
	}
	first := slices.IndexFunc(forms, func(form map[string][]string) bool { return len(form) > 0 })
	if first < 0 {
		return nil
	}
	return problemsOfForm(forms[first])
}

// problemsOfForm returns the broken rules in the order in which the domain tells them: name, age, others.
func problemsOfForm(form map[string][]string) []domain.Problem {
	fields := []string{domain.FieldName, domain.FieldAge, domain.FieldCount}
	var problems []domain.Problem
	for _, field := range fields {
		for _, message := range form[field] {
			if problem, known := drf.ProblemOf(field, message); known {
				problems = append(problems, problem)
			}
		}
	}
	for _, message := range form["non_field_errors"] {
		if problem, known := drf.CountProblemOf(message); known {
			problems = append(problems, problem)
		}
	}
	return problems
}

// notUnderstood is the error of an answer that is not what the API answers there.
func notUnderstood(got answer, cause error) error {
	return &domain.Error{
		Code: domain.CodeUpstream, Message: "the server's answer is not what the API answers",
		Cause: errors.Join(&AnswerError{Status: got.status, RequestID: line(got.header.Get("X-Request-Id")), Doubtful: got.saves}, cause),
	}
}

// missing gives domain.CodeNotFound the words that the use case has for what is not there.
func missing(err, like error) error {
	known, isKnown := errors.AsType[*domain.Error](err)
	if !isKnown || known.Code != domain.CodeNotFound {
		return err
	}
	return &domain.Error{Code: known.Code, Message: domain.MessageOf(like), Cause: known.Cause}
}

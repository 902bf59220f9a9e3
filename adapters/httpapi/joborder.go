package httpapi

import (
	"net/http"
	"slices"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
	"github.com/seed-bbcc19ba/roster/domain"
)

// The fields of the form that makes a job.
const (
	kindField   = "kind"
	dryRunField = "dry_run"
	atomicField = "atomic"
)

const msgNotBoolean = "Must be a valid boolean."

// createJob makes a job: of a text where the body is one, else as a form in JSON says.
func (a *api) createJob(r *http.Request) (reply, error) {
	contentType := r.Header.Get("Content-Type")
	media := parseMediaType(contentType)
	if format, isText := media.rowFormat(); isText {
		return a.importJob(r, format)
	}
	if r.ContentLength != 0 && !media.covers("application", "json") {
		return reply{}, unreadBody{unsupported(contentType)}
	}
	return a.generateJob(r)
}

// generateJob makes a job of made-up persons.
func (a *api) generateJob(r *http.Request) (reply, error) {
	return a.alone(r, func(key string) (reply, error) {
		order, count, err := a.readOrder(r)
		if err != nil {
			return reply{}, err
		}
		order.Key = key
		if order.CheckCount(count) == nil {
			if err := chargeAtMost(r, int(count)); err != nil {
				return reply{}, err
			}
		}
		job, err := a.Jobs.Generate(r.Context(), order, count)
		if problems := problemsOf(err); len(problems) > 0 {
			return reply{}, formErrors{problems[0].Field: {problemMessage(problems[0], nil)}}.err()
		}
		return accepted(r, job), err
	})
}

// accepted is the answer to who gave a job.
func accepted(r *http.Request, job domain.Job) reply {
	return reply{status: http.StatusAccepted, body: toWireJob(r, job), location: jobURL(r, job.ID)}
}

// formErrors is the body of an answer to a form that breaks rules: of each field, what is
// wrong with it.
type formErrors map[string][]string

func (e formErrors) err() error {
	if len(e) == 0 {
		return nil
	}
	return &wireError{http.StatusBadRequest, e}
}

// readOrder reads the form that makes a job. The error tells of every field at once
// what is wrong with it.
func (a *api) readOrder(r *http.Request) (order domain.JobOrder, count int64, err error) {
	body, err := a.parseBody(r)
	if err != nil {
		return domain.JobOrder{}, 0, err
	}
	if body.fields == nil {
		return domain.JobOrder{}, 0, formErrors{"non_field_errors": {notAnObject(body.whole)}}.err()
	}
	wrong := formErrors{}
	order = readFlags(r, wrong)
	for name, flag := range flagsOf(&order) {
		if given, found := body.fields[name]; found {
			readFlag(name, given, flag, wrong)
		}
	}
	if message := checkKind(body.fields); message != "" {
		wrong[kindField] = []string{message}
	}
	given, found := body.fields[domain.FieldCount]
	message := drf.Required
	if found {
		count, message = given.asInteger()
	}
	if message != "" {
		wrong[domain.FieldCount] = []string{message}
	}
	return order, count, wrong.err()
}

// checkKind returns what is wrong with the kind of a job in a form.
func checkKind(fields map[string]value) (message string) {
	given, found := fields[kindField]
	if !found {
		return drf.Required
	}
	text, message := given.asString()
	if message == "" && text != string(domain.JobGenerate) {
		message = `"` + text + `" is not a valid choice.`
	}
	return message
}

// readFlags reads the flags of a query. They hold beside any body, so that nobody saves
// what was to be tried: those of a form come after them.
func readFlags(r *http.Request, wrong formErrors) (order domain.JobOrder) {
	query := queryOf(r)
	for name, flag := range flagsOf(&order) {
		if given, found := query[name]; found {
			readFlag(name, value{kind: kindText, text: last(given)}, flag, wrong)
		}
	}
	return order
}

func flagsOf(order *domain.JobOrder) map[string]*bool {
	return map[string]*bool{dryRunField: &order.DryRun, atomicField: &order.Atomic}
}

func readFlag(name string, given value, flag *bool, wrong formErrors) {
	var message string
	if *flag, message = given.asBoolean(); message != "" {
		wrong[name] = []string{message}
	}
}

// The texts that REST framework's BooleanField takes for true and for false.
var (
	trueTexts  = []string{"t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1"}
	falseTexts = []string{"f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0"}
)

// asBoolean reads the value as REST framework's BooleanField does: 1 and 0 are flags too,
// and so are some words. message is empty when it can be read.
func (v value) asBoolean() (flag bool, message string) {
	switch v.kind {
	case kindNull:
		return false, drf.Null
	case kindBool, kindText:
		if slices.Contains(trueTexts, v.text) {
			return true, ""
		}
		if slices.Contains(falseTexts, v.text) {
			return false, ""
		}
	case kindInt, kindFloat:
		if n, message := v.asInteger(); message == "" && (n == 0 || n == 1) {
			return n == 1, ""
		}
	}
	return false, msgNotBoolean
}

package admin

import (
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The actions on persons picked from the list.
const (
	actionDelete = "delete"
	actionExport = "export"
)

// selectedData is what the page shows that asks whether an action is meant.
type selectedData struct {
	Action string
	Format string
	// Some are the first of the persons, and More how many there are besides.
	Some  []domain.Person
	More  int
	Count int
	// Fields are what the form sends back.
	Fields url.Values
	Back   string
}

// someShown is how many persons of a selection are named.
const someShown = 20

// readSelection reads who was picked, from a form.
func readSelection(values url.Values) (domain.Selection, listQuery) {
	query := readListQuery(values)
	selection := domain.Selection{All: values.Get("all") != "", Query: query.BrowseQuery}
	for name, field := range map[string]*int64{"count": &selection.Count, "newest": &selection.Newest, "next": &selection.Next} {
		if value, ok := readInteger(values.Get(name)); ok {
			*field = value
		}
	}
	for _, text := range values["id"] {
		if id, ok := readInteger(text); ok {
			selection.IDs = append(selection.IDs, id)
		}
	}
	return selection, query
}

// selected asks whether an action on the persons picked is meant, or does it where it is.
func (s *Site) selected(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	selection, query := readSelection(r.PostForm)
	action := r.PostForm.Get("action")
	if action != actionDelete && action != actionExport {
		return s.backTo(w, r, query, "warning", "Please choose what to do with the persons you picked.")
	}
	if !selection.All && len(selection.IDs) == 0 {
		return s.backTo(w, r, query, "warning", "Please pick somebody first.")
	}
	if action == actionDelete && r.PostForm.Get("confirmed") != "" {
		return s.deleteSelected(w, r, selection, query)
	}
	persons, err := s.Browser.Selected(r.Context(), selection)
	switch {
	case domain.CodeOf(err) == domain.CodePrecondition || domain.CodeOf(err) == domain.CodeTooLarge:
		return s.backTo(w, r, query, "warning", sentence(domain.MessageOf(err))+" Nothing was done.")
	case err != nil:
		return err
	case len(persons) == 0:
		return s.backTo(w, r, query, "warning", "Whom you picked is not there any more.")
	}
	data := selectedData{Action: action, Some: persons[:min(someShown, len(persons))], Count: len(persons), Fields: fieldsOf(selection, query), Back: query.href()}
	data.More = data.Count - len(data.Some)
	return s.render(w, r, http.StatusOK, "selected", view{Title: "Are you sure?", Section: "persons", Data: data})
}

// fieldsOf returns what a form sends to say who was picked.
func fieldsOf(selection domain.Selection, query listQuery) url.Values {
	fields := query.values()
	if selection.All {
		fields.Set("all", "1")
		fields.Set("count", strconv.FormatInt(selection.Count, 10))
		fields.Set("newest", strconv.FormatInt(selection.Newest, 10))
		fields.Set("next", strconv.FormatInt(selection.Next, 10))
		return fields
	}
	for _, id := range selection.IDs {
		fields.Add("id", strconv.FormatInt(id, 10))
	}
	return fields
}

func (s *Site) deleteSelected(w http.ResponseWriter, r *http.Request, selection domain.Selection, query listQuery) error {
	deleted, err := s.Browser.Delete(r.Context(), selection)
	switch {
	case err != nil && deleted > 0:
		return s.backTo(w, r, query, "error", fmt.Sprintf("%s deleted, and then it went wrong: %s", wereText(deleted), sentence(domain.MessageOf(err))))
	case domain.CodeOf(err) == domain.CodePrecondition || domain.CodeOf(err) == domain.CodeTooLarge:
		return s.backTo(w, r, query, "warning", sentence(domain.MessageOf(err))+" Nobody was deleted.")
	case err != nil:
		return err
	}
	return s.backTo(w, r, query.onPage(1), "ok", wereText(deleted)+" deleted.")
}

func wereText(persons int) string {
	if persons == 1 {
		return "1 person was"
	}
	return number(persons) + " persons were"
}

// backTo leads back to the list, which says something.
func (s *Site) backTo(w http.ResponseWriter, r *http.Request, query listQuery, level, text string) error {
	s.flash.leave(w, r, level, text)
	http.Redirect(w, r, query.href(), http.StatusSeeOther)
	return nil
}

// exportSelected sends the persons picked as a file.
func (s *Site) exportSelected(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	selection, query := readSelection(r.PostForm)
	persons, err := s.Browser.Selected(r.Context(), selection)
	switch {
	case domain.CodeOf(err) == domain.CodePrecondition || domain.CodeOf(err) == domain.CodeTooLarge:
		return s.backTo(w, r, query, "warning", sentence(domain.MessageOf(err))+" Nothing was exported.")
	case err != nil:
		return err
	}
	return s.sendPersons(w, r, r.PostForm.Get("format"), each(persons))
}

// export sends all whom a search finds as a file, the least id first. It goes through all persons, however many there
// are, where the list shows a part.
func (s *Site) export(w http.ResponseWriter, r *http.Request) error {
	query := readListQuery(r.URL.Query())
	return s.sendPersons(w, r, r.URL.Query().Get("format"), matching(s.Registry.All(r.Context()), query.BrowseQuery))
}

// matching passes on who is looked for.
func matching(persons iter.Seq2[domain.Person, error], query domain.BrowseQuery) iter.Seq2[domain.Person, error] {
	matches, before := query.Filter.Matcher(), query.Before
	if before == 0 {
		before = math.MaxInt64
	}
	return func(yield func(domain.Person, error) bool) {
		for person, err := range persons {
			if err == nil && (person.ID() >= before || !matches(person)) {
				continue
			}
			if !yield(person, err) {
				return
			}
		}
	}
}

func each(persons []domain.Person) iter.Seq2[domain.Person, error] {
	return func(yield func(domain.Person, error) bool) {
		for _, person := range persons {
			if !yield(person, nil) {
				return
			}
		}
	}
}

// fileTypes are the media types of the formats of exports.
var fileTypes = map[string]string{"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}

// sendPersons sends persons as a file.
func (s *Site) sendPersons(w http.ResponseWriter, r *http.Request, format string, persons iter.Seq2[domain.Person, error]) error {
	if format == "" {
		format = "csv"
	}
	mediaType, known := fileTypes[format]
	if !known {
		return &domain.Error{Code: domain.CodeInvalid, Message: "there is no such format"}
	}
	return s.sendFile(w, r, mediaType, "persons."+format, func(out io.Writer) error {
		_, err := s.Exporter.ExportOf(format, persons, out)
		return err
	})
}

// maxDownloads is how many files are sent at once: each reads persons as fast as its client takes them.
const maxDownloads = 8

// sendFile sends what write writes as a file. Once its beginning is sent an error can only break it off.
func (s *Site) sendFile(w http.ResponseWriter, r *http.Request, mediaType, name string, write func(io.Writer) error) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if r.Method == http.MethodHead {
		return nil
	}
	select {
	case s.downloads <- struct{}{}:
		defer func() { <-s.downloads }()
	default:
		w.Header().Del("Content-Disposition")
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too many files are being made; please try again soon"}
	}
	out := &begun{Writer: w}
	err := write(out)
	if err != nil && out.any {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		w.Header().Del("Content-Disposition")
	}
	return err
}

// begun remembers whether anything was written.
type begun struct {
	io.Writer
	any bool
}

// Write implements io.Writer.
func (b *begun) Write(content []byte) (int, error) {
	b.any = true
	return b.Writer.Write(content)
}

package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain"
)

// personData is what the form of a person shows.
type personData struct {
	// ID is 0 for a person who is to be added.
	ID int64
	// Name and Age are as they were typed, or as the person is.
	Name, Age string
	// Read tells what the person was when the form was made: see tagOf.
	Read  string
	Wrong fieldErrors
	// Changed is the person as somebody else has changed it in the meantime.
	Changed *domain.Person
}

func (s *Site) addForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderPerson(w, r, http.StatusOK, personData{})
}

func (s *Site) renderPerson(w http.ResponseWriter, r *http.Request, status int, data personData) error {
	title := "Add a person"
	if data.ID != 0 {
		title = "Person " + strconv.FormatInt(data.ID, 10)
	}
	return s.render(w, r, status, "person", view{Title: title, Section: "persons", Data: data})
}

// readPerson reads a form of a person. ok is false where something is wrong with it, which data then says.
func readPerson(r *http.Request) (data personData, draft domain.Draft, ok bool) {
	data = personData{Name: r.PostForm.Get("name"), Age: r.PostForm.Get("age"), Read: r.PostForm.Get("read")}
	age, isNumber := readInteger(data.Age)
	draft, err := domain.NewDraft(data.Name, age)
	data.Wrong, _ = problemsOf(err)
	if !isNumber {
		if data.Wrong == nil {
			data.Wrong = fieldErrors{}
		}
		data.Wrong[domain.FieldAge] = []string{words(domain.Problem{Code: domain.ProblemNotInteger})}
		if data.Age == "" {
			data.Wrong[domain.FieldAge] = []string{words(domain.Problem{Code: domain.ProblemRequired})}
		}
	}
	return data, draft, len(data.Wrong) == 0
}

func (s *Site) add(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	data, draft, ok := readPerson(r)
	if !ok {
		return s.renderPerson(w, r, http.StatusUnprocessableEntity, data)
	}
	person, err := s.Registry.Create(r.Context(), draft)
	if err != nil {
		return err
	}
	s.flash.leave(w, r, "ok", fmt.Sprintf("%s was added, with the ID %d.", person.Name(), person.ID()))
	s.goOn(w, r, person.ID())
	return nil
}

// goOn leads to where the button of a form says that somebody wants to go on.
func (s *Site) goOn(w http.ResponseWriter, r *http.Request, id int64) {
	to := personsPath
	switch r.PostForm.Get("then") {
	case "another":
		to = addPath
	case "stay":
		to = personPath(id)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (s *Site) changeForm(w http.ResponseWriter, r *http.Request) error {
	person, err := s.findPerson(r)
	if err != nil {
		return err
	}
	return s.renderPerson(w, r, http.StatusOK, formOf(person))
}

func (s *Site) findPerson(r *http.Request) (domain.Person, error) {
	id, err := readID(r)
	if err != nil {
		return domain.Person{}, err
	}
	return s.Registry.Get(r.Context(), id)
}

func formOf(person domain.Person) personData {
	return personData{ID: person.ID(), Name: person.Name(), Age: strconv.Itoa(person.Age()), Read: tagOf(person)}
}

// tagOf tells a person from what the person was before. A form sends it back as it is, and not the name itself:
// browsers send line breaks in other ways than they got them.
func tagOf(person domain.Person) string {
	tag := sha256.Sum256([]byte(strconv.FormatInt(person.ID(), 10) + " " + strconv.Itoa(person.Age()) + " " + person.Name()))
	return hex.EncodeToString(tag[:16])
}

// withoutBreaks returns what the field of a form that has one line makes of a text.
func withoutBreaks(text string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(text) }

// change saves a person unless somebody else changed it since the form was made.
func (s *Site) change(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	current, err := s.findPerson(r)
	if err != nil {
		return err
	}
	data, draft, ok := readPerson(r)
	data.ID = current.ID()
	if !ok {
		return s.renderPerson(w, r, http.StatusUnprocessableEntity, data)
	}
	if data.Read != tagOf(current) {
		return s.changedMeanwhile(w, r, data)
	}
	person, err := s.Registry.Replace(r.Context(), current.ID(), keepBreaks(draft, current), domain.Unchanged(current))
	switch {
	case domain.CodeOf(err) == domain.CodePrecondition:
		return s.changedMeanwhile(w, r, data)
	case err != nil:
		return err
	}
	s.flash.leave(w, r, "ok", person.Name()+" was saved.")
	s.goOn(w, r, person.ID())
	return nil
}

// keepBreaks returns the draft with the name that the person has, where only the form took line breaks out of it.
func keepBreaks(draft domain.Draft, current domain.Person) domain.Draft {
	if draft.Name() != domain.TrimSpace(withoutBreaks(current.Name())) {
		return draft
	}
	kept, err := domain.NewDraft(current.Name(), int64(draft.Age()))
	if err != nil {
		return draft
	}
	return kept
}

// changedMeanwhile shows what the person has become, beside what was typed.
func (s *Site) changedMeanwhile(w http.ResponseWriter, r *http.Request, data personData) error {
	current, err := s.Registry.Get(r.Context(), data.ID)
	if err != nil {
		return err
	}
	data.Changed, data.Read = &current, tagOf(current)
	return s.renderPerson(w, r, http.StatusConflict, data)
}

// deleteData is what the page shows that asks whether a person is to be deleted.
type deleteData struct {
	domain.Person
	// Read tells what the person was when the page was made: see tagOf.
	Read string
	// Changed tells that somebody else has changed the person since the page before.
	Changed bool
}

func (s *Site) deleteForm(w http.ResponseWriter, r *http.Request) error {
	person, err := s.findPerson(r)
	if err != nil {
		return err
	}
	return s.renderDelete(w, r, http.StatusOK, deleteData{Person: person, Read: tagOf(person)})
}

func (s *Site) renderDelete(w http.ResponseWriter, r *http.Request, status int, data deleteData) error {
	return s.render(w, r, status, "delete", view{Title: "Delete a person", Section: "persons", Data: data})
}

// delete deletes a person unless somebody else has made another of them since the page was made.
func (s *Site) delete(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	person, err := s.findPerson(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("read") == tagOf(person) {
		err = s.Registry.Delete(r.Context(), person.ID(), domain.Unchanged(person))
	} else {
		err = &domain.Error{Code: domain.CodePrecondition, Message: "the person was changed meanwhile"}
	}
	switch {
	case domain.CodeOf(err) == domain.CodePrecondition:
		if person, err = s.findPerson(r); err != nil {
			return err
		}
		return s.renderDelete(w, r, http.StatusConflict, deleteData{Person: person, Read: tagOf(person), Changed: true})
	case err != nil:
		return err
	}
	s.flash.leave(w, r, "ok", person.Name()+" was deleted.")
	http.Redirect(w, r, personsPath, http.StatusSeeOther)
	return nil
}

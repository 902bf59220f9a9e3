package admin

import (
	"net/http"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
)

// historySize is how many changes a page shows.
const historySize = 50

// historyData is what a page of changes shows.
type historyData struct {
	// Person is whose changes they are; 0 is everybody's. There tells whether the person is still there.
	Person  int64
	Name    string
	There   bool
	Changes []domain.Change
	// Older leads to the changes before, Latest back to the last ones; "" where there are none.
	Older, Latest string
}

func (s *Site) recentHistory(w http.ResponseWriter, r *http.Request) error {
	data, err := s.readHistory(r, 0, historyPath)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "history", view{Title: "Recent actions", Section: "history", Data: data})
}

func (s *Site) personHistory(w http.ResponseWriter, r *http.Request) error {
	id, err := readID(r)
	if err != nil {
		return err
	}
	data, err := s.readHistory(r, id, personPath(id)+"history/")
	if err != nil {
		return err
	}
	person, err := s.Registry.Get(r.Context(), id)
	switch {
	case err == nil:
		data.Name, data.There = person.Name(), true
	case domain.CodeOf(err) != domain.CodeNotFound:
		return err
	case len(data.Changes) == 0:
		return err
	}
	return s.render(w, r, http.StatusOK, "history", view{Title: "History of person " + strconv.FormatInt(id, 10), Section: "persons", Data: data})
}

func (s *Site) readHistory(r *http.Request, person int64, path string) (historyData, error) {
	data := historyData{Person: person}
	query := domain.ChangesQuery{Person: person, Size: historySize + 1}
	if before, ok := readInteger(r.URL.Query().Get("before")); ok && before > 0 {
		query.Before, data.Latest = before, path
	}
	changes, err := s.History.Changes(r.Context(), query)
	if err != nil {
		return historyData{}, err
	}
	if len(changes) > historySize {
		changes = changes[:historySize]
		data.Older = path + "?before=" + strconv.FormatInt(changes[historySize-1].Number, 10)
	}
	data.Changes = changes
	return data, nil
}

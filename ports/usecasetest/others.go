package usecasetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func hasCheck(with UseCases) bool  { return with.Check != nil }
func hasFetch(with UseCases) bool  { return with.Fetch != nil }
func hasExport(with UseCases) bool { return with.Export != nil }

func otherCases() []testCase {
	return []testCase{
		{name: "a check finds whom Get finds", has: hasCheck, body: checkFinds},
		{name: "what was fetched stands in its order and a failure harms no other", has: hasFetch, body: fetchedInOrder},
		{name: "an export writes everybody in the order of their ids and tells how many", has: hasExport, body: exportWritesAll},
		{name: "a format that there is not writes nothing", has: hasExport, body: exportOfNoFormat},
	}
}

func checkFinds(t *testing.T, with UseCases) {
	ann := create(t, with, "Ann", 1)
	if got, err := with.Check.Check(t.Context(), ann.ID()); err != nil || got != ann {
		t.Errorf("Check: got %v and %v, want %v", got, err, ann)
	}
	for _, id := range []int64{ann.ID() + 1, 0, -1} {
		_, err := with.Check.Check(t.Context(), id)
		wantCode(t, "Check of nobody", err, domain.CodeNotFound)
	}
	_, err := with.Check.Check(ended(), ann.ID())
	wantCode(t, "Check when ctx has ended", err, domain.CodeCanceled)
}

func fetchedInOrder(t *testing.T, with UseCases) {
	fetched := with.Fetch.FetchConfigured(t.Context())
	if len(fetched) != len(urls) {
		t.Fatalf("got %d of %d", len(fetched), len(urls))
	}
	for i, got := range fetched {
		document, err := Fetcher{}.FetchDocument(t.Context(), urls[i])
		wantCode(t, urls[i], got.Err, domain.CodeOf(err))
		if string(got.Document) != string(document) {
			t.Errorf("%s: got %s, want %s", urls[i], got.Document, document)
		}
		if got.URL != urls[i] && (got.URL != "" || got.Err != nil) { // a document may come without
			t.Errorf("got the URL %q, want %q", got.URL, urls[i])
		}
		if domain.CodeOf(err) == domain.CodeUpstream && domain.MessageOf(got.Err) != failure {
			t.Errorf("%s: got the message %q, want %q", urls[i], domain.MessageOf(got.Err), failure)
		}
	}
}

// line is a person in NDJSON.
type line struct {
	ID   int64
	Name string
	Age  int
}

func exportWritesAll(t *testing.T, with UseCases) {
	var all []domain.Person
	for i, name := range names {
		all = append(all, create(t, with, name, int64(i)))
	}
	var text strings.Builder
	count, err := with.Export.Export(t.Context(), "ndjson", &text)
	if err != nil || count != int64(len(all)) {
		t.Errorf("Export: got %d and %v, want %d", count, err, len(all))
	}
	var got []domain.Person
	for lines := json.NewDecoder(strings.NewReader(text.String())); lines.More(); {
		var one line
		if err := lines.Decode(&one); err != nil {
			t.Fatalf("got %q (%v), want NDJSON", text.String(), err)
		}
		got = append(got, domain.StoredPerson(one.ID, one.Name, one.Age))
	}
	wantPersons(t, "the export", got, all)
	text.Reset()
	if count, err := with.Export.Export(t.Context(), "csv", &text); err != nil || count != int64(len(all)) {
		t.Errorf("Export as CSV, with line ends and quotes in names: got %d and %v, want %d", count, err, len(all))
	}
	if want := fmt.Sprintf("\n%d,Ann,0\n", all[0].ID()); !strings.Contains(text.String(), want) {
		t.Errorf("Export as CSV: got %q, want %q in it", text.String(), want)
	}
	_, err = with.Export.Export(ended(), "csv", &text)
	wantCode(t, "Export when ctx has ended", err, domain.CodeCanceled)
}

func exportOfNoFormat(t *testing.T, with UseCases) {
	create(t, with, "Ann", 1)
	for _, format := range []string{"", "xml", "CSV"} {
		var text strings.Builder
		count, err := with.Export.Export(t.Context(), format, &text)
		wantCode(t, "Export as "+format, err, domain.CodeInvalid)
		if count != 0 || text.Len() != 0 {
			t.Errorf("Export as %q: got %q and %d, want nothing", format, text.String(), count)
		}
	}
}

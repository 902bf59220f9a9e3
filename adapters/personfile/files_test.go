package personfile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

func TestTheEndOfAFilesNameTellsItsFormat(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]struct {
		format  string
		gzipped bool
	}{
		"people.csv": {"csv", false}, "a/b/People.CSV.GZ": {"csv", true}, "x.ndjson": {"ndjson", false}, "x.jsonl.gz": {"ndjson", true},
		"x.json": {"", false}, "x.gz": {"", true}, "-": {"", false}, "": {"", false}, "csv": {"", false}, "x.csv.bak": {"", false},
	} {
		if format, gzipped := personfile.FormatOf(file); format != want.format || gzipped != want.gzipped {
			t.Errorf("%q: got %q, %t, want %q, %t", file, format, gzipped, want.format, want.gzipped)
		}
		if format, _ := personfile.FormatOf(file); format != "" && personfile.Formats()[format] == nil {
			t.Errorf("%q: got the format %q, which there is not", file, format)
		}
	}
}

func TestRefusalsAreACSVForPeople(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	w := personfile.NewRefusalWriter(&text)
	for i, problem := range []domain.Problem{
		{Field: domain.FieldAge, Code: domain.ProblemTooBig, Limit: domain.MaxAge}, {Field: domain.FieldName, Code: domain.ProblemBlank}, {Field: domain.FieldRow, Code: domain.ProblemSyntax},
	} {
		if err := w.Write(domain.Refusal{Line: int64(i + 2), Problem: problem}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), w.Flush()); err != nil {
		t.Fatal(err)
	}
	want := "line,field,code,reason\n2,age,too_big,is greater than 2147483647\n3,name,blank,is blank\n4,row,syntax,cannot be read\n"
	if text.String() != want {
		t.Errorf("got %q, want %q", text.String(), want)
	}
}

func TestNoRefusalsAreAHeader(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := personfile.NewRefusalWriter(&text).Flush(); err != nil || text.String() != "line,field,code,reason\n" {
		t.Errorf("got %q, %v, want the header", text.String(), err)
	}
	full := errors.New("no space left")
	if err := personfile.NewRefusalWriter(writerFunc(func([]byte) (int, error) { return 0, full })).Flush(); !errors.Is(err, full) {
		t.Errorf("got %v, want %v as the writer said", err, full)
	}
}

func TestEveryProblemHasAReason(t *testing.T) {
	t.Parallel()
	seen := map[string]domain.ProblemCode{}
	for _, code := range domain.ProblemCodes() {
		reason := personfile.Reason(domain.Problem{Field: domain.FieldName, Code: code, Limit: 42})
		if other, taken := seen[reason]; taken || !strings.Contains(reason, " ") {
			t.Errorf("%s: got the reason %q, want words of its own and not those of %s", code, reason, other)
		}
		seen[reason] = code
	}
}

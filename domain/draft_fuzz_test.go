package domain_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
)

func FuzzNewDraft(f *testing.F) {
	f.Add("Ann", int64(31))
	f.Add(" \u3000Ann Lee\x1f", int64(0))
	f.Add("", int64(-1))
	f.Add(strings.Repeat("😀", 255), int64(2147483647))
	f.Add(strings.Repeat("😀", 256)+"\x00\xff", int64(2147483648))
	f.Fuzz(func(t *testing.T, name string, age int64) {
		draft, err := domain.NewDraft(name, age)
		if err == nil {
			checkAccepted(t, draft, name, age)
		} else {
			checkRefused(t, draft, err)
		}
		checkPatches(t, name, age, err)
	})
}

func checkAccepted(t *testing.T, draft domain.Draft, name string, age int64) {
	t.Helper()
	got := draft.Name()
	if length := utf8.RuneCountInString(got); length < 1 || length > domain.MaxNameLength {
		t.Errorf("accepted a name of %d code points, want 1 to %d", length, domain.MaxNameLength)
	}
	if !utf8.ValidString(got) || strings.Contains(got, "\x00") {
		t.Errorf("accepted the name %q, want valid UTF-8 without NUL", got)
	}
	if got != domain.TrimSpace(got) || !strings.Contains(name, got) {
		t.Errorf("accepted the name %q of %q, want what is left without the space around", got, name)
	}
	if int64(draft.Age()) != age || age < domain.MinAge || age > domain.MaxAge {
		t.Errorf("accepted the age %d of %d, want the same from %d to %d", draft.Age(), age, domain.MinAge, domain.MaxAge)
	}
	if again, err := domain.NewDraft(got, age); err != nil || again != draft {
		t.Errorf("what was accepted, %+v, becomes %+v the second time (%v), want it unchanged", draft, again, err)
	}
}

func checkRefused(t *testing.T, draft domain.Draft, err error) {
	t.Helper()
	if draft != (domain.Draft{}) {
		t.Errorf("got %+v beside the error %v, want the zero Draft", draft, err)
	}
	if code := domain.CodeOf(err); code != domain.CodeInvalid {
		t.Errorf("got code %q, want %q", code, domain.CodeInvalid)
	}
	if len(problemsOf(err)) == 0 {
		t.Errorf("got the error %v without a problem, want every broken rule", err)
	}
}

// checkPatches fails the test unless a patch of each field alone has that field's
// problems of the draft.
func checkPatches(t *testing.T, name string, age int64, ofDraft error) {
	t.Helper()
	_, ofName := domain.NewPatch(&name, nil)
	_, ofAge := domain.NewPatch(nil, &age)
	if got, want := slices.Concat(problemsOf(ofName), problemsOf(ofAge)), problemsOf(ofDraft); !slices.Equal(got, want) {
		t.Errorf("patches of name and age have the problems %v, the draft has %v, want the same", got, want)
	}
}

func problemsOf(err error) []domain.Problem {
	if known, ok := errors.AsType[*domain.Error](err); ok {
		return known.Problems
	}
	return nil
}

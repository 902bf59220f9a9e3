package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func TestANewUserIsASuperuserWhoMaySignIn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 13, 0, 0, 123_456_789, time.FixedZone("", 3600))
	got, err := account.NewUser("anna", "Anna@Example.ORG", "hash", now)
	want := account.User{
		Name: "anna", Email: "Anna@example.org", Password: "hash", Active: true, Staff: true, Superuser: true,
		Joined: time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC),
	}
	if err != nil || got != want || !got.MaySignIn() {
		t.Errorf("NewUser: got %+v, %v, may sign in: %v; want %+v who may", got, err, got.MaySignIn(), want)
	}
}

func TestOnlyAnActiveSuperuserOfTheStaffMaySignIn(t *testing.T) {
	t.Parallel()
	for bits := range 8 {
		user := account.User{Active: bits&1 > 0, Staff: bits&2 > 0, Superuser: bits&4 > 0}
		if got, want := user.MaySignIn(), bits == 7; got != want {
			t.Errorf("%+v: got %v, want %v", user, got, want)
		}
	}
}

func TestAllProblemsOfAUserAreToldTogether(t *testing.T) {
	t.Parallel()
	_, err := account.NewUser("a b", "nobody", "", time.Now())
	want := []domain.Problem{{Field: account.FieldName, Code: account.ProblemCharacters}, {Field: account.FieldEmail, Code: account.ProblemCharacters}}
	if got := domain.ProblemsOf(err); !slices.Equal(got, want) || domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("NewUser: got %v, %v, want code %q and %v", err, got, domain.CodeInvalid, want)
	}
}

func TestAnAddressHasTheShapeOfOne(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", account.MaxEmail-len("@y.z")) + "@y.z"
	for _, email := range []string{"", "  ", "a@b", "o'neil+news@example.org", "ä@ü.example", long} {
		if _, err := account.NewUser("anna", email, "", time.Now()); err != nil {
			t.Errorf("NewUser(%q): got %v, want it taken", email, err)
		}
	}
	for email, want := range map[string]domain.ProblemCode{
		"a": account.ProblemCharacters, "@": account.ProblemCharacters, "@b": account.ProblemCharacters, "a@": account.ProblemCharacters,
		"a b@c": account.ProblemCharacters, "a\r\nBcc: x@c": account.ProblemCharacters, "a\x00@c": account.ProblemCharacters,
		"<script>@c": account.ProblemCharacters, "a@c,d@e": account.ProblemCharacters, "\xff@c": account.ProblemCharacters,
		"x" + long: domain.ProblemTooLong,
	} {
		_, err := account.NewUser("anna", email, "", time.Now())
		if got := codesOf(err); !slices.Equal(got, []domain.ProblemCode{want}) {
			t.Errorf("NewUser(%.30q): got %v, want %v", email, got, want)
		}
	}
}

func TestANameThatIsNotUnicodeIsRefused(t *testing.T) {
	t.Parallel()
	_, err := account.NewUser("a\xff", "", "", time.Now())
	if got, want := codesOf(err), []domain.ProblemCode{account.ProblemCharacters}; !slices.Equal(got, want) {
		t.Errorf("NewUser: got %v, want %v", got, want)
	}
}

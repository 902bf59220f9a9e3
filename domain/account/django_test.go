package account_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/commonpasswords"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// django is what real Django answered when testdata/django.py asked it.
type django struct {
	Hashes []struct {
		Password string
		Hash     account.Hash
	}
	Names []struct {
		Name, Problem string
	}
	Emails []struct {
		Email, Saved string
	}
	Passwords []struct {
		Password, Username, Email string
		FirstName                 string `json:"first_name"`
		LastName                  string `json:"last_name"`
		Problems                  []string
	}
}

func readDjango(t *testing.T) django {
	t.Helper()
	text, err := os.ReadFile("testdata/django.json")
	if err != nil {
		t.Fatal(err)
	}
	var answers django
	if err := json.Unmarshal(text, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestHashesOfDjangoMatchTheirPasswords(t *testing.T) {
	t.Parallel()
	// Without the iterations that a check adds, which tell nothing but the time.
	unpadded := func(password, salt string, iterations int) []byte {
		if iterations > 12_345 {
			return nil
		}
		return account.PBKDF2(password, salt, iterations)
	}
	for _, made := range readDjango(t).Hashes {
		if !made.Hash.IsUsable() || !made.Hash.MatchesBy(unpadded, made.Password) {
			t.Errorf("%q: got no match with the password %q, want one: Django made it", string(made.Hash), made.Password)
		}
		if made.Hash.MatchesBy(unpadded, made.Password+"x") {
			t.Errorf("%q: got a match with a password that is not its own", string(made.Hash))
		}
		parts := strings.Split(string(made.Hash), "$")
		iterations := map[string]int{"1": 1, "2": 2, "3": 3, "1000": 1000, "12345": 12_345}[parts[1]]
		if got := account.NewHashBy(account.PBKDF2, made.Password, parts[2], iterations); got != made.Hash {
			t.Errorf("the hash of %q with the same salt: got %q, want %q, as Django makes it", made.Password, string(got), string(made.Hash))
		}
	}
}

func TestNamesAreThoseOfDjango(t *testing.T) {
	t.Parallel()
	problems := map[domain.ProblemCode]string{domain.ProblemBlank: "blank", domain.ProblemTooLong: "max_length", account.ProblemCharacters: "invalid"}
	for _, asked := range readDjango(t).Names {
		_, err := account.NewUser(asked.Name, "", "", time.Now())
		got := ""
		for _, problem := range domain.ProblemsOf(err) {
			got = problems[problem.Code]
		}
		if got != asked.Problem {
			t.Errorf("NewUser(%q): got %q (%v), want %q, as Django says", asked.Name, got, err, asked.Problem)
		}
	}
}

func TestAddressesAreSavedAsDjangoSavesThem(t *testing.T) {
	t.Parallel()
	for _, asked := range readDjango(t).Emails {
		user, err := account.NewUser("anna", asked.Email, "", time.Now())
		if err != nil || user.Email != asked.Saved {
			t.Errorf("NewUser(%q): got %q, %v, want %q, as Django saves it", asked.Email, user.Email, err, asked.Saved)
		}
	}
}

func TestPasswordsAreThoseThatDjangoTakes(t *testing.T) {
	t.Parallel()
	codes := map[domain.ProblemCode]string{
		account.ProblemTooSimilar: "password_too_similar",
		account.ProblemTooShort:   "password_too_short",
		account.ProblemTooCommon:  "password_too_common",
		account.ProblemOnlyDigits: "password_entirely_numeric",
	}
	asked := readDjango(t).Passwords
	if len(asked) < 400 {
		t.Fatalf("there are %d recorded passwords, want at least 400", len(asked))
	}
	common := commonpasswords.List{}
	for _, ask := range asked {
		user := account.User{Name: ask.Username, FirstName: ask.FirstName, LastName: ask.LastName, Email: ask.Email}
		got := []string{}
		for _, problem := range domain.ProblemsOf(account.CheckPassword(ask.Password, user, common)) {
			got = append(got, codes[problem.Code])
		}
		if !slices.Equal(got, ask.Problems) {
			t.Errorf("%q of %q, %q %q, %q: got %q, want %q, as Django says", ask.Password, user.Name, user.FirstName, user.LastName, user.Email, got, ask.Problems)
		}
	}
}

type containsFunc func(password string) bool

func (f containsFunc) Contains(password string) bool { return f(password) }

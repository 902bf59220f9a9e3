package admin_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// filled are forms with which each route comes as far as it can.
var filled = pairs("username", "new", "password", another, "repeat", another, "old_password", secret, "name", "Eve", "age", "5",
	"action", "delete", "confirmed", "yes", "id", "2", "format", "csv")

func TestEachCallThatFailsIsToldOf(t *testing.T) {
	t.Parallel()
	calls := []string{
		"SignIn", "SignOut", "ChangePassword", "Add", "Find", "List", "SetPassword", "SetActive", "Create", "Get", "All", "Replace", "Registry.Delete",
		"Browse", "Selected", "Browser.Delete", "Import", "Jobs.Find", "Jobs.List", "Cancel", "Changes",
	}
	for _, failing := range calls {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			called, ever := false, false
			w, path := furnished(t, guardAll(func(call string, changes bool) error {
				if call == failing {
					called, ever = true, true
					return fault(domain.CodeUnavailable)
				}
				if costly := []string{"SignIn", "ChangePassword", "Add", "SetPassword"}; slices.Contains(costly, call) {
					return fault(domain.CodeCanceled)
				}
				return nil
			}))
			w.person("Bob", 1)
			user := must(w.FindUserByName(t.Context(), "ann"))
			for _, route := range w.site.Routes() {
				b := w.browserOf(user)
				called = false
				var got answer
				switch {
				case route.Path == "/admin/import/" && route.Method == http.MethodPost:
					got = b.do(upload("p.csv", twoPersons))
				case strings.HasPrefix(route.Path, "/admin/persons/{id}/") && route.Method == http.MethodPost:
					got = b.post(path(route.Path), "name", "Eva", "age", "3", "read", tagOfFirst(w))
				case route.Method == http.MethodPost:
					got = b.postForm(path(route.Path), filled)
				default:
					got = ask(b, route.Method, path(route.Path))
				}
				if called && got.status != http.StatusServiceUnavailable {
					t.Errorf("%s %s: status %d, want 503: %s", route.Method, route.Path, got.status, got.text())
				}
				if called && b.cookies[flashCookie] != "" {
					t.Errorf("%s %s: it leaves a message, and nothing was done", route.Method, route.Path)
				}
			}
			if !ever {
				t.Errorf("no route calls %s", failing)
			}
		})
	}
}

// tagOfFirst returns the tag of the first person as a form has it, "" where there is none any more.
func tagOfFirst(w *world) string {
	plain := newWorld(w.tb)
	first, err := w.Find(w.tb.Context(), 1)
	if err != nil {
		return ""
	}
	plain.person(first.Name(), first.Age())
	return plain.signedIn().get("/admin/persons/1/").page.field("read").attr["value"]
}

func TestEveryProblemHasItsWords(t *testing.T) {
	t.Parallel()
	codes := append(domain.ProblemCodes(), account.ProblemCharacters, account.ProblemTooShort, account.ProblemTooCommon, account.ProblemOnlyDigits, account.ProblemTooSimilar, account.ProblemWrong,
		account.ProblemPast)
	unknown := admin.Words(domain.Problem{Code: "of another day"})
	for _, code := range codes {
		got := admin.Words(domain.Problem{Code: code, Limit: 4711})
		if got == unknown || strings.Contains(got, "%") || !strings.HasSuffix(got, ".") {
			t.Errorf("%s is told as %q", code, got)
		}
		limited := code == domain.ProblemTooLong || code == domain.ProblemTooSmall || code == domain.ProblemTooBig || code == account.ProblemTooShort
		if strings.Contains(got, "4711") != limited {
			t.Errorf("%s is told as %q: with its limit is %t", code, got, limited)
		}
	}
}

func TestTheHistorySaysByWhichWayAChangeCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for via, want := range map[domain.Via]string{
		domain.ViaAPI: "by <i>, API", domain.ViaCLI: "by <i>, command line", domain.ViaAdmin: "by <i>, admin", domain.ViaLibrary: "by <i>, program", "other": "by <i>, program",
	} {
		ctx := domain.WithOrigin(t.Context(), domain.Origin{Via: via, Who: "<i>"})
		person := must(w.Create(ctx, must(domain.NewDraft("Eve", 1))))
		b.get(fmt.Sprintf("/admin/persons/%d/history/", person.ID())).want(t, http.StatusOK).says(t, want)
	}
	w.person("Bob", 1)
	b.get("/admin/history/").says(t, "by program")
}

package sqlitestore_test

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// djangoProject is a project of the real Django, with its admin, and a database.
type djangoProject struct {
	python   string
	folder   string
	database string
}

// newDjango returns a project whose database is not there yet.
func newDjango(t *testing.T) djangoProject {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} { // Debian's, and whatever is first
		if exec.CommandContext(t.Context(), python, "-c", "import django").Run() != nil {
			continue
		}
		folder := t.TempDir()
		write(t, folder, "settings.py", `
SECRET_KEY = "of a test"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages", "django.contrib.admin"]
SILENCED_SYSTEM_CHECKS = ["admin.E403", "admin.E408", "admin.E409", "admin.E410"]  # nothing is served
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"
`)
		return djangoProject{python, folder, filepath.Join(folder, "db.sqlite3")}
	}
	t.Fatal("Django is not installed: apt-get install -y python3-django")
	return djangoProject{}
}

// try runs a command of manage.py.
func (d djangoProject) try(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), d.python, append([]string{"-m", "django"}, args...)...)
	command.Dir = d.folder
	command.Env = []string{"DJANGO_SETTINGS_MODULE=settings", "PYTHONPATH=" + d.folder, "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8", "DJANGO_SUPERUSER_PASSWORD=" + rootsPassword}
	said, err := command.CombinedOutput()
	return strings.TrimSpace(string(said)), err
}

// manage runs a command of manage.py, or ends the test.
func (d djangoProject) manage(t *testing.T, args ...string) string {
	t.Helper()
	output, err := d.try(t, args...)
	if err != nil {
		t.Fatalf("django %q: got %v:\n%s", args, err, output)
	}
	return output
}

// run runs statements within the project and returns what they print.
func (d djangoProject) run(t *testing.T, statements string) string {
	t.Helper()
	return d.manage(t, "shell", "-c", "from django.contrib.auth import authenticate\nfrom django.contrib.auth.models import Group, Permission, User\n"+statements)
}

const (
	rootsPassword = "Sesam, öffne dich 7"
	annsPassword  = "correct horse 世界 battery"
	isoPython     = `lambda t: t.astimezone(__import__("datetime").timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")`
)

// addAnn adds a superuser who signed in once, both at a time with a fraction of a second.
func addAnn(t *testing.T, store *sqlitestore.Store) (account.User, account.Session) {
	t.Helper()
	joined := time.Date(2026, 11, 23, 12, 0, 0, 120_000, time.UTC)
	ann, err := account.NewUser("ann+Änne", "Ann@Example.ORG", account.NewHash(annsPassword), joined)
	if err != nil {
		t.Fatal(err)
	}
	if ann, err = store.AddUser(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	session := account.Session{Key: account.SessionKey{1}, User: ann.ID, Password: ann.Password.Fingerprint(), Began: joined.Add(time.Hour), Seen: joined.Add(time.Hour)}
	if err := store.BeginSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	ann.LastLogin = session.Began
	return ann, session
}

// wantAnnInDjango fails the test unless Django signs the user in, and sees the same.
func wantAnnInDjango(t *testing.T, project djangoProject, ann account.User) {
	t.Helper()
	const ask = `
iso = ` + isoPython + `
ann = authenticate(username="ann+Änne", password="` + annsPassword + `")
print(ann.id, ann.username, ann.email, ann.is_active, ann.is_staff, ann.is_superuser, iso(ann.date_joined), iso(ann.last_login))
print(authenticate(username="ann+Änne", password="something else"))`
	got := project.run(t, ask)
	const micro = "2006-01-02T15:04:05.000000Z"
	want := fmt.Sprintf("%d %s %s True True True %s %s\nNone", ann.ID, ann.Name, ann.Email, ann.Joined.Format(micro), ann.LastLogin.Format(micro))
	if got != want {
		t.Errorf("Django: got\n%s\nwant\n%s", got, want)
	}
}

func TestUsersOfDjangoAndOfRosterSignInAtBoth(t *testing.T) {
	t.Parallel()
	project := newDjango(t)
	project.manage(t, "migrate", "-v0")
	project.manage(t, "createsuperuser", "--noinput", "--username", "root", "--email", "root@example.org")

	store := open(t, project.database)
	migrate(t, store)
	root, err := store.FindUserByName(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	if !root.MaySignIn() || !root.Password.Matches(rootsPassword) || root.Password.Matches("something else") || !root.LastLogin.IsZero() {
		t.Errorf("the superuser of Django: got %+v with %q, want one who may sign in with the password, and never did", root, string(root.Password))
	}
	joined := project.run(t, "print(("+isoPython+`)(User.objects.get(username="root").date_joined))`)
	if got := root.Joined.Format("2006-01-02T15:04:05.000000Z"); got != joined {
		t.Errorf("Joined: got %s, want %s, as Django says", got, joined)
	}

	ann, session := addAnn(t, store)
	wantAnnInDjango(t, project, ann)
	// Django makes a hash of as many iterations as its own have when somebody signs in.
	if found, err := store.FindUser(t.Context(), ann.ID); err != nil || !found.Password.Matches(annsPassword) {
		t.Errorf("after signing in at Django: got %q and %v, want a hash of the same password", string(found.Password), err)
	}
	if got := project.manage(t, "migrate"); !strings.Contains(got, "No migrations to apply") {
		t.Errorf("migrate afterwards: got\n%s\nwant nothing to do", got)
	}

	project.run(t, `User.objects.get(username="ann+Änne").groups.create(name="all")
from django.contrib.admin.models import LogEntry
LogEntry.objects.create(user_id=User.objects.get(username="ann+Änne").id, action_flag=1, object_repr="x")`)
	if err := store.SetPassword(t.Context(), ann.ID, "", "!"); err != nil {
		t.Errorf("SetPassword of a user whom other tables refer to: got %v, want none", err)
	}
	session.Password = account.Hash("!").Fingerprint()
	if err := store.BeginSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	project.run(t, `User.objects.get(username="ann+Änne").delete()`)
	_, _, err = store.FindSession(t.Context(), session.Key)
	wantCode(t, "FindSession of a user whom Django has deleted", err, domain.CodeNotFound)
}

// The steps are those of the README.
func TestDjangoTakesOverADatabaseThatRosterMade(t *testing.T) {
	t.Parallel()
	project := newDjango(t)
	store := open(t, project.database)
	migrate(t, store)
	ann, session := addAnn(t, store)

	for _, flag := range []string{"--no-input", "--fake-initial"} {
		var exit *exec.ExitError
		if output, err := project.try(t, "migrate", "-v0", flag); !errors.As(err, &exit) || !strings.Contains(output, `table "auth_user" already exists`) {
			t.Errorf("migrate %s: got %v and\n%s\nwant it refused, or the README tells of steps that nobody needs", flag, err, output)
		}
	}
	project.manage(t, "migrate", "-v0", "contenttypes")
	project.run(t, `
from django.db import connection
with connection.schema_editor() as editor:
    for model in (Permission, Group, User.groups.through, User.user_permissions.through): editor.create_model(model)`)
	project.manage(t, "migrate", "-v0", "--fake", "auth")
	project.manage(t, "migrate", "-v0", "--fake-initial")
	if got := project.manage(t, "migrate"); !strings.Contains(got, "No migrations to apply") {
		t.Errorf("migrate afterwards: got\n%s\nwant nothing to do", got)
	}

	if _, user, err := store.FindSession(t.Context(), session.Key); err != nil || user != ann {
		t.Errorf("FindSession: got %+v and %v, want %+v: nothing of roster's was changed", user, err, ann)
	}
	wantAnnInDjango(t, project, ann)
	project.run(t, `User.objects.create_superuser("bob", "", "a password of Bob's")`)
	if bob, err := store.FindUserByName(t.Context(), "bob"); err != nil || !bob.MaySignIn() || bob.ID != ann.ID+1 {
		t.Errorf("a superuser of Django's: got %+v and %v, want user %d, who may sign in", bob, err, ann.ID+1)
	}
	if got := project.run(t, `print(User.objects.get(username="bob").has_perm("auth.add_user"), Permission.objects.count() > 8)`); got != "True True" {
		t.Errorf("permissions: got %s, want Django's as in a database of its own", got)
	}
}

func TestTheTableOfUsersIsDjangosToTheColumn(t *testing.T) {
	t.Parallel()
	project := newDjango(t)
	project.manage(t, "migrate", "-v0")
	ours := newFile(t)
	migrate(t, open(t, ours))
	for what, statement := range map[string]string{
		"columns": `SELECT name || ' ' || lower(type) || ' ' || "notnull" || ' ' || pk || ' ' || coalesce(dflt_value, 'no default') FROM pragma_table_info('auth_user') ORDER BY cid`,
		"indexes": `SELECT list.origin || ' ' || list."unique" || ' ' || list.partial || ' ' || part.name || ' ' || part.coll
			FROM pragma_index_list('auth_user') AS list, pragma_index_xinfo(list.name) AS part WHERE part.key ORDER BY list.name, part.seqno`,
	} {
		got, want := column(t, ours, statement), column(t, project.database, statement)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s of auth_user: got\n%s\nwant those of Django,\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// column returns the first column that a statement answers.
func column(t *testing.T, path, statement string) []string {
	t.Helper()
	db := openRaw(t, path)
	defer db.Close()
	var text strings.Builder
	return query(t, db, &text, statement)
}

package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// sendBy sends a request with a secret, and returns the status and the body of the answer.
func sendBy(t *testing.T, secret account.APISecret, method, url, contentType, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+secret.Reveal())
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func TestARevokedTokenIsRefusedByEveryServerAtOnce(t *testing.T) {
	t.Parallel()
	variables := map[string]string{"DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3"), "REQUIRE_AUTH": "True"}
	one, other := start(t, variables), start(t, variables)
	kept, secret, err := one.Tokens.Make(t.Context(), account.NewAPIToken{Name: "a report", Scope: account.ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []*running{one, other, one, other} {
		if status, answer := sendBy(t, secret, http.MethodGet, server.url+"persons/", "", ""); status != http.StatusOK {
			t.Fatalf("got %d %s, want 200", status, answer)
		}
	}
	if _, err := one.Tokens.Revoke(t.Context(), kept.ID); err != nil {
		t.Fatal(err)
	}
	for _, server := range []*running{other, one} {
		if status, answer := sendBy(t, secret, http.MethodGet, server.url+"persons/", "", ""); status != http.StatusUnauthorized || answer != `{"detail":"Invalid token."}` {
			t.Errorf("got %d %s, want 401: it was revoked before", status, answer)
		}
	}
}

func TestWhatAJobChangesIsSaidToBeOfTheTokenThatGaveIt(t *testing.T) {
	t.Parallel()
	variables := map[string]string{"DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3"), "REQUIRE_AUTH": "True"}
	server := start(t, variables)
	_, secret, err := server.Tokens.Make(t.Context(), account.NewAPIToken{Name: "the import", Scope: account.ScopeWrite})
	if err != nil {
		t.Fatal(err)
	}
	status, answer := sendBy(t, secret, http.MethodPost, server.url+"jobs/", "text/csv", "name,age\nAnn,31\nBob,40\n")
	var job struct{ ID domain.JobID }
	if err := json.Unmarshal([]byte(answer), &job); err != nil || status != http.StatusAccepted {
		t.Fatalf("got %d %s, want 202", status, answer)
	}
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	for now, err := range server.Jobs.Watch(ctx, job.ID) {
		if err != nil || now.IsOver() && now.Done != 2 {
			t.Fatalf("the job: %+v, %v", now, err)
		}
	}
	store, err := app.OpenStore(t.Context(), load(t, variables), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	changes, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 9})
	want := domain.Origin{Via: domain.ViaAPI, Who: "the import", Job: job.ID}
	if err != nil || len(changes) != 1 || changes[0].Count != 2 || changes[0].Origin != want {
		t.Errorf("got %+v, %v, want two persons by %+v", changes, err, want)
	}
}

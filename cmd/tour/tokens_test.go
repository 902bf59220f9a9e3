package main

import (
	"net/http"
	"testing"
)

// A program is given a token by somebody at a browser, uses it, and is shut out again.
func TestAProgramIsLetInByATokenUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	for name, look := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := serve(t, "REQUIRE_AUTH=True")
			v := visit(t, url, look)
			wantStatus(t, url, "", http.StatusUnauthorized)

			v.open("/admin/tokens/")
			v.signIn()
			v.reads(".empty", "There is no token")
			v.press("a[href='/admin/tokens/add/']", 200)
			v.fill("#name", " ")
			v.press("form.card button", 422)
			v.reads("#name-errors", "fill this in")
			v.fill("#name", "a report")
			v.press("form.card button", 200)
			secret, err := v.Text(".secret code")
			if err != nil {
				t.Fatal(err)
			}
			if address, err := v.Address(); err != nil || address != url+"/admin/tokens/add/" {
				t.Errorf("the address is %s, %v, want nothing of the secret in it", address, err)
			}
			wantStatus(t, url, secret, http.StatusOK)

			v.press("main a.button", 200)
			v.reads("tbody tr td:nth-child(3) .state", "valid")
			v.reads("tbody tr td:nth-child(4)", "UTC") // it was used
			v.press("tbody tr a", 200)
			v.reads("h1", "Revoke a report?")
			v.press("button.danger", 200)
			v.reads(".message.ok", "a report opens nothing any more")
			v.reads("tbody tr td:nth-child(3) .state", "revoked")
			wantStatus(t, url, secret, http.StatusUnauthorized)
			v.calm()
		})
	}
}

// wantStatus asks the API with a secret.
func wantStatus(t *testing.T, url, secret string, want int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v1/persons/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if secret != "" {
		request.Header.Set("Authorization", "Bearer "+secret)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != want {
		t.Errorf("got %d, want %d", answer.StatusCode, want)
	}
}

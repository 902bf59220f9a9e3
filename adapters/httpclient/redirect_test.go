package httpclient_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A redirect makes a GET of a change, whose answer is the person as they were: that is no change.
func TestARedirectIsNoChange(t *testing.T) {
	t.Parallel()
	old := says(200, jsonType, ann)
	zoe := draft(t, "Zoe", 9)
	older, _ := domain.NewPatch(nil, new(int64(32)))
	for name, change := range map[string]func(ctx context.Context, client *httpclient.Client) error{
		"Replace": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Registry.Replace(ctx, 1, zoe)
			return err
		},
		"Patch": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Registry.Patch(ctx, 1, older)
			return err
		},
		"Create": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Registry.Create(ctx, zoe)
			return err
		},
		"Cancel": func(ctx context.Context, client *httpclient.Client) error {
			_, err := client.Jobs.Cancel(ctx, jobID)
			return err
		},
	} {
		for _, status := range []int{301, 302, 303} {
			server := answers(says(status, jsonType, "", "Location", "http://roster.example/login/"), old)
			err := change(t.Context(), server.client(t, httpclient.Config{}))
			if got := server.requests(); len(got) != 1 || domain.CodeOf(err) != domain.CodeUpstream {
				t.Errorf("%s, and the server answers %d: got %v after %d requests, want code %q after one: nothing was changed", name, status, err, len(got), domain.CodeUpstream)
			}
		}
	}
}

func TestARedirectThatKeepsTheMethodIsFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := answers(says(status, jsonType, "", "Location", "http://roster.example/other/"), says(200, jsonType, `{"id":1,"name":"Zoe","age":9}`))
		person, err := server.client(t, httpclient.Config{}).Registry.Replace(t.Context(), 1, draft(t, "Zoe", 9))
		requests := server.requests()
		if len(requests) != 2 || err != nil || person.Name() != "Zoe" {
			t.Fatalf("%d: got %v and %v after %d requests, want the change after two", status, person, err, len(requests))
		}
		if again := requests[1]; again.method != http.MethodPut || again.body != requests[0].body {
			t.Errorf("%d: got %+v, want the same request in another place", status, again)
		}
	}
}

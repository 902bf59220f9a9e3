package httpapi_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
)

const changed = `{"detail":"The person has changed, or is not as If-Match or If-None-Match wants it."}`

// Each case is a request about person 1, who is Ann of 31. TAG stands for her entity
// tag, INDENTED for that of her representation with two spaces.
func TestAChangeIsMadeOnlyWhereItsPreconditionsHold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header, value string
		holds         bool
	}{
		"the tag":                        {"If-Match", "TAG", true},
		"the tag of indented JSON":       {"If-Match", "INDENTED", true},
		"the tag among others":           {"If-Match", `"a", W/"b",TAG`, true},
		"anybody":                        {"If-Match", "*", true},
		"another tag":                    {"If-Match", `"AAAAAAAAAAAAAAAAAAAAAA"`, false},
		"the tag, but weak":              {"If-Match", "W/TAG", false},
		"nothing that is a tag":          {"If-Match", "AAAA", false},
		"nothing at all":                 {"If-Match", "", false},
		"not the tag":                    {"If-None-Match", "TAG", false},
		"not the tag, weak":              {"If-None-Match", "W/TAG", false},
		"not the tag of indented JSON":   {"If-None-Match", "INDENTED", false},
		"nobody":                         {"If-None-Match", "*", false},
		"not another tag":                {"If-None-Match", `"AAAAAAAAAAAAAAAAAAAAAA"`, true},
		"not what is no tag":             {"If-None-Match", "AAAA", true},
		"a header that nobody has to do": {"If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT", true},
	} {
		for method, body := range map[string]string{http.MethodPut: `{"name":"Bea","age":8}`, http.MethodPatch: `{"age":8}`, http.MethodDelete: ""} {
			t.Run(method+" if "+name, func(t *testing.T) {
				t.Parallel()
				handler := open(t)
				postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
				tag := send(handler, request(http.MethodGet, personsPath+"1/", "")).Header().Get("ETag")
				indented := send(handler, request(http.MethodGet, personsPath+"1/", "", "Accept", "application/json; indent=2")).Header().Get("ETag")
				value := replaceAll(test.value, "TAG", tag, "INDENTED", indented)

				got := send(handler, request(method, personsPath+"1/", body, "Content-Type", "application/json", test.header, value))
				now := send(handler, request(http.MethodGet, personsPath+"1/", ""))
				if test.holds {
					if got.Code >= 300 || now.Header().Get("ETag") == tag {
						t.Errorf("got %d %s and then %s, want the change made", got.Code, got.Body, now.Body)
					}
					return
				}
				wantAnswer(t, got, http.StatusPreconditionFailed, changed)
				wantAnswer(t, now, http.StatusOK, `{"id":1,"name":"Ann","age":31}`)
			})
		}
	}
}

func TestAReaderWhoWantsAnotherRepresentationIsTold(t *testing.T) {
	t.Parallel()
	handler := open(t)
	postJSON(handler, personsPath, `{"name":"Ann","age":31}`)
	for _, path := range []string{personsPath, personsPath + "1/", personsPath + "?cursor="} {
		tag := send(handler, request(http.MethodGet, path, "")).Header().Get("ETag")
		if got := send(handler, request(http.MethodGet, path, "", "If-Match", `"x", `+tag)); got.Code != http.StatusOK {
			t.Errorf("%s if it is %s: got %d, want 200", path, tag, got.Code)
		}
		wantAnswer(t, send(handler, request(http.MethodGet, path, "", "If-Match", `"x"`)), http.StatusPreconditionFailed, changed)
		// If-Match comes before If-None-Match.
		got := send(handler, request(http.MethodGet, path, "", "If-Match", `"x"`, "If-None-Match", tag))
		wantAnswer(t, got, http.StatusPreconditionFailed, changed)
	}
}

// What is no person says nothing of one.
func TestAReaderWhoWantsAnotherDescriptionIsTold(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for _, path := range []string{"/api/schema/", "/api/docs/docs.js", "/api/docs/swagger-ui.css"} {
		got := send(handler, request(http.MethodGet, path, "", "If-Match", `"x"`))
		wantAnswer(t, got, http.StatusPreconditionFailed, `{"detail":"What is served here has changed, or is not as If-Match wants it."}`)
	}
}

// Many clients count one person's age up, each by reading, adding and writing back
// on the condition that nobody wrote meanwhile.
func TestNoUpdateIsLostWhoeverWritesOnCondition(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const clients, steps = 8, 20
			handler := openWith(t, useCases(t, open(t)), config)
			postJSON(handler, personsPath, `{"name":"Ann","age":0}`)
			var done sync.WaitGroup
			for range clients {
				done.Go(func() {
					for made := 0; made < steps && !t.Failed(); {
						read := send(handler, request(http.MethodGet, personsPath+"1/", ""))
						got := send(handler, request(http.MethodPatch, personsPath+"1/", nextAge(t, read.Body.Bytes()),
							"Content-Type", "application/json", "If-Match", read.Header().Get("ETag")))
						switch got.Code {
						case http.StatusOK:
							made++
						case http.StatusPreconditionFailed:
						default:
							t.Errorf("PATCH: got %d %s, want 200 or 412", got.Code, got.Body)
						}
					}
				})
			}
			done.Wait()
			wantAnswer(t, send(handler, request(http.MethodGet, personsPath+"1/", "")), http.StatusOK, `{"id":1,"name":"Ann","age":160}`)
		})
	}
}

func TestAPreconditionAboutNobodyIs404(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), config)
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodGet} {
		got := send(handler, request(method, personsPath+"1/", `{"name":"Ann","age":1}`, "Content-Type", "application/json", "If-Match", "*"))
		wantAnswer(t, got, http.StatusNotFound, `{"detail":"Not found."}`)
	}
}

package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

const (
	bulkPath      = "/api/v1/create_bulk/"
	asyncBulkPath = "/api/v1/async_create_bulk/"
)

// withKey is postJSON with an Idempotency-Key.
func withKey(handler http.Handler, path, key, body string) (status int, answer string) {
	got := send(handler, request(http.MethodPost, path, body, "Content-Type", "application/json", "Idempotency-Key", key))
	return got.Code, got.Body.String()
}

// total returns how many persons the API tells of.
func total(t *testing.T, handler http.Handler) int64 {
	t.Helper()
	var page struct{ Count int64 }
	if err := json.Unmarshal(send(handler, request(http.MethodGet, personsPath, "")).Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	return page.Count
}

// nextAge returns a body that makes the person in an answer a year older.
func nextAge(t *testing.T, person []byte) string {
	t.Helper()
	var read struct{ Age int }
	if err := json.Unmarshal(person, &read); err != nil {
		t.Errorf("got %s, want a person", person)
	}
	return fmt.Sprintf(`{"age":%d}`, read.Age+1)
}

// replaceAll replaces words by others, which come in pairs.
func replaceAll(text string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(text)
}

func TestARequestWithAKeyTakesEffectOnce(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		for path, test := range map[string]struct {
			body, same, other string
			status            int
			saves             int64
		}{
			personsPath:   {`{"name":"Ann","age":31}`, ` { "age": 31, "name" : " Ann" }`, `{"name":"Ann","age":32}`, 201, 1},
			bulkPath:      {`{"count":700}`, `{"x":1,"count":700}`, `{"count":701}`, 201, 700},
			asyncBulkPath: {`{"count":700}`, "\ufeff{\"count\":700}", `{"count":10}`, 200, 700},
			batchPath:     {`[{"name":"Ann","age":31},{"name":"Bob","age":5}]`, `[{"age":31,"name":" Ann"},{"name":"Bob","age":"5"}]`, `[{"name":"Bob","age":5},{"name":"Ann","age":31}]`, 201, 2},
		} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				handler := openWith(t, useCases(t, open(t)), config)
				postJSON(handler, personsPath, `{"name":"Before","age":1}`)
				status, first := withKey(handler, path, `"8e03978e-40d5"`, test.body)
				if status != test.status {
					t.Fatalf("got %d %s, want %d", status, first, test.status)
				}
				for _, key := range []string{`"8e03978e-40d5"`, "8e03978e-40d5", "  8e03978e-40d5 "} {
					for _, body := range []string{test.body, test.same} {
						if status, again := withKey(handler, path, key, body); status != test.status || again != first {
							t.Errorf("key %s again, body %s: got %d %s, want %d %s as at first", key, body, status, again, test.status, first)
						}
					}
				}
				const reused = `{"detail":"This Idempotency-Key was used for another request."}`
				if status, answer := withKey(handler, path, "8e03978e-40d5", test.other); status != 422 || answer != reused {
					t.Errorf("the key with another body: got %d %s, want 422 %s", status, answer, reused)
				}
				if got, want := total(t, handler), 1+test.saves; got != want {
					t.Errorf("got %d persons, want %d: the request took effect once", got, want)
				}
				if status, _ := withKey(handler, path, "another", test.body); status != test.status {
					t.Errorf("another key: got %d, want %d", status, test.status)
				}
				if got, want := total(t, handler), 1+2*test.saves; got != want {
					t.Errorf("got %d persons, want %d: another key is another request", got, want)
				}
			})
		}
	}
}

func TestAKeyOfOneBulkViewIsNotOneOfTheOther(t *testing.T) {
	t.Parallel()
	handler := open(t)
	withKey(handler, bulkPath, "key", `{"count":3}`)
	if status, answer := withKey(handler, asyncBulkPath, "key", `{"count":3}`); status != 422 {
		t.Errorf("the same key for another view: got %d %s, want 422", status, answer)
	}
}

func TestARequestThatSavedNobodyLeavesItsKeyFree(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for path, body := range map[string]string{personsPath: `{"name":""}`, bulkPath: `{"count":10001}`, asyncBulkPath: `{"count":"x"}`, batchPath: `[{}]`} {
		if status, answer := withKey(handler, path, path, body); status != 400 {
			t.Errorf("%s: got %d %s, want 400", path, status, answer)
		}
	}
	for path, body := range map[string]string{personsPath: `{"name":"Ann","age":1}`, bulkPath: `{"count":10}`, asyncBulkPath: `{"count":10}`, batchPath: `[{"name":"Ann","age":1}]`} {
		if status, answer := withKey(handler, path, path, body); status/100 != 2 {
			t.Errorf("%s, repaired, with the same key: got %d %s, want it saved", path, status, answer)
		}
	}
}

func TestABadKeyIsRefusedAndSavesNobody(t *testing.T) {
	t.Parallel()
	handler := open(t)
	const bad = `{"detail":"Idempotency-Key: 1 to 255 printable characters of ASCII, in quotes or not."}`
	for _, key := range []string{
		"", " ", `""`, `"`, `"a`, `"a"b`, `"a\b"`, `"a\`, `"a" `[:2], strings.Repeat("k", 256), "é", "a\x00", "a\tb", `"a"; p=1`, `"` + strings.Repeat("k", 256) + `"`,
	} {
		got := send(handler, request(http.MethodPost, personsPath, `{"name":"Ann","age":1}`, "Content-Type", "application/json", "Idempotency-Key", key))
		wantAnswer(t, got, http.StatusBadRequest, bad)
	}
	twice := send(handler, request(http.MethodPost, personsPath, `{"name":"Ann","age":1}`, "Content-Type", "application/json", "Idempotency-Key", "a", "Idempotency-Key", "a"))
	wantAnswer(t, twice, http.StatusBadRequest, bad)
	if got := total(t, handler); got != 0 {
		t.Errorf("got %d persons, want none: every key was bad", got)
	}
	for _, key := range []string{`"a\"\\b"`, `a"\b`, strings.Repeat("k", 255), "!~"} {
		if status, answer := withKey(handler, personsPath, key, `{"name":"Ann","age":1}`); status != http.StatusCreated {
			t.Errorf("key %s: got %d %s, want 201", key, status, answer)
		}
	}
}

func TestAKeyIsFreeAgainAfterADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := open(t)
		const ann = `{"name":"Ann","age":31}`
		withKey(handler, personsPath, "key", ann)
		time.Sleep(24*time.Hour - time.Second)
		if _, answer := withKey(handler, personsPath, "key", ann); answer != `{"id":1,"name":"Ann","age":31}` {
			t.Errorf("a second before a day has passed: got %s, want the answer of then", answer)
		}
		time.Sleep(time.Second)
		if _, answer := withKey(handler, personsPath, "key", ann); answer != `{"id":2,"name":"Ann","age":31}` {
			t.Errorf("a day later: got %s, want another person", answer)
		}
	})
}

func TestARequestWhoseKeyIsUnderWayIsToldToWait(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	all := useCases(t, memstore.New())
	all.Registry = &portmock.PersonRegistryMock{CreateFunc: func(_ context.Context, draft domain.Draft) (domain.Person, error) {
		close(begun)
		<-finish
		return draft.Person(1), nil
	}}
	handler := openWith(t, all, config)
	var done sync.WaitGroup
	done.Go(func() {
		if status, answer := withKey(handler, personsPath, "key", `{"name":"Ann","age":1}`); status != http.StatusCreated {
			t.Errorf("the first: got %d %s, want 201", status, answer)
		}
	})
	<-begun
	got := send(handler, request(http.MethodPost, bulkPath, `{"count":1}`, "Content-Type", "application/json", "Idempotency-Key", `"key"`))
	wantAnswer(t, got, http.StatusConflict, `{"detail":"A request with this Idempotency-Key is still being processed."}`)
	if got.Header().Get("Retry-After") != "1" {
		t.Errorf("got Retry-After %q, want 1", got.Header().Get("Retry-After"))
	}
	close(finish)
	done.Wait()
	if status, _ := withKey(handler, bulkPath, "key", `{"count":1}`); status != http.StatusCreated {
		t.Errorf("afterwards: got %d, want the key to be free here", status)
	}
}

func TestOfManyRequestsWithOneKeyOneTakesEffect(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Two servers on one store, so that the store has to tell them apart too.
			store := open(t)
			servers := []http.Handler{openWith(t, useCases(t, store), config), openWith(t, useCases(t, store), config)}
			const clients, rounds = 16, 10
			for round := range rounds {
				var done sync.WaitGroup
				answers := make([]string, clients)
				for i := range clients {
					done.Go(func() {
						for {
							status, answer := withKey(servers[i%2], personsPath, fmt.Sprint("key", round), `{"name":"Ann","age":31}`)
							if status == http.StatusConflict {
								continue
							}
							answers[i] = fmt.Sprint(status, answer)
							return
						}
					})
				}
				done.Wait()
				want := fmt.Sprintf(`201{"id":%d,"name":"Ann","age":31}`, round+1)
				for _, answer := range answers {
					if answer != want {
						t.Fatalf("round %d: got %q, want %s from all", round, answers, want)
					}
				}
			}
			if got := total(t, servers[0]); got != rounds {
				t.Errorf("got %d persons, want %d: one for each key", got, rounds)
			}
		})
	}
}

// FuzzIdempotencyKey sends any key twice: it is refused both times, or it is answered
// the same both times and one person is saved.
func FuzzIdempotencyKey(f *testing.F) {
	handler := open(f)
	for _, seed := range []string{"", "a", `"a"`, `"a\"b"`, `"a\\"`, `"`, `"a" `, `a"b`, "é", "\x7f", strings.Repeat("k", 255), `"` + strings.Repeat(`\"`, 255) + `"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		first, one := withKey(handler, personsPath, key, `{"name":"Ann","age":31}`)
		second, two := withKey(handler, personsPath, key, `{"name":"Ann","age":31}`)
		if first != second || one != two || first != http.StatusCreated && first != http.StatusBadRequest {
			t.Errorf("key %q: got %d %s and then %d %s, want twice the same, 201 or 400", key, first, one, second, two)
		}
	})
}

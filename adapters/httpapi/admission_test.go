package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// gate is who has which token of an API that asks for them.
type gate struct {
	*account.Tokens
	reads, writes account.APISecret
}

// newGate makes a token of each scope in a store.
func newGate(tb testing.TB, store account.TokenStore) gate {
	tb.Helper()
	tokens, err := account.NewTokens(store, nil)
	if err != nil {
		tb.Fatal(err)
	}
	g := gate{Tokens: tokens}
	for scope, secret := range map[account.Scope]*account.APISecret{account.ScopeRead: &g.reads, account.ScopeWrite: &g.writes} {
		if _, *secret, err = tokens.Make(tb.Context(), account.NewAPIToken{Name: "who " + string(scope) + "s", Scope: scope}); err != nil {
			tb.Fatal(err)
		}
	}
	return g
}

// accessByMethod lets readers use the safe methods, and anybody the landing page.
func accessByMethod(method, route string) account.Access {
	switch {
	case route == "/":
		return account.Anybody
	case method == http.MethodGet:
		return account.Readers
	default:
		return account.Writers
	}
}

// asking returns the configuration with tokens that are asked for.
func asking(tokens httpapi.TokenChecker) httpapi.Config {
	asks := config
	asks.Tokens, asks.Access, asks.Site = tokens, accessByMethod, http.NotFoundHandler()
	return asks
}

// by returns the request with the secret of a token.
func by(secret account.APISecret, r *http.Request) *http.Request {
	r.Header.Set("Authorization", "Bearer "+secret.Reveal())
	return r
}

// testdata/tokens.json says whom REST framework lets in, found out by asking it.
func TestTokensAreUnderstoodAsRESTFrameworkDoes(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var django struct {
		Answers []struct {
			Method, Target, Accept, Body, Asks string
			Said                               []string
			Status                             int
			Detail                             *string
			Actions                            *[]string
		}
	}
	if err := json.Unmarshal(content, &django); err != nil {
		t.Fatal(err)
	}
	if len(django.Answers) < 90 {
		t.Fatalf("got %d answers, want 90 at least", len(django.Answers))
	}
	gate := newGate(t, memstore.New())
	secrets := strings.NewReplacer("writes", gate.writes.Reveal(), "reads", gate.reads.Reveal(), "WRITES", strings.ToUpper(gate.writes.Reveal()))
	handler := openWith(t, useCases(t, memstore.New()), asking(gate))
	paths := strings.NewReplacer("/asked/", personsPath, "/described/", personsPath, "/anybody/", "/")
	for _, asked := range django.Answers {
		if strings.HasPrefix(asked.Target, "/throttled/") {
			continue // here the limit counts first: see TestWhatIsNotAdmittedIsCharged
		}
		r := request(asked.Method, paths.Replace(asked.Target), asked.Body, "Accept", asked.Accept, "Content-Type", "application/json")
		for _, said := range asked.Said {
			var raw []byte
			for _, letter := range secrets.Replace(said) { // of Latin-1
				raw = append(raw, byte(letter)) //nolint:gosec // none is greater
			}
			r.Header.Add("Authorization", string(raw))
		}
		got := send(handler, r)
		if asked.Target == "/anybody/" {
			asked.Status, asked.Detail, asked.Asks = http.StatusOK, nil, "" // departs: see admission
		}
		status := got.Code
		if asked.Status == http.StatusOK && asked.Method == http.MethodPost && status == http.StatusBadRequest {
			status = http.StatusOK // that view takes anything
		}
		if asked.Body != "" && status == http.StatusBadRequest {
			asked.Detail = nil // both say in their own words what is no JSON
		}
		var body detail
		_ = json.Unmarshal(got.Body.Bytes(), &body) // what is no object has none
		if status != asked.Status || asked.Detail != nil && body.Detail != *asked.Detail {
			t.Errorf("%s %s Accept %s by %q: got %d %s, want %d %s", asked.Method, asked.Target, asked.Accept, asked.Said, got.Code, got.Body, asked.Status, show(asked.Detail))
		}
		if asks := len(got.Header().Values("WWW-Authenticate")) > 0; asks != (asked.Asks != "") && got.Code != http.StatusForbidden {
			t.Errorf("%s %s by %q: got WWW-Authenticate %t, want %q", asked.Method, asked.Target, asked.Said, asks, asked.Asks)
		}
		if asked.Target == "/described/" && asked.Actions != nil && (len(*asked.Actions) > 0) != strings.Contains(got.Body.String(), `"actions":{"POST"`) {
			t.Errorf("OPTIONS by %q: got %s, want the actions %q", asked.Said, got.Body, *asked.Actions)
		}
	}
}

// detail is the body of most errors.
type detail struct{ Detail string }

func TestARefusalNamesEachSchemeThatIsUnderstood(t *testing.T) {
	t.Parallel()
	gate := newGate(t, memstore.New())
	handler := openWith(t, useCases(t, memstore.New()), asking(gate))
	for said, want := range map[string][]string{
		"":                             {`Bearer realm="roster"`, `Token realm="roster"`},
		"Basic eDp5":                   {`Bearer realm="roster"`, `Token realm="roster"`},
		"Bearer":                       {`Bearer realm="roster", error="invalid_token"`, `Token realm="roster"`},
		"Token wrong":                  {`Bearer realm="roster", error="invalid_token"`, `Token realm="roster"`},
		"Token " + string(gate.reads):  {`Bearer realm="roster", error="insufficient_scope"`, `Token realm="roster"`},
		"Token " + string(gate.writes): nil,
	} {
		got := send(handler, request(http.MethodPost, bulkPath, `{"count":1}`, "Content-Type", "application/json", "Authorization", said))
		if challenge := got.Header().Values("WWW-Authenticate"); !slices.Equal(challenge, want) {
			t.Errorf("%q: got %d and %q, want %q", said, got.Code, challenge, want)
		}
	}
}

// everyWrite is a request for each way to change something.
var everyWrite = []struct{ method, path, contentType, body string }{
	{http.MethodPost, personsPath, "application/json", `{"name":"Ann","age":31}`},
	{http.MethodPut, personsPath + "1/", "application/json", `{"name":"Eve","age":32}`},
	{http.MethodPatch, personsPath + "1/", "application/json", `{"age":33}`},
	{http.MethodDelete, personsPath + "1/", "", ""},
	{http.MethodPost, bulkPath, "application/json", `{"count":3}`},
	{http.MethodPost, asyncBulkPath, "application/json", `{"count":3}`},
	{http.MethodPost, personsPath + "batch/", "application/json", `[{"name":"Joe","age":7}]`},
	{http.MethodPost, jobsPath, "application/json", `{"kind":"generate","count":3}`},
	{http.MethodPost, jobsPath, "text/csv", "name,age\nAnn,31\n"},
	{http.MethodPost, jobsPath + "1/cancel/", "", ""},
}

func TestWhoReadsChangesNothing(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			draft, err := domain.NewDraft("Bob", 40)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Create(t.Context(), draft); err != nil {
				t.Fatal(err)
			}
			jobs := newFakeJobs()
			job := jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 1)
			all := useCases(t, store)
			all.Jobs = jobs
			gate := newGate(t, tokensOf(t, store))
			handler := openWith(t, all, asking(gate))
			for _, write := range everyWrite {
				path := strings.Replace(write.path, jobsPath+"1/", jobsPath+string(job.ID)+"/", 1)
				for _, method := range []string{write.method, strings.ToLower(write.method)} {
					for _, said := range []string{"Bearer " + gate.reads.Reveal(), "Token wrong", ""} {
						status := http.StatusForbidden
						if said != "Bearer "+gate.reads.Reveal() {
							status = http.StatusUnauthorized
						}
						r := request(method, path, write.body, "Content-Type", write.contentType, "Authorization", said, "Idempotency-Key", "k")
						if got := send(handler, r); got.Code != status {
							t.Errorf("%s %s with %.12q: got %d %s, want %d", method, path, said, got.Code, got.Body, status)
						}
					}
				}
			}
			if got := send(handler, by(gate.reads, request(http.MethodGet, personsPath, ""))); !strings.Contains(got.Body.String(), `"results":[{"id":1,"name":"Bob","age":40}]`) {
				t.Errorf("got %d %s, want Bob and nobody else", got.Code, got.Body)
			}
			if now, err := jobs.Find(t.Context(), job.ID); err != nil || !reflect.DeepEqual(now, job) {
				t.Errorf("the job: got %+v, %v, want it as it was, %+v", now, err, job)
			}
			if listed, err := jobs.List(t.Context(), "", 9); err != nil || len(listed) != 1 {
				t.Errorf("got %d jobs, %v, want the one", len(listed), err)
			}
			for _, write := range everyWrite {
				path := strings.Replace(write.path, jobsPath+"1/", jobsPath+string(job.ID)+"/", 1)
				if got := send(handler, by(gate.writes, request(write.method, path, write.body, "Content-Type", write.contentType))); got.Code >= http.StatusBadRequest {
					t.Errorf("%s %s by who writes: got %d %s, want it done", write.method, path, got.Code, got.Body)
				}
			}
		})
	}
}

// tokensOf returns where a store keeps tokens: beside its persons.
func tokensOf(tb testing.TB, store ports.PersonStore) ports.TokenStore {
	tb.Helper()
	tokens, ok := store.(ports.TokenStore)
	if !ok {
		tb.Fatalf("%T keeps no tokens", store)
	}
	return tokens
}

// everyRead is a request for each way to read something, of a registry with a person and a job.
func everyRead(job domain.Job) []string {
	one := jobsPath + string(job.ID) + "/"
	return []string{
		"/api/v1/", personsPath, personsPath + "1/", personsPath + "export/", "/api/v1/check/?pk=1", fetchPath,
		jobsPath, one, one + "rejected/", one + "events/", "/api/v1/persons.json", personsPath + "1.json",
	}
}

func TestWhoReadsReadsEverything(t *testing.T) {
	t.Parallel()
	jobs := newFakeJobs()
	job := jobs.add(domain.JobOrder{}, domain.JobGenerate, "", 1)
	over, err := job.Fail("planted", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	jobs.set(over) // so that its events end
	gate := newGate(t, memstore.New())
	handler := openWith(t, withJobs(t, jobs), asking(gate))
	send(handler, by(gate.writes, request(http.MethodPost, personsPath, `{"name":"Ann","age":31}`, "Content-Type", "application/json")))
	for _, path := range everyRead(job) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, "get"} {
			for secret, want := range map[account.APISecret]int{gate.reads: http.StatusOK, gate.writes: http.StatusOK, "wrong": http.StatusUnauthorized, "": http.StatusUnauthorized} {
				if got := sendBriefly(handler, by(secret, request(method, path, ""))); got.Code != want {
					t.Errorf("%s %s by %.9q: got %d %s, want %d", method, path, secret.Reveal(), got.Code, got.Body, want)
				}
			}
		}
	}
}

// scoped knows every secret as a token of its scope.
type scoped account.Scope

// Check implements httpapi.TokenChecker.
func (s scoped) Check(context.Context, account.APISecret) (account.APIToken, error) {
	return account.APIToken{ID: 1, Name: "scoped", Scope: account.Scope(s)}, nil
}

// A token may be of a scope that a later version of roster has, or none.
func TestAScopeThatIsNotKnownAllowsNothing(t *testing.T) {
	t.Parallel()
	for _, scope := range []scoped{"metrics", "READ", "read ", ""} {
		handler := openUndescribed(t, untouchable(t), asking(scope)) // no token that this version makes is refused a read
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, "BREW"} {
			if got := send(handler, by("secret", request(method, personsPath, ""))); got.Code != http.StatusForbidden {
				t.Errorf("%s by a token of the scope %q: got %d %s, want 403", method, scope, got.Code, got.Body)
			}
		}
	}
}

func TestWithoutTokensNobodyIsAsked(t *testing.T) {
	t.Parallel()
	handler := open(t)
	for _, said := range []string{"", "Token", "Token wrong", "Bearer a b", "Basic eDp5", "\xff"} {
		r := request(http.MethodPost, personsPath, `{"name":"Ann","age":31}`, "Content-Type", "application/json", "Authorization", said)
		if got := send(handler, r); got.Code != http.StatusCreated {
			t.Errorf("%q: got %d %s, want 201", said, got.Code, got.Body)
		}
	}
}

// unaskable are tokens that nobody may ask.
type unaskable struct{ testing.TB }

// Check implements httpapi.TokenChecker.
func (u unaskable) Check(context.Context, account.APISecret) (account.APIToken, error) {
	u.Error("somebody was asked for a token")
	return account.APIToken{}, nil
}

func TestWhatIsForAnybodyAsksNobody(t *testing.T) {
	t.Parallel()
	handler := openWith(t, useCases(t, memstore.New()), asking(unaskable{t}))
	for name, test := range map[string]struct {
		method, path, accessControl string
		status                      int
	}{
		"the landing page":         {http.MethodGet, "/", "", http.StatusOK},
		"what it takes":            {http.MethodOptions, "/", "", http.StatusOK},
		"what it does not take":    {http.MethodPut, "/", "", http.StatusMethodNotAllowed},
		"a probe":                  {http.MethodGet, "/healthz", "", http.StatusOK},
		"another probe":            {http.MethodGet, "/readyz", "", http.StatusOK},
		"a preflight":              {http.MethodOptions, personsPath, "DELETE", http.StatusOK},
		"a path without its slash": {http.MethodGet, "/api/v1/persons", "", http.StatusMovedPermanently},
		"a path that nobody has":   {http.MethodGet, "/api/v2/", "", http.StatusNotFound},
	} {
		r := request(test.method, test.path, "", "Authorization", "Token wrong")
		if test.accessControl != "" {
			r.Header.Set("Access-Control-Request-Method", test.accessControl)
		}
		if got := send(handler, r); got.Code != test.status {
			t.Errorf("%s: got %d %s, want %d", name, got.Code, got.Body, test.status)
		}
	}
}

func TestWhatStandsInNoTableIsServedToNobody(t *testing.T) {
	t.Parallel()
	gate := newGate(t, memstore.New())
	for name, access := range map[string]account.Access{"nobody": account.Nobody, "superusers": account.Superusers} {
		asks := asking(gate)
		asks.Access = func(method, route string) account.Access {
			if route == "/api/v1/persons/{pk}/" && method == http.MethodDelete || route == "/api/v1/check/" {
				return access
			}
			return accessByMethod(method, route)
		}
		handler := openWith(t, useCases(t, memstore.New()), asks)
		send(handler, by(gate.writes, request(http.MethodPost, personsPath, `{"name":"Ann","age":31}`, "Content-Type", "application/json")))
		for _, r := range []*http.Request{request(http.MethodDelete, personsPath+"1/", ""), request("delete", personsPath+"1.json", ""), request(http.MethodHead, "/api/v1/check/?pk=1", "")} {
			if got := send(handler, by(gate.writes, r)); got.Code != http.StatusNotFound {
				t.Errorf("%s %s, which is for %s: got %d %s, want 404", r.Method, r.URL, name, got.Code, got.Body)
			}
		}
		if got := send(handler, by(gate.reads, request(http.MethodGet, personsPath+"1/", ""))); got.Code != http.StatusOK {
			t.Errorf("Ann is %d, want her to be there still", got.Code)
		}
	}
	asks := asking(gate)
	asks.Access = nil
	if _, err := httpapi.New(useCases(t, memstore.New()), asks); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("tokens without a table: got %v, want domain.CodeInvalid", err)
	}
}

// failingTokens cannot look.
type failingTokens struct{ err error }

// Check implements httpapi.TokenChecker.
func (f failingTokens) Check(context.Context, account.APISecret) (account.APIToken, error) {
	return account.APIToken{}, f.err
}

func TestATokenThatCannotBeLookedAtIsNotSaidToBeWrong(t *testing.T) {
	t.Parallel()
	for code, status := range map[domain.Code]int{
		domain.CodeUnavailable: http.StatusServiceUnavailable, domain.CodeDeadline: http.StatusServiceUnavailable, domain.CodeInternal: http.StatusInternalServerError,
	} {
		handler := openWith(t, untouchable(t), asking(failingTokens{&domain.Error{Code: code, Message: "planted"}}))
		got := send(handler, by("secret", request(http.MethodPost, bulkPath, `{"count":1}`, "Content-Type", "application/json")))
		if got.Code != status || got.Header().Get("WWW-Authenticate") != "" {
			t.Errorf("%s: got %d %v, want %d and no question who it is", code, got.Code, got.Header(), status)
		}
	}
}

func TestWhatIsNotAdmittedIsCharged(t *testing.T) {
	t.Parallel()
	gate := newGate(t, memstore.New())
	for name, test := range map[string]struct {
		request *http.Request
		want    []int
	}{
		"nobody":                       {request(http.MethodGet, personsPath, ""), []int{1}},
		"a guess":                      {by("wrong", request(http.MethodGet, personsPath, "")), []int{1}},
		"a guess by HEAD":              {by("wrong", request(http.MethodHead, personsPath, "")), []int{1}},
		"a guess by OPTIONS":           {by("wrong", request(http.MethodOptions, personsPath, "")), []int{1}},
		"a guess by a bulk":            {by("wrong", request(http.MethodPost, bulkPath, `{"count":700}`)), []int{1}},
		"a guess by a job":             {by("wrong", request(http.MethodPost, jobsPath, "name,age\na,1\nb,2\n", "Content-Type", "text/csv")), []int{1}},
		"a guess by documents":         {by("wrong", request(http.MethodGet, fetchPath, "")), []int{1}},
		"a bulk by who only reads":     {by(gate.reads, request(http.MethodPost, bulkPath, `{"count":700}`)), []int{1}},
		"a bulk by who writes":         {by(gate.writes, request(http.MethodPost, bulkPath, `{"count":700}`, "Content-Type", "application/json")), []int{700}},
		"a guess in a strange format":  {by("wrong", request(http.MethodGet, personsPath, "", "Accept", "text/html")), []int{1}},
		"a guess by a strange method":  {by("wrong", request("BREW", personsPath, "")), []int{1}},
		"what is for anybody":          {request(http.MethodGet, "/", ""), []int{1}},
		"a probe, which costs nothing": {request(http.MethodGet, "/readyz", ""), nil},
	} {
		limiter := answering(domain.Decision{Allowed: true, Rate: rateOf(t, 600, time.Minute), Remaining: 9}, nil)
		asks := asking(gate)
		asks.RateLimiter = limiter
		send(openWith(t, useCases(t, memstore.New()), asks), test.request)
		if got := costs(limiter); !slices.Equal(got, test.want) {
			t.Errorf("%s: got charges of %d, want %d", name, got, test.want)
		}
	}
}

// Whoever has used up the limit learns nothing of a secret, not even that it is right.
func TestWhoHasNothingLeftLearnsNothingOfASecret(t *testing.T) {
	t.Parallel()
	gate := newGate(t, memstore.New())
	asks := asking(gate)
	asks.RateLimiter = answering(domain.Decision{Rate: rateOf(t, 600, time.Minute), RetryAfter: time.Second}, nil)
	handler := openWith(t, useCases(t, memstore.New()), asks)
	for _, write := range everyWrite {
		answers := map[string]bool{}
		for _, secret := range []account.APISecret{"wrong", gate.reads, gate.writes} {
			got := send(handler, by(secret, request(write.method, write.path, write.body, "Content-Type", write.contentType, "X-Request-Id", "x")))
			got.Header().Del("Connection") // a body that was read may keep it
			answers[fmt.Sprint(got.Code, got.Header(), got.Body)] = true
			if got.Code != http.StatusTooManyRequests {
				t.Errorf("%s %s: got %d, want 429", write.method, write.path, got.Code)
			}
		}
		if len(answers) != 1 {
			t.Errorf("%s %s: the answers differ: %q", write.method, write.path, slices.Collect(maps.Keys(answers)))
		}
	}
}

// answeredBeforeItsBody sends the head of a request, and nothing of its body, and returns how it is answered and whether the
// connection ends then.
func answeredBeforeItsBody(t *testing.T, address, path, secret, length string) (status int, ends bool) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nAuthorization: Token %s\r\n%s\r\n\r\n", path, secret, length)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s with %s: got %v, want an answer", path, length, err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode, answer.Close
}

// A body that nobody will read is not waited for, and who sends it gets the answer.
func TestWhoIsNotAdmittedSendsNoBody(t *testing.T) {
	t.Parallel()
	gate := newGate(t, memstore.New())
	address, _ := listen(t, openWith(t, untouchable(t), asking(gate)))
	for _, secret := range []string{"wrong", gate.reads.Reveal()} {
		for name, length := range map[string]string{
			"a length": "Content-Length: 20000", "an expected length": "Content-Length: 20000\r\nExpect: 100-continue", "chunks": "Transfer-Encoding: chunked",
		} {
			for _, path := range []string{personsPath, bulkPath, asyncBulkPath, jobsPath} {
				if status, ends := answeredBeforeItsBody(t, address, path, secret, length); status != http.StatusUnauthorized && status != http.StatusForbidden || !ends {
					t.Errorf("%s with %s: got %d, end %t, want 401 or 403 and the end of the connection", path, name, status, ends)
				}
			}
		}
	}
	asks := asking(gate)
	asks.RateLimiter = answering(domain.Decision{Rate: rateOf(t, 600, time.Minute), RetryAfter: time.Second}, nil)
	limited, _ := listen(t, openWith(t, untouchable(t), asks))
	for _, path := range []string{bulkPath, asyncBulkPath, jobsPath} { // which are charged when it is known who asks
		if status, ends := answeredBeforeItsBody(t, limited, path, "wrong", "Content-Length: 20000"); status != http.StatusTooManyRequests || !ends {
			t.Errorf("%s beyond the limit: got %d, end %t, want 429 and the end of the connection", path, status, ends)
		}
	}
	twice := "GET " + personsPath + " HTTP/1.1\r\nHost: localhost\r\n\r\nGET " + personsPath + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	if got := exchangeRaw(t, address, twice); strings.Count(got, "HTTP/1.1 401 ") != 2 {
		t.Errorf("got %q, want two answers: a request without a body closes nothing", got)
	}
}

// Nor is that of a client beyond its limit waited for, whether it is charged before anybody looks or by the work.
func TestWhoIsBeyondTheLimitSendsNoBody(t *testing.T) {
	t.Parallel()
	refusing := answering(domain.Decision{Rate: rateOf(t, 600, time.Minute), RetryAfter: time.Second}, nil)
	address, _ := listen(t, openWith(t, untouchable(t), limitedBy(refusing)))
	for _, path := range []string{personsPath, batchPath, jobsPath, jobPath(fakeID(1)) + "cancel/", "/api/v1/nothing/", "/nothing"} {
		for _, length := range []string{"Content-Length: 20000", "Content-Length: 20000\r\nExpect: 100-continue", "Transfer-Encoding: chunked"} {
			if status, ends := answeredBeforeItsBody(t, address, path, "none", length); status != http.StatusTooManyRequests || !ends {
				t.Errorf("%s with %s: got %d, end %t, want 429 and the end of the connection", path, length, status, ends)
			}
		}
	}
	twice := strings.Repeat("GET "+personsPath+" HTTP/1.1\r\nHost: localhost\r\n\r\n", 2) + "POST " + personsPath + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	if got := exchangeRaw(t, address, twice); strings.Count(got, "HTTP/1.1 429 ") != 3 {
		t.Errorf("got %q, want three answers: a request without a body closes nothing", got)
	}
}

func TestTheHistoryNamesTheToken(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	gate := newGate(t, store)
	handler := openWith(t, useCases(t, store), asking(gate))
	for _, write := range everyWrite[:7] {
		if got := send(handler, by(gate.writes, request(write.method, write.path, write.body, "Content-Type", write.contentType))); got.Code >= http.StatusBadRequest {
			t.Fatalf("%s %s: got %d %s", write.method, write.path, got.Code, got.Body)
		}
	}
	changes, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 9})
	if err != nil || len(changes) != 7 {
		t.Fatalf("got %d changes, %v, want 7", len(changes), err)
	}
	for _, change := range changes {
		if want := (domain.Origin{Via: domain.ViaAPI, Who: "who writes"}); change.Origin != want {
			t.Errorf("got a change by %+v, want %+v", change.Origin, want)
		}
	}
}

func TestNoSecretIsToldOrLogged(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	gate := newGate(t, store)
	var lines bytes.Buffer
	asks := asking(gate)
	asks.Logger = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	secrets := []string{gate.writes.Reveal(), gate.reads.Reveal(), "roster_guess", "roster_a roster_b", "roster_\xff"}
	for name, handler := range map[string]http.Handler{
		"works":  openWith(t, useCases(t, store), asks),
		"panics": openWith(t, untouchable(t), asks),
	} {
		for _, secret := range secrets {
			for _, write := range everyWrite {
				got := send(handler, by(account.APISecret(secret), request(write.method, write.path, write.body, "Content-Type", write.contentType)))
				if told := fmt.Sprint(got.Header(), got.Body); strings.Contains(told, "roster_") {
					t.Errorf("%s %s of an API that %s: got %s, want no secret in it", write.method, write.path, name, told)
				}
			}
		}
	}
	if strings.Contains(lines.String(), "roster_") || !strings.Contains(lines.String(), `"token":"who writes"`) {
		t.Error("the log holds a secret, or no name of a token")
	}
	changes, err := store.Changes(t.Context(), domain.ChangesQuery{Size: 99})
	if told := fmt.Sprintf("%+v", changes); err != nil || strings.Contains(told, "roster_") {
		t.Errorf("the history is %s, %v, want no secret in it", told, err)
	}
}

func TestTheRecordedStoriesHoldForWhoWrites(t *testing.T) {
	t.Parallel()
	for _, recorded := range readStories(t) {
		for name, open := range stores {
			t.Run(recorded.Story+" over "+name, func(t *testing.T) {
				t.Parallel()
				store := open(t)
				gate := newGate(t, tokensOf(t, store))
				asks := asking(gate)
				asks.Site = nil
				server := httptest.NewServer(openWith(t, useCases(t, store), asks))
				t.Cleanup(server.Close)
				for i, s := range recorded.Steps {
					headers := map[string]string{"Authorization": "Token " + gate.writes.Reveal()}
					for name, value := range s.Headers {
						headers[name] = value
					}
					s.Headers = headers
					for _, difference := range play(t, server.URL, s) {
						t.Errorf("step %d, %s %s: %s", i+1, s.Method, s.Path, difference)
					}
				}
			})
		}
	}
}

// BenchmarkAdmission measures how many times as long a person takes where a token is asked for. Both ways take turns, so that
// whatever else goes on hits both.
func BenchmarkAdmission(b *testing.B) {
	for name, store := range map[string]ports.PersonStore{"memstore": memstore.New(), "sqlitestore": openSQLite(b)} {
		all := useCases(b, store)
		if _, err := all.CreateBulk.Generate(b.Context(), 100); err != nil {
			b.Fatal(err)
		}
		gate := newGate(b, tokensOf(b, store))
		b.Run(name, func(b *testing.B) {
			open, asked := openWith(b, all, config), openWith(b, all, asking(gate))
			template := by(gate.reads, request(http.MethodGet, personsPath+"50/", ""))
			ask := func(handler http.Handler) time.Duration {
				began := time.Now()
				for range 20 {
					r := *template
					w := lightWriter{header: http.Header{}}
					if handler.ServeHTTP(&w, &r); w.status != http.StatusOK {
						b.Fatalf("got status %d, want 200", w.status)
					}
				}
				return time.Since(began)
			}
			var ratios []float64
			for b.Loop() {
				ratios = append(ratios, float64(ask(asked))/float64(ask(open)))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "asked/open")
		})
	}
}

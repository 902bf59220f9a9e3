package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// claimHeader is how a client calls a request that it may send again
// (draft-ietf-httpapi-idempotency-key-header).
const claimHeader = "Idempotency-Key"

const (
	msgBadKey     = "Idempotency-Key: 1 to 255 printable characters of ASCII, in quotes or not."
	msgKeyRunning = "A request with this Idempotency-Key is still being processed."
)

// once serves a request that creates. Where the request has a key, create gets the
// claim to be put on what it saves, and answers 409 while another request of
// that key is under way here; else it gets nil. request is what tells it from
// other requests.
func (a *api) once(r *http.Request, request string, create func(claim *domain.Claim) (reply, error)) (reply, error) {
	return a.alone(r, func(key string) (reply, error) {
		if key == "" {
			return create(nil)
		}
		claim, err := domain.NewClaim(key, []byte(request), time.Now())
		if err != nil {
			return reply{}, err
		}
		return create(&claim)
	})
}

// alone serves a request with its key, "" where it has none, and answers 409 while
// another request of that key is under way here.
func (a *api) alone(r *http.Request, serve func(key string) (reply, error)) (reply, error) {
	header := r.Header[claimHeader]
	if len(header) == 0 {
		return serve("")
	}
	key, err := keyOf(header)
	if err != nil {
		return reply{}, err
	}
	if !a.claims.begin(key) {
		return reply{status: http.StatusConflict, body: detail{msgKeyRunning}, retryAfter: 1}, nil
	}
	defer a.claims.end(key)
	return serve(key)
}

// keyOf reads the key as the draft has it, a string of RFC 8941, or as most
// clients send it, without quotes.
func keyOf(header []string) (string, error) {
	bad := badRequest(msgBadKey)
	if len(header) != 1 {
		return "", bad
	}
	key := strings.Trim(header[0], " \t")
	if strings.HasPrefix(key, `"`) {
		var closed bool
		if key, closed = unquoteString(key); !closed {
			return "", bad
		}
	}
	if _, err := domain.NewClaim(key, nil, time.Time{}); err != nil {
		return "", bad
	}
	return key, nil
}

// unquoteString reads a string of RFC 8941, section 3.3.3, that is all of text: in
// quotes, with backslashes before quotes and backslashes.
func unquoteString(text string) (plain string, ok bool) {
	var unescaped strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			return unescaped.String(), i == len(text)-1
		case '\\':
			i++
			if i == len(text) || text[i] != '"' && text[i] != '\\' {
				return "", false
			}
			unescaped.WriteByte(text[i])
		default:
			unescaped.WriteByte(c)
		}
	}
	return "", false
}

// claimsUnderWay are the keys of the requests that are being served by this
// process. The zero value has none.
type claimsUnderWay struct {
	mu   sync.Mutex
	keys map[string]struct{}
}

// begin tells whether the key was free, and takes it.
func (c *claimsUnderWay) begin(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.keys[key]; taken {
		return false
	}
	if c.keys == nil {
		c.keys = map[string]struct{}{}
	}
	c.keys[key] = struct{}{}
	return true
}

func (c *claimsUnderWay) end(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.keys, key)
}

// createRequest and bulkRequest tell requests apart by what they ask for, however
// it is written.
func createRequest(draft domain.Draft) string {
	return "create " + strconv.Itoa(draft.Age()) + " " + draft.Name()
}

func bulkRequest(view string, count int64) string {
	return view + " " + strconv.FormatInt(count, 10)
}

package admin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// message is what a page leaves for the next one to say.
type message struct {
	Level string `json:"l"` // ok, warning or error
	Text  string `json:"t"`
}

// flash signs messages, which travel with the browser.
type flash struct{ key []byte }

// newFlash returns a flash over a secret; of none it makes one up.
func newFlash(secret []byte) flash {
	if len(secret) == 0 {
		secret = []byte(rand.Text())
	}
	key := sha256.Sum256(append([]byte("messages of the admin "), secret...))
	return flash{key[:]}
}

const maxFlash = 2048 // bytes, of the 4,096 that browsers take for sure

// leave has the next page say something.
func (f flash) leave(w http.ResponseWriter, r *http.Request, level, text string) {
	if len(text) > maxFlash/2 {
		text = strings.ToValidUTF8(text[:maxFlash/2], "") + "…"
	}
	content, err := json.Marshal(message{level, text})
	if err != nil {
		return // two texts can be marshaled
	}
	setCookie(w, r, flashCookie, base64.RawURLEncoding.EncodeToString(append(f.sign(content), content...)))
}

// take returns what the page before left, and forgets it.
func (f flash) take(w http.ResponseWriter, r *http.Request) *message {
	cookie, err := r.Cookie(cookieName(r, flashCookie))
	if err != nil || cookie.Value == "" {
		return nil
	}
	setCookie(w, r, flashCookie, "")
	signed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || len(signed) < sha256.Size || !hmac.Equal(signed[:sha256.Size], f.sign(signed[sha256.Size:])) {
		return nil
	}
	var left message
	if json.Unmarshal(signed[sha256.Size:], &left) != nil {
		return nil
	}
	return &left
}

func (f flash) sign(content []byte) []byte {
	mac := hmac.New(sha256.New, f.key)
	mac.Write(content)
	return mac.Sum(nil)
}

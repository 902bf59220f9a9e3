package admin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// message is what a page leaves for the next one to say.
type message struct {
	Level string // ok, warning or error
	Text  string
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

// maxFlash is how long a message is, in bytes. With its signature, and as base64, it is less than the
// 4,096 bytes that browsers take for sure.
const maxFlash = 2048

// leave has the next page say something.
func (f flash) leave(w http.ResponseWriter, r *http.Request, level, text string) {
	if len(text) > maxFlash {
		text = strings.ToValidUTF8(text[:maxFlash], "") + "…"
	}
	content := []byte(level + " " + text)
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
	level, text, _ := strings.Cut(string(signed[sha256.Size:]), " ")
	return &message{Level: level, Text: text}
}

func (f flash) sign(content []byte) []byte {
	mac := hmac.New(sha256.New, f.key)
	mac.Write(content)
	return mac.Sum(nil)
}

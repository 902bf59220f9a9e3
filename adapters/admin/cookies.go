package admin

import (
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

const (
	sessionCookie = "roster_session"
	flashCookie   = "roster_messages"
	// hostPrefix makes browsers refuse the cookie unless it came over HTTPS from this very host.
	hostPrefix = "__Host-"
)

// cookieName returns the name of a cookie on the client's connection.
func cookieName(r *http.Request, name string) string {
	if r.TLS != nil {
		return hostPrefix + name
	}
	return name
}

// setCookie keeps a value with the browser until it is closed, or forgets it where it is "".
func setCookie(w http.ResponseWriter, r *http.Request, name, value string) {
	cookie := &http.Cookie{
		Name: cookieName(r, name), Value: value, Path: "/",
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

func sessionOf(r *http.Request) (account.Token, bool) {
	cookie, err := r.Cookie(cookieName(r, sessionCookie))
	if err != nil || cookie.Value == "" {
		return "", false
	}
	return account.Token(cookie.Value), true
}

func forgetSession(w http.ResponseWriter, r *http.Request) { setCookie(w, r, sessionCookie, "") }

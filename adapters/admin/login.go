package admin

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// loginData is what the page of signing in shows.
type loginData struct {
	Name, Next string
	Error      string
}

func (s *Site) loginForm(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.URL.Query().Get("next"))
	if userOf(r).ID != 0 {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	return s.render(w, r, http.StatusOK, "login", view{Title: "Sign in", Data: loginData{Next: next}})
}

func (s *Site) login(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxLoginForm); err != nil {
		return err
	}
	name := userName(r)
	token, _, err := s.Accounts.SignIn(r.Context(), account.Attempt{
		Name: name, Password: r.PostForm.Get("password"), Address: addressOf(r),
	})
	next := localPath(r.PostForm.Get("next"))
	if err != nil {
		return s.loginFailed(w, r, loginData{Name: name, Next: next}, err)
	}
	if old, has := sessionOf(r); has { // the one of before is of no use any more
		if err := s.Accounts.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	setCookie(w, r, sessionCookie, string(token))
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (s *Site) loginFailed(w http.ResponseWriter, r *http.Request, data loginData, err error) error {
	status := http.StatusUnauthorized
	var throttled *account.ThrottledError
	switch {
	case errors.As(err, &throttled):
		seconds := int(math.Ceil(throttled.RetryAfter.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		status, data.Error = http.StatusTooManyRequests, "There were too many tries to sign in. Please wait "+waitText(throttled.RetryAfter)+"."
	case domain.CodeOf(err) == domain.CodeUnauthenticated:
		data.Error = "The user name or the password is wrong, or this user may not sign in here."
	default:
		return err
	}
	return s.render(w, r, status, "login", view{Title: "Sign in", Data: data})
}

// waitText says how long somebody has to wait.
func waitText(wait time.Duration) string {
	if wait < time.Minute {
		return count(max(1, int(math.Ceil(wait.Seconds()))), "second", "seconds")
	}
	return count(int(math.Ceil(wait.Minutes())), "minute", "minutes")
}

func (s *Site) logout(w http.ResponseWriter, r *http.Request) error {
	if token, has := sessionOf(r); has {
		if err := s.Accounts.SignOut(r.Context(), token); err != nil {
			return err
		}
	}
	forgetSession(w, r)
	s.flash.leave(w, r, "ok", "You have signed out.")
	http.Redirect(w, r, loginPath, http.StatusSeeOther)
	return nil
}

// localPath returns a path of the admin, whatever somebody wrote into the address.
func localPath(wanted string) string {
	parsed, err := url.Parse(wanted)
	if err != nil || parsed.Scheme != "" || parsed.Host != "" || parsed.Opaque != "" ||
		!strings.HasPrefix(parsed.Path, homePath) {
		return homePath
	}
	return parsed.RequestURI()
}

// addressOf returns by what a client is counted: its IPv4 address, or the 64 bits that a network gives one of IPv6.
func addressOf(r *http.Request) string {
	return clientNetwork(r.RemoteAddr)
}

package admin

import (
	"errors"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// passwordData is what the page for one's own password shows.
type passwordData struct{ Wrong fieldErrors }

func (s *Site) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderPassword(w, r, http.StatusOK, nil)
}

func (s *Site) renderPassword(w http.ResponseWriter, r *http.Request, status int, wrong fieldErrors) error {
	return s.render(w, r, status, "password", view{Title: "Change your password", Section: "password", Data: passwordData{wrong}})
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	if wrong := repeated(r); wrong != nil {
		return s.renderPassword(w, r, http.StatusUnprocessableEntity, wrong)
	}
	token, _ := sessionOf(r)
	token, err := s.Accounts.ChangePassword(r.Context(), token, addressOf(r), r.PostForm.Get(account.FieldOldPassword), r.PostForm.Get(account.FieldPassword))
	var throttled *account.ThrottledError
	if errors.As(err, &throttled) {
		wrong := fieldErrors{account.FieldOldPassword: {"There were too many tries. Please wait " + waitText(throttled.RetryAfter) + "."}}
		return s.renderPassword(w, r, http.StatusTooManyRequests, wrong)
	}
	if wrong, isForm := problemsOf(err); isForm {
		return s.renderPassword(w, r, http.StatusUnprocessableEntity, wrong)
	}
	if domain.CodeOf(err) == domain.CodePrecondition {
		return s.renderPassword(w, r, http.StatusConflict, fieldErrors{account.FieldOldPassword: {"The password was changed meanwhile."}})
	}
	if err != nil {
		return err
	}
	setCookie(w, r, sessionCookie, string(token))
	s.flash.leave(w, r, "ok", "Your password was changed. You were signed out everywhere else.")
	http.Redirect(w, r, homePath, http.StatusSeeOther)
	return nil
}

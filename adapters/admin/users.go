package admin

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// usersSize is how many users a page shows.
const usersSize = 50

// usersData is what the list of users shows.
type usersData struct {
	Users       []account.User
	Next, First string
}

func userPath(id int64) string { return usersPath + strconv.FormatInt(id, 10) + "/" }

func (s *Site) users(w http.ResponseWriter, r *http.Request) error {
	after, _ := readInteger(r.URL.Query().Get("after"))
	users, err := s.Accounts.List(r.Context(), after, usersSize+1)
	if err != nil {
		return err
	}
	data := usersData{Users: users}
	if after != 0 {
		data.First = usersPath
	}
	if len(users) > usersSize {
		data.Users = users[:usersSize]
		data.Next = usersPath + "?after=" + strconv.FormatInt(data.Users[usersSize-1].ID, 10)
	}
	return s.render(w, r, http.StatusOK, "users", view{Title: "Users", Section: "users", Data: data})
}

// newUserData is what the form of a new user shows.
type newUserData struct {
	Name, Email string
	Wrong       fieldErrors
}

func (s *Site) addUserForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderNewUser(w, r, http.StatusOK, newUserData{})
}

func (s *Site) renderNewUser(w http.ResponseWriter, r *http.Request, status int, data newUserData) error {
	return s.render(w, r, status, "newuser", view{Title: "Add a user", Section: "users", Data: data})
}

// fieldRepeat is the field in which a new password stands once more.
const fieldRepeat = "repeat"

// repeated returns what is wrong where two passwords are not the same.
func repeated(r *http.Request) fieldErrors {
	if r.PostForm.Get(account.FieldPassword) == r.PostForm.Get(fieldRepeat) {
		return nil
	}
	return fieldErrors{fieldRepeat: {"The two passwords are not the same."}}
}

func (s *Site) addUser(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	data := newUserData{Name: userName(r), Email: r.PostForm.Get("email"), Wrong: repeated(r)}
	if data.Wrong != nil {
		return s.renderNewUser(w, r, http.StatusUnprocessableEntity, data)
	}
	user, err := s.Accounts.Add(r.Context(), account.NewSuperuser{Name: data.Name, Email: data.Email, Password: r.PostForm.Get(account.FieldPassword)})
	wrong, isForm := problemsOf(err)
	switch {
	case isForm:
		data.Wrong = wrong
		return s.renderNewUser(w, r, http.StatusUnprocessableEntity, data)
	case domain.CodeOf(err) == domain.CodeConflict:
		data.Wrong = fieldErrors{account.FieldName: {"Another user has this name."}}
		return s.renderNewUser(w, r, http.StatusConflict, data)
	case err != nil:
		return err
	}
	s.flash.leave(w, r, "ok", fmt.Sprintf("The user %s was added.", user.Name))
	http.Redirect(w, r, usersPath, http.StatusSeeOther)
	return nil
}

// userData is what the page of a user shows.
type userData struct {
	User  account.User
	Self  bool
	Wrong fieldErrors
}

func (s *Site) user(w http.ResponseWriter, r *http.Request) error {
	user, err := s.findUser(r)
	if err != nil {
		return err
	}
	return s.renderUser(w, r, http.StatusOK, user, nil)
}

func (s *Site) findUser(r *http.Request) (account.User, error) {
	id, err := readID(r)
	if err != nil {
		return account.User{}, err
	}
	return s.Accounts.Find(r.Context(), id)
}

func (s *Site) renderUser(w http.ResponseWriter, r *http.Request, status int, user account.User, wrong fieldErrors) error {
	data := userData{User: user, Self: user.ID == userOf(r).ID, Wrong: wrong}
	return s.render(w, r, status, "user", view{Title: "User " + user.Name, Section: "users", Data: data})
}

func (s *Site) setActive(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	user, err := s.findUser(r)
	if err != nil {
		return err
	}
	active := r.PostForm.Get("active") != ""
	err = s.Accounts.SetActive(r.Context(), userOf(r), user.ID, active)
	switch {
	case domain.CodeOf(err) == domain.CodeConflict:
		s.flash.leave(w, r, "warning", "You cannot disable yourself: somebody has to be left who can sign in.")
	case err != nil:
		return err
	case active:
		s.flash.leave(w, r, "ok", user.Name+" may sign in again.")
	default:
		s.flash.leave(w, r, "ok", user.Name+" may not sign in any more, and was signed out everywhere.")
	}
	http.Redirect(w, r, userPath(user.ID), http.StatusSeeOther)
	return nil
}

// resetPassword gives another user a password. One's own is changed with the old one: see changePassword.
func (s *Site) resetPassword(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	user, err := s.findUser(r)
	if err != nil {
		return err
	}
	if user.ID == userOf(r).ID {
		http.Redirect(w, r, passwordPath, http.StatusSeeOther)
		return nil
	}
	wrong := repeated(r)
	if wrong == nil {
		err = s.Accounts.SetPassword(r.Context(), user.ID, r.PostForm.Get(account.FieldPassword))
		wrong, _ = problemsOf(err)
	}
	switch {
	case wrong != nil:
		return s.renderUser(w, r, http.StatusUnprocessableEntity, user, wrong)
	case err != nil:
		return err
	}
	s.flash.leave(w, r, "ok", user.Name+" has another password, and was signed out everywhere.")
	http.Redirect(w, r, userPath(user.ID), http.StatusSeeOther)
	return nil
}

package admin

import (
	"net/http"
	"strconv"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// tokensSize is how many API tokens a page shows.
const tokensSize = 50

// tokenLife is for how long a token is proposed to be of use.
const tokenLife = 90 * 24 * time.Hour

// tokenRow is a token in the list.
type tokenRow struct {
	account.APIToken
	State account.TokenState // in the place of the method
}

// tokensData is what the list of tokens shows.
type tokensData struct {
	Tokens      []tokenRow
	Asked       bool
	Next, First string
}

func (s *Site) tokens(w http.ResponseWriter, r *http.Request) error {
	after, _ := readInteger(r.URL.Query().Get("after"))
	tokens, err := s.Tokens.List(r.Context(), after, tokensSize+1)
	if err != nil {
		return err
	}
	data := tokensData{Asked: s.config.AsksTokens}
	if after != 0 {
		data.First = tokensPath
	}
	if len(tokens) > tokensSize {
		tokens = tokens[:tokensSize]
		data.Next = tokensPath + "?after=" + strconv.FormatInt(tokens[tokensSize-1].ID, 10)
	}
	now := time.Now()
	for _, token := range tokens {
		data.Tokens = append(data.Tokens, tokenRow{token, token.State(now)})
	}
	return s.render(w, r, http.StatusOK, "tokens", view{Title: "API tokens", Section: "tokens", Data: data})
}

// newTokenData is what the form of a new token shows, as it was filled in.
type newTokenData struct {
	Name, Scope, Expires string
	Wrong                fieldErrors
}

func (s *Site) addTokenForm(w http.ResponseWriter, r *http.Request) error {
	data := newTokenData{Scope: string(account.ScopeRead), Expires: time.Now().Add(tokenLife).UTC().Format(time.DateOnly)}
	return s.renderNewToken(w, r, http.StatusOK, data)
}

func (s *Site) renderNewToken(w http.ResponseWriter, r *http.Request, status int, data newTokenData) error {
	return s.render(w, r, status, "newtoken", view{Title: "Make an API token", Section: "tokens", Data: data})
}

// madeTokenData is what the page shows that answers the form: the only one that ever has the secret.
type madeTokenData struct {
	account.APIToken
	Secret string
}

// addToken answers with the secret itself and leads nowhere: in an address, in a cookie or in a message for the next page
// it would stay behind.
func (s *Site) addToken(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	data := newTokenData{
		Name: r.PostForm.Get(account.FieldTokenName), Scope: r.PostForm.Get(account.FieldScope), Expires: r.PostForm.Get(account.FieldExpires),
	}
	wanted := account.NewAPIToken{Name: data.Name, Scope: account.Scope(data.Scope)}
	if data.Expires != "" {
		var err error
		wanted.Expires, err = time.Parse(time.DateOnly, data.Expires)
		if err != nil || wanted.Expires.IsZero() { // a zero time is no end at all
			data.Wrong = fieldErrors{account.FieldExpires: {"Please give a date such as 2027-01-31."}}
			return s.renderNewToken(w, r, http.StatusUnprocessableEntity, data)
		}
	}
	token, secret, err := s.Tokens.Make(r.Context(), wanted)
	wrong, isForm := problemsOf(err)
	switch {
	case isForm:
		data.Wrong = wrong
		return s.renderNewToken(w, r, http.StatusUnprocessableEntity, data)
	case err != nil:
		return err
	}
	return s.render(w, r, http.StatusOK, "madetoken", view{Title: "The token " + token.Name, Section: "tokens", Data: madeTokenData{token, secret.Reveal()}})
}

// findToken returns the token of a path.
func (s *Site) findToken(r *http.Request) (account.APIToken, error) {
	id, err := readID(r)
	if err != nil {
		return account.APIToken{}, err
	}
	tokens, err := s.Tokens.List(r.Context(), id-1, 1)
	if err == nil && (len(tokens) == 0 || tokens[0].ID != id) {
		err = account.NoAPIToken()
	}
	if err != nil {
		return account.APIToken{}, err
	}
	return tokens[0], nil
}

func (s *Site) revokeForm(w http.ResponseWriter, r *http.Request) error {
	token, err := s.findToken(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "revoke", view{Title: "Revoke " + token.Name, Section: "tokens", Data: tokenRow{token, token.State(time.Now())}})
}

func (s *Site) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	id, err := readID(r)
	if err != nil {
		return err
	}
	token, err := s.Tokens.Revoke(r.Context(), id)
	if err != nil {
		return err
	}
	s.flash.leave(w, r, "ok", "The token "+token.Name+" opens nothing any more.")
	http.Redirect(w, r, tokensPath, http.StatusSeeOther)
	return nil
}

package app

import "github.com/seed-bbcc19ba/roster/adapters/httpapi"

// askedTokens returns what admits requests of the API; nil is nothing, and everybody is let in.
func (a *App) askedTokens() httpapi.TokenChecker {
	if !a.config.RequireAuth {
		return nil
	}
	return a.Tokens
}

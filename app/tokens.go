package app

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// bindTokens makes the use case of API tokens.
func (a *App) bindTokens(store Store) error {
	kept, ok := store.(ports.TokenStore)
	if !ok && !a.config.RequireAuth {
		return nil
	}
	if !ok {
		return fmt.Errorf("%s keeps no API tokens", a.config.Database)
	}
	tokens, err := account.NewTokens(kept, nil)
	if err != nil {
		return err
	}
	a.Tokens = tokens
	return nil
}

// askedTokens returns what admits requests of the API; nil is nothing, and everybody is let in.
func (a *App) askedTokens() httpapi.TokenChecker {
	if !a.config.RequireAuth {
		return nil
	}
	return a.Tokens
}

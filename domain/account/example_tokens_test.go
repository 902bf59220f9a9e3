package account_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// A secret is shown to who made the token, and to nobody else: there is no way to ask for it again.
func ExampleTokens_Make() {
	ctx := context.Background()
	tokens, err := account.NewTokens(memstore.New(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = tokens.Make(ctx, account.NewAPIToken{Name: " ", Scope: "all", Expires: time.Unix(0, 0)})
	for _, problem := range domain.ProblemsOf(err) {
		fmt.Println(problem)
	}
	token, secret, err := tokens.Make(ctx, account.NewAPIToken{Name: "the nightly import", Scope: account.ScopeWrite})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.ID, token.Name, token.Scope, strings.HasPrefix(secret.Reveal(), "roster_"))
	fmt.Println("in a log:", secret)
	// Output:
	// name blank
	// scope unknown
	// expires past
	// 1 the nightly import write true
	// in a log: [token]
}

// Tokens are listed some at a time, each list behind the last one of the list before.
func ExampleTokens_List() {
	ctx := context.Background()
	tokens, err := account.NewTokens(memstore.New(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"import", "report", "backup"} {
		if _, _, err := tokens.Make(ctx, account.NewAPIToken{Name: name, Scope: account.ScopeRead}); err != nil {
			fmt.Println(err)
			return
		}
	}
	for after, size := int64(0), 2; ; {
		some, err := tokens.List(ctx, after, size)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, token := range some {
			fmt.Println(token.ID, token.Name, "never used:", token.LastUsed.IsZero())
			after = token.ID
		}
		if len(some) < size {
			return
		}
	}
	// Output:
	// 1 import never used: true
	// 2 report never used: true
	// 3 backup never used: true
}

// Who lost a secret, or told too many of it, revokes the token. It stays in the list, and to revoke it again changes nothing.
func ExampleTokens_Revoke() {
	ctx := context.Background()
	tokens, err := account.NewTokens(memstore.New(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	token, secret, err := tokens.Make(ctx, account.NewAPIToken{Name: "import", Scope: account.ScopeRead})
	if err != nil {
		fmt.Println(err)
		return
	}
	revoked, err := tokens.Revoke(ctx, token.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := tokens.Revoke(ctx, token.ID)
	fmt.Println(again.Revoked.Equal(revoked.Revoked), err)
	_, err = tokens.Check(ctx, secret)
	fmt.Println(err)
	_, err = tokens.Revoke(ctx, 77)
	fmt.Println(err)
	// Output:
	// true <nil>
	// the token is not valid
	// there is no such API token
}

// Whoever serves a request checks its secret, and then what the token allows.
func ExampleTokens_Check() {
	ctx := context.Background()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tokens, err := account.NewTokens(memstore.New(), func() time.Time { return now })
	if err != nil {
		fmt.Println(err)
		return
	}
	_, secret, err := tokens.Make(ctx, account.NewAPIToken{Name: "report", Scope: account.ScopeRead, Expires: now.Add(24 * time.Hour)})
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := tokens.Check(ctx, secret)
	fmt.Println(token.Name, token.Scope.Allows(account.ScopeRead), token.Scope.Allows(account.ScopeWrite), err)

	_, err = tokens.Check(ctx, "roster_OFNOBODY")
	fmt.Println(domain.CodeOf(err), err)

	now = now.Add(24 * time.Hour)
	_, err = tokens.Check(ctx, secret) // tells nobody that there was such a token
	fmt.Println(domain.CodeOf(err), err)
	// Output:
	// report true false <nil>
	// unauthenticated the token is not valid
	// unauthenticated the token is not valid
}

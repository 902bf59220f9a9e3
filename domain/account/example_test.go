package account_test

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/commonpasswords"
	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func ExampleNewUser() {
	_, err := account.NewUser("ada lovelace", "ada", "", time.Now())
	for _, problem := range domain.ProblemsOf(err) {
		fmt.Println(problem)
	}
	ada, err := account.NewUser("ada", "Ada@Example.ORG", "", time.Now())
	fmt.Println(ada.Name, ada.Email, ada.MaySignIn(), err)
	// Output:
	// username characters
	// email characters
	// ada Ada@example.org true <nil>
}

func ExampleCheckPassword() {
	ada := account.User{Name: "ada", Email: "ada@example.org"}
	for _, password := range []string{"12345", "Ada.Example", "correct horse"} {
		err := account.CheckPassword(password, ada, commonpasswords.List{})
		fmt.Println(password, domain.ProblemsOf(err))
	}
	// Output:
	// 12345 [password too_short password too_common password only_digits]
	// Ada.Example [password too_similar]
	// correct horse []
}

// Ten tries at once are allowed, and one more each 30 seconds: here one goes wrong, and the next one well.
func ExampleAccounts_SignIn() {
	ctx := context.Background()
	rate, err := domain.NewRate(10, 5*time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	tries, err := memlimiter.New(rate)
	if err != nil {
		fmt.Println(err)
		return
	}
	accounts, err := account.NewAccounts(memstore.New(), account.Config{
		Throttles:       account.Throttles{Pair: tries, Address: tries, User: tries},
		CommonPasswords: commonpasswords.List{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := accounts.Add(ctx, account.NewSuperuser{Name: "ada", Password: "correct horse"}); err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = accounts.SignIn(ctx, account.Attempt{Name: "ada", Password: "correct house", Address: "192.0.2.1"})
	fmt.Println(domain.CodeOf(err))

	token, _, err := accounts.SignIn(ctx, account.Attempt{Name: "ada", Password: "correct horse", Address: "192.0.2.1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ada, err := accounts.SignedIn(ctx, token)
	fmt.Println(ada.Name, err)
	// Output:
	// unauthenticated
	// ada <nil>
}

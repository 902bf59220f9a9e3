package account_test

import (
	"context"
	"fmt"
	"log"
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

// accountsInMemory returns accounts over a store in memory, which has users of the names, without a password. Ten tries to sign in
// are allowed at once, and one more each 30 seconds.
func accountsInMemory(names ...string) *account.Accounts {
	rate, err := domain.NewRate(10, 5*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	tries, err := memlimiter.New(rate)
	if err != nil {
		log.Fatal(err)
	}
	store := memstore.New()
	for _, name := range names {
		if _, err := store.AddUser(context.Background(), account.User{Name: name, Active: true, Staff: true, Superuser: true}); err != nil {
			log.Fatal(err)
		}
	}
	accounts, err := account.NewAccounts(store, account.Config{
		Throttles:       account.Throttles{Pair: tries, Address: tries, User: tries},
		CommonPasswords: commonpasswords.List{},
	})
	if err != nil {
		log.Fatal(err)
	}
	return accounts
}

// add adds a superuser with the password "correct horse".
func add(accounts *account.Accounts, name string) account.User {
	user, err := accounts.Add(context.Background(), account.NewSuperuser{Name: name, Password: "correct horse"})
	if err != nil {
		log.Fatal(err)
	}
	return user
}

// signIn signs that superuser in.
func signIn(accounts *account.Accounts, name string) account.Token {
	token, _, err := accounts.SignIn(context.Background(), account.Attempt{Name: name, Password: "correct horse", Address: "192.0.2.1"})
	if err != nil {
		log.Fatal(err)
	}
	return token
}

// One try goes wrong, and the next one well.
func ExampleAccounts_SignIn() {
	ctx, accounts := context.Background(), accountsInMemory()
	add(accounts, "ada")
	_, _, err := accounts.SignIn(ctx, account.Attempt{Name: "ada", Password: "correct house", Address: "192.0.2.1"})
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

// All that is wrong is told at once.
func ExampleAccounts_Add() {
	ctx, accounts := context.Background(), accountsInMemory()
	_, err := accounts.Add(ctx, account.NewSuperuser{Name: "ada lovelace", Password: "12345"})
	fmt.Println(domain.ProblemsOf(err))

	ada, err := accounts.Add(ctx, account.NewSuperuser{Name: "ada", Password: "correct horse"})
	fmt.Println(ada.ID, ada.Name, err)
	_, err = accounts.Add(ctx, account.NewSuperuser{Name: "ada", Password: "correct horse"})
	fmt.Println(domain.CodeOf(err))
	// Output:
	// [username characters password too_short password too_common password only_digits]
	// 1 ada <nil>
	// conflict
}

func ExampleAccounts_SignedIn() {
	ctx, accounts := context.Background(), accountsInMemory()
	add(accounts, "ada")
	ada, err := accounts.SignedIn(ctx, signIn(accounts, "ada"))
	fmt.Println(ada.Name, err)
	_, err = accounts.SignedIn(ctx, "somebody's guess")
	fmt.Println(domain.CodeOf(err))
	// Output:
	// ada <nil>
	// unauthenticated
}

func ExampleAccounts_SignOut() {
	ctx, accounts := context.Background(), accountsInMemory()
	add(accounts, "ada")
	token := signIn(accounts, "ada")
	fmt.Println(accounts.SignOut(ctx, token))
	_, err := accounts.SignedIn(ctx, token)
	fmt.Println(domain.CodeOf(err))
	// Output:
	// <nil>
	// unauthenticated
}

// The new token is for a session that has just begun; all others have ended.
func ExampleAccounts_ChangePassword() {
	ctx, accounts := context.Background(), accountsInMemory()
	add(accounts, "ada")
	before := signIn(accounts, "ada")
	after, err := accounts.ChangePassword(ctx, before, "192.0.2.1", "correct horse", "battery staple")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = accounts.SignedIn(ctx, before)
	fmt.Println(domain.CodeOf(err))
	ada, err := accounts.SignedIn(ctx, after)
	fmt.Println(ada.Name, err)
	// Output:
	// unauthenticated
	// ada <nil>
}

// Somebody else sets a password without knowing the one before.
func ExampleAccounts_SetPassword() {
	ctx, accounts := context.Background(), accountsInMemory("ada")
	fmt.Println(domain.ProblemsOf(accounts.SetPassword(ctx, 1, "ada")))
	fmt.Println(accounts.SetPassword(ctx, 1, "battery staple"))
	// Output:
	// [password too_similar password too_short]
	// <nil>
}

// Who is not active cannot sign in, and is signed out. Nobody does that to themselves.
func ExampleAccounts_SetActive() {
	ctx, accounts := context.Background(), accountsInMemory("ada")
	ada, err := accounts.Find(ctx, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	bob := add(accounts, "bob")
	token := signIn(accounts, "bob")
	fmt.Println(accounts.SetActive(ctx, ada, bob.ID, false))
	_, err = accounts.SignedIn(ctx, token)
	fmt.Println(domain.CodeOf(err))
	fmt.Println(domain.CodeOf(accounts.SetActive(ctx, ada, ada.ID, false)))
	// Output:
	// <nil>
	// unauthenticated
	// conflict
}

func ExampleAccounts_Find() {
	accounts := accountsInMemory("ada")
	ada, err := accounts.Find(context.Background(), 1)
	fmt.Println(ada.Name, err)
	_, err = accounts.Find(context.Background(), 2)
	fmt.Println(domain.CodeOf(err))
	// Output:
	// ada <nil>
	// not_found
}

// A name is compared to the code point: Ada is somebody else.
func ExampleAccounts_FindByName() {
	accounts := accountsInMemory("ada")
	ada, err := accounts.FindByName(context.Background(), "ada")
	fmt.Println(ada.ID, err)
	_, err = accounts.FindByName(context.Background(), "Ada")
	fmt.Println(domain.CodeOf(err))
	// Output:
	// 1 <nil>
	// not_found
}

func ExampleAccounts_List() {
	accounts := accountsInMemory("ada", "bob", "cid")
	users, err := accounts.List(context.Background(), 1, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range users {
		fmt.Println(user.ID, user.Name)
	}
	// Output:
	// 2 bob
	// 3 cid
}

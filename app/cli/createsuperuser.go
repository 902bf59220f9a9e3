package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// The variables that createsuperuser --noinput reads, with the names that Django gave them.
const (
	superuserName     = "DJANGO_SUPERUSER_USERNAME"
	superuserEmail    = "DJANGO_SUPERUSER_EMAIL"
	superuserPassword = "DJANGO_SUPERUSER_PASSWORD" //nolint:gosec // the name of a variable
)

func newCreateSuperuser(s *session) *cobra.Command {
	var (
		wanted  account.NewSuperuser
		noInput bool
	)
	cmd := &cobra.Command{
		Use:   "createsuperuser",
		Short: "Add a superuser, who may sign in at /admin/",
		Long: "Add a superuser, who may sign in at /admin/. What the flags do not give is asked for, and the\n" +
			"password always is: no command line holds one. With --noinput nobody is asked, and the\n" +
			"variables " + superuserName + ", " + superuserEmail + " and\n" +
			superuserPassword + " give the rest. Django knows the user too, where it has the same database.",
		Args: arguments(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.runForUsers(cmd, func(settings *settings, a *app.App) error {
				user, err := createSuperuser(cmd, settings, a.Accounts, wanted, noInput)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "superuser %s was added\n", visible(user.Name))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&wanted.Name, "username", "", "the user's `name`")
	cmd.Flags().StringVar(&wanted.Email, "email", "", "the user's e-mail `address`")
	cmd.Flags().BoolVar(&noInput, "noinput", false, "ask nobody")
	return cmd
}

// runForUsers runs a command about users, who must be kept somewhere.
func (s *session) runForUsers(cmd *cobra.Command, work func(settings *settings, a *app.App) error) error {
	return s.runKept(cmd, "users", work)
}

// runKept runs a command about what must be kept somewhere, such as users.
func (s *session) runKept(cmd *cobra.Command, what string, work func(settings *settings, a *app.App) error) error {
	settings, err := s.load(cmd, nil)
	if err != nil {
		return err
	}
	if settings.Database.IsInMemory() {
		return fmt.Errorf("%s forgets its %s when this command ends: set DATABASE_URL", settings.Database, what)
	}
	return withApp(cmd, settings, func(a *app.App) error { return work(settings, a) })
}

func createSuperuser(cmd *cobra.Command, settings *settings, accounts ports.AccountManager, wanted account.NewSuperuser, noInput bool) (account.User, error) {
	if noInput {
		return addSuperuserUnasked(cmd, settings.environment.Variables, accounts, wanted)
	}
	asker, err := newAsker(cmd.InOrStdin(), cmd.ErrOrStderr())
	if err != nil {
		return account.User{}, fmt.Errorf("%w: use --noinput (see %s --help)", err, cmd.CommandPath())
	}
	form := superuserForm{asker, accounts}
	if wanted.Name, err = form.name(cmd.Context(), wanted.Name); err != nil {
		return account.User{}, err
	}
	if wanted.Email, err = form.email(cmd.Context(), wanted.Email, cmd.Flags().Changed("email")); err != nil {
		return account.User{}, err
	}
	return form.add(cmd.Context(), wanted)
}

// addSuperuserUnasked adds the superuser of flags and variables.
func addSuperuserUnasked(cmd *cobra.Command, variables map[string]string, accounts ports.AccountManager, wanted account.NewSuperuser) (account.User, error) {
	if wanted.Name == "" {
		wanted.Name = variables[superuserName]
	}
	if wanted.Email == "" {
		wanted.Email = variables[superuserEmail]
	}
	wanted.Name, wanted.Password = normalName(wanted.Name), variables[superuserPassword]
	switch {
	case wanted.Name == "":
		return account.User{}, usage(cmd, "--noinput needs --username or "+superuserName)
	case wanted.Password == "":
		return account.User{}, usage(cmd, "--noinput needs "+superuserPassword)
	}
	user, err := accounts.Add(cmd.Context(), wanted)
	if lines := wordsOf(err); len(lines) > 0 {
		return account.User{}, errors.New(strings.Join(lines, "\n"))
	}
	return user, err
}

// normalName returns a name as Django saves it, so that two who look the same are the same.
func normalName(name string) string { return norm.NFKC.String(name) }

// superuserForm asks for what makes a superuser, each until it can be used.
type superuserForm struct {
	*asker
	accounts ports.AccountManager
}

// name returns the name that was given where it can be used, or asks.
func (f superuserForm) name(ctx context.Context, given string) (string, error) {
	proposed, prompt := f.proposedName(ctx), "User name: "
	if proposed != "" {
		prompt = fmt.Sprintf("User name (leave it blank for %s): ", proposed)
	}
	for {
		if given != "" {
			reason, err := f.whyNot(ctx, given)
			if reason == "" || err != nil {
				return normalName(given), err
			}
			f.tell(reason)
		}
		typed, err := f.ask(ctx, prompt)
		if err != nil {
			return "", err
		}
		if given = typed; typed == "" {
			given = proposed
		}
		if given == "" {
			f.tell(accountWords(domain.Problem{Field: account.FieldName, Code: domain.ProblemBlank}))
		}
	}
}

// proposedName returns the name of the system's user, where it can be used.
func (f superuserForm) proposedName(ctx context.Context) string {
	name := normalName(strings.ToLower(systemUser()))
	if reason, err := f.whyNot(ctx, name); reason != "" || err != nil {
		return ""
	}
	return name
}

// whyNot tells why a new user cannot have the name: "" where nothing speaks against it.
func (f superuserForm) whyNot(ctx context.Context, name string) (reason string, err error) {
	if _, err := account.NewUser(normalName(name), "", "", time.Time{}); err != nil {
		return wordsOf(err)[0], nil
	}
	_, err = f.accounts.FindByName(ctx, normalName(name))
	switch domain.CodeOf(err) {
	case "":
		return "There is another user of this name already.", nil
	case domain.CodeNotFound:
		return "", nil
	default:
		return "", err
	}
}

// email returns the address that was given where it can be used, or asks. It may be blank.
func (f superuserForm) email(ctx context.Context, email string, isGiven bool) (string, error) {
	for {
		if isGiven {
			_, err := account.NewUser("x", email, "", time.Time{})
			if err == nil {
				return email, nil
			}
			f.tell(wordsOf(err)[0])
		}
		var err error
		if email, err = f.ask(ctx, "E-mail address (may be blank): "); err != nil {
			return "", err
		}
		isGiven = true
	}
}

// add asks for a password until the superuser can be added.
func (f superuserForm) add(ctx context.Context, wanted account.NewSuperuser) (account.User, error) {
	for {
		var err error
		if wanted.Password, err = f.askNewPassword(ctx); err != nil {
			return account.User{}, err
		}
		if wanted.Password == "" {
			continue
		}
		user, err := f.accounts.Add(ctx, wanted)
		lines := wordsOf(err)
		if len(lines) == 0 {
			return user, err
		}
		for _, line := range lines {
			f.tell(line)
		}
	}
}

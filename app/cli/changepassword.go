package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// passwordTries is how often a new password may be typed in vain.
const passwordTries = 3

func newChangePassword(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "changepassword [NAME]",
		Short: "Give a user another password",
		Long: "Give a user another password, which is asked for, and end all sessions of the user. Who is not\n" +
			"named has the name of the system's user.",
		Args: arguments(cobra.MaximumNArgs(1), "the name of one user"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := systemUser()
			if len(args) > 0 {
				name = args[0]
			}
			return s.runForUsers(cmd, func(_ *settings, a *app.App) error {
				asker, err := newAsker(cmd.InOrStdin(), cmd.ErrOrStderr())
				if err != nil {
					return err
				}
				user, err := a.Accounts.FindByName(cmd.Context(), normalName(name))
				if err != nil {
					return err
				}
				asker.tell("Another password for " + visible(user.Name) + ":")
				if err := changePassword(cmd.Context(), asker, a.Accounts, user); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "the password of %s was changed, and all sessions have ended\n", visible(user.Name))
				return err
			})
		},
	}
}

// changePassword asks for a password and sets it.
func changePassword(ctx context.Context, asker *asker, accounts ports.AccountManager, user account.User) error {
	for range passwordTries {
		password, err := asker.askNewPassword(ctx)
		if err != nil {
			return err
		}
		if password == "" {
			continue
		}
		err = accounts.SetPassword(ctx, user.ID, password)
		lines := wordsOf(err)
		if len(lines) == 0 {
			return err
		}
		for _, line := range lines {
			asker.tell(line)
		}
	}
	return fmt.Errorf("the password of %s stays as it is, after %d tries", visible(user.Name), passwordTries)
}

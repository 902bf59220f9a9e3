package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/app"
)

const canary = "canary-secret-that-must-never-be-seen"

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	secret := app.NewSecret(canary)
	if secret.Reveal() != canary || !secret.IsSet() {
		t.Fatal("a secret must be there for whoever asks for it by name")
	}
	type holder struct {
		Exported   app.Secret
		unexported app.Secret // fmt may not call its methods
	}
	var out bytes.Buffer
	for _, value := range []any{
		secret, &secret, holder{secret, secret}, &holder{secret, secret}, []app.Secret{secret},
		map[string]app.Secret{"key": secret}, app.Config{SecretKey: secret}, fmt.Errorf("wrapped: %v", secret),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(encoded)
		for _, logger := range []*slog.Logger{
			slog.New(slog.NewJSONHandler(&out, nil)),
			slog.New(slog.NewTextHandler(&out, nil)),
			app.NewLogger(&out, app.LogLevelDebug, app.LogFormatText),
			app.NewLogger(&out, app.LogLevelDebug, app.LogFormatJSON),
		} {
			logger.Info("secret", "value", value, slog.Group("group", "value", value))
			logger.With("value", value).Info("secret")
		}
	}
	hexadecimal := fmt.Sprintf("%x", canary)
	if text := out.String(); strings.Contains(text, canary) || strings.Contains(text, hexadecimal) {
		t.Errorf("the secret is in:\n%s", text)
	}
	if !strings.Contains(out.String(), "(hidden)") {
		t.Error("nothing says that there is a secret")
	}
}

func TestSecretThatIsNotSet(t *testing.T) {
	t.Parallel()
	if secret := app.NewSecret(""); secret.IsSet() || secret.String() != "" || secret != (app.Secret{}) {
		t.Errorf("an empty text: got %#v, want a secret that is not set", secret)
	}
}

func TestSettingsHideSecrets(t *testing.T) {
	t.Parallel()
	config, err := app.Load(map[string]string{"SECRET_KEY": canary})
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range config.Settings() {
		if strings.Contains(setting.Value, canary) {
			t.Errorf("%s shows the secret: %s", setting.Name, setting.Value)
		}
		if setting.Name == "SECRET_KEY" && setting.Value != "(hidden)" {
			t.Errorf("SECRET_KEY: got %q, want it to say that there is one", setting.Value)
		}
	}
}

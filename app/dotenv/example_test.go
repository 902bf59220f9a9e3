package dotenv_test

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/app/dotenv"
)

func ExampleParse() {
	values, warnings := dotenv.Parse(`# a comment
HOST=example.com
export URL="https://${HOST}/"
SECRET_KEY=ab$12CD$XYz
not a setting
`, func(string) (string, bool) { return "", false })
	fmt.Println(values["URL"], values["SECRET_KEY"])
	fmt.Println(warnings[0])
	// Output:
	// https://example.com/ ab$12CD$XYz
	// line 5 is not NAME=value and was skipped
}

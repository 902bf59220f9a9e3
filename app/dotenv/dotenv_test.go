package dotenv_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/app/dotenv"
)

// environment is what the process under test already has.
func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

// The expected values are those of python-dotenv 0.21, but where the package
// comment names a difference.
func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		text    string
		environ map[string]string
		want    map[string]string
		bad     []int
	}{
		{name: "an empty file has no values", text: "", want: map[string]string{}},
		{name: "a value ends with its line", text: "A=1\nB=2", want: map[string]string{"A": "1", "B": "2"}},
		{name: "white space around the equals sign is dropped", text: " A =  1  ", want: map[string]string{"A": "1"}},
		{name: "export is allowed", text: "export A=1\nexport\tB=2", want: map[string]string{"A": "1", "B": "2"}},
		{name: "export is a name too", text: "export=1\nexported=2", want: map[string]string{"export": "1", "exported": "2"}},
		{name: "a name may stand in single quotes", text: "'A B'=1", want: map[string]string{"A B": "1"}},
		{name: "an empty value is a value", text: "A=\nB=''\nC=\"\"", want: map[string]string{"A": "", "B": "", "C": ""}},
		{name: "a name without a value is not set", text: "A\nexport B\nC=1", want: map[string]string{"C": "1"}},
		{name: "a name without a value takes an earlier value away", text: "A=1\nA", want: map[string]string{}},
		{name: "the last of two values counts", text: "A=1\nA=2", want: map[string]string{"A": "2"}},
		{name: "comments and blank lines are skipped", text: "# one\n\n   # two\nA=1", want: map[string]string{"A": "1"}},
		{name: "a comment behind a value needs white space", text: "A=1 # x\nB=1#x\nC=1\t#x", want: map[string]string{"A": "1", "B": "1#x", "C": "1"}},
		{name: "a value that begins with # is no comment", text: "A=#x\nB= #x", want: map[string]string{"A": "#x", "B": "#x"}},
		{name: "a comment may follow quotes at once", text: "A='1'#x\nB=\"1\" # x", want: map[string]string{"A": "1", "B": "1"}},
		{name: "white space within a value stays", text: "A=a  b\nB=' a '", want: map[string]string{"A": "a  b", "B": " a "}},
		{name: "quotes within a value stay", text: `A=a"b'c`, want: map[string]string{"A": `a"b'c`}},
		{name: "an equals sign within a value stays", text: "A=b=c", want: map[string]string{"A": "b=c"}},
		{name: "single quotes have two escapes", text: `A='\\ \' \n \"'`, want: map[string]string{"A": `\ ' \n \"`}},
		{name: "double quotes have all escapes", text: `A="\\ \' \" \a\b\f\n\r\t\v \x"`, want: map[string]string{"A": "\\ ' \" \a\b\f\n\r\t\v \\x"}},
		{name: "an unquoted value has no escapes", text: `A=a\nb\\`, want: map[string]string{"A": `a\nb\\`}},
		{name: "a quoted value may span lines", text: "A=\"1\n2\"\nB='3\n4'", want: map[string]string{"A": "1\n2", "B": "3\n4"}},
		{name: "a backslash may end a quoted value", text: `A='\'`, want: map[string]string{"A": `\`}},
		{name: "each line end is a line feed", text: "A=1\r\nB='2\r\n3'\rC=4\r\n", want: map[string]string{"A": "1", "B": "2\n3", "C": "4"}},
		{name: "a byte order mark is ignored", text: "\ufeffA=1", want: map[string]string{"A": "1"}},
		{name: "other letters are letters", text: "Ä=ö\u00a0", want: map[string]string{"Ä": "ö"}},

		{name: "a dollar sign is only a dollar sign", text: "A=ab$12CD$XYz\nB=$A\nC=\"$A\"\nD=$$", want: map[string]string{"A": "ab$12CD$XYz", "B": "$A", "C": "$A", "D": "$$"}},
		{name: "braces expand", text: "A=1\nB=x${A}y\nC=\"${A}${A}\"", want: map[string]string{"A": "1", "B": "x1y", "C": "11"}},
		{name: "braces do not expand in single quotes", text: "A=1\nB='${A}'", want: map[string]string{"A": "1", "B": "${A}"}},
		{name: "an unknown name expands to nothing", text: "A=x${B}y", want: map[string]string{"A": "xy"}},
		{name: "an unknown name expands to its default", text: "A=${B:-b:$-c}\nC=${B:-}", want: map[string]string{"A": "b:$-c", "C": ""}},
		{name: "an empty value is known", text: "A=\nB=${A:-x}", want: map[string]string{"A": "", "B": ""}},
		{name: "a name without a value is known", text: "A\nB=${A:-x}", want: map[string]string{"B": ""}},
		{name: "a later name is not known yet", text: "B=${A}\nA=1", want: map[string]string{"A": "1", "B": ""}},
		{name: "a value may use its earlier self", text: "A=1\nA=${A}2", want: map[string]string{"A": "12"}},
		{name: "a default is not expanded", text: "A=1\nB=${C:-${A}}", want: map[string]string{"A": "1", "B": "${A}"}},
		{name: "half a reference stays as it is", text: "A=${\nB=${A\nC=${A:x}\nD=${A:-", want: map[string]string{"A": "${", "B": "${A", "C": "${A:x}", "D": "${A:-"}},
		{name: "a reference follows half a one", text: "A=1\nB=${x:${A}", want: map[string]string{"A": "1", "B": "${x:1"}},
		{name: "a name may be anything but a colon and a brace", text: "A=[${$B {}]", want: map[string]string{"A": "[]"}},
		{
			name: "the environment comes first where a name is expanded", text: "A=1\nB=${A}", environ: map[string]string{"A": "9"},
			want: map[string]string{"A": "1", "B": "9"},
		},
		{
			name: "an empty variable of the environment comes first too", text: "A=1\nB=${A:-x}", environ: map[string]string{"A": ""},
			want: map[string]string{"A": "1", "B": ""},
		},

		{name: "a bad line is skipped", text: "A=1\nB C=2\nD=3", want: map[string]string{"A": "1", "D": "3"}, bad: []int{2}},
		{name: "a line without a name is bad", text: "=1\nexport =2\n''=3\nA=1", want: map[string]string{"A": "1"}, bad: []int{1, 2, 3}},
		{name: "text behind quotes is bad", text: "A='1' 2\nB=\"1\"2\nC=3", want: map[string]string{"C": "3"}, bad: []int{1, 2}},
		{name: "a quote that is not closed spoils its line only", text: "A='1\nB=2\nC=\"3\nD=4", want: map[string]string{"B": "2", "D": "4"}, bad: []int{1, 3}},
		{name: "bad lines are counted through other lines", text: "# x\r\n\r\nA='1\r\n2'\r\n\r\n  b c\r\n", want: map[string]string{"A": "1\n2"}, bad: []int{6}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			values, warnings := dotenv.Parse(test.text, environment(test.environ))
			if !maps.Equal(values, test.want) {
				t.Errorf("the values of %q:\n got %q\nwant %q", test.text, values, test.want)
			}
			var bad []int
			for _, warning := range warnings {
				bad = append(bad, warning.Line)
			}
			if !slices.Equal(bad, test.bad) {
				t.Errorf("the bad lines of %q: got %v, want %v", test.text, bad, test.bad)
			}
		})
	}
}

func TestWarningKeepsTheLineToItself(t *testing.T) {
	t.Parallel()
	_, warnings := dotenv.Parse("SECRET KEY=canary", environment(nil))
	if len(warnings) != 1 {
		t.Fatalf("got %d warnings, want 1 for a name with a space", len(warnings))
	}
	if text := warnings[0].String(); strings.Contains(text, "canary") || !strings.Contains(text, "line 1 ") {
		t.Errorf("got %q, want the number of the line without its text, which may be a secret", text)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "A=1", "export A='b\\'c'\n", "A=\"${B:-c}\" # d", "A='\\", "\ufeff'A'=${A}\r\nB", "A=\"\n\"x\ny=${", "= #", "a\\'", "$\\", "\x85=\u2028",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, warnings := dotenv.Parse(text, environment(map[string]string{"A": text}))
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		for _, warning := range warnings {
			if warning.Line < 1 || warning.Line > lines {
				t.Errorf("%q has %d lines, but line %d is said to be bad", text, lines, warning.Line)
			}
		}

		if strings.Contains(text, "\r") {
			return // a file's line ends are not kept
		}
		written := "KEY='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
		values, warnings := dotenv.Parse(written, environment(nil))
		if got, ok := values["KEY"]; !ok || got != text || len(warnings) > 0 {
			t.Errorf("%q, written as %s, reads back as %q with warnings %v", text, written, values, warnings)
		}
	})
}

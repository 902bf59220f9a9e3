package personfile_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports/formattest"
)

func TestCSVKeepsTheContract(t *testing.T) {
	t.Parallel()
	formattest.Run(t, formattest.Harness{
		Format: personfile.CSV{},
		Head:   "id,name,age\r\n",
		Row: func(name string, age int64) string {
			return fmt.Sprintf("7,\"%s\",%d\r\n", strings.ReplaceAll(name, `"`, `""`), age)
		},
		Blank: "\r\n",
		Wrong: []formattest.WrongRow{
			{Text: "1,,\n", Problems: problems("age required", "name blank")},
			{Text: "1,Ann,\n", Problems: problems("age required")},
			{Text: "1,Ann,many\n", Problems: problems("age not_integer")},
			{Text: "1,\xff,5\n", Problems: problems("name not_unicode")},
			{Text: "1,Ann,\xff\n", Problems: problems("age not_unicode")},
			{Text: "1,Ann,18446744073709551647\n", Problems: tooBig}, // 31 where it wraps around
			{Text: "Ann\n", Problems: broken},
			{Text: "1,Ann,31,x\n", Problems: broken},
			{Text: "1,A\"nn,31\n", Problems: broken},
			{Text: "1,\"Ann,31\n", Problems: broken},
			{Text: "1,\"Ann\"x,31\n", Problems: broken},
			{Text: "\"\n", Problems: broken},
			{Text: "1,Ann,\"31\n", Problems: broken},
		},
		Starts:     []string{"", "1,", `1,"`},
		Unreadable: []string{"name\nAnn\n", "age\n1\n", "x\n", "name,age,name\n", "\"name,age\n", strings.Repeat("x", 1<<20)},
	})
}

func TestNDJSONKeepsTheContract(t *testing.T) {
	t.Parallel()
	formattest.Run(t, formattest.Harness{
		Format: personfile.NDJSON{},
		Row: func(name string, age int64) string {
			text, _ := json.Marshal(map[string]any{"name": name, "age": age, "x": nil})
			return string(text) + "\r\n"
		},
		Blank: " \t\r\n",
		Wrong: []formattest.WrongRow{
			{Text: "{}\n", Problems: problems("age required", "name required")},
			{Text: `{"name":null,"age":null}` + "\n", Problems: problems("age required", "name required")},
			{Text: `{"name":[],"age":true}` + "\n", Problems: problems("age not_integer", "name not_text")},
			{Text: `{"name":{"name":"Ann"},"age":1.5}` + "\n", Problems: problems("age not_integer", "name not_text")},
			{Text: `{"name":"Ann"}` + "\n", Problems: problems("age required")},
			{Text: `{"Name":"Ann","age":5}` + "\n", Problems: problems("name required")},
			{Text: `{"name":"\ud800","age":1}` + "\n", Problems: problems("name not_unicode")},
			{Text: "{\"name\":\"\xff\",\"age\":1}\n", Problems: problems("name not_unicode")},
			{Text: "{\"name\":\"Ann\",\"age\":1,\"x\":\"\xff\"}\n", Problems: broken},
			{Text: `{"name":"Ann","age":3.0000000000000000001}` + "\n", Problems: problems("age not_integer")},
			{Text: `{"name":"Ann","age":18446744073709551647}` + "\n", Problems: tooBig},
			{Text: "[]\n", Problems: broken},
			{Text: "{\"name\":\"Ann\n", Problems: broken},
			{Text: `{"name":"Ann","age":31}}` + "\n", Problems: broken},
			{Text: `{"name":"Ann","age":31,}` + "\n", Problems: broken},
			{Text: `{"name":"Ann","age":031}` + "\n", Problems: broken},
			{Text: `{"name":"Ann","age":31,"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + "}\n", Problems: broken},
		},
		Starts: []string{"", `{"name":"`},
	})
}

// problems returns problems without limits, each written as its field and its code.
func problems(texts ...string) []domain.Problem {
	var all []domain.Problem
	for _, text := range texts {
		field, code, _ := strings.Cut(text, " ")
		all = append(all, domain.Problem{Field: field, Code: domain.ProblemCode(code)})
	}
	return all
}

var (
	broken = problems("row syntax")
	tooBig = []domain.Problem{{Field: domain.FieldAge, Code: domain.ProblemTooBig, Limit: domain.MaxAge}}
)

package domain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxNameLength is the greatest length of a name, in Unicode code points.
	// It is Django's CharField(max_length=255).
	MaxNameLength = 255
	// MinAge is the least age.
	MinAge = 0
	// MaxAge is the greatest age: the end of the range that Django documents
	// for PositiveIntegerField as safe on every database.
	MaxAge = 2147483647
)

// Person is somebody in the registry. Persons are compared with ==.
type Person struct {
	id   int64
	name string
	age  int
}

// StoredPerson is for stores: it rebuilds a person from what was saved earlier.
// It checks nothing. A row that an older program wrote is served as it is, even
// where today's rules would refuse it; outside input goes through NewDraft.
func StoredPerson(id int64, name string, age int) Person {
	return Person{id: id, name: name, age: age}
}

// ID returns the number that the store gave the person. It is never given twice.
func (p Person) ID() int64 { return p.id }

// Name returns the name.
func (p Person) Name() string { return p.name }

// Age returns the age in years.
func (p Person) Age() int { return p.age }

// String returns the person for logs and terminals, such as "1 Ann (31)".
func (p Person) String() string { return fmt.Sprintf("%d %s (%d)", p.id, p.name, p.age) }

// With returns the person with the fields that the patch gives. The id stays.
func (p Person) With(patch Patch) Person {
	if patch.hasName {
		p.name = patch.name
	}
	if patch.hasAge {
		p.age = patch.age
	}
	return p
}

// Draft is a person who has no id yet. The zero Draft is not valid and every
// use case refuses it.
type Draft struct {
	name  string
	age   int
	whole *whole // the claim that it carries, or nil
}

// NewDraft returns a draft. White space around the name is removed as Python's
// str.strip does. The error is CodeInvalid with every broken rule in
// Error.Problems: the name needs 1 to MaxNameLength code points of valid UTF-8
// without U+0000, the age lies between MinAge and MaxAge.
func NewDraft(name string, age int64) (Draft, error) {
	patch, err := NewPatch(&name, &age)
	return Draft{name: patch.name, age: patch.age}, err
}

// Name returns the name.
func (d Draft) Name() string { return d.name }

// Age returns the age in years.
func (d Draft) Age() int { return d.age }

// Person returns the person that the draft becomes when a store gives it an id.
func (d Draft) Person(id int64) Person { return Person{id: id, name: d.name, age: d.age} }

// check refuses the zero Draft, the only one that can be had without the rules.
func (d Draft) check() error {
	if d.name == "" {
		return invalid([]Problem{{Field: FieldName, Code: ProblemBlank}})
	}
	return nil
}

// Patch is a change to some of a person's fields. The zero Patch changes nothing.
type Patch struct {
	name    string
	age     int
	hasName bool
	hasAge  bool
}

// NewPatch returns a patch of the fields that are not nil. The rules and the
// error are those of NewDraft, for those fields only.
func NewPatch(name *string, age *int64) (Patch, error) {
	var (
		patch    Patch
		problems []Problem
	)
	if name != nil {
		patch.name, patch.hasName = TrimSpace(*name), true
		problems = append(problems, nameProblems(patch.name)...)
	}
	if age != nil {
		patch.age, patch.hasAge = int(*age), true
		problems = append(problems, ageProblems(*age)...)
	}
	if len(problems) > 0 {
		return Patch{}, invalid(problems)
	}
	return patch, nil
}

// Name returns the new name, and whether the patch changes the name.
func (p Patch) Name() (string, bool) { return p.name, p.hasName }

// Age returns the new age, and whether the patch changes the age.
func (p Patch) Age() (int, bool) { return p.age, p.hasAge }

// Draft returns the patch as a whole person. The error is CodeInvalid with
// ProblemRequired for each field that the patch does not give.
func (p Patch) Draft() (Draft, error) {
	var problems []Problem
	if !p.hasName {
		problems = append(problems, Problem{Field: FieldName, Code: ProblemRequired})
	}
	if !p.hasAge {
		problems = append(problems, Problem{Field: FieldAge, Code: ProblemRequired})
	}
	if len(problems) > 0 {
		return Draft{}, invalid(problems)
	}
	return Draft{name: p.name, age: p.age}, nil
}

// TrimSpace removes the white space around text as Python's str.strip does:
// Unicode's white space and the four separators U+001C to U+001F.
func TrimSpace(text string) string {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f'
	})
}

// nameProblems returns the rules that a trimmed name breaks, in the order in
// which Django REST Framework reports them.
func nameProblems(name string) []Problem {
	if name == "" {
		return []Problem{{Field: FieldName, Code: ProblemBlank}}
	}
	var problems []Problem
	if utf8.RuneCountInString(name) > MaxNameLength {
		problems = append(problems, Problem{Field: FieldName, Code: ProblemTooLong, Limit: MaxNameLength})
	}
	if strings.ContainsRune(name, 0) {
		problems = append(problems, Problem{Field: FieldName, Code: ProblemNullCharacter})
	}
	if !utf8.ValidString(name) {
		problems = append(problems, Problem{Field: FieldName, Code: ProblemNotUnicode})
	}
	return problems
}

func ageProblems(age int64) []Problem {
	switch {
	case age < MinAge:
		return []Problem{{Field: FieldAge, Code: ProblemTooSmall, Limit: MinAge}}
	case age > MaxAge:
		return []Problem{{Field: FieldAge, Code: ProblemTooBig, Limit: MaxAge}}
	default:
		return nil
	}
}

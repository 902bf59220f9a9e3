package domain_test

import (
	"fmt"

	"github.com/seed-bbcc19ba/roster/domain"
)

func ExampleNewDraft() {
	draft, err := domain.NewDraft("  Ada Lovelace\n", 36)
	fmt.Printf("%q %d %v\n", draft.Name(), draft.Age(), err)

	_, err = domain.NewDraft(" ", -1)
	fmt.Println(domain.CodeOf(err), err)
	// Output:
	// "Ada Lovelace" 36 <nil>
	// invalid invalid input [name blank age too_small (0)]
}

func ExampleNewPatch() {
	patch, err := domain.NewPatch(nil, new(int64(37)))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, hasName := patch.Name()
	age, hasAge := patch.Age()
	fmt.Println(hasName, hasAge, age)
	// Output:
	// false true 37
}

// A form of which only the age could be read.
func ExamplePatch_Draft() {
	patch, err := domain.NewPatch(nil, new(int64(37)))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = patch.Draft()
	fmt.Println(err)
	// Output:
	// invalid input [name required]
}

func ExamplePerson_With() {
	ada := domain.StoredPerson(1, "Ada", 36)
	patch, err := domain.NewPatch(nil, new(int64(37)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ada.With(patch))
	// Output:
	// 1 Ada (37)
}

func ExampleTrimSpace() {
	fmt.Printf("%q\n", domain.TrimSpace("\u3000 Ada\x1f\n"))
	// Output:
	// "Ada"
}

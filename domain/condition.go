package domain

import "slices"

// Condition tells of a person as it is now whether it may be changed. A store asks
// it while nobody else can change the person, so that what it answers still holds
// when the change is made. It must not call the store.
type Condition func(current Person) bool

// Unchanged holds while a person is as it was read: name and age are the same. Who
// changes a person on that condition undoes nobody's change.
func Unchanged(read Person) Condition {
	return func(current Person) bool { return current == read }
}

// CheckConditions returns nil where all conditions hold for the person, and else
// CodePrecondition.
func CheckConditions(current Person, conditions []Condition) error {
	if slices.ContainsFunc(conditions, func(holds Condition) bool { return !holds(current) }) {
		return &Error{Code: CodePrecondition, Message: "the person is not as the condition wants it"}
	}
	return nil
}

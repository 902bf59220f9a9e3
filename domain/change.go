package domain

import (
	"context"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Via is the way by which somebody changes persons.
type Via string

const (
	// ViaLibrary is a program that imports the domain and says nothing else.
	ViaLibrary Via = ""
	// ViaAPI is a request to the HTTP API.
	ViaAPI Via = "api"
	// ViaCLI is a command in a shell.
	ViaCLI Via = "cli"
	// ViaAdmin is somebody who has signed in.
	ViaAdmin Via = "admin"
)

// Origin says who changes persons, and by which way.
type Origin struct {
	Via Via
	// Who is the client's address for ViaAPI, or the name of its API token where one was asked for, the user of the system for ViaCLI and the user's
	// name for ViaAdmin: at most MaxWho code points.
	Who string
	// Job is the job that makes the changes, if one does: Via and Who then tell of who gave it, also when
	// it is forgotten itself.
	Job JobID
}

// MaxWho is the greatest length of Origin.Who and Origin.Job, in code points.
const MaxWho = 255

type originKey struct{}

// WithOrigin returns a context for what somebody does. A store that keeps a history
// (ports.HistoryStore) writes the origin down beside each change.
func WithOrigin(ctx context.Context, origin Origin) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// OriginOf returns the origin that the context carries, or the zero Origin. Who and Job are such that every
// store can keep them: cut at MaxWho, and with U+FFFD for each NUL and each byte that is no UTF-8.
func OriginOf(ctx context.Context) Origin {
	origin, _ := ctx.Value(originKey{}).(Origin)
	origin.Who, origin.Job = cutText(origin.Who), JobID(cutText(string(origin.Job)))
	return origin
}

func cutText(text string) string {
	if len(text) <= MaxWho && utf8.ValidString(text) && !strings.Contains(text, "\x00") {
		return text
	}
	var cut strings.Builder
	length := 0
	for _, r := range text {
		if length == MaxWho {
			break
		}
		if r == 0 {
			r = utf8.RuneError
		}
		cut.WriteRune(r)
		length++
	}
	return cut.String()
}

// ChangeKind says what was done to persons.
type ChangeKind string

const (
	// ChangeCreated means that persons were saved for the first time.
	ChangeCreated ChangeKind = "created"
	// ChangeEdited means that a person got another name or age.
	ChangeEdited ChangeKind = "edited"
	// ChangeDeleted means that a person was removed.
	ChangeDeleted ChangeKind = "deleted"
)

// HistoryLifetime is how long a Change is remembered.
const HistoryLifetime = 90 * 24 * time.Hour

// Change is what was once done to one person, or to many who were saved together.
type Change struct {
	// Number tells changes apart, from 1. A later change of one person has a greater one.
	Number int64
	// At is when the store made the change, in UTC and to the microsecond.
	At time.Time
	// Origin says who made it.
	Origin Origin
	// Kind says what was done.
	Kind ChangeKind
	// First and Count say to whom: to the persons with the ids First to First+Count-1. Count
	// is 1 unless Kind is ChangeCreated.
	First, Count int64
	// Before and After are the person as it was and as it became; the zero Person where there was
	// none, and where Count is not 1.
	Before, After Person
}

// CreatedChanges returns what stores write down of persons who were saved together, in the order of their
// ids: a change for each run of ids that follow one another. Number, At and Origin are left to them.
func CreatedChanges(persons []Person) []Change {
	var changes []Change
	for _, person := range persons {
		if last := len(changes) - 1; last >= 0 && changes[last].First+changes[last].Count == person.ID() {
			changes[last].Count++
			changes[last].After = Person{}
			continue
		}
		changes = append(changes, Change{Kind: ChangeCreated, First: person.ID(), Count: 1, After: person})
	}
	return changes
}

// EditedChanges returns what stores write down of a person who became another: nothing where
// nothing changed.
func EditedChanges(before, after Person) []Change {
	if before == after {
		return nil
	}
	return []Change{{Kind: ChangeEdited, First: before.ID(), Count: 1, Before: before, After: after}}
}

// DeletedChanges returns what stores write down of persons who were removed.
func DeletedChanges(persons ...Person) []Change {
	changes := make([]Change, len(persons))
	for i, person := range persons {
		changes[i] = Change{Kind: ChangeDeleted, First: person.ID(), Count: 1, Before: person}
	}
	return changes
}

// Concerns tells whether the change is one of the person with the id.
func (c Change) Concerns(id int64) bool {
	// The difference of any two int64 in order fits a uint64.
	return c.First <= id && uint64(id)-uint64(c.First) < uint64(c.Count) //nolint:gosec // Count is no less than 1
}

// ChangesQuery asks for changes, the latest first.
type ChangesQuery struct {
	// Person asks for the changes of one person; 0 asks for all.
	Person int64
	// Before is the Number before which changes are asked for; 0 asks for the latest.
	Before int64
	// Size is how many are asked for at most, at least 1.
	Size int
}

// Checked returns the query with Before as a number, for stores. The error is CodeInvalid for a
// size below 1.
func (q ChangesQuery) Checked() (ChangesQuery, error) {
	if q.Size < 1 {
		return ChangesQuery{}, &Error{Code: CodeInvalid, Message: "at least one change is asked for"}
	}
	if q.Before == 0 {
		q.Before = math.MaxInt64
	}
	return q, nil
}

// HistoryReader reads what was done to persons.
type HistoryReader interface {
	// Changes reads changes, the latest first.
	Changes(ctx context.Context, query ChangesQuery) ([]Change, error)
}

// HistoryTidier forgets old changes.
type HistoryTidier interface {
	// TidyHistory removes changes that are older than HistoryLifetime, and tells whether there are more.
	TidyHistory(ctx context.Context, now time.Time) (more bool, err error)
}

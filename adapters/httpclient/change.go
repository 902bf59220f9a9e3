package httpclient

import (
	"context"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Replace gives a person new fields. It may be sent again: whoever was faster between two of its attempts is
// overwritten, as if the call had come a little later.
//
// With conditions it first reads the person, asks them, and has the change made only of the person
// they have seen (If-Match). Where somebody else was faster it begins anew, up to ten times, then
// domain.CodeUnavailable. So a condition may be asked more than once.
func (r *Registry) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	return r.change(ctx, id, call{method: http.MethodPut, body: encode(toWire(draft))}, conditions, func(domain.Person) domain.Person {
		return draft.Person(id)
	})
}

// Patch changes the given fields of a person, and is otherwise as Replace. It sets fields and adds nothing to
// them, so twice is the same as once.
func (r *Registry) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	var body wireDraft
	if name, given := patch.Name(); given {
		body.Name = &name
	}
	if age, given := patch.Age(); given {
		body.Age = &age
	}
	return r.change(ctx, id, call{method: http.MethodPatch, body: encode(body)}, conditions, func(read domain.Person) domain.Person {
		return read.With(patch)
	})
}

// change makes a call that changes a person. become is the person that it makes of another.
func (r *Registry) change(ctx context.Context, id int64, made call, conditions []domain.Condition, become func(domain.Person) domain.Person) (changed domain.Person, err error) {
	made.path = personPath(id)
	send := func(made call) (doubtful bool, err error) {
		got, err := r.connection.do(ctx, made, http.StatusOK)
		if err == nil {
			changed, err = readPerson(got)
		}
		return got.doubtful, missing(err, domain.NotFound(id))
	}
	if len(conditions) == 0 {
		_, err := send(made)
		return changed, err
	}
	err = r.conditionally(ctx, id, conditions, func(tag string) (bool, error) { return send(onlyOf(made, tag)) }, func(seen, now domain.Person) bool {
		changed = now
		return now == become(seen)
	})
	if err != nil {
		return domain.Person{}, err
	}
	return changed, nil
}

// Delete removes a person, or answers domain.CodeNotFound. Where an earlier attempt of the call may have removed
// the person already, that the person is not there is what was wanted: who removed them cannot be told. With
// conditions it is as Replace.
func (r *Registry) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	made := call{method: http.MethodDelete, path: personPath(id)}
	send := func(made call) (doubtful bool, err error) {
		got, err := r.connection.do(ctx, made, http.StatusNoContent)
		if got.doubtful && domain.CodeOf(err) == domain.CodeNotFound {
			err = nil
		}
		return got.doubtful, missing(err, domain.NotFound(id))
	}
	if len(conditions) == 0 {
		_, err := send(made)
		return err
	}
	whoIsThereWasNotRemoved := func(domain.Person, domain.Person) bool { return false }
	return r.conditionally(ctx, id, conditions, func(tag string) (bool, error) { return send(onlyOf(made, tag)) }, whoIsThereWasNotRemoved)
}

// onlyOf returns a call that is served only while the person has the tag.
func onlyOf(made call, tag string) call {
	made.header = http.Header{"If-Match": {tag}}
	return made
}

// mostReadings is how often somebody else may be faster.
const mostReadings = 10

// conditionally reads a person, asks the conditions and sends a change that is made only of that person, until one
// is made. send tells whether an earlier attempt of it may have been served; where it was refused nevertheless, done
// tells whether the person who is there now is the one it was to make of the one who was seen: then it was ours, or
// one just like it.
func (r *Registry) conditionally(
	ctx context.Context, id int64, conditions []domain.Condition,
	send func(tag string) (doubtful bool, err error), done func(seen, now domain.Person) bool,
) error {
	var before domain.Person
	doubtful := false
	for range mostReadings {
		seen, tag, err := r.getTagged(ctx, id)
		if err != nil {
			return err
		}
		if doubtful && done(before, seen) {
			return nil
		}
		if err := domain.CheckConditions(seen, conditions); err != nil {
			return err
		}
		if doubtful, err = send(tag); domain.CodeOf(err) != domain.CodePrecondition {
			return err
		}
		before = seen
	}
	return &domain.Error{Code: domain.CodeUnavailable, Message: "others change the person all the time"}
}

// getTagged returns a person and the strong tag of it. It asks for the bytes as they are: who packs an answer on
// the way weakens its tag, which then names nothing that can be changed.
func (r *Registry) getTagged(ctx context.Context, id int64) (domain.Person, string, error) {
	got, err := r.connection.do(ctx, call{
		method: http.MethodGet, path: personPath(id), header: http.Header{"Accept-Encoding": {"identity"}},
	}, http.StatusOK)
	if err != nil {
		return domain.Person{}, "", missing(err, domain.NotFound(id))
	}
	person, err := readPerson(got)
	tag := got.header.Get("Etag")
	if err == nil && (len(tag) < 2 || tag[0] != '"') {
		err = &domain.Error{Code: domain.CodeUpstream, Message: "a person came without the tag that a condition needs"}
	}
	return person, tag, err
}

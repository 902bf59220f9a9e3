package lane_test

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/seed-bbcc19ba/roster/adapters/lane"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// unbounded are the methods that no lane holds, and why.
var unbounded = map[string]string{
	"ports.PersonRegistry.All":     "a walk takes as long as its caller does",
	"ports.BulkCreator.CheckCount": "it compares numbers and waits for nobody",
	"ports.JobManager.Import":      "it takes as long as who sends the text, who is counted where texts come in",
	"ports.JobManager.Watch":       "it takes as long as who reads, who is counted where answers go out",
	"ports.JobManager.Refusals":    "it takes as long as who reads, who is counted where answers go out",
}

// Every method of a decorated port waits for a place, so that one more of a port cannot pass the limit in silence. The ports
// below are nil: a call that no lane holds ends in a panic.
func TestEveryMethodOfEveryPortIsHeldByALane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		full := newLane(t, lane.Config{Workers: 1})
		var busy sync.WaitGroup
		busy.Go(func() { _, _ = full.Bulks(slowly(func(int) {})).Generate(t.Context(), 1) })
		synctest.Wait()
		found := map[string]bool{}
		for _, decorated := range []struct {
			port  reflect.Type
			value any
		}{
			{reflect.TypeFor[ports.PersonRegistry](), full.Registry(nil)},
			{reflect.TypeFor[ports.BulkCreator](), full.Bulks(nil)},
			{reflect.TypeFor[ports.JobManager](), lane.Jobs(nil, full, full)},
			{reflect.TypeFor[ports.PersonBrowser](), lane.Browser(nil, full, full, full)},
		} {
			for i := range decorated.port.NumMethod() {
				method := decorated.port.Method(i).Name
				name := decorated.port.String() + "." + method
				found[name] = true
				isHeld, why := isRefused(reflect.ValueOf(decorated.value).MethodByName(method)), unbounded[name]
				switch {
				case !isHeld && why == "":
					t.Errorf("%s: got a call although the lane is full, want it refused: add it to the decorator, or to unbounded with a reason", name)
				case isHeld && why != "":
					t.Errorf("%s: got it refused while the lane is full, want no lane to hold it, since %s", name, why)
				}
			}
		}
		for name := range unbounded {
			if !found[name] {
				t.Errorf("unbounded: got %s, want methods that there are", name)
			}
		}
		busy.Wait()
	})
}

// isRefused tells whether a method of zero values answers that there is no room. It does not where it panics, as one does that
// passes the call on to nobody.
func isRefused(method reflect.Value) bool {
	defer func() { _ = recover() }()
	var arguments []reflect.Value
	for i := range method.Type().NumIn() {
		arguments = append(arguments, reflect.Zero(method.Type().In(i)))
	}
	if method.Type().In(0) == reflect.TypeFor[context.Context]() {
		arguments[0] = reflect.ValueOf(context.Background())
	}
	call := method.Call
	if method.Type().IsVariadic() {
		call = method.CallSlice
	}
	results := call(arguments)
	err, _ := results[len(results)-1].Interface().(error)
	return domain.CodeOf(err) == domain.CodeUnavailable
}

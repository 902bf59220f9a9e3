// Package called tells which methods of a port a conformance suite calls. A method that no case calls may do anything in an
// adapter that passes the suite, so a sentence that was added to a contract without a case is found here.
package called

import (
	"flag"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// Methods are those of a port that were called. The zero value is not used: see Want.
type Methods[Port any] struct {
	mu     sync.Mutex // guards called
	called map[string]bool
}

// Want returns methods of which, when tb ends, each must have been called through a mock of Record or Forward, or tb fails
// and names it. Where -run chooses among the subtests it wants nothing, since then some cases are left out.
func Want[Port any](tb testing.TB) *Methods[Port] {
	tb.Helper()
	m := &Methods[Port]{called: map[string]bool{}}
	tb.Cleanup(func() {
		if !strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
			m.complete(tb)
		}
	})
	return m
}

func (m *Methods[Port]) complete(tb testing.TB) {
	tb.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	port := reflect.TypeFor[Port]()
	for i := range port.NumMethod() {
		if name := port.Method(i).Name; !m.called[name] {
			tb.Errorf("%v.%s: got no case of the suite that calls it, want one: an adapter where it is wrong would pass", port, name)
		}
	}
}

// Forward makes a mock answer as sound does, and tells which methods are called. A mock is a pointer to a struct that has for
// each method Name a function NameFunc, as moq makes them.
func (m *Methods[Port]) Forward(mock, sound Port) {
	for name, function := range functions(mock) {
		function.Set(reflect.ValueOf(sound).MethodByName(name))
	}
	m.Record(mock)
}

// Record tells which methods of a mock are called, of those that have a function already.
func (m *Methods[Port]) Record(mock Port) {
	for name, function := range functions(mock) {
		if function.IsNil() {
			continue
		}
		inner := reflect.ValueOf(function.Interface())
		call := inner.Call
		if inner.Type().IsVariadic() {
			call = inner.CallSlice
		}
		function.Set(reflect.MakeFunc(function.Type(), func(arguments []reflect.Value) []reflect.Value {
			m.mu.Lock()
			m.called[name] = true
			m.mu.Unlock()
			return call(arguments)
		}))
	}
}

// functions returns the functions of a mock by the names of the methods.
func functions(mock any) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for field, value := range reflect.ValueOf(mock).Elem().Fields() {
		if name, isFunction := strings.CutSuffix(field.Name, "Func"); isFunction {
			all[name] = value
		}
	}
	return all
}

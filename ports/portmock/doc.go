// Package portmock holds a mock of each interface of package ports, made by moq.
//
// A mock panics when a method is called whose function is not set, so a test
// states every call that it allows; the …Calls methods tell which were made. Use
// a mock where a test is about calls, such as "the store is not asked"; where it
// is about behaviour, package memstore says more in fewer lines.
package portmock

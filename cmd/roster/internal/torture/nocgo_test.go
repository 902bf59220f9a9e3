//go:build linux && !cgo

package torture_test

// withCgo tells whether roster is built with cgo, so that its SQLite calls libc.
const withCgo = false

// Package account is a domain of its own beside that of persons: who may sign in, with which
// password, and for how long.
//
// It keeps users as Django does (django.contrib.auth), so that the superusers of a database
// that Django made sign in with the passwords they have, and those made here sign in there.
//
// Like package domain it imports the standard library and domain only. [Accounts] is the use
// case; what it needs is stated beside it, and package ports composes that into a contract.
package account

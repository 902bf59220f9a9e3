// Package torture holds tests that treat roster badly and look from outside at what
// becomes of it: the program is killed, its power is cut, its disk fails and fills
// up, and it is asked for more than it can do. What docs/reliability.md says was
// proven here.
//
// Each test has two sizes. The small one is part of "go test ./..." and takes a few
// seconds. The large one takes minutes, alone on the machine, and prints a figure:
//
//	make torture
package torture

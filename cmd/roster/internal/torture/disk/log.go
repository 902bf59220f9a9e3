// Package disk knows what a program did to the files of a folder, and tells what a
// power cut would have left of them.
//
// The program runs with a library before libc (testdata/disk.c) that writes each
// operation to a log. A Model is replayed from the log up to any point, and then
// cut: see Model for what is left.
package disk

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

// Kind is a kind of operation.
type Kind byte

// The kinds of operations, as the library writes them.
const (
	Open       Kind = 'O'
	Close      Kind = 'C'
	Write      Kind = 'W'
	Truncate   Kind = 'T'
	Sync       Kind = 'S'
	FailedSync Kind = 'F'
	Unlink     Kind = 'U'
	Rename     Kind = 'R'
	Unknown    Kind = 'X'
)

// Operation is something that a program did.
type Operation struct {
	Kind   Kind
	Made   bool // Open made the file
	Empty  bool // Open emptied it
	File   int32
	Offset int64
	Data   []byte
	// End is where the log ends behind this operation: how long it was when the
	// operation had been done.
	End int64
}

const headSize = 24

// ReadLog reads a log. An operation that was not written to its end, because the
// program was killed meanwhile, is left out.
func ReadLog(path string) ([]Operation, error) {
	log, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var operations []Operation
	for at := 0; at+headSize <= len(log); {
		head := log[at : at+headSize]
		size := binary.LittleEndian.Uint64(head[16:])
		if size > uint64(len(log)-at-headSize) {
			break
		}
		end := at + headSize + int(size)
		operations = append(operations, Operation{
			Kind:   Kind(head[0]),
			Made:   head[1] == 1,
			Empty:  head[1] == 2,
			File:   int32(binary.LittleEndian.Uint32(head[4:])),
			Offset: int64(binary.LittleEndian.Uint64(head[8:])),
			Data:   log[at+headSize : end],
			End:    int64(end),
		})
		at = end
	}
	return operations, nil
}

// names returns the two names of a Rename.
func (o Operation) names() (from, to string) {
	old, name, _ := bytes.Cut(o.Data, []byte{0})
	return string(old), string(name)
}

// String tells the operation in words, for failures.
func (o Operation) String() string {
	switch o.Kind {
	case Open, Unlink, Unknown:
		return fmt.Sprintf("%c %d %q", o.Kind, o.File, o.Data)
	default:
		return fmt.Sprintf("%c %d at %d, %d bytes", o.Kind, o.File, o.Offset, len(o.Data))
	}
}

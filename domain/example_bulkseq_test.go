package domain_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A file of any length is saved line by line, in batches of two, and whoever is no
// person is told with the line.
func ExampleBulkCreate_CreateSeq() {
	executor, err := localexec.New(domain.CreateHandler(memstore.New()), localexec.Serial(10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()
	bulk, err := domain.NewBulkCreate(executor, 2)
	if err != nil {
		fmt.Println(err)
		return
	}

	file := strings.NewReader("Ada,36\nBob,-1\nCid,x\nDan,44\nEve,45\n")
	for i, outcome := range bulk.CreateSeq(context.Background(), draftsOf(file)) {
		if outcome.Err != nil {
			fmt.Printf("line %d: %v\n", i+1, outcome.Err)
			continue
		}
		fmt.Printf("line %d: saved %v\n", i+1, outcome.Value)
	}
	// Output:
	// line 1: saved 1 Ada (36)
	// line 2: invalid input [age too_small (0)]
	// line 3: strconv.ParseInt: parsing "x": invalid syntax
	// line 4: saved 2 Dan (44)
	// line 5: saved 3 Eve (45)
}

// draftsOf reads a person a line. A file that cannot be read on ends with the error.
func draftsOf(file io.Reader) iter.Seq2[domain.Draft, error] {
	return func(yield func(domain.Draft, error) bool) {
		lines := csv.NewReader(file)
		lines.FieldsPerRecord = 2
		for {
			line, err := lines.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(domain.Draft{}, err)
				return
			}
			if !yield(draftOf(line)) {
				return
			}
		}
	}
}

func draftOf(line []string) (domain.Draft, error) {
	age, err := strconv.ParseInt(line[1], 10, 64)
	if err != nil {
		return domain.Draft{}, err
	}
	return domain.NewDraft(line[0], age)
}

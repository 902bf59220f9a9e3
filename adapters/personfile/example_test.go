package personfile_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

// A text is cut into chunks, and each is read by itself. What is wrong with a row is told
// with its line, here as CSV again.
func ExampleCSV() {
	text := "Name,Age,City\n" +
		"Ann Lee,31,Oslo\n" +
		"\"Lee, Bob\",42,Bergen\n" +
		",200 years,Oslo\n"
	refusals := personfile.NewRefusalWriter(os.Stdout)
	for chunk, err := range (personfile.CSV{}).Split(strings.NewReader(text)) {
		if err != nil {
			log.Fatal(err)
		}
		for row := range (personfile.CSV{}).Rows(chunk) {
			if len(row.Problems) == 0 {
				fmt.Println(row.Draft.Name(), row.Draft.Age())
			}
			for _, problem := range row.Problems {
				if err := refusals.Write(domain.Refusal{Line: row.Line, Problem: problem}); err != nil {
					log.Fatal(err)
				}
			}
		}
	}
	if err := refusals.Flush(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Ann Lee 31
	// Lee, Bob 42
	// line,field,code,reason
	// 4,age,not_integer,is not a whole number
	// 4,name,blank,is blank
}

// A spreadsheet would take this name for a formula, so an apostrophe keeps it from that. Reading takes it away.
func ExampleCSV_NewWriter() {
	w := personfile.CSV{}.NewWriter(os.Stdout)
	for _, person := range []domain.Person{domain.StoredPerson(1, "Ann Lee", 31), domain.StoredPerson(2, "=SUM(A1:A9)", 42)} {
		if err := w.Write(person); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// id,name,age
	// 1,Ann Lee,31
	// 2,'=SUM(A1:A9),42
}

func ExampleNDJSON() {
	w := personfile.NDJSON{}.NewWriter(os.Stdout)
	if err := w.Write(domain.StoredPerson(1, "Ann <Lee>", 31)); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"id":1,"name":"Ann <Lee>","age":31}
}

func ExampleFormatOf() {
	format, gzipped := personfile.FormatOf("people.csv.gz")
	fmt.Println(format, gzipped)
	_, known := personfile.Formats()[format]
	fmt.Println(known)
	// Output:
	// csv true
	// true
}

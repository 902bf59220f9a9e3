package personfile_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

// BenchmarkSplit cuts a text into chunks, BenchmarkRows reads them, BenchmarkWrite writes them. An operation is a row.
func BenchmarkSplit(b *testing.B) {
	eachFormat(b, func(b *testing.B, format domain.RowFormat, text []byte) {
		b.Helper()
		for done := 0; done < b.N; {
			for chunk, err := range format.Split(bytes.NewReader(text)) {
				if err != nil {
					b.Fatal(err)
				}
				done += chunk.Rows
			}
		}
	})
}

func BenchmarkRows(b *testing.B) {
	eachFormat(b, func(b *testing.B, format domain.RowFormat, text []byte) {
		b.Helper()
		var chunks []domain.Chunk
		for chunk := range format.Split(bytes.NewReader(text)) {
			chunks = append(chunks, chunk)
		}
		b.ResetTimer()
		for done := 0; done < b.N; {
			for _, chunk := range chunks {
				for row := range format.Rows(chunk) {
					if len(row.Problems) > 0 {
						b.Fatal(row)
					}
					done++
				}
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	eachFormat(b, func(b *testing.B, format domain.RowFormat, _ []byte) {
		b.Helper()
		w := format.NewWriter(io.Discard)
		for i := range b.N {
			if err := w.Write(personOf(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDraft is what the rules of the domain take of BenchmarkRows.
func BenchmarkDraft(b *testing.B) {
	b.ReportAllocs()
	name := []byte("Person 123456")
	for range b.N {
		if _, err := domain.NewDraft(string(name), 31); err != nil {
			b.Fatal(err)
		}
	}
}

const benchRows = 100_000

func personOf(i int) domain.Person {
	return domain.StoredPerson(int64(i), "Person 123456", i%100)
}

func eachFormat(b *testing.B, bench func(b *testing.B, format domain.RowFormat, text []byte)) {
	b.Helper()
	for _, name := range []string{personfile.NameCSV, personfile.NameNDJSON} {
		b.Run(name, func(b *testing.B) {
			format := personfile.Formats()[name]
			var text bytes.Buffer
			w := format.NewWriter(&text)
			for i := range benchRows {
				if err := w.Write(domain.StoredPerson(int64(i), fmt.Sprintf("Person %d", i), i%100)); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(text.Len() / benchRows))
			b.ResetTimer()
			bench(b, format, text.Bytes())
		})
	}
}

package domain_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	const last = domain.LastPage
	for _, each := range []struct {
		number int64
		size   int
		total  int64
		want   domain.Window
		code   domain.Code
	}{
		{number: 1, size: 10, total: 0, want: domain.Window{Number: 1, Offset: 0, Limit: 0}},
		{number: last, size: 10, total: 0, want: domain.Window{Number: 1, Offset: 0, Limit: 0}},
		{number: 2, size: 10, total: 0, code: domain.CodeNotFound},
		{number: 1, size: 10, total: 1, want: domain.Window{Number: 1, Offset: 0, Limit: 1}},
		{number: 1, size: 10, total: 9, want: domain.Window{Number: 1, Offset: 0, Limit: 9}},
		{number: 1, size: 10, total: 10, want: domain.Window{Number: 1, Offset: 0, Limit: 10}},
		{number: 2, size: 10, total: 10, code: domain.CodeNotFound},
		{number: 1, size: 10, total: 11, want: domain.Window{Number: 1, Offset: 0, Limit: 10}},
		{number: 2, size: 10, total: 11, want: domain.Window{Number: 2, Offset: 10, Limit: 1}},
		{number: last, size: 10, total: 11, want: domain.Window{Number: 2, Offset: 10, Limit: 1}},
		{number: last, size: 10, total: 20, want: domain.Window{Number: 2, Offset: 10, Limit: 10}},
		{number: 3, size: 10, total: 20, code: domain.CodeNotFound},
		{number: 7, size: 1, total: 7, want: domain.Window{Number: 7, Offset: 6, Limit: 1}},
		{number: 1, size: math.MaxInt, total: 3, want: domain.Window{Number: 1, Offset: 0, Limit: 3}},
		{number: last, size: 1, total: math.MaxInt64, want: domain.Window{Number: math.MaxInt64, Offset: math.MaxInt64 - 1, Limit: 1}},
		{number: last, size: 2, total: math.MaxInt64, want: domain.Window{Number: 1 << 62, Offset: math.MaxInt64 - 1, Limit: 1}},
		{number: math.MaxInt64, size: 10, total: 20, code: domain.CodeNotFound},
		{number: 0, size: 10, total: 20, code: domain.CodeNotFound},
		{number: -2, size: 10, total: 20, code: domain.CodeNotFound},
		{number: math.MinInt64, size: 10, total: 20, code: domain.CodeNotFound},
		{number: 1, size: 0, total: 20, code: domain.CodeInvalid},
		{number: 1, size: -1, total: 20, code: domain.CodeInvalid},
		{number: last, size: 0, total: 0, code: domain.CodeInvalid},
	} {
		t.Run(fmt.Sprintf("page %d of %d persons, %d a page", each.number, each.total, each.size), func(t *testing.T) {
			t.Parallel()
			got, err := domain.PageQuery{Number: each.number, Size: each.size}.Window(each.total)
			if got != each.want || domain.CodeOf(err) != each.code {
				t.Errorf("got %+v and code %q, want %+v and code %q", got, domain.CodeOf(err), each.want, each.code)
			}
		})
	}
}

// Whatever the size, the pages show each person once and in order.
func TestWindowsCoverTheList(t *testing.T) {
	t.Parallel()
	for size := 1; size <= 12; size++ {
		for total := range int64(41) {
			var next int64
			pages := domain.Page{Size: size, Total: total}.Pages()
			for number := int64(1); number <= pages; number++ {
				window, err := domain.PageQuery{Number: number, Size: size}.Window(total)
				if err != nil || window.Number != number || window.Offset != next {
					t.Fatalf("page %d of %d persons, %d a page: got %+v and the error %v, want it to go on at %d", number, total, size, window, err, next)
				}
				next += int64(window.Limit)
			}
			if next != total {
				t.Fatalf("%d pages of %d show %d persons, want all %d", pages, size, next, total)
			}
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	for page, want := range map[*domain.Page]int64{
		{}:                                1,
		{Size: 10}:                        1,
		{Size: 10, Total: 10}:             1,
		{Size: 10, Total: 11}:             2,
		{Size: 1, Total: math.MaxInt64}:   math.MaxInt64,
		{Size: 100, Total: math.MaxInt64}: math.MaxInt64/100 + 1,
	} {
		if got := page.Pages(); got != want {
			t.Errorf("%+v: got %d pages, want %d", *page, got, want)
		}
	}
}

package domain

import "slices"

// LastPage is the page number that asks for whichever page is the last.
const LastPage int64 = -1

// PageQuery asks for one page of the list of all persons in the order of their ids, or in
// the opposite one.
type PageQuery struct {
	// Number is the page's number, from 1, or LastPage.
	Number int64
	// Size is how many persons a full page holds, at least 1.
	Size int
	// Backward begins with the greatest id.
	Backward bool
}

// Window is the part of a list that a page shows.
type Window struct {
	// Number is the page's number, from 1; never LastPage.
	Number int64
	// Offset is how many persons have lesser ids than those on the page.
	Offset int64
	// Limit is how many persons the page holds; 0 for the first page of an empty list.
	Limit int
}

// Window returns which part of a list of total persons the query asks for. An
// empty list has one empty page. Stores call it inside the snapshot from which
// they read the page, so that page and total agree. The error is CodeInvalid
// for a size below 1 and CodeNotFound for a page that does not exist.
func (q PageQuery) Window(total int64) (Window, error) {
	if q.Size < 1 {
		return Window{}, &Error{Code: CodeInvalid, Message: "a page holds at least one person"}
	}
	number, last := q.Number, pages(total, q.Size)
	if number == LastPage {
		number = last
	}
	if number < 1 || number > last {
		return Window{}, &Error{Code: CodeNotFound, Message: "there is no such page"}
	}
	before := (number - 1) * int64(q.Size)
	window := Window{Number: number, Offset: before, Limit: int(min(int64(q.Size), total-before))}
	if q.Backward {
		window.Offset = total - before - int64(window.Limit)
	}
	return window, nil
}

// Page makes the answer of what a store read: the persons of the window, the least id first,
// out of total. It keeps persons and changes it.
func (q PageQuery) Page(window Window, persons []Person, total int64) Page {
	if q.Backward {
		slices.Reverse(persons)
	}
	return Page{Persons: persons, Number: window.Number, Size: q.Size, Total: total}
}

// Page is one page of the list of all persons, and the number of all of them, as
// they were at one moment.
type Page struct {
	// Persons are the page's persons in the order that was asked for.
	Persons []Person
	// Number is the page's number, from 1.
	Number int64
	// Size is how many persons a full page holds.
	Size int
	// Total is how many persons there are on all pages.
	Total int64
}

// Pages returns how many pages there are, at least 1. A Size below 1 counts as 1.
func (p Page) Pages() int64 { return pages(p.Total, max(1, p.Size)) }

// pages rounds up without adding to total, which may be the greatest int64.
func pages(total int64, size int) int64 {
	return 1 + max(0, total-1)/int64(size)
}

package localexec_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
)

// The domain: what a loan is, what lending needs, and what it does. It knows neither HTTP nor a database.

// Loan is a book and who wants it. Whoever holds one that newLoan made holds a valid one.
type Loan struct{ book, reader string }

func newLoan(book, reader string) (Loan, error) {
	if book == "" || reader == "" {
		return Loan{}, &domain.Error{Code: domain.CodeInvalid, Message: "a loan has a book and a reader"}
	}
	return Loan{book, reader}, nil
}

// Shelf is what lending needs.
type Shelf interface {
	// Take takes all the books of the loans off the shelf, or none.
	Take(ctx context.Context, loans []Loan) error
}

// lendHandler is what is done with a batch; an executor decides how it is run.
func lendHandler(shelf Shelf) domain.Handler[Loan, Loan] {
	return func(ctx context.Context, batch []Loan) []domain.Outcome[Loan] {
		if err := shelf.Take(ctx, batch); err != nil {
			return domain.FailAll[Loan](len(batch), err)
		}
		outcomes := make([]domain.Outcome[Loan], len(batch))
		for i, loan := range batch {
			outcomes[i].Value = loan
		}
		return outcomes
	}
}

// Lend is the use case.
type Lend struct {
	executor domain.Executor[Loan, Loan]
}

// All lends what it can, and returns how many books that were, and why it was not all.
func (l *Lend) All(ctx context.Context, loans []Loan) (int, error) {
	return domain.Tally(l.executor.Execute(ctx, loans))
}

// An adapter that the domain drives: books in memory.
type memoryShelf struct {
	mu    sync.Mutex
	books map[string]bool
}

func (s *memoryShelf) Take(ctx context.Context, loans []Loan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := domain.ContextError(ctx); err != nil {
		return err
	}
	left := maps.Clone(s.books)
	for _, loan := range loans {
		if !left[loan.book] {
			return &domain.Error{Code: domain.CodeNotFound, Message: "there is no " + loan.book + " on the shelf"}
		}
		delete(left, loan.book)
	}
	s.books = left
	return nil
}

// An adapter that drives the domain: HTTP. One table says which code is which status.
func lendOverHTTP(lend *Lend) http.Handler {
	statuses := map[domain.Code]int{
		"": http.StatusOK, domain.CodeInvalid: http.StatusBadRequest, domain.CodeNotFound: http.StatusNotFound,
		domain.CodeUnavailable: http.StatusServiceUnavailable,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var loans []Loan
		for book := range strings.SplitSeq(r.FormValue("books"), ",") {
			loan, err := newLoan(book, r.FormValue("reader"))
			if err != nil {
				http.Error(w, domain.MessageOf(err), statuses[domain.CodeOf(err)])
				return
			}
			loans = append(loans, loan)
		}
		lent, err := lend.All(r.Context(), loans)
		if err != nil {
			http.Error(w, fmt.Sprintf("%d lent; %s", lent, domain.MessageOf(err)), statuses[domain.CodeOf(err)])
			return
		}
		fmt.Fprintln(w, lent, "lent")
	})
}

// The composition root: each book by itself, four at a time, and no more than ten requests that wait. With localexec.Serial(10)
// a request would be all or nothing; nothing else changes.
func Example_ownDomain() {
	shelf := &memoryShelf{books: map[string]bool{"Emma": true, "Ulysses": true, "Walden": true}}
	executor, err := localexec.New(lendHandler(shelf), localexec.PerItem(4, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = executor.Close() }()
	handler := lendOverHTTP(&Lend{executor})
	for _, query := range []string{"reader=Ann&books=Emma,Walden", "reader=Bob&books=Emma,Ulysses", "books=Ulysses"} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/?"+query, nil))
		fmt.Print(answer.Code, " ", answer.Body)
	}
	// Output:
	// 200 2 lent
	// 404 1 lent; there is no Emma on the shelf
	// 400 a loan has a book and a reader
}

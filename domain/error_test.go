package domain_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

var errDisk = errors.New("disk full at /var/lib")

func TestCodeAndMessage(t *testing.T) {
	t.Parallel()
	locked := &domain.Error{Code: domain.CodeUnavailable, Message: "the store is locked", Cause: errDisk}
	for name, each := range map[string]struct {
		err     error
		code    domain.Code
		message string
	}{
		"nil has neither":               {nil, "", ""},
		"an Error tells its own":        {locked, domain.CodeUnavailable, "the store is locked"},
		"a wrapped Error tells its own": {fmt.Errorf("page 3: %w", locked), domain.CodeUnavailable, "the store is locked"},
		"the first Error in the chain counts": {
			&domain.Error{Code: domain.CodeInternal, Message: "outer", Cause: locked}, domain.CodeInternal, "outer",
		},
		"an Error around a canceled context tells its own": {
			&domain.Error{Code: domain.CodeUnavailable, Message: "outer", Cause: context.Canceled}, domain.CodeUnavailable, "outer",
		},
		"a canceled context":                     {context.Canceled, domain.CodeCanceled, "the request was canceled"},
		"a wrapped deadline":                     {fmt.Errorf("query: %w", context.DeadlineExceeded), domain.CodeDeadline, "the time allowed ran out"},
		"anything else is internal and not told": {errDisk, domain.CodeInternal, "internal error"},
		"a panic is internal and not told":       {&domain.PanicError{Value: "secret"}, domain.CodeInternal, "internal error"},
		"a panic with an Error is internal":      {&domain.PanicError{Value: locked}, domain.CodeInternal, "internal error"},
		"a panic with a canceled context too":    {&domain.PanicError{Value: context.Canceled}, domain.CodeInternal, "internal error"},
		"an Error around a panic tells its own": {
			&domain.Error{Code: domain.CodeUnavailable, Message: "outer", Cause: &domain.PanicError{}}, domain.CodeUnavailable, "outer",
		},
		"a person that is not there": {domain.NotFound(7), domain.CodeNotFound, "there is no person 7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := domain.CodeOf(each.err); got != each.code {
				t.Errorf("CodeOf(%v): got %q, want %q", each.err, got, each.code)
			}
			if got := domain.MessageOf(each.err); got != each.message {
				t.Errorf("MessageOf(%v): got %q, want %q", each.err, got, each.message)
			}
		})
	}
}

func TestErrorTellsLogsEverything(t *testing.T) {
	t.Parallel()
	err := &domain.Error{
		Code:    domain.CodeInvalid,
		Message: "invalid input",
		Problems: []domain.Problem{
			{Field: "name", Code: domain.ProblemTooLong, Limit: 255},
			{Field: "age", Code: domain.ProblemRequired},
		},
		Cause: errDisk,
	}
	if got, want := err.Error(), "invalid input [name too_long (255) age required]: disk full at /var/lib"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, errDisk) {
		t.Error("errors.Is does not find the cause, want it in the chain")
	}
}

func TestProblemsReadWell(t *testing.T) {
	t.Parallel()
	for _, code := range domain.ProblemCodes() {
		withLimit := code == domain.ProblemTooLong || code == domain.ProblemTooSmall || code == domain.ProblemTooBig
		want := "age " + string(code)
		if withLimit {
			want += " (9)"
		}
		if got := (domain.Problem{Field: "age", Code: code, Limit: 9}).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Adapters have tables over all codes, so a constant must not be left out.
func TestCodesAreComplete(t *testing.T) {
	t.Parallel()
	for typeName, got := range map[string][]string{
		"Code":        texts(domain.Codes()),
		"ProblemCode": texts(domain.ProblemCodes()),
	} {
		want := constantsOf(t, "error.go", typeName)
		slices.Sort(got)
		slices.Sort(want)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("the function that lists every %s returns %q, want the constants %q", typeName, got, want)
		}
	}
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}

// constantsOf returns the values of the constants of a type that a file declares.
func constantsOf(t *testing.T, file, typeName string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("got %v, want the syntax of %s", err, file)
	}
	var values []string
	ast.Inspect(parsed, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if named, ok := spec.Type.(*ast.Ident); ok && named.Name == typeName {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatalf("got %v, want the text of the constant %s", err, spec.Names[0])
			}
			values = append(values, value)
		}
		return true
	})
	return values
}

func TestContextError(t *testing.T) {
	t.Parallel()
	wantContextError(t.Context(), t, "", nil)

	canceled, cancel := context.WithCancelCause(t.Context())
	cancel(errDisk)
	wantContextError(canceled, t, domain.CodeCanceled, errDisk)

	late, cancelLate := context.WithDeadlineCause(t.Context(), time.Unix(0, 0), errDisk)
	defer cancelLate()
	wantContextError(late, t, domain.CodeDeadline, errDisk)

	plain, cancelPlain := context.WithCancel(t.Context())
	cancelPlain()
	wantContextError(plain, t, domain.CodeCanceled, context.Canceled)
}

func wantContextError(ctx context.Context, t *testing.T, code domain.Code, cause error) {
	t.Helper()
	err := domain.ContextError(ctx)
	if got := domain.CodeOf(err); got != code {
		t.Errorf("got code %q (%v), want %q", got, err, code)
	}
	if !errors.Is(err, cause) {
		t.Errorf("got the error %v, want one that wraps %v", err, cause)
	}
	if err != nil && domain.MessageOf(err) != domain.MessageOf(ctx.Err()) {
		t.Errorf("got the message %q, want that of %v: the cause may not be shown", domain.MessageOf(err), ctx.Err())
	}
}

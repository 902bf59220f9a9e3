package domain

import (
	"context"
	"errors"
	"fmt"
)

// Code says what kind of failure an error is. Adapters translate codes into
// their own language (an HTTP status, an exit code) and never look at texts.
type Code string

const (
	// CodeInvalid means that the input breaks a rule; Error.Problems says which.
	CodeInvalid Code = "invalid"
	// CodeNotFound means that there is no such person or page.
	CodeNotFound Code = "not_found"
	// CodeConflict means that the request contradicts what is stored.
	CodeConflict Code = "conflict"
	// CodePrecondition means that a Condition does not hold, so nothing was changed.
	CodePrecondition Code = "precondition"
	// CodeKeyReused means that the key of a Claim stands for another request.
	CodeKeyReused Code = "key_reused"
	// CodeTooLarge means that something is larger than it may be.
	CodeTooLarge Code = "too_large"
	// CodeUpstream means that a service that was asked answered wrongly or not at all.
	CodeUpstream Code = "upstream"
	// CodeUnauthenticated means that it is not known who asks.
	CodeUnauthenticated Code = "unauthenticated"
	// CodeForbidden means that it is known who asks, and that they may not.
	CodeForbidden Code = "forbidden"
	// CodeUnavailable means not now, perhaps later: full, closed or locked.
	CodeUnavailable Code = "unavailable"
	// CodeCanceled means that the caller gave up.
	CodeCanceled Code = "canceled"
	// CodeDeadline means that the time allowed ran out.
	CodeDeadline Code = "deadline"
	// CodeInternal means a fault of this program, or one nobody translated.
	CodeInternal Code = "internal"
)

// Codes returns every code, for tables that must cover them all.
func Codes() []Code {
	return []Code{
		CodeInvalid, CodeNotFound, CodeConflict, CodePrecondition, CodeKeyReused, CodeTooLarge, CodeUpstream,
		CodeUnauthenticated, CodeForbidden, CodeUnavailable, CodeCanceled, CodeDeadline, CodeInternal,
	}
}

// Error is a failure that has been understood.
type Error struct {
	// Code says what kind of failure it is.
	Code Code
	// Message may be shown to anyone: it holds no secret and no internals.
	Message string
	// Problems lists the broken rules when Code is CodeInvalid.
	Problems []Problem
	// Cause is the error underneath, for logs only. It may be nil.
	Cause error
}

// Error returns the message, the problems and the cause, for logs.
// What may be shown to strangers is Message.
func (e *Error) Error() string {
	text := e.Message
	if len(e.Problems) > 0 {
		text += fmt.Sprintf(" %v", e.Problems)
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// ProblemCode says which rule a field breaks.
type ProblemCode string

const (
	// ProblemRequired means that the field must be given.
	ProblemRequired ProblemCode = "required"
	// ProblemBlank means that the text is empty once white space around it is removed.
	ProblemBlank ProblemCode = "blank"
	// ProblemTooLong means that the text has more than Limit code points.
	ProblemTooLong ProblemCode = "too_long"
	// ProblemNullCharacter means that the text holds U+0000.
	ProblemNullCharacter ProblemCode = "null_character"
	// ProblemNotUnicode means that the text is not valid UTF-8.
	ProblemNotUnicode ProblemCode = "not_unicode"
	// ProblemTooSmall means that the number is less than Limit.
	ProblemTooSmall ProblemCode = "too_small"
	// ProblemTooBig means that the number is greater than Limit.
	ProblemTooBig ProblemCode = "too_big"
	// ProblemNotText means that the value is something else than a text.
	ProblemNotText ProblemCode = "not_text"
	// ProblemNotInteger means that the value is no whole number.
	ProblemNotInteger ProblemCode = "not_integer"
	// ProblemSyntax means that a row cannot be read.
	ProblemSyntax ProblemCode = "syntax"
	// ProblemUnknown means that the value is none of those that there are.
	ProblemUnknown ProblemCode = "unknown"
)

// ProblemCodes returns every problem code, for tables that must cover them all.
func ProblemCodes() []ProblemCode {
	return []ProblemCode{
		ProblemRequired, ProblemBlank, ProblemTooLong, ProblemNullCharacter,
		ProblemNotUnicode, ProblemTooSmall, ProblemTooBig,
		ProblemNotText, ProblemNotInteger, ProblemSyntax, ProblemUnknown,
	}
}

// The fields that a Problem names.
const (
	FieldName  = "name"
	FieldAge   = "age"
	FieldCount = "count"
	FieldRow   = "row" // all of a row
)

// Problem is one rule that one field breaks.
type Problem struct {
	Field string
	Code  ProblemCode
	// Limit is the bound that was passed, for ProblemTooLong, ProblemTooSmall
	// and ProblemTooBig; otherwise 0.
	Limit int64
}

// String returns the problem for logs, such as "name too_long (255)".
func (p Problem) String() string {
	switch p.Code {
	case ProblemTooLong, ProblemTooSmall, ProblemTooBig:
		return fmt.Sprintf("%s %s (%d)", p.Field, p.Code, p.Limit)
	default:
		return p.Field + " " + string(p.Code)
	}
}

func invalid(problems []Problem) error {
	return &Error{Code: CodeInvalid, Message: "invalid input", Problems: problems}
}

// IDTaken returns the error that every store answers where it is to keep a person under an
// id that another one has.
func IDTaken(id int64) error {
	return &Error{Code: CodeConflict, Message: fmt.Sprintf("there is another person %d already", id)}
}

// NotFound returns the error that every store answers for a person it does not have.
func NotFound(id int64) error {
	return &Error{Code: CodeNotFound, Message: fmt.Sprintf("there is no person %d", id)}
}

// ContextError returns nil while ctx goes on, and afterwards an error whose code
// is CodeCanceled or CodeDeadline and which wraps context.Cause(ctx).
func ContextError(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	return &Error{Code: CodeOf(err), Message: MessageOf(err), Cause: context.Cause(ctx)}
}

// CodeOf returns the code of err: "" for nil, the code of the first *Error in
// its chain, CodeCanceled or CodeDeadline for the errors of package context, and
// CodeInternal for any other.
func CodeOf(err error) Code {
	var known *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return known.Code
	case errors.Is(err, context.DeadlineExceeded):
		return CodeDeadline
	case errors.Is(err, context.Canceled):
		return CodeCanceled
	default:
		return CodeInternal
	}
}

// ProblemsOf returns the broken rules of the first *Error in err's chain.
func ProblemsOf(err error) []Problem {
	var known *Error
	if errors.As(err, &known) {
		return known.Problems
	}
	return nil
}

// MessageOf returns a text that may be shown to anyone: the Message of the first
// *Error in err's chain, else a plain sentence for its code. For nil it is "".
func MessageOf(err error) string {
	var known *Error
	if errors.As(err, &known) {
		return known.Message
	}
	switch CodeOf(err) {
	case "":
		return ""
	case CodeDeadline:
		return "the time allowed ran out"
	case CodeCanceled:
		return "the request was canceled"
	default:
		return "internal error"
	}
}

package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"

	"github.com/seed-bbcc19ba/roster/domain"
)

// body is what a request said, in whichever format it said it.
type body struct {
	// fields are the members of an object or form; nil where the body is neither.
	fields map[string]value
	// whole is the body where it is no object.
	whole value
}

// isField tells whether any body has a field of this name. Others are not kept: a mebibyte of
// them would take forty times as much memory.
func isField(name string) bool {
	switch name {
	case domain.FieldName, domain.FieldAge, domain.FieldCount, kindField, dryRunField, atomicField:
		return true
	default:
		return false
	}
}

// parseBody reads the request's body by its Content-Type, as REST framework's
// three parsers do. An empty body is an empty object, whatever its type.
func (a *api) parseBody(r *http.Request) (body, error) {
	content, release, err := a.readBody(r)
	defer release()
	if err != nil {
		return body{}, err
	}
	if len(content) == 0 {
		return body{fields: map[string]value{}}, nil
	}
	contentType := r.Header.Get("Content-Type")
	media := parseMediaType(contentType)
	decode := toUTF8(media.params["charset"])
	switch {
	case media.covers("application", "json"):
		return jsonBody([]byte(decode(string(content))), a.maxJSONDepth)
	case media.covers("application", "x-www-form-urlencoded"):
		return body{fields: parseForm(string(content), decode, isField)}, nil
	case media.covers("multipart", "form-data"):
		_, params, _ := mime.ParseMediaType(contentType)
		if params["boundary"] == "" {
			return body{}, badRequest("Multipart form parse error - Invalid boundary in multipart: None")
		}
		return body{fields: parseMultipart(content, params["boundary"], decode)}, nil
	default:
		return body{}, unsupported(contentType)
	}
}

func unsupported(contentType string) error {
	return &wireError{http.StatusUnsupportedMediaType, detail{fmt.Sprintf(`Unsupported media type "%s" in request.`, contentType)}}
}

// errBadJSON marks the error of a body that is no JSON.
var errBadJSON = errors.New("not JSON")

func jsonBody(content []byte, maxDepth int) (body, error) {
	fields, whole, err := parseJSON(content, maxDepth, isField)
	if err != nil {
		return body{}, fmt.Errorf("%w: %w", errBadJSON, badRequest("JSON parse error - "+err.Error()))
	}
	return body{fields: fields, whole: whole}, nil
}

// smallBody is how large a body may be that anybody may send at any time. A person
// takes less.
const smallBody = 8 << 10

// largeBodies is how many larger ones are in memory at once. Bodies are read before
// anything bounds how much goes on, and a client may take its time for one: without
// this, as many as there are connections could be there.
const largeBodies = 32

// errManyBodies is the answer to one more.
var errManyBodies = unreadBody{&domain.Error{Code: domain.CodeUnavailable, Message: "too many large bodies are being read"}}

// unreadBody is the error of a request whose body was not read to its end.
type unreadBody struct{ error }

// Unwrap returns the error.
func (e unreadBody) Unwrap() error { return e.error }

// beforeBody returns the error with which a request is refused before its body, if it has one, is looked at.
func beforeBody(r *http.Request, err error) error {
	if r.ContentLength != 0 {
		return unreadBody{err}
	}
	return err
}

// readBody returns the request's body, 413 as soon as it is known to be larger than
// it may be, 408 where a read met the deadline that the server has set, or
// errManyBodies. The caller calls release, always, when it is done with the body.
func (a *api) readBody(r *http.Request) (content []byte, release func(), err error) {
	release = func() {}
	if r.ContentLength > a.maxBodyBytes {
		return nil, release, tooLarge()
	}
	rest := io.LimitReader(r.Body, a.maxBodyBytes+1)
	content, err = io.ReadAll(io.LimitReader(rest, smallBody+1))
	if err == nil && len(content) > smallBody {
		if !a.largeBodies.enter() {
			return nil, release, errManyBodies
		}
		release = a.largeBodies.leave
		content, err = io.ReadAll(io.MultiReader(bytes.NewReader(content), rest))
	}
	return content, release, a.bodyError(r, len(content), err)
}

// bodyError returns what is wrong with a body of which so much was read.
func (a *api) bodyError(r *http.Request, length int, err error) error {
	if int64(length) > a.maxBodyBytes {
		return tooLarge()
	}
	return readError(r, err)
}

// readError returns what is wrong where reading a body answered err.
func readError(r *http.Request, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded): // before the context, which net/http ends for it too
		return &wireError{http.StatusRequestTimeout, detail{msgTooSlow}}
	case r.Context().Err() != nil:
		return r.Context().Err()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return badRequest("The request body is damaged, or ended too soon.")
	default:
		return badRequest("The request body cannot be read.")
	}
}

func tooLarge() error {
	return &wireError{http.StatusRequestEntityTooLarge, detail{msgTooLarge}}
}

func badRequest(message string) error {
	return &wireError{http.StatusBadRequest, detail{message}}
}

package httpapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
)

// body is what a request said, in whichever format it said it.
type body struct {
	// fields are the members of an object or form; nil where the body is neither.
	fields map[string]value
	// whole is the body where it is no object.
	whole value
}

// parseBody reads the request's body by its Content-Type, as REST framework's
// three parsers do. An empty body is an empty object, whatever its type.
func (a *api) parseBody(r *http.Request) (body, error) {
	content, err := a.readBody(r)
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
		return body{fields: parseForm(string(content), decode)}, nil
	case media.covers("multipart", "form-data"):
		_, params, _ := mime.ParseMediaType(contentType)
		if params["boundary"] == "" {
			return body{}, badRequest("Multipart form parse error - Invalid boundary in multipart: None")
		}
		return body{fields: parseMultipart(content, params["boundary"], decode)}, nil
	default:
		return body{}, &wireError{
			http.StatusUnsupportedMediaType,
			detail{fmt.Sprintf(`Unsupported media type "%s" in request.`, contentType)},
		}
	}
}

// errBadJSON marks the error of a body that is no JSON.
var errBadJSON = errors.New("not JSON")

func jsonBody(content []byte, maxDepth int) (body, error) {
	fields, whole, err := parseJSON(content, maxDepth)
	if err != nil {
		return body{}, fmt.Errorf("%w: %w", errBadJSON, badRequest("JSON parse error - "+err.Error()))
	}
	return body{fields: fields, whole: whole}, nil
}

// readBody returns the request's body, 413 as soon as it is known to be larger than
// it may be, or 408 where a read met the deadline that the server has set.
func (a *api) readBody(r *http.Request) ([]byte, error) {
	tooLarge := &wireError{http.StatusRequestEntityTooLarge, detail{msgTooLarge}}
	if r.ContentLength > a.maxBodyBytes {
		return nil, tooLarge
	}
	content, err := io.ReadAll(io.LimitReader(r.Body, a.maxBodyBytes+1))
	switch {
	case int64(len(content)) > a.maxBodyBytes:
		return nil, tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded): // before the context, which net/http ends for it too
		return nil, &wireError{http.StatusRequestTimeout, detail{msgTooSlow}}
	case err != nil && r.Context().Err() != nil:
		return nil, r.Context().Err()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, badRequest("The request body ended too soon.")
	case err != nil:
		return nil, badRequest("The request body cannot be read.")
	default:
		return content, nil
	}
}

func badRequest(message string) error {
	return &wireError{http.StatusBadRequest, detail{message}}
}

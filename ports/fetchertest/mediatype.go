package fetchertest

import (
	"fmt"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func mediaTypeCases() []testCase {
	return []testCase{
		{"a media type of JSON is accepted", jsonTypes},
		{"another media type is refused, though its body is JSON", otherTypes},
	}
}

func jsonTypes(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, contentType := range []string{
		"application/json",
		"application/json; charset=utf-8",
		"application/json;charset=UTF-8",
		"APPLICATION/JSON",
		"Application/Json; Charset=\"utf-8\"",
		"application/problem+json",
		"application/vnd.api+json; profile=\"https://example.org/a b\"",
		"application/Geo+JSON",
	} {
		checkDocument(t, fetcher, upstream(t, sends(contentType, `{}`)), `{}`, fmt.Sprintf("%q is a media type of JSON", contentType))
	}
}

func otherTypes(t *testing.T, open opener) {
	fetcher := open(t, patient())
	for _, contentType := range []string{
		"",
		"text/html",
		"text/html; charset=utf-8",
		"text/plain",
		"text/json",
		"text/x+json",
		"image/png",
		"application/octet-stream",
		"application/jsonp",
		"application/json5",
		"application/x-json",
		"application/json+xml",
		"application/javascript",
		"application",
		"application/",
		"json",
		"/json",
		";",
		"application/json/json",
		"application json",
		"text/html, application/json",
	} {
		why := fmt.Sprintf("%q is no media type of JSON", contentType)
		checkRefused(t.Context(), t, fetcher, upstream(t, sends(contentType, `{}`)), domain.CodeUpstream, why)
	}
}

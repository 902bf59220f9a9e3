package httpapi

import (
	"bytes"
	_ "embed" // the description
	"encoding/json"
	"net/http"
)

// The description of the API, as OpenAPI 3.1. It is written by hand in YAML; openapi.json says the same, and a
// test keeps it so.
var (
	//go:embed openapi.yaml
	descriptionYAML string
	//go:embed openapi.json
	descriptionJSON []byte
)

const (
	schemaPath = "/api/schema/"
	formatYAML = "yaml"
)

// schemaRenders are the forms of the description: each format under the media type that everybody knows, and
// under its own.
var schemaRenders = []renderer{
	{"json", "application", "json"},
	{"json", "application", "vnd.oai.openapi+json"},
	{formatYAML, "application", "yaml"},
	{formatYAML, "application", "vnd.oai.openapi"},
}

// Description returns what the API is, as OpenAPI 3.1 in JSON: what /api/schema/ serves.
func Description() []byte { return bytes.Clone(descriptionJSON) }

// schemaView serves /api/schema/.
func schemaView() *view {
	return &view{
		name:        "Schema",
		description: "What the API is, as OpenAPI 3.1.",
		renders:     schemaRenders,
		varies:      "Accept",
		conditional: true,
		unmatched:   msgUnmatched,
		actions:     map[string]action{http.MethodGet: describe},
	}
}

func describe(r *http.Request) (reply, error) {
	chosen, _, err := negotiate(r, "", schemaRenders)
	if err != nil {
		return reply{}, err
	}
	if chosen.format == formatYAML {
		return reply{status: http.StatusOK, body: plainText(descriptionYAML), contentType: chosen.mediaType()}, nil
	}
	return reply{status: http.StatusOK, body: json.RawMessage(descriptionJSON), contentType: chosen.mediaType()}, nil
}

package httpapi

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/swaggest/swgui/v5/static"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
)

const docsPath = "/api/docs/"

// ownDocs are the page and what of it is ours.
//
//go:embed docs
var ownDocs embed.FS

// docsPolicy is what a browser may do with the page: run and show the files beside it, and send requests to the server
// that it came from, and nowhere else. Images come within the viewer's styles and scripts (data:). The viewer sets
// styles by script only, which no policy forbids, so 'unsafe-inline' stands nowhere.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsFiles are the scripts and styles of the page, as they lie in their folders: those of the viewer (Swagger UI) in gzip.
var docsFiles = map[string]docsFile{
	"swagger-ui.css":       {static.FS, "swagger-ui.css.gz"},
	"swagger-ui-bundle.js": {static.FS, "swagger-ui-bundle.js.gz"},
	"docs.css":             {ownDocs, "docs/docs.css"},
	"docs.js":              {ownDocs, "docs/docs.js"},
}

type docsFile struct {
	folder embed.FS
	name   string
}

// docsTypes are the media types of those files.
var docsTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// asHTML is how the page comes.
var asHTML = []renderer{{"html", "text", "html"}}

// docsView serves /api/docs/.
func docsView() *view {
	return &view{
		name:        "Docs",
		description: "The description of the API, as a page on which requests can be tried.",
		renders:     asHTML,
		actions: map[string]action{http.MethodGet: func(*http.Request) (reply, error) {
			page, err := ownDocs.ReadFile("docs/index.html")
			return reply{
				status: http.StatusOK, body: plainText(page), contentType: "text/html; charset=utf-8",
				headers: [][2]string{{"Content-Security-Policy", docsPolicy}},
			}, err
		}},
	}
}

// docsFileView serves /api/docs/{file}.
func docsFileView() *view {
	return &view{
		plain:       true,
		varies:      "Accept-Encoding",
		conditional: true,
		unmatched:   msgUnmatched,
		actions:     map[string]action{http.MethodGet: serveDocsFile},
	}
}

func serveDocsFile(r *http.Request) (reply, error) {
	name := r.PathValue("file")
	file, found := docsFiles[name]
	if !found {
		return reply{}, &wireError{http.StatusNotFound, detail{drf.NotFound}}
	}
	content, err := file.folder.ReadFile(file.name)
	if err != nil {
		return reply{}, err
	}
	answer := reply{status: http.StatusOK, contentType: docsTypes[path.Ext(name)]}
	if strings.HasSuffix(file.name, ".gz") {
		if takesGzip(r) {
			answer.headers = [][2]string{{"Content-Encoding", "gzip"}}
		} else if content, err = gunzip(content); err != nil {
			return reply{}, err
		}
	}
	answer.body = plainText(content)
	return answer, nil
}

// takesGzip tells whether the client takes an answer in gzip.
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(strings.Join(r.Header["Accept-Encoding"], ","), ",") {
		media := parseMediaType(strings.TrimSpace(coding))
		if media.main == "gzip" {
			weight, given := media.params["q"]
			wanted, _ := strconv.ParseFloat(weight, 64)
			return !given || wanted > 0
		}
	}
	return false
}

func gunzip(packed []byte) ([]byte, error) {
	text, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(text)
}

// Package labpage draws what happened in the strategy lab: which batch ran when on which worker, who waited and who
// was turned away, and how fast it went.
//
// The pictures are SVG that needs no script, and tells by shape what it tells by colour. Each has its words beside it. However
// much happened, a page stays small: what is too narrow to be seen is drawn together, and the page says so.
package labpage

import (
	_ "embed" // the templates and the style stand beside this file
	"html/template"
	"io"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

var (
	//go:embed body.html
	bodyText string
	//go:embed page.html
	pageText string
	//go:embed lab.css
	style string
	//go:embed page.css
	pageStyle string
)

var (
	bodyTemplate = template.Must(template.New("body").Parse(bodyText))
	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// Write writes a page about a preset and what became of it, which a browser can show from a file: it holds its style and
// loads nothing. The preset says what is told; what was done and how it went is the report's, which is one that lab.Lab
// returned. The error is the writer's.
func Write(w io.Writer, preset lab.Preset, report lab.Report) error {
	body, err := Body(preset, report)
	if err != nil {
		return err
	}
	return pageTemplate.Execute(w, struct {
		Title string
		Style template.CSS
		Body  template.HTML
	}{titleOf(preset), template.CSS(style + pageStyle), body}) //nolint:gosec // the style is ours
}

// Body returns what stands below the title of such a page, for a page of somebody else's. It has no style within it, so that it
// may stand where a policy allows none; Style is what it needs. It begins with headings of the second level, its classes
// and ids begin with lab, and there can be one on a page.
func Body(preset lab.Preset, report lab.Report) (template.HTML, error) {
	var text strings.Builder
	if err := bodyTemplate.Execute(&text, newBody(preset, report)); err != nil {
		return "", err
	}
	return template.HTML(text.String()), nil //nolint:gosec // the template has escaped it
}

// Style returns the style sheet of what Body returns. All of it concerns what is in an element of the class lab.
func Style() string { return style }

func titleOf(preset lab.Preset) string {
	if preset.Title == "" {
		return "Strategies side by side"
	}
	return preset.Title
}

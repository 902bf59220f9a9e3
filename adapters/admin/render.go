package admin

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

// pages are the templates, each parsed with what all have in common.
type pages struct {
	byName  map[string]*template.Template
	version string
}

// view is what a page shows.
type view struct {
	Title string
	// Section is the entry of the navigation that the page belongs to.
	Section string
	// Refresh is after how many seconds a browser without JavaScript asks again; 0 is never.
	Refresh int
	Data    any

	// What every page has; render sets it.
	User    account.User
	Message *message
}

// newPages parses the templates: a page is a file, and sees those in shared.
func newPages(labStyle string) (*pages, error) {
	version, err := assetVersion(labStyle)
	if err != nil {
		return nil, err
	}
	base, err := template.New("").Funcs(functions(version)).ParseFS(files, "templates/shared/*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{byName: map[string]*template.Template{}, version: version}
	for _, file := range names {
		page, err := base.Clone()
		if err == nil {
			page, err = page.ParseFS(files, file)
		}
		if err != nil {
			return nil, err
		}
		p.byName[strings.TrimSuffix(path.Base(file), ".html")] = page
	}
	return p, nil
}

// render writes a page. It is made as a whole first, so an error leaves nothing written.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, page string, v view) error {
	v.User = userOf(r)
	v.Message = s.flash.take(w, r)
	return s.write(w, status, page, "page", v)
}

// renderPart writes a part of a page, for htmx to put into its place.
func (s *Site) renderPart(w http.ResponseWriter, page, part string, v view) error {
	return s.write(w, http.StatusOK, page, part, v)
}

func (s *Site) write(w http.ResponseWriter, status int, page, part string, v view) error {
	parsed, known := s.pages.byName[page]
	if !known {
		return fmt.Errorf("there is no template %q", page)
	}
	var text bytes.Buffer
	if err := parsed.ExecuteTemplate(&text, part, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // who has gone reads nothing
	return nil
}

// isPart tells whether htmx asks for a part of a page. It asks for whole ones too, when somebody goes back to one.
func isPart(r *http.Request) bool {
	return r.Header.Get("HX-Request") != "" && r.Header.Get("HX-Request-Type") != "full"
}

// entry is one of the navigation.
type entry struct {
	Href, Title, Icon string
	Current           bool
}

func newEntry(v view, section, href, title, icon string) entry {
	return entry{Href: href, Title: title, Icon: icon, Current: v.Section == section}
}

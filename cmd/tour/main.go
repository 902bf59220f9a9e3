// Command tour takes the pictures of docs/admin: it starts roster with some persons, signs in with
// Chromium and goes through all pages, wide and narrow, light and dark. Its tests use roster in the same way.
//
//	go run -C cmd/tour . -out ../../docs/admin
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/browser"
	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/program"
)

func main() {
	out := flag.String("out", "", "the folder for the pictures")
	flag.Parse()
	if err := run(context.Background(), *out); err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) error {
	if out == "" {
		return errors.New("-out is missing")
	}
	if err := os.MkdirAll(out, 0o755); err != nil { //nolint:gosec // a folder of the project
		return err
	}
	dir, err := os.MkdirTemp("", "roster-tour")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file, err := program.Build(ctx, dir)
	if err != nil {
		return err
	}
	server, err := demonstrate(ctx, program.Place{File: file, Dir: dir})
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	chromium, err := browser.Start(ctx)
	if err != nil {
		return err
	}
	defer chromium.Close()
	for _, look := range looks() {
		if err := picture(chromium, server.URL, look, out); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(out, "README.md"), []byte(album()), 0o644) //nolint:gosec // a file of the project
}

// album is the page that shows all pictures.
func album() string {
	var page strings.Builder
	page.WriteString("# The admin, page by page\n\nTaken by `make tour`, with Chromium, from roster itself.\n")
	for _, at := range stops() {
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n<p>\n", at.title, at.text)
		for _, look := range looks() {
			width := 400
			if look.Width < browser.Phone {
				width = 130
			}
			fmt.Fprintf(&page, `<a href="%s"><img src="%[1]s" width="%d" alt="%s, %d pixels wide, %s"></a>`+"\n", file(at, look), width, at.title, look.Width, look.scheme)
		}
		page.WriteString("</p>\n")
	}
	return page.String()
}

// file is the name of a picture.
func file(at stop, look look) string { return at.name + "-" + look.name + ".webp" }

// picture takes a picture of each page.
func picture(chromium *browser.Browser, url string, look look, out string) error {
	tab, leave, err := chromium.Open(look.Look)
	if err != nil {
		return err
	}
	defer leave()
	return walk(tab, url, func(at stop) error {
		shot, err := tab.Shot()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(out, file(at, look)), shot, 0o644) //nolint:gosec // a file of the project
	})
}

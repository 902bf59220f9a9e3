package admin

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed static templates
var files embed.FS

// staticTypes are the media types of what is served as it is, and nothing else is.
var staticTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assetVersion tells one set of files from another, so that browsers keep them for ever.
func assetVersion(labStyle string) (string, error) {
	hash := sha256.New()
	hash.Write([]byte(labStyle))
	err := fs.WalkDir(files, "static", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(file)
		hash.Write(content)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)[:6]), err
}

// static serves a file.
func (s *Site) static(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	mediaType, known := staticTypes[path.Ext(name)]
	content, err := files.ReadFile("static/" + name)
	if name == labStyle {
		content, err = []byte(s.config.Lab.Style), nil
	}
	if !known || err != nil {
		return errNoPage
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Del("Vary")
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.RawQuery == s.pages.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	return nil
}

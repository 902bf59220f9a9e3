package admin

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
)

// maxUploads is how many files are taken at once: each keeps a part of it in memory, and comes
// as slowly as its client likes.
const maxUploads = 4

// importData is what the page of imports shows.
type importData struct {
	Error          string
	Format         string
	DryRun, Atomic bool
	MaxBytes       int64
}

func (s *Site) importForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, http.StatusOK, importData{})
}

func (s *Site) renderImport(w http.ResponseWriter, r *http.Request, status int, data importData) error {
	data.MaxBytes = s.config.MaxUploadBytes
	return s.render(w, r, status, "import", view{Title: "Import persons", Section: "import", Data: data})
}

// importFile makes a job of a file, which is read as it comes. The other fields stand before it.
func (s *Site) importFile(w http.ResponseWriter, r *http.Request) error {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too many files are being sent; please try again soon"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.config.MaxUploadBytes)
	parts, err := r.MultipartReader()
	if err != nil {
		return &domain.Error{Code: domain.CodeInvalid, Message: "this is no file"}
	}
	var data importData
	job, err := s.importParts(r, parts, &data)
	var large *http.MaxBytesError
	switch {
	case err == nil:
		s.flash.leave(w, r, "ok", "The file has arrived.")
		http.Redirect(w, r, jobPath(job.ID), http.StatusSeeOther)
		return nil
	case errors.As(err, &large) || errors.Is(err, errUnpackedTooLarge):
		data.Error = fmt.Sprintf("The file is larger than %s.", bytesText(s.config.MaxUploadBytes))
		return s.renderImport(w, r, http.StatusRequestEntityTooLarge, data)
	case domain.CodeOf(err) == domain.CodeInvalid || domain.CodeOf(err) == domain.CodeTooLarge:
		data.Error = sentence(domain.MessageOf(err))
		return s.renderImport(w, r, http.StatusUnprocessableEntity, data)
	default:
		return err
	}
}

// lastPart is the file, behind which nothing may come: whether rows are only checked has to be known before the first
// one is taken, and a field that comes too late must not be passed over.
type lastPart struct {
	*multipart.Part
	parts *multipart.Reader
}

// Read implements io.Reader.
func (p *lastPart) Read(content []byte) (int, error) {
	n, err := p.Part.Read(content)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch _, err := p.parts.NextPart(); {
	case errors.Is(err, io.EOF):
		return n, io.EOF
	case err != nil:
		return n, err
	default:
		return n, &domain.Error{Code: domain.CodeInvalid, Message: "the file has to be the last field of the form"}
	}
}

// importParts reads the fields of the form until the file, and that.
func (s *Site) importParts(r *http.Request, parts *multipart.Reader, data *importData) (domain.Job, error) {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return domain.Job{}, errNoFile
		}
		if err != nil {
			return domain.Job{}, broken(err)
		}
		if part.FormName() == "file" {
			if part.FileName() == "" {
				return domain.Job{}, errNoFile
			}
			return s.importPart(r, &lastPart{part, parts}, *data)
		}
		if err := data.read(part); err != nil {
			return domain.Job{}, err
		}
	}
}

var (
	errNoFile           = &domain.Error{Code: domain.CodeInvalid, Message: "please choose a file"}
	errUnpackedTooLarge = errors.New("the file is too large when it is unpacked")
)

// broken keeps what net/http says of a body that is too large, and what is understood already.
func broken(err error) error {
	var (
		large *http.MaxBytesError
		known *domain.Error
	)
	if errors.As(err, &large) || errors.As(err, &known) {
		return err
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "the file did not arrive as a whole", Cause: err}
}

// read reads a field.
func (d *importData) read(part *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(part, 100))
	if err != nil {
		return broken(err)
	}
	switch part.FormName() {
	case "format":
		d.Format = string(value)
	case "dry_run":
		d.DryRun = len(value) > 0
	case "atomic":
		d.Atomic = len(value) > 0
	}
	return nil
}

func (s *Site) importPart(r *http.Request, part *lastPart, data importData) (domain.Job, error) {
	format, gzipped := s.FormatOf(part.FileName())
	if data.Format != "" {
		format = data.Format
	}
	if format == "" {
		return domain.Job{}, &domain.Error{Code: domain.CodeInvalid, Message: "the name of the file does not say what it holds: please choose the format"}
	}
	var text io.Reader = arriving{part}
	if gzipped {
		unpacked, err := gzip.NewReader(text)
		if err != nil {
			return domain.Job{}, unpackError(err)
		}
		text = &limited{unpacked, s.config.MaxUploadBytes}
	}
	order := domain.JobOrder{DryRun: data.DryRun, Atomic: data.Atomic}
	return s.Jobs.Import(r.Context(), order, format, text)
}

// arriving says of a file that breaks off what is the matter with it.
type arriving struct{ io.Reader }

// Read implements io.Reader.
func (a arriving) Read(content []byte) (int, error) {
	n, err := a.Reader.Read(content)
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(err)
	}
	return n, err
}

// unpackError says why a file cannot be unpacked.
func unpackError(err error) error {
	var large *http.MaxBytesError
	var known *domain.Error
	if errors.As(err, &large) || errors.As(err, &known) {
		return err
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "the file is not packed by gzip, though its name says so, or a part of it is missing", Cause: err}
}

// limited fails where there is more than left, so that a small file does not unpack to an endless one.
type limited struct {
	io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limited) Read(content []byte) (int, error) {
	n, err := l.Reader.Read(content)
	if l.left -= int64(n); l.left < 0 {
		return 0, errUnpackedTooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unpackError(err)
	}
	return n, err
}

package admin_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
)

// upload is a form with a file as browsers send it: fields and their values in turn, and then the file.
func upload(file, content string, fields ...string) *http.Request {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	if file != "none" {
		part := must(form.CreateFormFile("file", file))
		_, _ = io.WriteString(part, content)
	}
	_ = form.Close()
	return uploadOf(&body, form.FormDataContentType())
}

func uploadOf(body io.Reader, contentType string) *http.Request {
	request := httptest.NewRequest(http.MethodPost, "/admin/import/", body)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return request
}

func packed(content string) string {
	var text bytes.Buffer
	writer := gzip.NewWriter(&text)
	_, _ = io.WriteString(writer, content)
	_ = writer.Close()
	return text.String()
}

const twoPersons = "name,age\nEve,20\nBob,30\n"

func TestAFileBecomesAJob(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request *http.Request
		want    domain.Job
		persons int64
	}{
		"by its name":        {upload("p.csv", twoPersons), domain.Job{Format: "csv", Done: 2}, 2},
		"NDJSON":             {upload("p.JSONL", "{\"name\":\"Eve\",\"age\":1}\n"), domain.Job{Format: "ndjson", Done: 1}, 1},
		"packed":             {upload("p.csv.gz", packed(twoPersons)), domain.Job{Format: "csv", Done: 2}, 2},
		"packed twice over":  {upload("p.csv.gz", packed("name,age\nEve,20\n")+packed("Bob,30\n")), domain.Job{Format: "csv", Done: 2}, 2},
		"by its format":      {upload("p", twoPersons, "format", "csv"), domain.Job{Format: "csv", Done: 2}, 2},
		"by another format":  {upload("p.ndjson", twoPersons, "format", "csv"), domain.Job{Format: "csv", Done: 2}, 2},
		"to be checked only": {upload("p.csv", twoPersons, "format", "", "dry_run", "1"), domain.Job{Format: "csv", DryRun: true, Done: 2}, 0},
		"all or nothing":     {upload("p.csv", twoPersons+",x\n", "atomic", "1", "unknown", strings.Repeat("x", 1000)), domain.Job{Format: "csv", Atomic: true, Rejected: 1}, 0},
		"a path as its name": {upload(`C:\x\..\p.csv`, twoPersons), domain.Job{Format: "csv", Done: 2}, 2},
	} {
		w := newWorld(t)
		b := w.signedIn()
		got := b.do(c.request).want(t, http.StatusSeeOther)
		w.work()
		job := must(w.ListJobs(t.Context(), "", 2))[0]
		if to := got.header.Get("Location"); to != "/admin/jobs/"+string(job.ID)+"/" {
			t.Errorf("%s: it leads to %q, want the job", name, to)
		}
		told := domain.Job{Format: job.Format, DryRun: job.DryRun, Atomic: job.Atomic, Done: job.Done, Rejected: job.Rejected}
		if told != c.want || job.Origin != (domain.Origin{Via: domain.ViaAdmin, Who: "ann"}) || w.total() != c.persons {
			t.Errorf("%s: %+v by %v and %d persons, want %+v and %d", name, told, job.Origin, w.total(), c.want, c.persons)
		}
		if got := b.get(got.header.Get("Location")); got.message() != "The file has arrived." {
			t.Errorf("%s: the message is %q", name, got.message())
		}
	}
}

func TestFilesThatCannotBeTakenLeaveNothing(t *testing.T) {
	t.Parallel()
	const most = 10_000
	cut := func(request *http.Request, from int) *http.Request {
		body := must(io.ReadAll(request.Body))
		return uploadOf(bytes.NewReader(body[:len(body)-from]), request.Header.Get("Content-Type"))
	}
	many := "name,age\n" + strings.Repeat("Eve,20\n", 1200)
	for name, c := range map[string]struct {
		request *http.Request
		status  int
		says    string
	}{
		"no file":               {upload("none", ""), 422, "Please choose a file."},
		"no file was chosen":    {upload("", ""), 422, "Please choose a file."},
		"an empty file":         {upload("p.csv", ""), 422, "Nothing was imported."},
		"no rows":               {upload("p.csv", "name,age\n"), 422, "There are no rows."},
		"no header":             {upload("p.csv", "Eve,20\n"), 422, "Nothing was imported."},
		"no format":             {upload("p.txt", twoPersons), 422, "please choose the format"},
		"a format unknown":      {upload("p.csv", twoPersons, "format", "<b>"), 422, `There is no format "<b>".`},
		"no gzip":               {upload("p.csv.gz", twoPersons), 422, "The file is not packed by gzip"},
		"an empty gzip":         {upload("p.csv.gz", ""), 422, "The file is not packed by gzip"},
		"a part of a gzip":      {upload("p.csv.gz", packed(many)[:40]), 422, "The file is not packed by gzip"},
		"a gzip with a fault":   {upload("p.csv.gz", faulty(packed(twoPersons))), 422, "The file is not packed by gzip"},
		"too large":             {upload("p.csv", "name,age\n"+strings.Repeat("Eve,20\n", most)), 413, "The file is larger than 9.8 KiB."},
		"too large unpacked":    {upload("p.csv.gz", packed("name,age\n"+strings.Repeat("Eve,20\n", most))), 413, "The file is larger than 9.8 KiB."},
		"fields too large":      {upload("none", "", "format", strings.Repeat("x", 2*most)), 413, "The file is larger than 9.8 KiB."},
		"broken off":            {cut(upload("p.csv", many), 500), 422, "The file did not arrive as a whole."},
		"a gzip broken off":     {cut(upload("p.csv.gz", packed(many)), 80), 422, "Nothing was imported."},
		"broken off in a field": {cut(upload("none", "", "format", "csv"), 30), 422, "The file did not arrive as a whole."},
		"nothing at all":        {uploadOf(http.NoBody, "multipart/form-data; boundary=x"), 422, "Nothing was imported."},
		"no boundary":           {uploadOf(strings.NewReader("x"), "multipart/form-data"), 400, "This is no file."},
		"another form":          {uploadOf(strings.NewReader("file=x"), "application/x-www-form-urlencoded"), 400, "This is no file."},
	} {
		w := newWorld(t, func(w *world) { w.config.MaxUploadBytes = most })
		got := w.signedIn().do(c.request)
		if got.status != c.status {
			t.Errorf("%s: status %d, want %d", name, got.status, c.status)
		}
		got.says(t, c.says)
		if jobs := must(w.ListJobs(t.Context(), "", 2)); len(jobs) > 0 || w.total() > 0 {
			t.Errorf("%s: it leaves %v and %d persons", name, jobs, w.total())
		}
		if w.logged.String() != "" {
			t.Errorf("%s: the log is %q: a client's fault is none of this program", name, w.logged.String())
		}
	}
}

func faulty(packed string) string {
	content := []byte(packed)
	content[len(content)-6] ^= 1
	return string(content)
}

func TestAFormThatFailedShowsWhatWasChosen(t *testing.T) {
	t.Parallel()
	got := newWorld(t).signedIn().do(upload("none", "", "format", "ndjson", "dry_run", "1")).want(t, http.StatusUnprocessableEntity)
	if _, checked := got.page.field("dry_run").attr["checked"]; !checked {
		t.Error("dry_run is not checked any more")
	}
	if _, checked := got.page.field("atomic").attr["checked"]; checked {
		t.Error("atomic is checked")
	}
	for _, option := range got.page.all("option") {
		if _, selected := option.attr["selected"]; selected != (option.attr["value"] == "ndjson") {
			t.Errorf("%q is selected: %t", option.attr["value"], selected)
		}
	}
}

func TestSoManyFilesAreTakenAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user("ann")
	var slow []*io.PipeWriter
	var sent sync.WaitGroup
	for range admin.MaxUploads {
		reader, writer := io.Pipe()
		slow = append(slow, writer)
		b := w.browserOf(user)
		sent.Go(func() {
			if got := b.do(uploadOf(reader, "multipart/form-data; boundary=x")); got.status != http.StatusSeeOther {
				t.Errorf("status %d: %s", got.status, got.text())
			}
		})
		_, _ = io.WriteString(writer, "--x\r\n") // it is read, so there is a place less
	}
	got := w.browserOf(user).do(upload("p.csv", twoPersons)).want(t, http.StatusServiceUnavailable).says(t, "Too many files are being sent; please try again soon.")
	if got.header.Get("Retry-After") == "" {
		t.Error("nobody is told when to try again")
	}
	for _, writer := range slow {
		_, _ = fmt.Fprintf(writer, "Content-Disposition: form-data; name=file; filename=p.csv\r\n\r\n%s\r\n--x--\r\n", twoPersons)
		_ = writer.Close()
	}
	sent.Wait()
	w.browserOf(user).do(upload("p.csv", twoPersons)).want(t, http.StatusSeeOther)
}

// What comes behind the file cannot change any more what becomes of it, and must not be passed over.
func TestAFieldBehindTheFileIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"p.csv", "p.csv.gz"} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part := must(form.CreateFormFile("file", name))
		if strings.HasSuffix(name, ".gz") {
			packed := gzip.NewWriter(part)
			_, _ = io.WriteString(packed, twoPersons)
			_ = packed.Close()
		} else {
			_, _ = io.WriteString(part, twoPersons)
		}
		_ = form.WriteField("dry_run", "1")
		_ = form.Close()
		w.signedIn().do(uploadOf(&body, form.FormDataContentType())).want(t, http.StatusUnprocessableEntity).says(t, "The file has to be the last field of the form.")
	}
	if jobs, err := w.jobs.List(t.Context(), "", 10); err != nil || len(jobs) != 0 {
		t.Errorf("got the jobs %v and the error %v, want none", jobs, err)
	}
}

package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
)

func TestAJobIsFollowedToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	b.get("/admin/jobs/").want(t, http.StatusOK).says(t, "There are no jobs.")
	job := w.job(domain.JobOrder{}, "name,age\nEve,20\n,7\nBob,x\n")
	path := "/admin/jobs/" + string(job.ID) + "/"
	if got := b.get("/admin/jobs/").page.link("Import a file (csv)"); got != path {
		t.Errorf("the list leads to %q", got)
	}
	open := b.get(path).want(t, http.StatusOK).says(t, "queued", "by ann (admin)", "Cancel the job")
	if got := open.page.all("meta"); !hasRefresh(got) {
		t.Error("without JavaScript the page does not ask again")
	}
	part := b.part(path+"progress/").want(t, http.StatusOK).says(t, "queued")
	if len(part.page.children) != 1 || part.page.children[0].attr["hx-get"] != path+"progress/" {
		t.Errorf("the part is %s, want the element that asks for itself", part.body)
	}
	b.get(path+"progress/").leadsTo(t, path)
	w.work()
	over := b.part(path+"progress/").want(t, http.StatusOK).says(t, "done", "LineFieldWhat is wrong", "Please fill this in.", "Please give a whole number.").saysNot(t, "Cancel")
	if over.page.children[0].attr["id"] != "progress" || over.page.children[0].attr["hx-get"] != "" {
		t.Errorf("the part is %s: what is over asks no more", over.body)
	}
	if hasRefresh(b.get(path).page.all("meta")) || hasRefresh(b.get("/admin/jobs/").page.all("meta")) {
		t.Error("a page of what is over asks again")
	}
	csv := b.get(over.page.link("All refused rows as CSV")).want(t, http.StatusOK)
	if csv.header.Get("Content-Disposition") != `attachment; filename="refused-`+string(job.ID)+`.csv"` || strings.Count(csv.body, "\n") != 3 || !strings.Contains(csv.body, "3,name,blank") {
		t.Errorf("%v %q", csv.header, csv.body)
	}
	b.post(path+"cancel/").leadsTo(t, path)
	if got := b.get(path).message(); got != "The job was over already." {
		t.Errorf("the message is %q", got)
	}
	upper := "/admin/jobs/" + strings.ToUpper(string(job.ID)) + "/"
	b.get(upper).want(t, http.StatusOK)
}

func hasRefresh(metas []*node) bool {
	for _, meta := range metas {
		if meta.attr["http-equiv"] == "refresh" {
			return true
		}
	}
	return false
}

func TestAJobIsCanceled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	job := w.job(domain.JobOrder{DryRun: true}, twoPersons)
	path := "/admin/jobs/" + string(job.ID) + "/"
	b.post(path+"cancel/").leadsTo(t, path)
	got := b.get(path).want(t, http.StatusOK).says(t, "canceled", "only checks, saves nobody", "Check a file (csv)")
	if got.message() != "The job was canceled. What it had saved until then stays." {
		t.Errorf("the message is %q", got.message())
	}
	w.work()
	if state := must(w.FindJob(t.Context(), job.ID)).State; state != domain.JobCanceled {
		t.Errorf("the job is %s", state)
	}
}

func TestOnlyTheFirstRefusedRowsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	job := w.job(domain.JobOrder{}, "name,age\n"+strings.Repeat(",1\n", 101))
	w.work()
	path := "/admin/jobs/" + string(job.ID) + "/"
	page := b.get(path).want(t, http.StatusOK).says(t, "These are the first ones.").page
	if rows := page.all("tbody")[0].all("tr"); len(rows) != 100 {
		t.Errorf("%d rows are shown, want 100", len(rows))
	}
	if lines := strings.Count(b.get(path+"rejected/").body, "\n"); lines != 102 {
		t.Errorf("%d lines, want all 101 and the header", lines)
	}
}

func TestJobsAreListedInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	seen := map[string]bool{}
	for range 65 {
		seen["/admin/jobs/"+string(w.job(domain.JobOrder{}, twoPersons).ID)+"/"] = true
	}
	generated := must(w.jobs.Generate(domain.WithOrigin(t.Context(), domain.Origin{Who: "<b>"}), domain.JobOrder{}, 2000))
	seen["/admin/jobs/"+string(generated.ID)+"/"] = true
	next := "/admin/jobs/"
	for parts := 1; ; parts++ {
		got := b.get(next).want(t, http.StatusOK)
		if (parts == 1) != (got.page.link("The latest") == "") {
			t.Errorf("part %d leads back to %q", parts, got.page.link("The latest"))
		}
		if parts == 1 {
			got.says(t, "Generate 2,000 persons", "by <b>")
		}
		for _, a := range got.page.all("a") {
			if a.attr["class"] == "title" {
				delete(seen, a.attr["href"])
			}
		}
		if next = got.page.link("Older ones"); next == "" {
			if parts != 3 {
				t.Errorf("%d parts, want 3", parts)
			}
			break
		}
	}
	if len(seen) > 0 {
		t.Errorf("jobs that no part shows: %v", seen)
	}
	b.get("/admin/jobs/?before=%00x").want(t, http.StatusOK)
}

func TestTheHistoryTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	b.get("/admin/history/").want(t, http.StatusOK).says(t, "Nothing is remembered.")
	b.post("/admin/persons/add/", "name", "Eve", "age", "20")
	b.postForm("/admin/persons/1/", resend(b.get("/admin/persons/1/"), "name", "Eva", "age", "21"))
	b.post("/admin/persons/1/delete/", confirm(b.get("/admin/persons/1/delete/"))...)
	b.get("/admin/persons/1/history/").want(t, http.StatusOK).says(t, "History of person 1", "This person is not there any more.", "Person 1 was deleted", "Person 1 was edited", "Person 1 was created", "NameEve → Eva", "Age20 → 21", "by ann, admin")
	job := w.job(domain.JobOrder{}, twoPersons)
	w.work()
	all := b.get("/admin/history/").want(t, http.StatusOK).says(t, "2 persons (IDs 2 to 3) were created", "by ann, admin, as a job")
	if got := all.page.link("a job"); got != "/admin/jobs/"+string(job.ID)+"/" {
		t.Errorf("the job is at %q", got)
	}
	b.get("/admin/persons/3/history/").want(t, http.StatusOK).says(t, "History of Bob", "2 persons (IDs 2 to 3) were created").saysNot(t, "not there any more")
	for range 120 {
		w.person("Many", 1)
	}
	next, shown := "/admin/history/", 0
	for parts := 1; next != ""; parts++ {
		got := b.get(next).want(t, http.StatusOK)
		for _, item := range got.page.all("li") {
			if strings.HasPrefix(item.attr["class"], "change ") {
				shown++
			}
		}
		if (parts == 1) != (got.page.link("The latest") == "") {
			t.Errorf("part %d leads back to %q", parts, got.page.link("The latest"))
		}
		next = got.page.link("Older ones")
	}
	if shown != 124 {
		t.Errorf("%d changes are shown, want 124", shown)
	}
	for _, before := range []string{"x", "-1", "0", "99999999999999999999"} {
		b.get("/admin/history/?before="+before).want(t, http.StatusOK).says(t, "Person 123 was created")
	}
	b.get(fmt.Sprintf("/admin/history/?before=%d", 1)).want(t, http.StatusOK).says(t, "Nothing is remembered.")
}

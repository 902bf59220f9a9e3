package httpclient_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/httpclient"
	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/usecasetest"
)

// must returns what is there, in examples.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// roster starts a server with Ann and Bob and returns a client of it. In a program it is elsewhere, and this is
// httpclient.New with its URL.
func roster() (client *httpclient.Client, stop func()) { return rosterWith(1) }

// rosterWith is roster with so many who work off its jobs.
func rosterWith(workers int) (client *httpclient.Client, stop func()) {
	store := memstore.New()
	registry := must(domain.NewRegistry(store, 100))
	bulk := must(domain.NewBulkCreate(must(localexec.New(domain.CreateHandler(store), localexec.Pooled(2, 64))), 10_000))
	queue := memqueue.New()
	made := 0
	config := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		made++
		return domain.JobID(fmt.Sprintf("019a0000-0000-7000-8000-%012x", made)), nil
	}}
	ctx, cancel := context.WithCancel(context.Background())
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		_ = queue.Serve(ctx, workers, domain.NewJobWork(store, queue, config))
	}()
	server := httptest.NewServer(must(httpapi.New(httpapi.UseCases{
		Registry:   registry,
		Check:      domain.NewCheck(must(localexec.New(domain.FindHandler(store), localexec.Pooled(2, 64)))),
		CreateBulk: bulk, AsyncCreateBulk: bulk,
		Fetch:            domain.NewFetch(must(localexec.New(domain.FetchHandler(usecasetest.Fetcher{}), localexec.PerItem(2, 64))), usecasetest.URLs()[:2]),
		Jobs:             must(domain.NewJobs(store, queue, config)),
		NewRefusalWriter: personfile.NewRefusalWriter,
		Export:           domain.NewExport(registry, personfile.Formats()),
	}, httpapi.Config{AllowedHosts: []string{"*"}})))
	client = must(httpclient.New(server.URL, httpclient.Config{}))
	must(client.Registry.Create(ctx, must(domain.NewDraft("Ann", 31))))
	must(client.Registry.Create(ctx, must(domain.NewDraft("Bob", 42))))
	return client, func() {
		_ = client.Close()
		server.Close()
		cancel()
		<-worked
		_ = store.Close()
	}
}

func ExampleNew() {
	client, err := httpclient.New("https://roster.example", httpclient.Config{Token: os.Getenv("ROSTER_TOKEN"), Timeout: 5 * time.Second})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	var registry ports.PersonRegistry = client.Registry // who uses it does not know how far away it is
	fmt.Printf("%v %T\n", client, registry)

	_, err = httpclient.New("roster.example", httpclient.Config{})
	fmt.Println(domain.CodeOf(err))
	// Output:
	// roster at https://roster.example *httpclient.Registry
	// invalid
}

func ExampleClient_Close() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.Close()) // what waits for another call is closed; the next call opens anew
	fmt.Println(client.Registry.Get(context.Background(), 1))
	// Output:
	// <nil>
	// 1 Ann (31) <nil>
}

func ExampleClient_String() {
	client, err := httpclient.New("https://roster.example/behind/a/prefix/", httpclient.Config{Token: "secret"})
	fmt.Println(client.String(), err)
	// Output: roster at https://roster.example/behind/a/prefix <nil>
}

func ExampleRetryAfter() {
	err := error(&domain.Error{Code: domain.CodeUnavailable, Cause: &httpclient.AnswerError{Status: 429, RetryAfter: 12 * time.Second}})
	if wait, told := httpclient.RetryAfter(err); told {
		fmt.Println("come back in", wait)
	}
	// Output: come back in 12s
}

func ExampleAnswerError() {
	client, stop := roster()
	defer stop()
	_, err := client.Registry.Get(context.Background(), 7)
	fmt.Println(domain.CodeOf(err), "-", domain.MessageOf(err)) // what may be shown
	var said *httpclient.AnswerError
	if errors.As(err, &said) {
		fmt.Println(said.Status, said.Detail, said.RequestID != "") // what the log of the server knows
	}
	// Output:
	// not_found - there is no person 7
	// 404 Not found. true
}

func ExampleRegistry_Create() {
	client, stop := roster()
	defer stop()
	draft, err := domain.NewDraft("Zoe", 7)
	if err != nil {
		panic(err)
	}
	fmt.Println(client.Registry.Create(context.Background(), draft))

	claim, err := domain.NewClaim("order 1", []byte("create Eve"), time.Now()) // a key of one's own outlives the process
	if err != nil {
		panic(err)
	}
	eve := must(domain.NewDraft("Eve", 8))
	for range 2 {
		fmt.Println(client.Registry.Create(context.Background(), claim.On(eve)[0]))
	}
	// Output:
	// 3 Zoe (7) <nil>
	// 4 Eve (8) <nil>
	// 4 Eve (8) <nil>
}

func ExampleRegistry_Get() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.Registry.Get(context.Background(), 1))
	_, err := client.Registry.Get(context.Background(), 3)
	fmt.Println(domain.CodeOf(err))
	// Output:
	// 1 Ann (31) <nil>
	// not_found
}

func ExampleRegistry_List() {
	client, stop := roster()
	defer stop()
	page, err := client.Registry.List(context.Background(), domain.LastPage)
	fmt.Println(page.Persons, page.Number, page.Pages(), page.Total, err)
	// Output: [1 Ann (31) 2 Bob (42)] 1 1 2 <nil>
}

func ExampleRegistry_After() {
	client, stop := roster()
	defer stop()
	slice, err := client.Registry.After(context.Background(), 1)
	fmt.Println(slice.Persons, slice.More, err)
	// Output: [2 Bob (42)] false <nil>
}

func ExampleRegistry_Before() {
	client, stop := roster()
	defer stop()
	slice, err := client.Registry.Before(context.Background(), 2)
	fmt.Println(slice.Persons, slice.More, err)
	// Output: [1 Ann (31)] false <nil>
}

func ExampleRegistry_All() {
	client, stop := roster()
	defer stop()
	for person, err := range client.Registry.All(context.Background()) {
		if err != nil {
			panic(err)
		}
		fmt.Println(person)
	}
	// Output:
	// 1 Ann (31)
	// 2 Bob (42)
}

func ExampleRegistry_Replace() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.Registry.Replace(context.Background(), 1, must(domain.NewDraft("Anna", 32))))
	// Output: 1 Anna (32) <nil>
}

func ExampleRegistry_Patch() {
	client, stop := roster()
	defer stop()
	ctx := context.Background()
	ann := must(client.Registry.Get(ctx, 1))
	older := must(domain.NewPatch(nil, new(int64(ann.Age()+1))))
	fmt.Println(client.Registry.Patch(ctx, 1, older, domain.Unchanged(ann)))
	_, err := client.Registry.Patch(ctx, 1, older, domain.Unchanged(ann)) // she has changed since
	fmt.Println(domain.CodeOf(err))
	// Output:
	// 1 Ann (32) <nil>
	// precondition
}

func ExampleRegistry_Delete() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.Registry.Delete(context.Background(), 1))
	fmt.Println(domain.CodeOf(client.Registry.Delete(context.Background(), 1)))
	// Output:
	// <nil>
	// not_found
}

func ExampleBulkCreate_Create() {
	client, stop := roster()
	defer stop()
	drafts := []domain.Draft{must(domain.NewDraft("Zoe", 7)), must(domain.NewDraft("Eve", 8))}
	outcomes, err := client.CreateBulk.Create(context.Background(), drafts)
	if err != nil {
		panic(err)
	}
	for _, outcome := range outcomes {
		fmt.Println(outcome.Value, outcome.Err)
	}
	// Output:
	// 3 Zoe (7) <nil>
	// 4 Eve (8) <nil>
}

func ExampleBulkCreate_CheckCount() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.CreateBulk.CheckCount(10_000))
	fmt.Println(domain.ProblemsOf(client.CreateBulk.CheckCount(10_001)))
	// Output:
	// <nil>
	// [count too_big (10000)]
}

func ExampleBulkCreate_Generate() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.CreateBulk.Generate(context.Background(), 500))
	// Output: 500 <nil>
}

func ExampleBulkCreate_GenerateOnce() {
	client, stop := roster()
	defer stop()
	claim := must(domain.NewClaim("the night of May 1st", []byte("500"), time.Now()))
	fmt.Println(client.CreateBulk.GenerateOnce(context.Background(), claim, 500))
	fmt.Println(client.CreateBulk.GenerateOnce(context.Background(), claim, 500))
	page := must(client.Registry.List(context.Background(), 1))
	fmt.Println(page.Total)
	// Output:
	// 500 <nil>
	// 500 <nil>
	// 502
}

func ExampleCheck_Check() {
	client, stop := roster()
	defer stop()
	fmt.Println(client.Check.Check(context.Background(), 2))
	// Output: 2 Bob (42) <nil>
}

func ExampleFetch_FetchConfigured() {
	client, stop := roster()
	defer stop()
	for _, fetched := range client.Fetch.FetchConfigured(context.Background()) {
		fmt.Printf("%s%s %v\n", fetched.Document, fetched.URL, fetched.Err)
	}
	// Output:
	// {"of":"http://a.example/document"} <nil>
	// http://b.example/fails answered 500 Internal Server Error
}

func ExampleJobs_Import() {
	client, stop := roster()
	defer stop()
	ctx := context.Background()
	job, err := client.Jobs.Import(ctx, domain.JobOrder{}, "csv", strings.NewReader("name,age\nZoe,7\nEve,x\n"))
	if err != nil {
		panic(err)
	}
	for job, err = range client.Jobs.Watch(ctx, job.ID) {
		if err != nil {
			panic(err)
		}
	}
	fmt.Println(job.State, job.Done, job.Rejected)
	for refusal, err := range client.Jobs.Refusals(ctx, job.ID) {
		fmt.Println("line", refusal.Line, refusal.Problem, err)
	}
	// Output:
	// done 1 1
	// line 3 age not_integer <nil>
}

func ExampleJobs_Watch() {
	client, stop := roster()
	defer stop()
	ctx := context.Background()
	job := must(client.Jobs.Generate(ctx, domain.JobOrder{}, 100_000))
	var last domain.Job
	for now, err := range client.Jobs.Watch(ctx, job.ID) { // as often as it has changed
		if err != nil {
			panic(err)
		}
		last = now
	}
	fmt.Println(last.State, last.Done)
	// Output: done 100000
}

func ExampleJobs_Refusals() {
	client, stop := roster()
	defer stop()
	for _, err := range client.Jobs.Refusals(context.Background(), "019a0000-0000-7000-8000-00000000000f") {
		fmt.Println(domain.CodeOf(err))
	}
	// Output: not_found
}

func ExampleJobs_Generate() {
	client, stop := roster()
	defer stop()
	job, err := client.Jobs.Generate(context.Background(), domain.JobOrder{DryRun: true, Key: "k"}, 3)
	fmt.Println(job.Kind, job.Total, job.DryRun, err)
	// Output: generate 3 true <nil>
}

func ExampleJobs_Find() {
	client, stop := roster()
	defer stop()
	job := must(client.Jobs.Generate(context.Background(), domain.JobOrder{}, 3))
	found, err := client.Jobs.Find(context.Background(), job.ID)
	fmt.Println(found.ID == job.ID, found.Total, err)
	// Output: true 3 <nil>
}

func ExampleJobs_List() {
	client, stop := roster()
	defer stop()
	ctx := context.Background()
	must(client.Jobs.Generate(ctx, domain.JobOrder{}, 1))
	must(client.Jobs.Generate(ctx, domain.JobOrder{}, 2))
	for _, job := range must(client.Jobs.List(ctx, "", 10)) {
		fmt.Println(job.Total)
	}
	// Output:
	// 2
	// 1
}

func ExampleJobs_Cancel() {
	client, stop := rosterWith(0) // so the job waits
	defer stop()
	job := must(client.Jobs.Generate(context.Background(), domain.JobOrder{}, 3))
	canceled, err := client.Jobs.Cancel(context.Background(), job.ID)
	fmt.Println(canceled.State, canceled.Done, "of", canceled.Total, err)
	// Output: canceled 0 of 3 <nil>
}

func ExampleExport_Export() {
	client, stop := roster()
	defer stop()
	count, err := client.Export.Export(context.Background(), "csv", os.Stdout)
	fmt.Println(count, err)
	// Output:
	// id,name,age
	// 1,Ann,31
	// 2,Bob,42
	// 2 <nil>
}

package domain_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/seed-bbcc19ba/roster/adapters/memqueue"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/personfile"
	"github.com/seed-bbcc19ba/roster/domain"
)

// jobsInMemory returns Jobs over a store in memory, a store of its persons, and what lets a worker do the jobs until stop is
// called. Real ids come from a clock and from chance (UUID version 7); these are counted.
func jobsInMemory() (jobs *domain.Jobs, store *memstore.Store, work func() (stop func())) {
	store = memstore.New()
	queue, made := memqueue.New(), 0
	config := domain.JobsConfig{Formats: personfile.Formats(), NewID: func() (domain.JobID, error) {
		made++
		return domain.JobID(fmt.Sprintf("job-%d", made)), nil
	}}
	jobs, err := domain.NewJobs(store, queue, config)
	if err != nil {
		log.Fatal(err)
	}
	return jobs, store, func() func() {
		ctx, cancel := context.WithCancel(context.Background())
		var working sync.WaitGroup
		working.Go(func() {
			if err := queue.Serve(ctx, 1, domain.NewJobWork(store, queue, config)); err != nil {
				log.Print(err)
			}
		})
		return func() { cancel(); working.Wait() }
	}
}

// over waits until a job is over, and returns it.
func over(jobs *domain.Jobs, id domain.JobID) (last domain.Job) {
	for job, err := range jobs.Watch(context.Background(), id) {
		if err != nil {
			log.Fatal(err)
		}
		last = job
	}
	return last
}

// Persons for whom one request would be too small.
func ExampleJobs_Generate() {
	jobs, store, work := jobsInMemory()
	job, err := jobs.Generate(context.Background(), domain.JobOrder{}, 25_000)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(job.State, job.Total, "rows in", job.Chunks, "chunks")

	stop := work()
	job = over(jobs, job.ID)
	stop()
	fmt.Println(job.State, job.Done)
	fmt.Println(store.Find(context.Background(), 25_000))
	// Output:
	// queued 25000 rows in 3 chunks
	// done 25000
	// 25000 Person 24999 (99) <nil>
}

// A text is saved as it comes, and read by the workers. A dry run tells how many rows would be saved, and saves nobody.
func ExampleJobs_Import() {
	jobs, store, work := jobsInMemory()
	defer work()()
	text := "name,age\nAnn,31\nBob,\n"
	for _, dry := range []bool{true, false} {
		job, err := jobs.Import(context.Background(), domain.JobOrder{DryRun: dry}, "csv", strings.NewReader(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		job = over(jobs, job.ID)
		fmt.Println(job.Done, "of", job.Total, "rows are good")
		_, err = store.Find(context.Background(), 1)
		fmt.Println(err)
	}
	// Output:
	// 1 of 2 rows are good
	// there is no person 1
	// 1 of 2 rows are good
	// <nil>
}

func ExampleJobs_Find() {
	jobs, _, _ := jobsInMemory()
	ctx := context.Background()
	if _, err := jobs.Generate(ctx, domain.JobOrder{}, 10); err != nil {
		log.Fatal(err)
	}
	job, err := jobs.Find(ctx, "job-1")
	fmt.Println(job.State, job.Total, err)
	_, err = jobs.Find(ctx, "job-2")
	fmt.Println(domain.CodeOf(err))
	// Output:
	// queued 10 <nil>
	// not_found
}

// The latest first, two at a time.
func ExampleJobs_List() {
	jobs, _, _ := jobsInMemory()
	ctx := context.Background()
	for count := range int64(3) {
		if _, err := jobs.Generate(ctx, domain.JobOrder{}, count+1); err != nil {
			log.Fatal(err)
		}
	}
	for before := domain.JobID(""); ; {
		some, err := jobs.List(ctx, before, 2)
		if err != nil {
			log.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		fmt.Println("a page of", len(some))
		for _, job := range some {
			fmt.Println(job.ID, job.Total)
			before = job.ID
		}
	}
	// Output:
	// a page of 2
	// job-3 3
	// job-2 2
	// a page of 1
	// job-1 1
}

// Nothing more is saved from then on; a job that is over already cannot be canceled.
func ExampleJobs_Cancel() {
	jobs, _, work := jobsInMemory()
	ctx := context.Background()
	for range 2 {
		if _, err := jobs.Generate(ctx, domain.JobOrder{}, 10); err != nil {
			log.Fatal(err)
		}
	}
	job, err := jobs.Cancel(ctx, "job-1")
	fmt.Println(job.State, job.Done, err)

	stop := work()
	over(jobs, "job-2")
	stop()
	_, err = jobs.Cancel(ctx, "job-2")
	fmt.Println(domain.CodeOf(err))
	// Output:
	// canceled 0 <nil>
	// conflict
}

func ExampleJobs_Watch() {
	jobs, _, work := jobsInMemory()
	job, err := jobs.Generate(context.Background(), domain.JobOrder{}, 20_000)
	if err != nil {
		log.Fatal(err)
	}
	defer work()()
	var states []domain.JobState
	for job, err := range jobs.Watch(context.Background(), job.ID) {
		if err != nil {
			fmt.Println(err)
			return
		}
		states = append(states, job.State)
	}
	fmt.Println(states[0] == domain.JobQueued || states[0] == domain.JobRunning, states[len(states)-1])
	// Output: true done
}

// Each row that was refused, with all that is wrong with it.
func ExampleJobs_Refusals() {
	jobs, _, work := jobsInMemory()
	defer work()()
	job, err := jobs.Import(context.Background(), domain.JobOrder{}, "ndjson", strings.NewReader(`{"name": "Ann", "age": 31}
{"name": "", "age": -1}
{"name": "Bob"`))
	if err != nil {
		fmt.Println(err)
		return
	}
	over(jobs, job.ID)
	for refusal, err := range jobs.Refusals(context.Background(), job.ID) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("line %d: %s\n", refusal.Line, refusal.Problem)
	}
	// Output:
	// line 2: age too_small (0)
	// line 2: name blank
	// line 3: row syntax
}

// What a worker does with a task: the second time there is nothing to do.
func ExampleJobWork_Work() {
	ctx, store, queue := context.Background(), memstore.New(), memqueue.New()
	config := domain.JobsConfig{NewID: func() (domain.JobID, error) { return "job", nil }}
	jobs, err := domain.NewJobs(store, queue, config)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := jobs.Generate(ctx, domain.JobOrder{}, 10); err != nil {
		log.Fatal(err)
	}
	worker := domain.NewJobWork(store, queue, config)
	for range 2 {
		err := worker.Work(ctx, domain.JobTask{Job: "job", Chunk: 0})
		job, findErr := jobs.Find(ctx, "job")
		fmt.Println(err, job.State, job.Done, findErr)
	}
	// Output:
	// <nil> done 10 <nil>
	// <nil> done 10 <nil>
}

func ExampleExport_Export() {
	registry := twoPersons()
	export := domain.NewExport(registry, personfile.Formats())
	written, err := export.Export(context.Background(), "csv", os.Stdout)
	fmt.Println(written, err)
	// Output:
	// id,name,age
	// 1,Ann,31
	// 2,Bob,8
	// 2 <nil>
}

// Whoever was picked, in the order in which they come.
func ExampleExport_ExportOf() {
	registry := twoPersons()
	slice, err := registry.Before(context.Background(), 3)
	if err != nil {
		log.Fatal(err)
	}
	picked := func(yield func(domain.Person, error) bool) {
		for _, person := range slices.Backward(slice.Persons) {
			if !yield(person, nil) {
				return
			}
		}
	}
	written, err := domain.NewExport(registry, personfile.Formats()).ExportOf("ndjson", picked, os.Stdout)
	fmt.Println(written, err)
	// Output:
	// {"id":2,"name":"Bob","age":8}
	// {"id":1,"name":"Ann","age":31}
	// 2 <nil>
}

// twoPersons returns the registry of Ann (31) and Bob (8).
func twoPersons() *domain.Registry {
	registry, err := domain.NewRegistry(memstore.New(), 100)
	if err != nil {
		log.Fatal(err)
	}
	for _, person := range []struct {
		name string
		age  int64
	}{{"Ann", 31}, {"Bob", 8}} {
		draft, err := domain.NewDraft(person.name, person.age)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := registry.Create(context.Background(), draft); err != nil {
			log.Fatal(err)
		}
	}
	return registry
}

package domain_test

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
)

// shelf is a fetcher of documents that lie ready. It is all that Fetch needs.
type shelf map[string]domain.Document

func (s shelf) FetchDocument(_ context.Context, url string) (domain.Document, error) {
	document, ok := s[url]
	if !ok {
		return nil, &domain.Error{Code: domain.CodeUpstream, Message: "host not found"}
	}
	return document, nil
}

// Fifty documents at a time; one that fails leaves the others alone.
func ExampleFetch_FetchConfigured() {
	fetcher := shelf{
		"https://a.example/1": domain.Document(`{"id": 1}`),
	}
	executor, err := localexec.New(domain.FetchHandler(fetcher), localexec.PerItem(50, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()
	fetch := domain.NewFetch(executor, []string{"https://a.example/1", "https://b.example/"})

	for _, fetched := range fetch.FetchConfigured(context.Background()) {
		if fetched.Err != nil {
			fmt.Println(fetched.URL, "-", domain.MessageOf(fetched.Err))
			continue
		}
		fmt.Println(fetched.URL, string(fetched.Document))
	}
	// Output:
	// https://a.example/1 {"id": 1}
	// https://b.example/ - host not found
}

func ExampleFetch_Fetch() {
	fetcher := shelf{"https://a.example/2": domain.Document(`{"id": 2}`)}
	executor, err := localexec.New(domain.FetchHandler(fetcher), localexec.PerItem(50, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()

	for _, fetched := range domain.NewFetch(executor, nil).Fetch(context.Background(), []string{"https://a.example/2"}) {
		fmt.Println(fetched.URL, string(fetched.Document), fetched.Err)
	}
	// Output:
	// https://a.example/2 {"id": 2} <nil>
}

func ExampleFetch_Configured() {
	executor, err := localexec.New(domain.FetchHandler(shelf{}), localexec.PerItem(50, 10))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer executor.Close()
	fmt.Println(domain.NewFetch(executor, []string{"https://a.example/1", "https://b.example/"}).Configured())
	// Output: 2
}

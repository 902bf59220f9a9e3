package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/tour/internal/program"
)

// The superuser of a demonstration.
const (
	demoUser     = "ada"
	demoPassword = "a long way from home"
)

// demoPersons is how many persons a demonstration has, and demoRefused how many lines of its file are refused.
const (
	demoPersons = 2_400
	demoRefused = 3
)

var (
	firstNames = []string{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Niklaus", "Frances", "Ken", "Zoë", "Chidi", "Mária", "Søren", "Anjali", "Kwame"}
	lastNames  = []string{"Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Perlman", "Wirth", "Allen", "Thompson", "O'Brien", "Nguyễn", "Müller", "Okafor", "García"}
)

// demonstrate fills the database of a place with persons, a superuser and a bit of history, and serves it.
func demonstrate(ctx context.Context, place program.Place) (*program.Server, error) {
	place.Settings = append(place.Settings, "DJANGO_SUPERUSER_USERNAME="+demoUser, "DJANGO_SUPERUSER_EMAIL=ada@example.com", "DJANGO_SUPERUSER_PASSWORD="+demoPassword)
	file := filepath.Join(place.Dir, "people.csv")
	if err := os.WriteFile(file, []byte(demoCSV()), 0o600); err != nil {
		return nil, err
	}
	if err := place.Run(ctx, "createsuperuser", "--noinput"); err != nil {
		return nil, err
	}
	for _, command := range [][]string{
		{"create", "the nightly import", "--write", "--expires", "365d"}, {"create", "a report", "--expires", "90d"}, {"create", "an old laptop"}, {"revoke", "3"},
	} {
		if err := place.Run(ctx, append([]string{"token"}, command...)...); err != nil {
			return nil, err
		}
	}
	server, err := place.Serve(ctx)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, server.URL, file); err != nil {
		_ = server.Stop() // err says more
		return nil, err
	}
	return server, nil
}

// demoCSV is a file of persons of whom most are in the middle of their lives.
func demoCSV() string {
	var text strings.Builder
	text.WriteString("name,age\n")
	for i := range demoPersons + demoRefused {
		age := strconv.Itoa(3 + (i*7919%31+i*104729%29+i*1299709%37)*8/9)
		if i%900 == 500 {
			age = "unknown"
		}
		fmt.Fprintf(&text, "%s %s,%s\n", firstNames[i*31%len(firstNames)], lastNames[i*17%len(lastNames)], age)
	}
	return text.String()
}

// fill imports the file by the API, waits for the end of the job, and does what a program does.
func fill(ctx context.Context, url, file string) error {
	text, err := os.Open(file) //nolint:gosec // we wrote it
	if err != nil {
		return err
	}
	defer func() { _ = text.Close() }()
	location, err := send(ctx, http.MethodPost, url+"/api/v1/jobs/", "text/csv", text)
	if err != nil {
		return err
	}
	if err := awaitJob(ctx, location); err != nil {
		return err
	}
	for id := 1; id <= 40; id++ {
		person := fmt.Sprintf("%s/api/v1/persons/%d/", url, id)
		if _, err := send(ctx, http.MethodGet, person, "", nil); err != nil {
			return err
		}
		if id%8 != 0 {
			continue
		}
		if _, err := send(ctx, http.MethodPatch, person, "application/json", strings.NewReader(fmt.Sprintf(`{"age":%d}`, 20+id))); err != nil {
			return err
		}
	}
	_, err = send(ctx, http.MethodDelete, url+"/api/v1/persons/16/", "", nil)
	return err
}

// send sends a request, and returns where its answer leads.
func send(ctx context.Context, method, url, mediaType string, body io.Reader) (location string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return "", err
	}
	if mediaType != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s %s: %s", method, url, answer.Status)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.Header.Get("Location"), err
}

// awaitJob waits until a job is over.
func awaitJob(ctx context.Context, url string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		var job struct{ State string }
		err = json.NewDecoder(answer.Body).Decode(&job)
		_ = answer.Body.Close()
		switch {
		case err != nil:
			return err
		case job.State == "done":
			return nil
		case job.State == "failed" || job.State == "canceled":
			return fmt.Errorf("the job %s is %s", url, job.State)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

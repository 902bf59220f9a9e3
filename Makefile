# `make help` lists the targets: each says what it does behind its name.

GOLANGCI_LINT := bin/golangci-lint-v2.15.0
AIR           := github.com/air-verse/air@v1.62.0
FUZZTIME      ?= 30s
BENCHTIME     ?= 1s
BENCHFLAGS    ?=

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Serve on http://127.0.0.1:8000 from ./db.sqlite3
	go run ./cmd/roster serve

.PHONY: dev
dev: ## Serve, and start again whenever a Go file changes
	go run $(AIR) --tmp_dir bin --build.cmd "go build -o bin/roster ./cmd/roster" \
		--build.bin bin/roster --build.args_bin serve --build.exclude_regex _test.go

.PHONY: needs
needs: ## Install what tests use: PostgreSQL, Django, Chromium, Node (Debian, as root; npm)
	@.ci/needs

.PHONY: test
test: needs ## Run all tests
	go test ./...
	go test -C cmd/bench ./...
	go test -C cmd/tour ./...

.PHONY: race
race: needs ## Run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./...
	CGO_ENABLED=1 go test -C cmd/bench -race ./...

.PHONY: purego
purego: needs ## Build and run all tests without a C compiler
	CGO_ENABLED=0 go build ./...
	CGO_ENABLED=0 go test ./...
	CGO_ENABLED=0 go test -C cmd/bench ./...

.PHONY: torture
torture: ## Kill, starve and overload the program for a quarter of an hour; figures come last
	go test -count=1 -timeout 40m -parallel 1 -v ./cmd/roster/internal/torture -torture

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (30s)
	@set -e; for file in $$(grep -rlE '^func Fuzz' --include='*_test.go' .); do \
		for target in $$(grep -oE '^func Fuzz[A-Za-z]+' $$file | cut -c6-); do \
			echo "$$(dirname $$file) $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$(dirname $$file); \
		done; \
	done

.PHONY: bench
bench: ## Measure everything into docs/performance.md (a trial: BENCHFLAGS=-quick)
	go build -C cmd/bench -o ../../bin/benchmark/bench .
	bin/benchmark/bench $(BENCHFLAGS)

.PHONY: microbench
microbench: ## Run the Go benchmarks of every endpoint, store and executor strategy
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./adapters/...

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Run go vet and the linters of .golangci.yml
	go vet ./...
	go vet -C cmd/bench ./...
	go vet -C cmd/tour ./...
	$(GOLANGCI_LINT) run
	cd cmd/bench && ../../$(GOLANGCI_LINT) run --config ../../.golangci.yml
	cd cmd/tour && ../../$(GOLANGCI_LINT) run --config ../../.golangci.yml

$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv bin/golangci-lint $@

.PHONY: tour
tour: ## Take the pictures of docs/admin anew
	go run -C cmd/tour . -out ../../docs/admin

.PHONY: lab
lab: ## Do all experiments of docs/lab anew, on a quiet machine
	go run ./cmd/roster lab --all --out-dir docs/lab

.PHONY: generate
generate: ## Write the mocks anew from the ports
	go generate ./...

.PHONY: build
build: ## Build bin/roster
	go build -o bin/roster ./cmd/roster

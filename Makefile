# Everything a person or a CI job does here is a target; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
MODULE  := github.com/lynceus-io/lynceus
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# The one place a release is told its name: a string variable of package cli.
LDFLAGS := -s -w -X $(MODULE)/cli.version=$(VERSION)

# Which packages test, race and bench look at: make test PKG=./event/...
PKG ?= ./...
# The package whose tests wait for longest begins first, so that the others run beside it.
LONGEST := $(if $(filter ./...,$(PKG)),./hub)
# Time for all fuzz targets together, in make fuzz and in make soak.
FUZZ_TOTAL      ?= 300s
SOAK_FUZZ_TOTAL ?= 7200s
# What make bench-go runs: make bench-go BENCH=Extract PKG=./event/... COUNT=6
BENCH ?= .
# How many events the store of make bench has.
BENCH_EVENTS ?= 100000000
COUNT ?= 1
# What make eval measures, and how it prints it: markdown or json.
RECORDINGS ?= test/recordings
OUTPUT     ?= markdown
# How long the tests of one package may take: they end long before, but for a machine that does much else.
TEST_TIMEOUT ?= 30m
# What make test vets with; .ci/run, which has done so in make lint, has nothing done: VET=:
VET ?= $(GO) vet
# How many tests of one package that may run beside one another do: those of hub wait for most of their time, on any machine.
TEST_PARALLEL ?= 4

# go test, of which .ci/run asks that a test which fails once is tried again, and named.
TESTED = GO='$(GO)' tools/go-test.sh

# Whether make test prepares a real Kubernetes and tests on it, too: auto (where one can run), yes (or fail) or no.
CLUSTER ?= $(if $(filter ./...,$(PKG)),auto,no)
# make cluster CLUSTER_FLAGS='-node ip-10-0-0-10.ec2.internal'; bin/cluster up -h lists them.
CLUSTER_FLAGS ?=
# Tests that a cluster is required for: a skip is a failure.
REQUIRE_CLUSTER = LYNCEUS_REQUIRE="$${LYNCEUS_REQUIRE:+$$LYNCEUS_REQUIRE,}cluster"
# Modules with tests of their own, beside the product's, for Linux; test/cluster/kubernetes only pins what is built.
TEST_MODULES := $(if $(filter Linux,$(shell uname -s)),$(patsubst %/go.mod,%,$(wildcard test/*/go.mod)))

DEMO := docs/demo/demo.jsonl.gz
# Where make demo listens.
DEMO_LISTEN ?= 127.0.0.1:7443

.PHONY: help
help: ## list the targets
	@echo 'Lynceus. First steps: make demo, make test.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: $(if $(filter linux,$(shell $(GO) env GOOS)),sensor) ## build bin/lynceus, one static binary, and on Linux bin/lynceus-sensor (needs gcc and g++ for the query engine; make build-scan does without)
	@for tool in "$${CC:-gcc}" "$${CXX:-g++}"; do command -v "$$tool" >/dev/null || { echo "make build: the query engine needs a C and a C++ compiler, and there is no $$tool; install gcc and g++, or run make build-scan" >&2; exit 1; }; done
	CGO_ENABLED=1 $(GO) build -trimpath -tags netgo,osusergo -ldflags '$(LDFLAGS) -linkmode external -extldflags "-static -Wl,--no-warnings"' -o bin/lynceus ./cmd/lynceus

.PHONY: build-scan
build-scan: ## build bin/lynceus without the query engine: scan and rules work, query and up do not
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/lynceus ./cmd/lynceus

.PHONY: sensor
sensor: ## build bin/lynceus-sensor, the static program that watches a node
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/lynceus-sensor ./cmd/lynceus-sensor

.PHONY: bpf
bpf: ## compile the sensor's programs for the kernel again, with the pinned clang of Debian 12; building needs only the committed objects
	collect/sensor/bpf/build.sh

.PHONY: console
console: ## build the web console again from console/web (needs npm); building Lynceus needs only what is committed
	npm ci --prefix console/web --ignore-scripts --no-audit --no-fund --fetch-retries 5
	npm run --prefix console/web types
	npm run --prefix console/web check
	npm run --prefix console/web build

# The browser of the console's tests and screenshots.
CHROMIUM ?= chromium

.PHONY: console-tools
console-tools:
	@command -v "$(CHROMIUM)" >/dev/null || { echo "make: the console is tried in chromium, and there is no $(CHROMIUM); install it or set CHROMIUM" >&2; exit 1; }
	npm ci --prefix test/console --ignore-scripts --no-audit --no-fund --fetch-retries 5
	CGO_ENABLED=1 $(GO) build -trimpath -tags netgo,osusergo -o bin/tell ./test/tell
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/provider ./test/provider

MEASURED := test/console/findings.test.mjs test/console/map.test.mjs

.PHONY: console-test
console-test: build console-tools ## try the web console in a browser, on the recorded attack and on nothing (needs npm and chromium)
	@# What measures how fast something is runs by itself.
	CHROMIUM="$$(command -v $(CHROMIUM))"; export CHROMIUM; \
	node --test --test-concurrency 1 --test-reporter spec $(MEASURED) && \
	node --test --test-concurrency 3 --test-reporter spec $(filter-out $(MEASURED),$(wildcard test/console/*.test.mjs))

.PHONY: screenshots
screenshots: build console-tools ## make screenshots of every page of the web console, in test/console/shots
	CHROMIUM="$$(command -v $(CHROMIUM))" node test/console/shots.mjs

.PHONY: demo
demo: build ## build, then open the web console on a recorded attack and, as root, on what this machine does: prints its address and a one-time sign-in link; without a terminal make demo-scan
	@tools/demo.sh $(DEMO) '$(DEMO_LISTEN)'

.PHONY: demo-scan
demo-scan: build ## build, then scan a recorded attack on a real cluster
	bin/lynceus scan $(DEMO)

.PHONY: demo-console
demo-console: build ## make demo as it is on a terminal, also without one
	@CONSOLE=always tools/demo.sh $(DEMO) '$(DEMO_LISTEN)'

.PHONY: test
test: ## vet and run every fast test; as root on Linux also on a real cluster, built once in six minutes (CLUSTER=no: not)
	$(VET) $(PKG)
	$(TESTED) . -timeout $(TEST_TIMEOUT) -parallel $(TEST_PARALLEL) -- $(LONGEST) $(PKG)
	@[ '$(PKG)' != ./... ] || $(MAKE) --no-print-directory modules-test
	@mode=$$(tools/cluster-mode.sh '$(CLUSTER)'); \
	if [ "$$mode" = yes ]; then \
		$(MAKE) --no-print-directory cluster-prepare PREPARE_FLAGS=-install; \
		$(MAKE) --no-print-directory cluster-test; \
	elif [ '$(PKG)' = ./... ]; then \
		echo "make test: the tests on a real cluster are left out: $${mode#no: }"; \
	fi

# The end-to-end tests have no part without a cluster.
.PHONY: modules-test
modules-test: ## test the modules below test/ as far as they need no cluster
	@for module in $(filter-out test/e2e,$(TEST_MODULES)); do \
		$(TESTED) "$$module" -short -- ./...; \
	done

.PHONY: race
race: ## run the tests of packages with goroutines under the race detector (needs gcc; leaves out what -short leaves out)
	@command -v "$${CC:-gcc}" >/dev/null || { echo "make race: the race detector needs a C compiler; install gcc or set CC" >&2; exit 1; }
	packages=$$(GO='$(GO)' tools/race-packages.sh $(LONGEST) $(PKG)); \
	[ -z "$$packages" ] || CGO_ENABLED=1 $(TESTED) . -race -short -timeout $(TEST_TIMEOUT) -parallel $(TEST_PARALLEL) -- $$packages

.PHONY: lint
lint: bin/tools/staticcheck ## check formatting, go vet, staticcheck
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then printf 'gofmt -w would change:\n%s\n' "$$unformatted" >&2; exit 1; fi
	@for module in . $(TEST_MODULES); do \
		echo "lint $$module"; \
		(cd "$$module" && $(GO) vet ./... && '$(CURDIR)/bin/tools/staticcheck' ./...); \
	done

.PHONY: fuzz
fuzz: ## run every fuzz target, FUZZ_TOTAL (300s) in all
	tools/fuzz.sh $(FUZZ_TOTAL)

.PHONY: bench
bench: ## the figures of docs/performance.md: the rule engine beside one rule after another, a whole scan on one core, the store (an hour)
	$(GO) run ./internal/bench/engine
	$(GO) run ./internal/bench/scan
	$(GO) run ./internal/bench/store -events $(BENCH_EVENTS)

# Rules of the sensor with all rules in make bench-sensor; BENCH_SENSOR_FLAGS='-rounds 21 -exec 5000' changes the loads.
SENSOR_RULES       ?= rules/runtime,$(wildcard ../shared/corpora/falco-rules/falco_rules.yaml)
BENCH_SENSOR_FLAGS ?=

.PHONY: bench-sensor
bench-sensor: sensor ## what the node sensor costs the programs of its node, beside none and beside one empty hook (root; ten minutes)
	$(GO) run ./internal/bench/sensor -rules '$(SENSOR_RULES)' $(BENCH_SENSOR_FLAGS)

# What make bench-hub simulates: BENCH_HUB_FLAGS='-nodes 200 -rate 5000 -time 10m -storm 1m'.
BENCH_HUB_FLAGS ?=

.PHONY: bench-hub
bench-hub: build ## what a hub costs that takes the events of 1,000 simulated nodes over loopback (two minutes)
	$(GO) run ./test/load $(BENCH_HUB_FLAGS)

.PHONY: eval
eval: ## how much of recorded attacks is found, how much noise there is: RECORDINGS=test/recordings OUTPUT=markdown
	$(GO) run ./internal/eval/quality -recordings $(RECORDINGS) -output $(OUTPUT)

.PHONY: eval-update
eval-update: ## write the figures of test/recordings into docs/detection-quality.md and .json
	$(GO) run ./internal/eval/quality -page docs/detection-quality.md -figures docs/detection-quality.json

.PHONY: bench-go
bench-go: ## the benchmarks of single packages: BENCH=regexp PKG=./... COUNT=1
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 60m $(PKG)

.PHONY: soak
soak: ## hours: every fuzz target for longer, and the tests named TestSoak (SOAK_TIME=10m: how long the node sensor runs, else 6h)
	LYNCEUS_REQUIRE="$${LYNCEUS_REQUIRE:+$$LYNCEUS_REQUIRE,}soak" $(GO) test -count=1 -v -timeout 10h -run '^TestSoak' $(PKG)
	for module in $(TEST_MODULES); do \
		LYNCEUS_REQUIRE="$${LYNCEUS_REQUIRE:+$$LYNCEUS_REQUIRE,}soak,cluster" $(GO) test -C "$$module" -count=1 -p 1 -v -timeout 2h -run '^TestSoak' ./...; \
	done
	tools/fuzz.sh $(SOAK_FUZZ_TOTAL)

.PHONY: clickhouse-lib
clickhouse-lib: ## install the ClickHouse engine for the tests that need it: 570 MB from npm, into test/clickhouse
	npm ci --prefix test/clickhouse --ignore-scripts --no-audit --no-fund --fetch-retries 5

.PHONY: modules
modules: ## download the Go modules that everything here needs, trying again after a hiccup
	tools/fetch-modules.sh

# The harness's own program: it prepares the machine, starts clusters and runs in them.
.PHONY: bin/cluster
bin/cluster:
	@CGO_ENABLED=0 $(GO) build -C test/cluster -trimpath -ldflags '-s -w' -o ../../bin/cluster ./cmd/cluster

# PREPARE_FLAGS=-install installs the Debian packages; without it they are named.
PREPARE_FLAGS ?=

.PHONY: cluster-prepare
cluster-prepare: bin/cluster ## build Kubernetes for tests, once, six minutes (PREPARE_FLAGS=-install also installs packages)
	@bin/cluster prepare -module test/cluster/kubernetes $(PREPARE_FLAGS)

.PHONY: cluster
cluster: cluster-prepare ## start a real Kubernetes for tests and print its kubeconfig (root)
	@bin/cluster up $(CLUSTER_FLAGS)

.PHONY: cluster-down
cluster-down: bin/cluster ## end what make cluster started
	@bin/cluster down

.PHONY: cluster-test
cluster-test: ## test the harness that starts clusters (root, after make cluster-prepare)
	$(REQUIRE_CLUSTER) $(TESTED) test/cluster -count=1 -timeout $(TEST_TIMEOUT) -- ./...

# make recordings SCENARIO=attack-stratus plays one; without it, all: twenty minutes. INVENTORY=false leaves the inventory out.
SCENARIO  ?=
OUT       ?= recordings
INVENTORY ?= true

.PHONY: recordings
recordings: build cluster-prepare ## play attacks and ordinary work on real clusters and record them: SCENARIO=name OUT=recordings (root)
	$(GO) run -C test/scenarios ./cmd/record -scenario "$(SCENARIO)" -out "$(abspath $(OUT))" -lynceus "$(abspath bin/lynceus)" -inventory=$(INVENTORY)

.PHONY: e2e
e2e: ## test bin/lynceus end to end on a real cluster, its audit webhook and its log (root, after make cluster-prepare; eight minutes)
	$(REQUIRE_CLUSTER) $(TESTED) test/e2e -count=1 -v -parallel 3 -timeout 60m -- ./...

.PHONY: generate
generate: ## write the generated files again
	$(GO) generate ./...

.PHONY: generate-check
generate-check: ## fail when a generated file is not what its generator writes
	$(GO) test -count=1 -run '^TestGeneratedFilesAreFresh$$' ./internal/policy

.PHONY: rules-test
rules-test: build ## run the positive and near-miss tests inside the built-in rules
	bin/lynceus rules test rules

.PHONY: clean
clean: ## remove what make built
	rm -rf bin

.PHONY: tools
tools: bin/tools/staticcheck ## build the pinned staticcheck, benchstat and gotestsum into bin/tools

# One build makes every tool that tools/go.mod lists.
bin/tools/staticcheck: tools/go.mod tools/go.sum
	$(GO) build -C tools -o ../bin/tools/ tool
	@touch $@

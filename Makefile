# make help says what there is.

GO          ?= go
TARGET      ?=
BENCH       ?= .
FUZZTIME    ?= 30s
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
INTERPRETED ?= arm:qemu-arm-static s390x:qemu-s390x-static
CROSS       ?= darwin/arm64 windows/amd64 js/wasm linux/arm64 linux/riscv64
RELEASES    ?= go1.27.4
EMULATED    ?= arm64:qemu-aarch64-static riscv64:qemu-riscv64-static
SEED        ?= 1
PROGRAMS    ?= 100000
FEWER       ?= 10000

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c

.PHONY: all help test stencils prove mutate check differ bench benchmarks fuzz \
	check-format check-vet check-static check-bench check-stencils check-api check-386 check-cross check-qemu check-releases
.DEFAULT_GOAL := help

help:
	@echo 'make all         test and check'
	@echo 'make test        all tests that need nothing but Go'
	@echo 'make stencils    make the tables of stencils again; needs clang-19; TARGET=amd64 for one target only'
	@echo 'make prove       prove the stencils that are not proved yet; needs z3; TARGET=amd64 for one target only'
	@echo 'make mutate      flip every bit of every stencil and prove that it makes a difference; takes long'
	@echo 'make check       format, vet, staticcheck, stencils up to date (needs clang-19), exported API,'
	@echo '                 tests on linux/386, builds for: $(CROSS),'
	@echo '                 tests with: $(RELEASES);'
	@echo '                 tests emulated on linux/arm64, riscv64, arm and s390x (needs qemu-user-static)'
	@echo 'make differ      PROGRAMS=$(PROGRAMS) random programs from SEED=$(SEED) on, interpreted and compiled; FEWER=$(FEWER)'
	@echo '                 on each emulated target (needs qemu-user-static)'
	@echo 'make bench       compare with other runtimes and compilers; writes a table and a plot to bench/results'
	@echo 'make benchmarks  all Go benchmarks; BENCH=regexp for some'
	@echo 'make fuzz        each fuzz target for FUZZTIME=$(FUZZTIME)'

all: test check

test:
	$(GO) test ./...

stencils:
	$(GO) run ./cmd/stencilgen $(if $(TARGET),-target $(TARGET))

prove:
	$(GO) run ./cmd/stencilgen prove -write $(if $(TARGET),-target $(TARGET))

mutate:
	$(GO) test ./stencils/prove -run 'Mutate$(if $(TARGET),/$(TARGET))' -solver -mutate 0 -v -timeout 24h

# Cheap checks first. They run in this order, also with -j.
check:
	@for step in format vet static bench stencils api 386 cross qemu releases; do \
		echo "== check-$$step"; \
		$(MAKE) --no-print-directory check-$$step; \
	done
	@echo '== all checks passed'

check-format:
	@files=$$(gofmt -l .); \
	if [ -n "$$files" ]; then echo "not formatted, run gofmt -w on:"; echo "$$files"; exit 1; fi

check-vet:
	$(GO) vet ./...

check-static:
	$(GO) run $(STATICCHECK) ./...

# The comparison is a module of its own, with dependencies of its own.
check-bench:
	cd bench && $(GO) vet ./... && $(GO) test -short ./...

# The tests compare digests; this compiles the templates and compares bytes.
check-stencils:
	$(GO) run ./cmd/stencilgen -check

check-api:
	$(GO) test ./internal/apitest

# A 32-bit platform without stencils that runs where we are: everything is
# interpreted, and an int has 32 bits.
check-386:
	@if [ "$$($(GO) env GOHOSTOS)/$$($(GO) env GOHOSTARCH)" != linux/amd64 ]; then \
		echo 'skipped: runs on linux/amd64 only'; \
	else \
		echo 'GOARCH=386 $(GO) test -short ./...'; \
		CGO_ENABLED=0 GOARCH=386 $(GO) test -short ./...; \
	fi

check-cross:
	@for platform in $(CROSS); do \
		echo "$$platform: $(GO) build ./... && $(GO) vet ./..."; \
		export CGO_ENABLED=0 GOOS="$${platform%/*}" GOARCH="$${platform#*/}"; \
		$(GO) build ./...; \
		$(GO) vet ./...; \
	done

# The targets that are not this machine, emulated, and the interpreter with 32 bits
# (arm) and with the high byte first (s390x). An emulator that is missing is
# a failure: what has not run has not passed.
check-qemu:
	@for target in $(EMULATED) $(INTERPRETED); do \
		arch="$${target%:*}" qemu="$${target#*:}"; \
		if [ "$$($(GO) env GOHOSTOS)" != linux ]; then echo "$$arch: not tested: no emulator of Linux programs here"; continue; fi; \
		if ! command -v "$$qemu" >/dev/null; then echo "$$arch: $$qemu is missing: install qemu-user-static"; exit 1; fi; \
		echo "GOARCH=$$arch $(GO) test -short -exec $$qemu"; \
		CGO_ENABLED=0 GOOS=linux GOARCH="$$arch" $(GO) test -short -timeout 30m -exec "$$qemu" \
			./ops ./linker ./jit ./bpf ./internal/codemem ./internal/gdbjit ./internal/tiertest ./stencils ./stencils/generated ./cmd/...; \
	done

# The two latest releases of Go are supported: the one that runs this, which may
# be no older than go.mod says, and these.
check-releases:
	@for release in $(RELEASES); do \
		echo "GOTOOLCHAIN=$$release $(GO) test -short ./..."; \
		GOTOOLCHAIN="$$release" $(GO) test -short ./...; \
	done

# What tests do with a few thousand programs, with many.
differ:
	$(GO) test -count 1 -timeout 60m -v -run '^TestRandom$$' ./jit -random $(PROGRAMS) -seed $(SEED)
	@for target in $(EMULATED); do \
		arch="$${target%:*}" qemu="$${target#*:}"; \
		echo "GOARCH=$$arch $(GO) test -short -exec $$qemu"; \
		CGO_ENABLED=0 GOOS=linux GOARCH="$$arch" $(GO) test -short -timeout 30m -exec "$$qemu" \
			-count 1 -timeout 60m -v -run '^TestRandom$$' ./jit -random $(FEWER) -seed $(SEED); \
	done

bench:
	cd bench && $(GO) run . -o results

benchmarks:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

fuzz:
	@packages=$$($(GO) list ./...); \
	for package in $$packages; do \
		targets=$$($(GO) test -list '^Fuzz' "$$package" | { grep '^Fuzz' || true; }); \
		for target in $$targets; do \
			echo "== $$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime '$(FUZZTIME)' "$$package"; \
		done; \
	done

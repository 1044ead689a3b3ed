# The one entry to building, checking and running. `make help` lists what there is.
PYTHON ?= python3
EXTRA ?= cpu
# The whole suite mostly waits: for servers, for processes that it killed. Two processes fill two cores.
TEST_PROCESSES ?= 2
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest
SOURCES := api celery_config.py db engine ops scripts tests tools workers

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check fmt lint types imports unit contract integration \
	acceptance migrations bench bench-quick bench-sandbox bench-start bench-latency bench-peers \
	lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

setup: $(BIN)/python ## install everything into .venv (EXTRA=cpu|gpu|none)
	@$(BIN)/python ops/install.py --extra $(EXTRA)

demo: setup ## solve real problems on a stack of its own (FILE=problems.jsonl)
	@$(BIN)/svend demo $(if $(FILE),--file $(FILE))

up: setup ## run the local stack in the foreground
	@$(BIN)/svend up

test: lint types imports ## everything that CI runs: lint, types, imports, all tests, coverage
	$(PYTEST) -n $(TEST_PROCESSES) --no-loadscope-reorder --cov --cov-report=term

check: test ## the same

fmt: setup ## format, and mend what the linter can
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

lint: setup ## style and faults
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

types: setup ## types
	$(BIN)/pyright

imports: setup ## who may import whom
	$(BIN)/lint-imports

unit: setup ## tests of pure code
	$(PYTEST) tests/unit tests/architecture

contract: setup ## tests that fakes and real adapters keep the same promises
	$(PYTEST) tests/contract

integration: setup ## tests with real PostgreSQL and Redis
	$(PYTEST) tests/integration

migrations: setup ## tests of the schema's way up and down
	$(PYTEST) tests/migration

acceptance: setup ## tests of the whole product, with a real model server
	$(PYTEST) tests/acceptance

# A missed bar is a figure like any other: the README shows it, and the exit code tells of it.
bench: setup ## measure what DESIGN sets bars for; write bench/results.json, show it in the README
	code=0; $(BIN)/python -m scripts.bench || code=$$?; \
	$(BIN)/python -m scripts.readme_bench && exit $$code

bench-quick: setup ## the same, shorter and rougher, into build/bench-quick.json
	$(BIN)/python -m scripts.bench --quick --out build/bench-quick.json

bench-sandbox: setup ## time the sandbox beside what else could run a program
	$(BIN)/python -m scripts.bench_sandbox

bench-latency: setup ## time accepting, starting, seeing and resuming jobs
	$(BIN)/python -m scripts.bench_latency

bench-start: setup ## time `svend up` from the command to the first answer
	$(BIN)/python -m scripts.bench_start

bench-peers: setup ## replay a recording to other packages' votes (RECORDING=FILE)
	$(BIN)/python -m scripts.bench_peers --recording $(RECORDING)

lock: $(BIN)/python ## resolve pyproject.toml anew into requirements.lock
	@$(BIN)/python ops/install.py --lock

clean: ## remove what builds and tests leave; neither .venv nor .svend
	rm -rf .coverage .coverage.* .hypothesis .import_linter_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

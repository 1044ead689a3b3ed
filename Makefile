# The one entry to building, checking and running. `make help` lists what there is.
PYTHON ?= python3
EXTRA ?= cpu
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest
SOURCES := api celery_config.py db engine ops scripts tests tools workers

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check fmt lint types imports unit contract integration \
	acceptance migrations architecture bench bench-quick lock clean

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
	$(PYTEST) --cov --cov-report=term

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

bench: setup ## measure what DESIGN sets bars for, and write bench/results.json
	$(BIN)/python -m scripts.bench

bench-quick: setup ## the same, shorter and rougher
	$(BIN)/python -m scripts.bench --quick

lock: $(BIN)/python ## resolve pyproject.toml anew into requirements.lock
	@$(BIN)/python ops/install.py --lock

clean: ## remove what builds and tests leave; neither .venv nor .svend
	rm -rf .coverage .coverage.* .hypothesis .import_linter_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# The one entry to building, checking and running. `make help` lists what there is.
PYTHON ?= python3
EXTRA ?= cpu
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

setup: $(BIN)/python ## install everything into .venv (EXTRA=cpu|gpu|none)
	@$(BIN)/python ops/install.py --extra $(EXTRA)

lock: $(BIN)/python ## resolve pyproject.toml anew into requirements.lock
	@$(BIN)/python ops/install.py --lock

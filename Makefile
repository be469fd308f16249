# `make app` starts the dashboard, `make test` runs the tests. Both set up .venv first; the second
# time that is a comparison of file dates.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The first interpreter on the path that is new enough; PYTHON=... overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup app test test-all lint format checkpoints scenes screenshots clean

help:
	@echo "make app          set up and open the dashboard on 127.0.0.1:8501"
	@echo "make test         set up and run the tests"
	@echo "make test-all     the same with the slow tests and the browser required"
	@echo "make format       format the code"
	@echo "make scenes       write the shipped simulated scenes again"
	@echo "make checkpoints  train the shipped checkpoints that are missing"
	@echo "make screenshots  take the README's pictures again"

setup: $(READY)

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
	  echo "seaice needs Python 3.11 or newer, and there is none on the path; install it, or name one with PYTHON=..." >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "seaice needs Python 3.11 or newer, and $(PYTHON) is older or not there." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module; on Debian and Ubuntu install the package python3-venv." >&2; exit 1; }
	@echo "Setting up $(VENV) (about 7 GB, minutes the first time) ..." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  -r requirements.txt -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

app: setup
	@exec $(BIN)/seaice app

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

test: lint
	@$(BIN)/python -m pytest -m "not slow"

test-all: lint
	@$(BIN)/python -m pytest

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

scenes: setup
	@$(BIN)/python tools/ship.py scenes

checkpoints: setup
	@$(BIN)/python tools/ship.py checkpoints

screenshots: setup
	@$(BIN)/python tools/screenshots.py

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis test-artifacts

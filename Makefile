# `make app` starts the dashboard, `make test` runs the tests. Both set up .venv first. Once it is set
# up, that only compares file dates.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# All pins of requirements.txt install on these versions of Python; CI tests each of them.
IS_SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
# The first such interpreter on the path; PYTHON=... overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c '$(IS_SUPPORTED)' 2>/dev/null && { echo $$p; break; }; \
	done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup app test test-pages test-all lint coverage format package checkpoints scenes screenshots clean

help:
	@echo "make app          set up and open the dashboard on 127.0.0.1:8501"
	@echo "make test         set up and run the tests"
	@echo "make test-pages   set up and use every page in a browser"
	@echo "make test-all     set up and run the slow tests too"
	@echo "make lint         check style, formatting and types"
	@echo "make coverage     run the quick tests and print how much of the code they run"
	@echo "make format       format the code"
	@echo "make package      build the wheel into dist/"
	@echo "make scenes       write the shipped simulated scenes again"
	@echo "make checkpoints  train the shipped checkpoints that are missing"
	@echo "make screenshots  take the screenshots of docs/ again"

setup: $(READY)

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
	  echo "seaice needs Python 3.11 to 3.14, and none is on the path. Install one, or name one with PYTHON=..." >&2; exit 1; fi
	@$(PYTHON) -c '$(IS_SUPPORTED)' || { \
	  echo "seaice needs Python 3.11 to 3.14. $(PYTHON) is another version, or does not exist." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module. On Debian and Ubuntu, install the package python3-venv." >&2; exit 1; }
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
	@$(BIN)/mypy

# One process a core, at most four: each takes about 2 GB. An idle one takes over tests of others.
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

test: lint
	@$(PYTEST) --hypothesis-profile quick -m "not slow"

# Without the long loops over damaged files, kills and processes, which take as long again.
test-pages: setup
	@$(PYTEST) -m "browser and slow"

test-all: lint
	@$(PYTEST)

# The browser tests would add nothing: coverage does not see the server, another process.
coverage: setup
	@$(PYTEST) -m "not slow and not browser" --cov --cov-report=term:skip-covered

package: setup
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps -w dist .

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
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis test-artifacts

# `make` alone lists the targets. Only Python 3.11 or newer and make are needed beforehand.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PEERS_PYTHON ?= $(PYTHON)
PYTEST_WORKERS ?= 3
UPGRADE ?=
ARGS ?=

UV := .venv-uv/bin/uv
BIN := .venv/bin
PROJECTS := $(wildcard packages/*/pyproject.toml)
EDITABLE := $(foreach project,$(PROJECTS),-e $(dir $(project)))
TYPED := $(wildcard packages/*/src) $(wildcard tests bench stress) conftest.py scripts docs/conf.py

export UV_NO_PROGRESS := 1
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.ready ## Make the development environment .venv from the lock file.
	@:

.venv-uv/.ready: lock/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "brandbrain needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv-uv || \
		{ echo "could not make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r lock/uv.txt \
		>.venv-uv/install.log 2>&1 || { echo "could not install uv; see .venv-uv/install.log" >&2; exit 1; }
	@touch $@

.venv/.ready: .venv-uv/.ready lock/dev.txt lock/build.txt $(PROJECTS)
	@scripts/make-environment .venv lock/dev.txt $(EDITABLE)
	@touch $@

.venv-run/.ready: .venv-uv/.ready lock/run.txt lock/build.txt $(PROJECTS)
	@scripts/make-environment .venv-run lock/run.txt $(EDITABLE)
	@touch $@

.PHONY: demo
demo: .venv-run/.ready ## Compile a sample brand and look at it, in an environment without developer tools.
	@.venv-run/bin/brandbrain demo $(ARGS)

.PHONY: test
test: .venv/.ready ## Run the tests, the examples in docstrings and those in the pages.
	@$(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal -m "not stress and not fuzz" $(ARGS)

CHECKS := check-formatting check-lint check-types check-imports check-locks check-generated check-packages check-docs

.PHONY: check
check: .venv/.ready ## Check form, types, import rules, docs, locks, and each package by itself.
	@$(MAKE) --no-print-directory --keep-going -j2 $(CHECKS)

.PHONY: $(CHECKS)
$(CHECKS): check-%: .venv/.ready
	@scripts/run-check $* $(CHECK_$*)

CHECK_formatting := $(BIN)/ruff format --check .
CHECK_lint := $(BIN)/ruff check --quiet --output-format concise .
CHECK_types := $(BIN)/mypy --no-error-summary $(TYPED)
CHECK_imports := $(BIN)/lint-imports --no-logo
CHECK_locks := scripts/check-locks
CHECK_generated := scripts/check-generated
CHECK_packages := $(BIN)/python scripts/check_packages_alone.py
CHECK_docs := $(MAKE) --no-print-directory docs

.PHONY: format
format: .venv/.ready ## Format the code and mend what Ruff can mend.
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: docs
docs: .venv/.ready ## Build the documentation into docs/_build; a warning is an error.
	@rm -rf docs/reference/api
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -j auto -b html docs docs/_build

.PHONY: bench
bench: .venv/.ready ## Run the benchmarks quickly; the job queue with small sizes.
	@$(BIN)/pytest bench --benchmark-enable --benchmark-only --benchmark-quiet -p no:xdist -m "not long" \
		--benchmark-columns=median,rounds --benchmark-max-time=0.2 --benchmark-min-rounds=3 $(ARGS)
	@$(BIN)/python -m bench.jobs

.PHONY: bench-jobs
bench-jobs: .venv/.ready ## Measure the job queue; ARGS="--help" lists the sizes.
	@$(BIN)/python -m bench.jobs $(ARGS)

.venv-peers/.ready: .venv-uv/.ready pyproject.toml
	@{ $(UV) venv --no-config --clear --python $(PEERS_PYTHON) .venv-peers && \
		$(UV) pip install --python .venv-peers --group pyproject.toml:bench-peers; } >.venv-uv/venv-peers.log 2>&1 || \
		{ echo "could not fill .venv-peers; see .venv-uv/venv-peers.log" >&2; exit 1; }
	@touch $@

.PHONY: bench-peers
bench-peers: .venv/.ready .venv-peers/.ready ## Measure the job queue beside others, in an environment of their own.
	@$(BIN)/python -m bench.jobs --peers .venv-peers $(ARGS)

.PHONY: bench-http
bench-http: .venv/.ready ## Measure the HTTP API beside bare applications; ARGS="--help" lists sizes and routes.
	@$(BIN)/python -m bench.http $(ARGS)

.PHONY: stress
stress: .venv/.ready ## Run the long tests, the trial of real faults, and 100,000 simulated schedules.
	@HYPOTHESIS_PROFILE=explore $(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal -m stress $(ARGS)
	@$(BIN)/python -m stress.faults
	@$(BIN)/python -m stress.simulate

.PHONY: simulate
simulate: .venv/.ready ## Simulate schedules of workers and their faults; ARGS="--help" lists what can be asked.
	@$(BIN)/python -m stress.simulate $(ARGS)

.PHONY: fuzz
fuzz: .venv/.ready ## Send generated requests to the HTTP layer for longer than the tests do.
	@HYPOTHESIS_PROFILE=explore $(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal -m fuzz $(ARGS)

.PHONY: generate
generate: .venv/.ready ## Write the files that are made from code.
	@scripts/generate

.PHONY: lock
lock: .venv-uv/.ready ## Resolve the lock files anew (UPGRADE=--upgrade for newer versions).
	@scripts/lock lock $(UPGRADE)

.PHONY: clean
clean: ## Remove what the other targets made.
	@rm -rf .venv .venv-peers .venv-run .venv-uv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		.benchmarks docs/_build docs/reference/api
	@find packages tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

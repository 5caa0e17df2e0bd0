# `make` alone lists the targets. Only Python 3.11 or newer and make are needed beforehand.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PYTEST_WORKERS ?= 2
UPGRADE ?=
ARGS ?=

UV := .venv-uv/bin/uv
BIN := .venv/bin
PROJECTS := $(wildcard packages/*/pyproject.toml)
EDITABLE := $(foreach project,$(PROJECTS),-e $(dir $(project)))
SIBLINGS := $(foreach project,$(PROJECTS),--no-emit-package $(notdir $(patsubst %/,%,$(dir $(project)))))
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--custom-compile-command "make lock"

export UV_NO_PROGRESS := 1
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.ready ## Make the development environment .venv from the lock file.

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

.PHONY: lock
lock: .venv-uv/.ready ## Resolve the lock files anew (UPGRADE=--upgrade for newer versions).
	@$(UV) $(COMPILE) $(UPGRADE) --all-extras --group pyproject.toml:dev $(PROJECTS) $(SIBLINGS) -o lock/dev.txt
	@$(UV) $(COMPILE) $(UPGRADE) --extra postgres packages/brandbrain/pyproject.toml $(SIBLINGS) -c lock/dev.txt -o lock/run.txt
	@$(UV) $(COMPILE) $(UPGRADE) lock/build.in -o lock/build.txt
	@$(UV) $(COMPILE) $(UPGRADE) lock/uv.in -o lock/uv.txt

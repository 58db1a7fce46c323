# Every command a person needs; `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help run test check bench services screenshots clean

PYTHON ?= python3
# Tests run side by side, one file after the other in each process, each process on one core.
PYTEST = .venv/bin/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
BIN := .venv/bin

test check: export OMP_NUM_THREADS = 1

help: ## Show these lines.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## Install, migrate and serve everything on http://127.0.0.1:8000, with a demo project.
	@$(BIN)/python -m app run

test: .venv/installed-tests services ## Install what the tests need and run them all.
	$(MAKE) lint
	$(BIN)/python scripts/with_postgres.py $(PYTEST) -rs

check: .venv/installed-tests ## The fast part alone: ruff, mypy, import-linter, unit tests.
	$(MAKE) lint
	$(PYTEST) -m "not services and not slow"

.PHONY: lint
lint: .venv/installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-tests ## Measure on this machine and write docs/benchmarks.md.
	$(BIN)/python -m app bench speed

services: ## Install Chromium and PostgreSQL for the tests, where this may be done.
	@scripts/install_services.sh

screenshots: .venv/installed-tests services ## Take the README's screenshots from the running demo.
	$(BIN)/python scripts/screenshots.py

clean: ## Remove the virtual environment and caches; the data folder stays.
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Cusp needs Python 3.11 or newer.')"
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-tests: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

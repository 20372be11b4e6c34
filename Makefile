# Everything happens in .venv, which is made from the pinned locks. PYTHON chooses the interpreter.
PYTHON ?= python3.11
PORT ?= 8000
WORKERS ?= 2
MLFLOW_PORT ?= 5000
SITE := dist/docs
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test test-all check docs format lock audit mlflow-ui monitor doctor clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## Set up what is missing and serve on http://127.0.0.1:8000 (PORT, WORKERS)
	@PORT=$(PORT) WORKERS=$(WORKERS) $(BIN)/iargus serve

test: .venv/installed-dev ## Set up and run the tests but the slow ones (ARGS="-k token" chooses some)
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" $(ARGS)

test-all: .venv/installed-dev ## Set up and run all tests, the slow ones of tests/slow.py too
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: .venv/installed-docs ## Linter, types, direction of imports, documentation, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) docs
	IARGUS_SITE=$(SITE) $(BIN)/python -m pytest -q tests/docs tests/test_documentation.py tests/test_locks.py tests/test_workflows.py

docs: .venv/installed-docs ## Build the documentation site: dist/docs/index.html
	@rm -rf $(SITE)
	@$(BIN)/python -m sphinx --fail-on-warning --nitpicky --keep-going --quiet docs $(SITE)
	@echo "$(SITE)/index.html"

format: .venv/installed-dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/installed-dev ## Export the requirements*.txt from pyproject.toml
	PATH="$(CURDIR)/$(BIN):$$PATH" scripts/lock

audit: .venv-audit/installed ## Advisories, SBOM, workflows, secrets in the history (STEPS=sbom chooses)
	@.venv-audit/bin/python scripts/audit.py $(STEPS)

mlflow-ui: .venv/installed ## Open the registry's page on http://127.0.0.1:5000 (MLFLOW_PORT)
	@$(BIN)/iargus mlflow-ui --port $(MLFLOW_PORT)

monitor: .venv/installed ## Run the monthly job now
	@$(BIN)/python model_monitoring.py

doctor: .venv/installed ## Check configuration, databases, registry, mail server and disk
	@$(BIN)/iargus doctor

clean: ## Remove the virtual environment and caches; var/ with its data stays
	rm -rf .venv .venv-audit .venv.lock .venv-audit.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# A cut-off installation is known by the mark that lacks, and made anew.
INSTALL = command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not there; PYTHON=... chooses another (3.11 or later)" >&2; exit 1; }; $(PYTHON) scripts/environment.py

.venv/installed: requirements.txt pyproject.toml
	@$(INSTALL) .venv installed requirements.txt --project .

.venv/installed-dev: requirements-dev.txt .venv/installed
	@$(INSTALL) .venv installed-dev requirements-dev.txt --onto installed

# In .venv, for the reference is generated from the package and what it imports.
.venv/installed-docs: requirements-docs.txt .venv/installed-dev
	@$(INSTALL) .venv installed-docs requirements-docs.txt --onto installed-dev

# Apart from .venv: what looks for weaknesses is no part of what is served or tested.
.venv-audit/installed: requirements-audit.txt
	@$(INSTALL) .venv-audit installed requirements-audit.txt

# Two commands do everything on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or newer, make and the package index; no root.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST_WORKERS ?= 2
COVERAGE ?=  # --cov --cov-fail-under=90 in .ci/run: it takes half as long again

.PHONY: demo test soak lint types format bench docs lock clean

demo: $(VENV)/.installed
	$(BIN)/digest demo .

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) -m "not soak" $(COVERAGE)

soak: $(VENV)/.installed-dev  ## the long fault, load and kill runs
	$(BIN)/python -m pytest -m soak --timeout=3600

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev  ## every benchmark, each with its own reference
	for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: $(VENV)/.installed-dev  ## write the generated pages anew; the tests hold them to the code
	$(BIN)/python -m digest.cli.reference docs/reference

lock:  ## needs uv; pins with hashes and names no index
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra postgres --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  --extra postgres --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("digest needs Python 3.11 or newer: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# --no-deps: the lock names every package. Without it pip looks an extra (coverage[toml]) up anew, and
# stops as soon as a release newer than the pinned one is out.
# compileall: pip compiles no editable installation, and where PYTHONDONTWRITEBYTECODE is set nothing else does;
# each start would then compile the program.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes --no-deps --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q digest
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes --no-deps --requirement requirements-dev.lock
	$(BIN)/python -m pip check
	touch $@

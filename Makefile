# Each target sets up what is missing first. `make test` is what CI runs.
.PHONY: setup demo test test-long check bench format lock
PY := .venv/bin/python

setup:
	@infra/setup.sh

demo: setup
	@.venv/bin/sightline demo

check: setup
	.venv/bin/ruff format --check services tests
	.venv/bin/ruff check services tests
	.venv/bin/mypy
	.venv/bin/lint-imports

test: check
	$(PY) -m pytest -m "not long"

test-long: check
	SIGHTLINE_LONG=1 $(PY) -m pytest

bench: setup
	-@infra/bench/setup.sh
	@$(PY) -m tests.bench

format: setup
	.venv/bin/ruff check --fix --exit-zero services tests
	.venv/bin/ruff format services tests

# The lock names no registry: nobody's index address belongs in it.
lock: setup
	UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile pyproject.toml --group dev --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --python .venv/bin/python -q -o requirements.lock
	UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile --group pyproject.toml:bench --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --python .venv/bin/python -q -o infra/bench/requirements.lock

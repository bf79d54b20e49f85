# Each target sets up what is missing first. `make test` is what CI runs.
.PHONY: setup demo test test-long check bench tour format lock
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

# What needs a processor alone runs three at a time, each with a broker and a database of its own: two leave one of
# two processors idle while they wait. A browser or a whole system is many processes: two. What kills or waits runs
# by itself. Files go out in this order, the browser's, which are many tests and short ones, last: a long file begun
# last would leave a processor idle at the end.
SPREAD := -n 3 --dist worksteal tests/rules tests/flows tests/properties tests/contract
WHOLE := -n 2 --dist loadfile --no-loadscope-reorder tests/journeys tests/browser
ALONE := tests/broker
# What asks the whole served document, for a quarter of an hour a database: each of its tests by itself.
DOCUMENT := tests/journeys/test_served_document.py

test: check
	$(PY) -m pytest -m "not long" $(SPREAD)
	$(PY) -m pytest -m "not long" $(WHOLE)
	$(PY) -m pytest -m "not long" $(ALONE)

test-long: export SIGHTLINE_LONG := 1
test-long: check
	$(PY) -m pytest $(SPREAD)
	$(PY) -m pytest $(WHOLE) --ignore $(DOCUMENT)
	$(PY) -m pytest -n 3 --dist worksteal $(DOCUMENT)
	$(PY) -m pytest $(ALONE)

bench: setup
	-@infra/bench/setup.sh
	@$(PY) -m tests.bench

# A picture of every page, for infra/tour.
tour: setup
	@$(PY) -m tests.tour

format: setup
	.venv/bin/ruff check --fix --exit-zero services tests
	.venv/bin/ruff format services tests

# The lock names no registry: nobody's index address belongs in it.
lock: setup
	UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile pyproject.toml --group dev --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --python .venv/bin/python -q -o requirements.lock
	UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile --group pyproject.toml:bench --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --python .venv/bin/python -q -o infra/bench/requirements.lock

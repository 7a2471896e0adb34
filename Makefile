# Everything runs from this folder; nothing outside it is written, except (on Debian as root) the
# system libraries that Qt needs.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
BIN := .venv/bin

# Tests and the demonstration start the program hundreds of times: it is compiled once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run demo test check acceptance bench lock package wording screens clean

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml packaging/system-libraries.sh
	@test -n "$(PYTHON)" || { echo "caseworker needs Python 3.11 or newer: install it, or type make PYTHON=/path/to/it" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || \
	  { echo "This Python has no venv: on Debian and Ubuntu type  sudo apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	sh packaging/system-libraries.sh $(BIN)/python
	touch $@

.venv/.developer: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

run: install
	$(BIN)/caseworker

demo: install
	$(BIN)/caseworker demo -o demo-output

check: .venv/.developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/.developer check
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 3 --dist worksteal

# The sizes the issues ask for: 200,000 people to be found, 5,000 steps taken back, 500 kills; takes an hour.
acceptance: .venv/.developer
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 --whole tests/caseworker_app/exchange/test_fuzz.py \
	  tests/db/queries/test_find.py tests/journeys/test_undo_history.py tests/caseworker_app/policy \
	  tests/exchange/test_merge_claims.py tests/faults tests/exchange/test_merge.py

bench: .venv/.developer
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.benchmarks

# Locks are universal (every platform and Python) and carry hashes and no addresses.
lock: .venv/.developer
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra build --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock

package: .venv/.developer
	$(BIN)/python packaging/build.py

wording: .venv/.developer
	$(BIN)/python -m tests.wording_catalogue

# Every screen in both themes and both languages; README shows two of them.
screens: install
	QT_QPA_PLATFORM=offscreen $(BIN)/caseworker demo -o demo-output
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m caseworker_app.screenshots demo-output/ledger demo-2024 2024-11-30 docs/screens

clean:
	rm -rf .venv build dist demo-output

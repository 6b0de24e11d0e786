# The manual: `make help`.
# Everything lands in .venv, static/vendor and translations; a target does again only what has changed.

HOST = 127.0.0.1
PORT = 8000
PYTHON = python3

venv = .venv/bin
catalogues = $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-slow bench fairness lint format docs pictures messages lock clean test-packages

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: .venv/.installed static/vendor/.installed $(catalogues) ## Create .venv with what running needs, browser files and translations

run: install ## Install, then run the demonstration centre on http://localhost:8000 (HOST=0.0.0.0 PORT=80 to change)
	$(venv)/python server.py run --demo --host $(HOST) --port $(PORT)

test: test-packages lint ## Install all that tests need (system packages too), check the code, run the quick tests
	$(venv)/pytest -n 2 -m "not slow"

test-slow: test-packages ## Run the slow tests: kills, races at size, long replays, each screen in a browser
	$(venv)/pytest -n 2 -m slow

bench: install ## Measure tickets, calls and the feed beside a plain reference
	$(venv)/python -m benchmarks

fairness: .venv/.installed ## Write docs/fairness.md: who waits how long, under OneDoor's order and under others
	$(venv)/python -m benchmarks.fairness

lint: .venv/.installed-dev $(catalogues) ## Check style, types and the direction of imports
	$(venv)/ruff check .
	$(venv)/ruff format --check .
	$(venv)/mypy
	$(venv)/lint-imports --no-logo

format: .venv/.installed-dev ## Format the code and put imports in order
	$(venv)/ruff check --fix-only .
	$(venv)/ruff format .

docs: .venv/.installed-dev ## Write docs/states.md from the code's own table
	$(venv)/python -m tests.house.states_page

pictures: install .venv/.installed-dev ## Take the pictures of docs/screens anew
	$(venv)/python -m tests.e2e.pictures

messages: .venv/.installed ## Collect the words of the pages into translations/, for translators
	mkdir -p translations
	$(venv)/pybabel extract -F pyproject.toml -o translations/messages.pot --project OneDoor --no-location -k mark .
	test -d translations/lo || $(venv)/pybabel init -i translations/messages.pot -d translations -l lo
	$(venv)/pybabel update -i translations/messages.pot -d translations --no-fuzzy-matching

lock: .venv/.installed-dev ## Pin again, the newest that the .in files and package.json allow
	$(venv)/uv pip compile -q --upgrade --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(venv)/uv pip compile -q --upgrade --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	$(venv)/uv pip compile -q --upgrade --generate-hashes --no-header --python-version 3.11 requirements-npm.in -o requirements-npm.txt
	npm update --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

clean: ## Remove all that make has created; var/ with its database stays
	rm -rf .venv node_modules static/vendor .mypy_cache .pytest_cache .ruff_cache .import_linter_cache $(catalogues)

.venv/.installed: requirements.txt deploy/fill-venv
	PYTHON="$(PYTHON)" deploy/fill-venv requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	deploy/fill-venv requirements.txt requirements-dev.txt
	@touch $@

test-packages: install .venv/.installed-dev
	@deploy/install-test-packages

static/vendor/.installed: package-lock.json requirements-npm.txt deploy/browser-files | .venv/.installed
	deploy/browser-files
	@touch $@

%.mo: %.po | .venv/.installed
	$(venv)/pybabel compile --statistics -i $< -o $@

# The two commands of a newcomer are `make run` and `make test`; `make help` lists the others.
.DEFAULT_GOAL := help
.PHONY: help run test test-slow bench format lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: ## install what is missing, and serve the sample municipality on http://127.0.0.1:8000
	@scripts/bootstrap.sh run
	@exec .venv/bin/prostor up

test: ## install what tests need, and run style, types, import rules and all tests but the slow ones
	@scripts/bootstrap.sh test
	@scripts/test.sh

test-slow: ## the tests that take longer than a minute
	@scripts/bootstrap.sh test
	@.venv/bin/pytest -m slow

bench: ## measure speed and memory beside other programs (an hour); writes docs/performance.md
	@scripts/bootstrap.sh test
	@for name in imports publishing comparing tiles parcel_answers search viewing serving; do .venv/bin/python -m "benchmarks.$$name" || exit 1; done

format: ## put Python files into the house's form
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

lock: ## write requirements/*.txt and package-lock.json anew, newest versions allowed (needs uv)
	@uv pip compile --quiet --no-header --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 pyproject.toml --output-file requirements/run.txt
	@uv pip compile --quiet --no-header --generate-hashes --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 --extra test --constraint requirements/run.txt pyproject.toml --output-file requirements/test.txt
	@uv pip compile --quiet --no-header --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
		--python-version 3.11 requirements/tipg.in --output-file requirements/tipg.txt
	@npm install --package-lock-only --ignore-scripts

clean: ## remove everything made here, the embedded database included
	@scripts/clean.sh

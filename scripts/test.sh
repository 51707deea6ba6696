#!/bin/sh
# Everything `make test` asks for, quickest first; ends at the first part that fails.
set -eu
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

part() {
    printf '\n== %s\n' "$1"
    shift
    "$@"
}

part "Style" ruff check .
part "Format" ruff format --check .
part "Types" mypy
part "Floors" lint-imports
part "Templates" djlint --lint --quiet --profile=jinja viewer/templates
part "Tests" pytest -m "not slow" -n 3 --dist loadfile

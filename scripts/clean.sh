#!/bin/sh
# Removes what `make run` and `make test` made in the checkout. The embedded database goes too, so it asks first.
set -eu
cd "$(dirname "$0")/.."

if [ -d var ]; then
    [ -t 0 ] || { echo "This removes the embedded database in var; run it at a terminal." >&2; exit 1; }
    printf 'Remove the embedded database in %s/var as well? [y/N] ' "$PWD"
    read -r reply
    [ "$reply" = y ] || exit 1
    [ -x .venv/bin/prostor ] && .venv/bin/prostor database stop
    rm -rf var
fi
rm -rf .venv node_modules viewer/built build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

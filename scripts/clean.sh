#!/bin/sh
# Removes what `make run` and `make test` made for this checkout. The embedded database goes too, so it asks first.
set -eu
cd "$(dirname "$0")/.."

if [ -d var ]; then
    [ -t 0 ] || { echo "This removes the embedded database; run it at a terminal." >&2; exit 1; }
    printf 'Remove the embedded database of %s as well? [y/N] ' "$PWD"
    read -r reply
    [ "$reply" = y ] || exit 1
    if [ -x .venv/bin/prostor ]; then
        .venv/bin/prostor database stop
        data=$(.venv/bin/prostor database status | awk '/^data/ {print $2}') || true
        case $data in /var/lib/prostor/*/data) rm -rf "${data%/data}" ;; esac
    fi
    rm -rf var
fi
rm -rf .venv node_modules viewer/built build dist prostor.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

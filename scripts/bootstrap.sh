#!/bin/sh
# Makes a checkout ready: `scripts/bootstrap.sh run` for `make run`, `scripts/bootstrap.sh test` for `make test`.
# What was done before is not done again, so the second time takes a second.
set -eu
cd "$(dirname "$0")/.."
. scripts/common.sh
. scripts/packages.sh
. scripts/environment.sh
. scripts/frontend.sh

open_log
install_packages "$1"
make_environment "$1"
make_frontend

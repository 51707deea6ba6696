# Python's environment in .venv, from the locked requirements; the checkout itself is put on its path.
# Read by `.` after packages.sh.

# make_environment run|test
make_environment() {
    lock=requirements/$1.txt
    stamp=.venv/prostor-$1
    version=$("$PYTHON" -c 'import sys; print(sys.version)')
    if ! .venv/bin/python -c 'import pip' 2> /dev/null; then
        step "Making Python's environment in .venv" "$PYTHON" -m venv --clear .venv
    fi
    mark=$(printf '%s' "$version" | cat - "$lock" | sha256sum | cut -d ' ' -f 1)
    if ! is_stamped "$stamp" "$mark"; then
        step "Installing Python packages (a minute or two)" .venv/bin/python -m pip install \
            --disable-pip-version-check --no-input --require-hashes --no-deps --requirement "$lock"
        printf '%s' "$mark" > "$stamp"
    fi
    put_checkout_on_path
    # The reading process may write nothing, so it would compile its half of `layers` anew for every import.
    .venv/bin/python -m compileall -q gis layers tiles viewer prostor data_samples >> "$LOG"
}

# A .pth file and a starter, which is what an editable install comes to, without building anything.
put_checkout_on_path() {
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd > "$site/prostor-checkout.pth"
    {
        printf '#!%s/.venv/bin/python\n' "$PWD"
        printf 'from prostor.commands import main\n\nif __name__ == "__main__":\n    main()\n'
    } > .venv/bin/prostor
    chmod +x .venv/bin/prostor
}

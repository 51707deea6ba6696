# The viewer's front end: npm packages by their lock file, then minified into viewer/built.
# Read by `.` after common.sh.

make_frontend() {
    packages_mark=$(fingerprint package.json package-lock.json)
    if ! is_stamped node_modules/.prostor "$packages_mark"; then
        step "Installing the viewer's packages" npm ci --no-audit --no-fund --loglevel=error
        printf '%s' "$packages_mark" > node_modules/.prostor
    fi
    sources_mark=$(find viewer/static viewer/build.mjs package-lock.json -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
    if ! is_stamped viewer/built/.prostor "$sources_mark"; then
        step "Building the viewer's files" npm run build
        printf '%s' "$sources_mark" > viewer/built/.prostor
    fi
}

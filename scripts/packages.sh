# Debian's packages: what is missing is installed, once, and nothing is touched where all is there.
# Read by `.` after common.sh; ends with PYTHON set to a Python of 3.11 or newer.

# find_python: the first Python that is new enough.
find_python() {
    for name in python3.11 python3 python3.12 python3.13; do
        path=$(command -v "$name") || continue
        if "$path" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            printf '%s\n' "$path"
            return
        fi
    done
}

# has_postgis: true when some PostgreSQL from 15 on has PostGIS.
has_postgis() {
    for version in 15 16 17 18; do
        [ -x "/usr/lib/postgresql/$version/bin/pg_ctl" ] &&
            [ -f "/usr/share/postgresql/$version/extension/postgis.control" ] && return
    done
    return 1
}

# has_node: true when Node is new enough and npm is there.
has_node() {
    command -v npm > /dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

# has_pango: true when documents can be typeset, with letters for whatever our own fonts lack.
has_pango() {
    [ -n "$(ls /usr/lib/*/libpangoft2-1.0.so.0 2> /dev/null)" ] &&
        [ -n "$(ls /usr/lib/*/libharfbuzz-subset.so.0 2> /dev/null)" ] &&
        [ -d /usr/share/fonts/truetype/dejavu ]
}

# has_nginx: true when nginx can send files that Brotli compressed.
has_nginx() {
    command -v nginx > /dev/null && [ -f /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ]
}

# missing_packages run|test: the names of what has to be installed, in one line.
missing_packages() {
    python=$(find_python)
    [ -n "$python" ] || printf 'python3.11 python3.11-venv '
    if [ -n "$python" ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        printf '%s-venv ' "$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')"
    fi
    has_postgis || printf 'postgresql-%s postgresql-%s-postgis-3 ' "$(newest_postgresql)" "$(newest_postgresql)"
    has_node || printf 'nodejs npm '
    command -v unshare > /dev/null || printf 'util-linux '
    has_pango || printf 'libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core '
    [ "$1" = run ] && return
    command -v chromium > /dev/null || printf 'chromium '
    command -v ogr2ogr > /dev/null || printf 'gdal-bin '
    command -v strace > /dev/null || printf 'strace '
    command -v pdftotext > /dev/null || printf 'poppler-utils '
    has_nginx || printf 'nginx-light libnginx-mod-http-brotli-static '
    [ -n "$(ls /usr/lib/*/libatomic.so.1 2> /dev/null)" ] || printf 'libatomic1 '
}

# newest_postgresql: the version Debian offers here; 15 until its lists say otherwise.
newest_postgresql() {
    for version in 17 16 15; do
        if apt-cache show "postgresql-$version-postgis-3" > /dev/null 2>&1; then
            printf '%s' "$version"
            return
        fi
    done
    printf 15
}

# as_root command…: as it is for root, through sudo for others.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# may_install: true when apt-get is here and we are root or may become root.
may_install() {
    command -v apt-get > /dev/null || return 1
    [ "$(id -u)" = 0 ] && return
    command -v sudo > /dev/null || return 1
    sudo -n true 2> /dev/null && return
    [ -t 0 ] || return 1
    say "Debian packages have to be installed; sudo may ask for your password"
    sudo -v
}

# install_packages run|test
install_packages() {
    packages=$(missing_packages "$1")
    if [ -n "$packages" ]; then
        may_install || fail "These Debian packages are missing: ${packages% }. Run this once as root or with sudo, or install them: apt-get install ${packages% }"
        step "Reading Debian's package lists" as_root apt-get update
        packages=$(missing_packages "$1")
        forbid_main_cluster
        forbid_services
        # shellcheck disable=SC2086 # the names are words on purpose
        step "Installing ${packages% }" as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends $packages
        allow_services
        allow_main_cluster
    fi
    PYTHON=$(find_python)
    [ -n "$PYTHON" ] || fail "Python 3.11 is missing and could not be installed; install python3.11 and run again."
}

# Debian makes and starts a cluster "main" when a PostgreSQL server is first installed. Prostor has its own, so
# that is forbidden while we install; a machine that has a PostgreSQL already is not touched.
NO_MAIN_CLUSTER=/etc/postgresql-common/createcluster.d/prostor.conf

forbid_main_cluster() {
    case $packages in *postgresql-*) ;; *) return ;; esac
    as_root mkdir -p "${NO_MAIN_CLUSTER%/*}"
    printf 'create_main_cluster = false\n' | as_root tee "$NO_MAIN_CLUSTER" > /dev/null
}

allow_main_cluster() {
    [ -f "$NO_MAIN_CLUSTER" ] || return 0
    as_root rm "$NO_MAIN_CLUSTER"
    as_root rmdir "${NO_MAIN_CLUSTER%/*}" 2> /dev/null || true
}

# Debian starts a web server as soon as it is installed; the tests start their own.
NO_SERVICES=/usr/sbin/policy-rc.d

forbid_services() {
    case $packages in *nginx*) ;; *) return ;; esac
    [ -e "$NO_SERVICES" ] && return
    printf '#!/bin/sh\nexit 101 # prostor\n' | as_root tee "$NO_SERVICES" > /dev/null
    as_root chmod +x "$NO_SERVICES"
}

allow_services() {
    grep -qs prostor "$NO_SERVICES" || return 0
    as_root rm "$NO_SERVICES"
}

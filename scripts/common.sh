# What the other scripts share: the log, a line per step, and a clear end when a step fails.
# Read by `.`, from the top folder of the checkout.

LOG=var/log/bootstrap.log

# Open the log anew, or say why that cannot be.
open_log() {
    mkdir -p var/log 2>/dev/null && : > "$LOG" && return
    fail "The folder var cannot be written by this user; run as the user who made it, or remove it."
}

# One line for the person who waits.
say() {
    printf '%s\n' "· $*" >&2
}

# The end, with one sentence saying what to do.
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# step "What is done" command…: its words go to the log; when it fails, the last of them are shown.
step() {
    say "$1"
    printf '\n== %s\n' "$1" >> "$LOG"
    sentence=$1
    shift
    "$@" >> "$LOG" 2>&1 && return
    tail -n 15 "$LOG" >&2
    fail "This step failed: $sentence. The lines above say why; all of them are in $LOG."
}

# fingerprint file…: one line that changes when a file does.
fingerprint() {
    cat "$@" 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

# is_stamped stamp fingerprint: true when this was done before, for exactly these files.
is_stamped() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# Small helpers of tests/run.

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
cache=$PWD/tests/.cache
mkdir -p "$cache"

fail() {
    printf 'tests/run: %s\n' "$*" >&2
    exit 1
}

say() {
    printf '\n== %s\n' "$*"
}

# once NAME KEY COMMAND...: runs a command unless it succeeded before for the same key.
once() {
    local stamp=$cache/$1.stamp key=$2
    shift 2
    [ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && return 0
    "$@"
    printf '%s' "$key" >"$stamp"
}

hash_of() {
    cat "$@" | sha256sum | cut -d' ' -f1
}

# run_parts PART...: each in a shell of its own; all run, the first failure does not hide the next.
run_parts() {
    local passed=0 failed=() part began took status
    for part in "$@"; do
        say "$part"
        began=$SECONDS
        # Never as a condition: there bash goes on after a command that failed, whatever `set -e` says.
        set +e
        (
            set -euo pipefail
            "need_$part"
            "part_$part"
        ) </dev/null
        status=$?
        set -e
        took=$((SECONDS - began))
        if [ "$status" -eq 0 ]; then
            passed=$((passed + 1))
            printf -- '-- %s passed in %d s\n' "$part" "$took"
        else
            failed+=("$part")
            printf -- '-- %s FAILED after %d s\n' "$part" "$took"
        fi
    done
    printf '\nall parts took %d s\n' "$SECONDS"
    [ ${#failed[@]} -eq 0 ] || printf 'failed: %s\n' "${failed[*]}"
    printf '%d passed, %d failed\n' "$passed" "${#failed[@]}"
    [ ${#failed[@]} -eq 0 ]
}

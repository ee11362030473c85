# The parts of tests/run: what each needs and what it runs.

list_parts() {
    cat <<'PARTS'
lint    formatting, lints, types, licenses, generated files up to date
unit    unit and property tests of every crate and of the web client
access  every route by every role, and all that must be refused
relay   the relay alone, with participants of the webrtc crate
crash   kill -9 at two points of each step of a session
story   a session from link to note stub, in Chromium and Firefox
turn    the TURN server: coturn's tools, abuse, fuzzing, the doctor, browsers with UDP blocked
blind   end-to-end encryption: browsers, attacks, what the server holds, thirty members
board   what people write and draw together, in Chromium and Firefox
look    every screen: axe, keyboard, pictures
class   thirty participants for a minute
PARTS
}

is_part() {
    list_parts | cut -d' ' -f1 | grep -qx -- "$1"
}

need_lint() { need_rust; need_node; need_deny; }
part_lint() {
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
    "$cache/deny/bin/cargo-deny" --all-features check bans licenses sources
    cargo run --quiet --locked -p quietroom-protocol --features typescript --example typescript -- --check
    npm --prefix tests run --silent lint
    npm --prefix tests run --silent types
    npm --prefix web-client run --silent check
    check_words
}

# Words that have no place in the project.
check_words() {
    local found
    found=$(git grep -nIiE 'HIPAA[- ](certified|compliant)|FIPS[- ]validated' -- . ':!SECURITY.md' ':!tests/run.d' || true)
    [ -z "$found" ] || fail "claims that nobody can make:
$found"
}

need_unit() { need_build; }
part_unit() {
    run_tests quietroom_config load quietroom_protocol quietroom_session quietroom_records contract \
        records:crash media_relay_control media_relay_core media_relay turn_client corpus \
        quietroom quietroom_web quietroom_tests
    npm --prefix tests run --silent unit
}

need_access() { need_build; }
part_access() {
    run_tests start access delivery
    shown=--nocapture run_tests board
}

need_relay() { need_build; }
part_relay() {
    run_tests relay media-relay:media media-relay:turn media-relay:standalone
}

need_crash() { need_build; }
part_crash() {
    shown=--nocapture run_tests tests:crash
}

need_class() { need_build; }
part_class() {
    shown=--nocapture run_tests class
}

need_story() { need_build; need_browsers; }
part_story() {
    in_namespace npm --prefix tests run --silent browser -- browser/story.spec.ts browser/together.spec.ts
}

need_blind() {
    need_build; need_browsers
    need_command tcpdump tcpdump; need_command gcore gdb
}
part_blind() {
    npm --prefix tests run --silent unit -- src/crypto
    in_namespace npm --prefix tests run --silent browser -- browser/blind-
}

need_board() { need_build; need_browsers; }
part_board() {
    export QUIETROOM_PICTURES=${QUIETROOM_PICTURES:-$cache/pictures}
    npm --prefix tests run --silent unit -- src/chat src/board
    in_namespace npm --prefix tests run --silent browser -- browser/chat.spec.ts browser/board
}

need_turn() {
    need_build; need_browsers; need_command openssl openssl
    need_command certutil libnss3-tools; need_command nsenter util-linux
    need_command turnutils_uclient coturn; need_command g++ g++
}
part_turn() {
    local folder
    read -r MEDIA_RELAY_BIN folder < <(node tests/run.d/built.mjs "$cache/built.json" bin:media-relay)
    # Most of them wait: for coturn's client, or for a server to lose its patience.
    MEDIA_RELAY_BIN=$MEDIA_RELAY_BIN RUST_TEST_THREADS=8 run_tests tests:turn
    run_tests doctor
    fuzz frame stun turn sequence
    in_bare_namespace npm --prefix tests run --silent browser -- browser/turn.spec.ts
}

# fuzz TARGET...: a minute for each, two at a time; ten minutes with --full. With QUIETROOM_FUZZ_RUNS
# as many executions instead, as in QUIETROOM_FUZZ_RUNS=10000000 ./tests/run turn.
fuzz() {
    local limit=-max_total_time=60
    [ "${QUIETROOM_FULL:-}" != 1 ] || limit=-max_total_time=600
    [ -z "${QUIETROOM_FUZZ_RUNS:-}" ] || limit=-runs=$QUIETROOM_FUZZ_RUNS
    media-relay/fuzz/run
    printf '%s\n' "$@" | limit=$limit logs=$cache xargs -P 2 -I '{}' bash -c '
        log=$logs/fuzz-{}.log
        media-relay/fuzz/run {} "$limit" -print_final_stats=1 >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
        printf "   fuzz %s: %s executions\n" {} "$(sed -n "s/^stat::number_of_executed_units: *//p" "$log")"'
}

need_look() { need_build; need_browsers; need_command openssl openssl; }
part_look() {
    export QUIETROOM_PICTURES=${QUIETROOM_PICTURES:-$cache/pictures}
    in_namespace npm --prefix tests run --silent browser -- browser/look.spec.ts browser/accounts.spec.ts
    printf 'pictures: %s\n' "$QUIETROOM_PICTURES"
}

# run_tests NAME...: test programs by the name of their target, or as folder:name where two share one.
# With shown=--nocapture what they say is printed, for parts that measure.
run_tests() {
    local name program folder
    for name in "$@"; do
        read -r program folder < <(node tests/run.d/built.mjs "$cache/built.json" "$name")
        printf '   %s\n' "$name"
        (cd "$folder" && "$program" ${CI:+--quiet} ${shown:-})
    done
}

# Network and mounts of its own, which whoever is run in it builds on.
in_bare_namespace() {
    local own=(--net --mount)
    [ "$(id -u)" -eq 0 ] || own=(--map-root-user --net --mount)
    unshare "${own[@]}" bash -c '
        set -e
        ip link set lo up
        exec "$@"' namespace "$@"
}

# A network of its own: no port is taken, nothing leaves, and Firefox has an address that is not
# loopback to pair with.
in_namespace() {
    local own=(--net)
    [ "$(id -u)" -eq 0 ] || own=(--map-root-user --net)
    unshare "${own[@]}" bash -c '
        set -e
        ip link set lo up
        ip link add room0 type veth peer name room1
        ip address add 10.99.0.1/24 dev room0
        ip link set room0 up
        ip link set room1 up
        ip route add default via 10.99.0.2 dev room0
        exec "$@"' namespace "$@"
}

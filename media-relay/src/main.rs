//! The media relay as a program of its own; `quietroom relay` is the same.

fn main() -> std::process::ExitCode {
    media_relay::run_child()
}

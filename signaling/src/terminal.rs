//! What is printed for whoever started the program. Links go here, never into the log.

use std::io::Write;

/// Prints a line. Nobody may be reading; that stops nothing.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Prints the beginning of a line, which [`say`] ends.
pub(crate) fn begin(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = write!(out, "{text}");
    let _ = out.flush();
}

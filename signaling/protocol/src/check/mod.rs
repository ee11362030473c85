//! What a well-formed value must also be before it is acted on: lengths, alphabets, ranges.
//!
//! Parsing gives the shape; [`Check::check`] gives the rest. Lengths are in Unicode scalar values.

mod board;
mod group;
mod http;
mod websocket;

pub use http::check_times;

use crate::Phi;

/// A value that can be well-formed and still not acceptable.
pub trait Check {
    /// # Errors
    /// [`Invalid`] with the first field that cannot be accepted.
    fn check(&self) -> Result<(), Invalid>;
}

/// A field that cannot be accepted. Names the field, never its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Invalid {
    pub field: &'static str,
    pub problem: &'static str,
}

/// A name that a guest types at the door: 1 to 60 characters.
///
/// # Errors
/// [`Invalid`] with field `name`.
pub fn check_display_name(name: &Phi<String>) -> Result<(), Invalid> {
    line("name", name.expose(), 1..=60)
}

/// Whether `text` is the base64url form, without padding, of exactly `bytes` bytes (RFC 4648
/// section 5), with no stray bits in its last character.
#[must_use]
pub fn is_base64url(text: &str, bytes: usize) -> bool {
    let Some(bits) = bytes.checked_mul(8) else {
        return false;
    };
    if text.len() != bits.div_ceil(6) {
        return false;
    }
    let Some(values) = text
        .bytes()
        .map(base64url_value)
        .collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let stray = text.len() * 6 - bits;
    values
        .last()
        .is_none_or(|last| last.trailing_zeros() as usize >= stray)
}

fn base64url_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

const fn invalid(field: &'static str, problem: &'static str) -> Invalid {
    Invalid { field, problem }
}

/// One line of text with something in it, of a length in `range`.
fn line(
    field: &'static str,
    text: &str,
    range: std::ops::RangeInclusive<usize>,
) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length < *range.start() || (length > 0 && text.trim().is_empty()) {
        return Err(invalid(field, "is empty or too short"));
    }
    if length > *range.end() {
        return Err(invalid(field, "is too long"));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(field, "has a control character"));
    }
    Ok(())
}

fn base64url(field: &'static str, text: &str, bytes: usize) -> Result<(), Invalid> {
    if is_base64url(text, bytes) {
        Ok(())
    } else {
        Err(invalid(field, "is not base64url of the right length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_one_form_for_each_value() {
        assert!(is_base64url("", 0));
        assert!(is_base64url("AA", 1));
        assert!(is_base64url("_w", 1));
        assert!(is_base64url("-_8", 2));
        assert!(is_base64url("AAAA", 3));
        assert!(is_base64url(&"A".repeat(43), 32));
        let refused = [
            ("AB", 1),   // stray bits
            ("AA==", 1), // padding
            ("A", 1),
            ("AAA", 1),
            ("+/8", 2), // the other alphabet
            ("AA ", 2),
            ("é", 1),
        ];
        for (text, bytes) in refused {
            assert!(!is_base64url(text, bytes), "{text} as {bytes} bytes");
        }
        assert!(!is_base64url("AA", usize::MAX));
    }

    #[test]
    fn a_display_name_is_one_line_of_up_to_60_characters() {
        let name = |text: &str| check_display_name(&Phi::new(text.to_owned()));
        assert_eq!(name("Jordan"), Ok(()));
        assert_eq!(name(&"é".repeat(60)), Ok(()));
        for refused in ["", "   ", "a\nb", &"é".repeat(61)] {
            assert_eq!(name(refused).unwrap_err().field, "name");
        }
    }

    #[test]
    fn an_error_never_shows_the_value() {
        let error = check_display_name(&Phi::new("Jordan\u{7}".to_owned())).unwrap_err();
        assert_eq!(error.to_string(), "name: has a control character");
    }
}

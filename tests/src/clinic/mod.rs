//! A clinic for tests: the real server and people who speak its protocol.

pub mod board;
mod call;
mod class;
mod class_of_two;
mod demo;
pub mod group;
mod guest;
mod link;
mod socket;
mod staff;

pub use call::Call;
pub use class::class_of;
pub use class_of_two::{ClassOfTwo, book_two, knock, refusal};
pub use demo::{Demo, binary, free_port};
pub use guest::{Guest, everything_stated};
pub use link::JoinSecret;
pub use socket::{Socket, SocketRefused};
pub use staff::{Answer, Staff, send};

/// base64url without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// The time, for booking sessions that are about to start.
///
/// # Panics
/// When the clock stands before 1970.
#[expect(clippy::disallowed_methods, reason = "a test is a shell of its own")]
#[must_use]
pub fn now() -> quietroom_protocol::UtcMillis {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock after 1970");
    quietroom_protocol::UtcMillis(i64::try_from(since.as_millis()).expect("a clock before 2262"))
}

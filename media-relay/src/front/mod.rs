//! The front of TURN over TCP and TLS: tells TURN from other protocols on one port, and hands its
//! streams to the relay process.
//!
//! ```text
//!  TcpStream ─ peek ─┬─ Stun ──▶ Hander::hand_over ────────────────────────▶ relay
//!                    └─ Other ─▶ TLS ─ read_opening ─┬─ Stun ▶ hand_over_tls ▶ relay
//!                                                    └─ Other ▶ HTTP
//! ```

mod copy;
mod doors;
mod hander;
mod opening;
mod prefixed;
mod tls;

pub use doors::Doors;
pub use hander::{HandOverError, Hander, pair};
pub use opening::{ALPN, HEAD, Opening, is_stun, peek, read_opening};
pub use prefixed::Prefixed;
pub use tls::{TlsFault, acceptor};

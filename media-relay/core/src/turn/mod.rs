//! A TURN server (RFC 8656, RFC 8489) without I/O: messages in, messages out.
//!
//! A [`Turn`] holds the allocations of one worker. The shell feeds it what clients and peers send
//! together with the time; payload it never copies: it says by a [`Relay`] which part of the input
//! goes where, under which header.
//!
//! ```text
//! Turn ── relay ───── payload passed on: channels, Send and Data indications
//!   ├── requests ──── auth (users, nonce, integrity), then one file for each method
//!   ├── Table ─────── Allocation ── permissions, channels, what it may relay
//!   │     └── Ports ─ the worker's slice of the range
//!   ├── Policy ────── which peers are reached, and where they are
//!   └── expiry ────── timers, streams, reservations
//! ```
//!
//! For those who are not authenticated nothing is kept, and answers to them are at most four times
//! as long as what they sent.
//!
//! Begin with [`Turn`].

mod allocation;
mod api;
mod attributes;
mod auth;
mod bucket;
mod expiry;
mod family;
pub mod frame;
mod integrity;
#[cfg(test)]
mod invariants;
mod nonce;
mod policy;
mod ports;
mod relay;
mod requests;
mod reservations;
mod server;
mod slices;
mod special;
mod stun;
mod table;
mod timers;
mod users;
mod write;

pub use api::{AllocationId, BindError, Client, Header, Relay, Reply, Request, StreamId, Target};
pub use policy::check_range;
pub use server::{PolicyError, Turn, TurnConfig};
#[cfg(test)]
mod tests;

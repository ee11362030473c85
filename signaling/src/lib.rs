//! The shell of signalling: HTTPS, WebSocket, rooms, accounts, and the relay as a child process.
//!
//! [`cli`] is where a process begins. [`state::App`] is what every handler holds. [`http`] builds
//! the router out of one table of routes; each route names the [`authorize::Action`] it performs,
//! and nothing is served that the table does not list. Rules live in the cores (`session`,
//! [`authorize`]); this crate reads sockets and clocks and writes records.

pub mod account;
mod admin;
pub mod authorize;
mod cannot_run;
pub mod cli;
pub mod clock;
mod demo;
mod descriptors;
pub mod dismissal;
mod doctor;
pub mod http;
mod listener;
mod logging;
mod metrics;
pub mod random;
pub mod relay;
pub mod room;
mod security_headers;
pub mod source;
mod start;
pub mod state;
mod terminal;
mod tls;
pub mod turn;

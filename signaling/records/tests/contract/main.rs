//! What the record store promises, whatever database is under it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod audit;
mod boards;
mod deliveries;
mod facts;
mod fixture;
mod identity;
mod links;
mod notes;
mod open;
mod people;
mod privacy;
mod schedule;
mod sign_in;
mod staff;
mod throttle;

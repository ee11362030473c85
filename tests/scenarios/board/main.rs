//! Boards against the real server: one order for all, the rights to draw, limits, what is kept and
//! what is gone, and a class that draws at once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod clinic;
mod everyone;
mod gone;
mod kept;
mod limits;
mod order;

//! A session as a state machine, without I/O, clock or randomness.
//!
//! [`Session::handle`] decides: it takes a time and an [`Input`] and returns the facts to record
//! and the effects that follow, or a [`Refusal`]; it changes nothing. Once the facts are durable,
//! [`Session::apply`] changes the state. State is a fold of facts, so a restart, a takeover and the
//! note stub all come from the same log.
//!
//! Who receives what of whom is [`Session::audience`], a pure function of the state.

mod audience;
mod booking;
mod decision;
mod fact;
mod input;
#[cfg(test)]
mod properties;
pub mod rules;
mod session;
mod stub;
#[cfg(test)]
mod testing;

pub use audience::Audience;
pub use booking::{Booking, Seat, Who};
pub use decision::{Decision, Effect, Refusal};
pub use fact::{Actor, Fact, Recorded};
pub use input::{Input, LostCause};
pub use session::Session;
pub use stub::stubs;

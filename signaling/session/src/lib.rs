//! A session as a state machine, without I/O, clock or randomness.
//!
//! [`Session::handle`] decides: it takes a time and an [`Input`] and returns the facts to record
//! and the effects that follow, or a [`Refusal`]; it changes nothing. Once the facts are durable,
//! [`Session::apply`] changes the state. State is a fold of [facts](Fact), so a restart, a takeover
//! and the note stub all come from the same log.
//!
//! What each device is told ([`Session::waiting_view`], [`Session::room_view`],
//! [`Session::knocks`]) and who receives what of whom ([`Session::audience`]) are pure functions of
//! the state. Which role may do what is one table, [`rules::allowed`]. What is drawn is no fact:
//! [`Boards`] says where it goes and whether there is room. [`stubs`] folds the facts of
//! a session that has ended into the record of each client's part in it.
//!
//! Begin reading at `session`.

mod audience;
mod boards;
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
pub use boards::{BoardLog, Boards};
pub use booking::{Booking, Seat, Who};
pub use decision::{Decision, Effect, Refusal};
pub use fact::{Actor, Fact, Recorded};
pub use input::Input;
pub use session::{Session, first_name};
pub use stub::stubs;

//! Forwarding: one copy of each packet of each published layer, and for every listener the state
//! that turns it into a packet of the listener's own stream.

mod batch;
mod cache;
mod clock;
mod keyframes;
mod layer;
mod losses;
mod outgoing;
mod reception;
mod span;
mod track;

pub(crate) use batch::{Item, even_out};
pub(crate) use clock::{SenderClock, WallClock};
pub(crate) use layer::Layer;
pub(crate) use outgoing::{Numbers, Outgoing, Rtx};
pub(crate) use track::{Tap, Track};

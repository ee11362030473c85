//! Whole stories, in virtual time.

mod any_order;
mod audience;
mod connecting;
mod forwarding;
mod hostile;
mod layers;
mod leaving;
mod losses;
mod renegotiating;
mod replays;
mod reports;
mod sealed;

//! The control protocol between signaling and one media relay.
//!
//! Signaling sends [`Command`]s, the relay answers with [`Event`]s, each one JSON document in a
//! length-delimited frame ([`frame`]) over one stream: a Unix socket to a child relay. The relay
//! knows opaque ids only: no name, no role, no session kind. It never decides who hears whom:
//! signaling gives it the whole desired audience of a room and it applies the difference.
//!
//! Begin with [`Command`], then [`Event`].

mod command;
mod event;
pub mod frame;
mod ids;
pub mod participant;
mod secret;
mod stats;
mod turn;

pub use command::{Command, Listener, Quality, Settings, Wanted};
pub use event::{Event, Failure, OfferedStream, WorkerPorts};
pub use ids::{Generation, PeerId, RequestId, RoomId};
pub use secret::Secret;
pub use stats::{PeerStats, RelayStats, StreamStats, Totals, TurnTotals, Way, Ways};
pub use turn::{GeneralRelaying, Handover, RelayAddress, StreamTransport, TurnSettings, TurnUser};

/// Version of this protocol; [`Event::Ready`] carries it and signaling refuses another.
pub const VERSION: u32 = 2;

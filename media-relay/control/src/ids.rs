//! Opaque ids: chosen by signaling, meaningless to the relay.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);
    };
}

id!(
    /// A set of peers between whom media may flow. Lives on one worker.
    RoomId, u64
);
id!(
    /// One peer connection, publishing or receiving. Never reused while the relay lives.
    PeerId, u64
);
id!(
    /// Pairs a command with the event that answers it.
    RequestId, u64
);
id!(
    /// Counts the offers of one receiving peer, from 1; an answer names the offer it answers.
    Generation, u32
);

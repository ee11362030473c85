//! Identifiers: random UUIDs, meaningless outside Quietroom.
//!
//! A person (a chart), a participant (that person's seat in one session) and a device (one browser
//! that redeemed that seat's link) are three things and have three ids.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(export_to = "protocol.ts"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);
    };
}

id!(
    /// A clinic: the owner of everything else.
    OrganisationId
);
id!(
    /// One appointment, class or call.
    SessionId
);
id!(
    /// A client, caregiver or other person the clinic knows.
    PersonId
);
id!(
    /// A seat in one session, for a person or a member of staff.
    ParticipantId
);
id!(
    /// One browser in one seat, made when its link is redeemed or staff enter.
    DeviceId
);
id!(
    /// A join link. Its secret never reaches the server.
    LinkId
);
id!(
    /// A member of staff.
    StaffId
);
id!(
    /// A note stub and what the clinician wrote into it.
    NoteId
);

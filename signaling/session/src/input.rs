//! What can happen to a session.

use quietroom_protocol::{
    Attestation, DeviceId, Drawers, GroupEpoch, IdentityMethod, MediaState, ParticipantId, Phi,
    Phrase, Scope, StaffId, UtcMillis,
};

/// Something that someone asks for, or that happens by itself. The shell has already made sure
/// who speaks: by cookie and [`quietroom_protocol::StaffRole`], or by the device's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Reschedule {
        staff: StaffId,
        starts_at: UtcMillis,
        ends_at: UtcMillis,
    },
    Cancel {
        staff: StaffId,
    },
    MarkNoShow {
        staff: StaffId,
    },
    /// A link was redeemed: a new device waits at the door.
    Knock {
        participant: ParticipantId,
        device: DeviceId,
        name: Phi<String>,
        attestation: Attestation,
    },
    /// Staff open their tab. `device` is new, or one that comes back: then it is preceded by
    /// [`Input::Lost`] as [`Input::Connected`] says.
    Enter {
        staff: StaffId,
        device: DeviceId,
    },
    /// A guest's device (waiting or admitted) is connected, anew or again.
    ///
    /// A reload closes one socket and opens another a moment later. Whoever sees that says
    /// [`Input::Lost`] with the time the old socket was last heard first, so that the break is
    /// recorded; a device that is not lost comes back from nothing.
    Connected {
        device: DeviceId,
    },
    /// A device is not heard since `last_heard`.
    Lost {
        device: DeviceId,
        last_heard: UtcMillis,
    },
    Attest {
        device: DeviceId,
        attestation: Attestation,
    },
    Say {
        device: DeviceId,
        phrase: Phrase,
    },
    Admit {
        by: DeviceId,
        device: DeviceId,
        identity: IdentityMethod,
        override_missing: bool,
        /// The epoch in which the commit that adds the device was made.
        base: GroupEpoch,
    },
    Decline {
        by: DeviceId,
        device: DeviceId,
    },
    Remove {
        by: DeviceId,
        device: DeviceId,
        /// The epoch in which the commit that takes the device out was made, if there is one.
        base: Option<GroupEpoch>,
    },
    StartGroup {
        by: DeviceId,
        scope: Scope,
        group: u32,
    },
    /// A change of the group that admits and removes nobody.
    Commit {
        by: DeviceId,
        base: GroupEpoch,
    },
    Media {
        device: DeviceId,
        state: MediaState,
    },
    /// The next board: its number follows the last one's.
    OpenBoard {
        by: DeviceId,
        board: u32,
    },
    ShowBoard {
        by: DeviceId,
        board: Option<u32>,
    },
    AllowDrawing {
        by: DeviceId,
        who: Drawers,
    },
    AllowChat {
        by: DeviceId,
        on: bool,
    },
    Leave {
        device: DeviceId,
    },
    End {
        by: DeviceId,
    },
    /// The server starts again and finds this session open; it was last known alive then.
    Restart {
        last_alive: UtcMillis,
    },
}

//! What each role may do in a session: one table.

use quietroom_protocol::{AttestationPart, Drawers, MediaState, Role, SessionKind, Source};

/// Something a person does in, or about, a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask to come in by link, and state and say what one does at the door.
    Knock,
    /// Come in without asking, as a member of staff with a seat.
    Enter,
    /// Let in, turn away, take out.
    Admit,
    /// Change who is in a group of the session.
    Commit,
    /// Begin a group of the session.
    StartGroup,
    /// Send one's voice and picture.
    Speak,
    /// Send one's screen.
    ShareScreen,
    /// Open boards, choose which one everyone is shown, and say who draws.
    LeadBoards,
    /// Draw, when it is not kept to the facilitators.
    Draw,
    /// Turn the chat on and off.
    AllowChat,
    /// Go.
    Leave,
    /// End it for everyone.
    End,
    /// Reschedule, cancel, mark a no-show.
    Schedule,
}

impl Action {
    pub const ALL: [Self; 13] = [
        Self::Knock,
        Self::Enter,
        Self::Admit,
        Self::Commit,
        Self::StartGroup,
        Self::Speak,
        Self::ShareScreen,
        Self::LeadBoards,
        Self::Draw,
        Self::AllowChat,
        Self::Leave,
        Self::End,
        Self::Schedule,
    ];
}

/// Whether `role` may do `action`. What is not listed is refused.
///
/// Observers and interpreters are heard and seen, have no screen to show, and do not draw. A co-facilitator runs
/// the room with the clinician but does not keep the clinician's calendar, and shares the clinician's
/// groups but does not begin one.
#[must_use]
pub const fn allowed(role: Role, action: Action) -> bool {
    use Action::{
        Admit, AllowChat, Commit, Draw, End, Enter, Knock, LeadBoards, Leave, Schedule,
        ShareScreen, Speak, StartGroup,
    };
    match role {
        Role::Clinician => matches!(
            action,
            Enter
                | Admit
                | Commit
                | StartGroup
                | Speak
                | ShareScreen
                | LeadBoards
                | Draw
                | AllowChat
                | Leave
                | End
                | Schedule
        ),
        Role::CoFacilitator => matches!(
            action,
            Knock
                | Enter
                | Admit
                | Commit
                | Speak
                | ShareScreen
                | LeadBoards
                | Draw
                | AllowChat
                | Leave
                | End
        ),
        Role::Client | Role::Caregiver => {
            matches!(action, Knock | Speak | ShareScreen | Draw | Leave)
        }
        Role::Observer | Role::Interpreter => matches!(action, Knock | Enter | Speak | Leave),
    }
}

/// The sources that `role` may send, in the order of [`Source`].
#[must_use]
pub fn sources(role: Role) -> Vec<Source> {
    let needs = [
        (Source::Microphone, Action::Speak),
        (Source::Camera, Action::Speak),
        (Source::Screen, Action::ShareScreen),
    ];
    needs
        .into_iter()
        .filter_map(|(source, action)| allowed(role, action).then_some(source))
        .collect()
}

/// Whether `role` decides for everyone what is drawn on and by whom; whoever does always draws.
#[must_use]
pub const fn leads(role: Role) -> bool {
    allowed(role, Action::LeadBoards)
}

/// Who draws unless a facilitator says otherwise: everyone where people come to do something
/// together, nobody else where one person shows and the others watch.
#[must_use]
pub const fn drawers(kind: SessionKind) -> Drawers {
    match kind {
        SessionKind::Individual | SessionKind::Family | SessionKind::CaregiverCoaching => {
            Drawers::Everyone
        }
        SessionKind::GroupClass | SessionKind::Supervision => Drawers::Facilitators,
    }
}

/// Whether `role` may have all of this switched on.
pub(crate) const fn may_switch_on(role: Role, state: MediaState) -> bool {
    let speaks = state.microphone || state.camera;
    (!speaks || allowed(role, Action::Speak))
        && (!state.screen || allowed(role, Action::ShareScreen))
}

/// Parts that a guest of this role has to state before coming in: those who are treated, and those
/// who are with them, say where they are, whom to call, and what they agree to.
pub(crate) const fn required(role: Role) -> &'static [AttestationPart] {
    match role {
        Role::Client | Role::Caregiver => &[
            AttestationPart::Place,
            AttestationPart::EmergencyContact,
            AttestationPart::Consent,
        ],
        Role::Clinician | Role::CoFacilitator | Role::Observer | Role::Interpreter => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table once more, as a person reads it. A new role or action fails the count below.
    #[test]
    fn every_cell_is_what_the_clinic_agreed_to() {
        #[rustfmt::skip]
        let table: [(Role, [bool; 13]); 6] = {
            const Y: bool = true;
            const N: bool = false;
            //                     knock enter admit commit start speak screen boards draw chat leave end schedule
            [
                (Role::Clinician,     [N, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y, Y]),
                (Role::CoFacilitator, [Y, Y, Y, Y, N, Y, Y, Y, Y, Y, Y, Y, N]),
                (Role::Client,        [Y, N, N, N, N, Y, Y, N, Y, N, Y, N, N]),
                (Role::Caregiver,     [Y, N, N, N, N, Y, Y, N, Y, N, Y, N, N]),
                (Role::Observer,      [Y, Y, N, N, N, Y, N, N, N, N, Y, N, N]),
                (Role::Interpreter,   [Y, Y, N, N, N, Y, N, N, N, N, Y, N, N]),
            ]
        };
        assert_eq!(table.map(|(role, _)| role), Role::ALL);
        for (role, cells) in table {
            for (action, expected) in Action::ALL.into_iter().zip(cells) {
                assert_eq!(allowed(role, action), expected, "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_kind_says_who_draws_at_first() {
        let kinds = [
            (SessionKind::Individual, Drawers::Everyone),
            (SessionKind::Family, Drawers::Everyone),
            (SessionKind::GroupClass, Drawers::Facilitators),
            (SessionKind::CaregiverCoaching, Drawers::Everyone),
            (SessionKind::Supervision, Drawers::Facilitators),
        ];
        for (kind, who) in kinds {
            assert_eq!(drawers(kind), who, "{kind:?}");
        }
    }

    #[test]
    fn observers_and_interpreters_send_no_screen() {
        for role in [Role::Observer, Role::Interpreter] {
            assert_eq!(sources(role), [Source::Microphone, Source::Camera]);
        }
        assert_eq!(
            sources(Role::Client),
            [Source::Microphone, Source::Camera, Source::Screen]
        );
    }
}

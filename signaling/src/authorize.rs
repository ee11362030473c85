//! Who may do what: one pure function over one table.
//!
//! Every route names its [`Action`]. The router asks once before the handler runs, with
//! [`Resource::Clinic`], because nothing narrower is known yet; a handler whose action concerns
//! somebody's session, note or account asks again with that resource.

use quietroom_protocol::{StaffId, StaffRole};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is signed in. Guests are strangers to HTTP: their link or device key speaks for them.
    Stranger,
    Staff {
        staff: StaffId,
        role: StaffRole,
    },
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    ReadPage,
    ReadHealth,
    /// Loopback peers only, which the route itself checks: an operator has no account.
    ReadMetrics,
    SetUp,
    SignIn,
    SignOut,
    ReadMe,
    ReadIdentity,
    KeepIdentity,
    ListStaff,
    CreateStaff,
    DisableStaff,
    EnableStaff,
    ReissueSetUp,
    /// Looking at and redeeming a join link, which is its own proof.
    Join,
    ReadDay,
    ListPeople,
    CreatePerson,
    CreateSession,
    ReadSession,
    RescheduleSession,
    CancelSession,
    MarkNoShow,
    CreateLink,
    ListNotes,
    ReadNote,
    SaveNote,
    /// Opening a WebSocket; who speaks is proven by its first message.
    OpenSocket,
    /// Staff entering a session over the WebSocket.
    EnterSession,
}

/// Of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The clinic as a whole: nothing narrower is known, or the action has nothing narrower.
    Clinic,
    Session {
        host: StaffId,
    },
    Note {
        author: StaffId,
    },
    Account {
        staff: StaffId,
    },
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("sign in first")]
    NotSignedIn,
    #[error("not allowed")]
    NotAllowed,
}

/// The one decision.
///
/// # Errors
/// When the table does not allow it.
pub fn authorize(actor: &Actor, action: Action, resource: &Resource) -> Result<(), Denied> {
    let rule = rule(action);
    let Actor::Staff { staff, role } = actor else {
        return match rule {
            Rule::Anyone => Ok(()),
            _ => Err(Denied::NotSignedIn),
        };
    };
    let allowed = match rule {
        Rule::Anyone | Rule::Staff => true,
        Rule::Role(needed) => *role == needed,
        Rule::Owner(needed) => *role == needed && owns(*staff, resource),
        Rule::RoleOverOthers(needed) => *role == needed && !is_self(*staff, resource),
    };
    if allowed {
        Ok(())
    } else {
        Err(Denied::NotAllowed)
    }
}

enum Rule {
    Anyone,
    /// Any role, signed in.
    Staff,
    Role(StaffRole),
    /// The role, and what it concerns is the actor's own.
    Owner(StaffRole),
    /// The role, and what it concerns is not the actor: nobody locks themselves out.
    RoleOverOthers(StaffRole),
}

const fn rule(action: Action) -> Rule {
    use StaffRole::{Administrator, Clinician};
    match action {
        Action::ReadPage
        | Action::ReadHealth
        | Action::ReadMetrics
        | Action::SetUp
        | Action::SignIn
        | Action::Join
        | Action::OpenSocket => Rule::Anyone,
        Action::SignOut | Action::ReadMe => Rule::Staff,
        Action::ListStaff | Action::CreateStaff | Action::EnableStaff | Action::ReissueSetUp => {
            Rule::Role(Administrator)
        }
        Action::DisableStaff => Rule::RoleOverOthers(Administrator),
        Action::ReadDay
        | Action::ReadIdentity
        | Action::KeepIdentity
        | Action::ListPeople
        | Action::CreatePerson
        | Action::CreateSession
        | Action::ListNotes => Rule::Role(Clinician),
        Action::ReadSession
        | Action::RescheduleSession
        | Action::CancelSession
        | Action::MarkNoShow
        | Action::CreateLink
        | Action::EnterSession
        | Action::ReadNote
        | Action::SaveNote => Rule::Owner(Clinician),
    }
}

fn owns(staff: StaffId, resource: &Resource) -> bool {
    match resource {
        // Asked before anything narrower is known; the handler asks again.
        Resource::Clinic => true,
        Resource::Session { host } => *host == staff,
        Resource::Note { author } => *author == staff,
        Resource::Account { staff: account } => *account == staff,
    }
}

fn is_self(staff: StaffId, resource: &Resource) -> bool {
    matches!(resource, Resource::Account { staff: account } if *account == staff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use StaffRole::{Administrator, Auditor, Clinician};
    use uuid::Uuid;

    const ME: StaffId = StaffId(Uuid::from_u128(1));
    const OTHER: StaffId = StaffId(Uuid::from_u128(2));

    fn may(role: StaffRole, action: Action, resource: Resource) -> bool {
        authorize(&Actor::Staff { staff: ME, role }, action, &resource).is_ok()
    }

    #[test]
    fn sessions_and_notes_are_their_clinicians_own() {
        let of_session = [
            Action::ReadSession,
            Action::RescheduleSession,
            Action::CancelSession,
            Action::MarkNoShow,
            Action::CreateLink,
            Action::EnterSession,
        ];
        let of_note = [Action::ReadNote, Action::SaveNote];
        let session = of_session.map(|action| (action, Resource::Session { host: ME }));
        let note = of_note.map(|action| (action, Resource::Note { author: ME }));
        for (action, own) in session.into_iter().chain(note) {
            let others = match own {
                Resource::Session { .. } => Resource::Session { host: OTHER },
                _ => Resource::Note { author: OTHER },
            };
            assert!(may(Clinician, action, own), "{action:?}");
            assert!(!may(Clinician, action, others), "{action:?}");
            for role in [Administrator, Auditor] {
                assert!(!may(role, action, own), "{action:?} {role:?}");
            }
        }
    }

    #[test]
    fn administrators_disable_others_only() {
        let account = |staff| Resource::Account { staff };
        assert!(may(Administrator, Action::DisableStaff, account(OTHER)));
        assert!(!may(Administrator, Action::DisableStaff, account(ME)));
        assert!(may(Administrator, Action::ReissueSetUp, account(ME)));
        for role in [Clinician, Auditor] {
            assert!(!may(role, Action::DisableStaff, account(OTHER)));
        }
    }

    #[test]
    fn only_clinicians_have_identity_keys() {
        for action in [Action::ReadIdentity, Action::KeepIdentity] {
            assert!(may(Clinician, action, Resource::Clinic));
            for role in [Administrator, Auditor] {
                assert!(!may(role, action, Resource::Clinic), "{action:?} {role:?}");
            }
        }
    }

    #[test]
    fn a_stranger_is_told_to_sign_in() {
        let denied = authorize(&Actor::Stranger, Action::ReadDay, &Resource::Clinic);
        assert_eq!(denied, Err(Denied::NotSignedIn));
        assert!(authorize(&Actor::Stranger, Action::Join, &Resource::Clinic).is_ok());
    }
}

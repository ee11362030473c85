//! Words of the audit log.

use crate::{Actor, Error, What};
use quietroom_protocol::{
    DeviceId, LinkId, NoteId, OrganisationId, ParticipantId, PersonId, Phi, SessionId, StaffId,
    UtcMillis,
};
use uuid::Uuid;

/// Something that was done, tried or seen. Who, when and from where come from the [`crate::Ctx`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub action: Action,
    pub resource: Resource,
    pub outcome: Outcome,
    /// Anything more, kept sealed.
    pub details: Option<Phi<String>>,
}

impl Event {
    /// It happened.
    #[must_use]
    pub const fn done(action: Action, resource: Resource) -> Self {
        Self {
            action,
            resource,
            outcome: Outcome::Done,
            details: None,
        }
    }

    /// It was refused.
    #[must_use]
    pub const fn refused(action: Action, resource: Resource) -> Self {
        Self {
            action,
            resource,
            outcome: Outcome::Refused,
            details: None,
        }
    }

    #[must_use]
    pub fn with_details(self, details: Phi<String>) -> Self {
        Self {
            details: Some(details),
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Refused,
}

/// What it was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    pub kind: &'static str,
    pub id: Option<Uuid>,
}

macro_rules! resources {
    ($($name:ident, $id:ty, $kind:literal;)*) => {
        impl Resource {
            /// The organisation as a whole, or nothing in particular.
            pub const CLINIC: Self = Self { kind: "clinic", id: None };
            $(
                #[must_use]
                pub const fn $name(id: $id) -> Self {
                    Self { kind: $kind, id: Some(id.0) }
                }
            )*
        }
    };
}

resources! {
    organisation, OrganisationId, "organisation";
    staff, StaffId, "staff";
    person, PersonId, "person";
    session, SessionId, "session";
    participant, ParticipantId, "participant";
    device, DeviceId, "device";
    link, LinkId, "link";
    note, NoteId, "note";
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What was done. The words are stored and never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    CreateOrganisation = "organisation.create",
    CreateStaff = "staff.create",
    DisableStaff = "staff.disable",
    EnableStaff = "staff.enable",
    ReadStaff = "staff.read",
    IssueSetUp = "staff.issue_set_up",
    ChooseSetUp = "staff.choose_set_up",
    ConfirmSetUp = "staff.confirm_set_up",
    IssueSignInLink = "staff.issue_sign_in_link",
    UseSignInLink = "staff.use_sign_in_link",
    UseTotp = "staff.use_totp",
    UseRecoveryCode = "staff.use_recovery_code",
    ReadIdentity = "staff.read_identity",
    KeepIdentity = "staff.keep_identity",
    SignIn = "staff.sign_in",
    SignOut = "staff.sign_out",
    SignOutEverywhere = "staff.sign_out_everywhere",
    /// A request that the access table does not allow.
    Access = "access",
    CreatePerson = "person.create",
    ReadPeople = "person.list",
    ReadPerson = "person.read",
    CreateSession = "session.create",
    ReadSession = "session.read",
    ReadDay = "session.list",
    Reschedule = "session.reschedule",
    Cancel = "session.cancel",
    MarkNoShow = "session.no_show",
    ClaimSession = "session.claim",
    ReadFacts = "session.read_facts",
    EnterSession = "session.enter",
    LeaveSession = "session.leave",
    ReadKnock = "session.read_knock",
    Admit = "session.admit",
    Decline = "session.decline",
    RemoveFromSession = "session.remove",
    EndSession = "session.end",
    CreateLink = "link.create",
    RedeemLink = "link.redeem",
    CreateDevice = "device.create",
    ReadNotes = "note.list",
    ReadNote = "note.read",
    SaveNote = "note.save",
    ReadAudit = "audit.read",
    VerifyAudit = "audit.verify",
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3 … within the organisation.
    pub seq: u64,
    pub at: UtcMillis,
    pub actor: Actor,
    /// One of [`Action::as_str`].
    pub action: String,
    pub resource_kind: String,
    pub resource: Option<Uuid>,
    pub outcome: Outcome,
    /// Source address and anything more; none when there was none or it was shredded.
    pub source: Option<Phi<String>>,
    pub details: Option<Phi<String>>,
}

impl Outcome {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

pub(crate) fn outcome(word: &str) -> Result<Outcome, Error> {
    match word {
        "done" => Ok(Outcome::Done),
        "refused" => Ok(Outcome::Refused),
        _ => Err(Error::Unreadable(What::AuditEvent)),
    }
}

impl Actor {
    /// Kind and id, as they stand in the log.
    pub(crate) const fn columns(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Staff(staff) => ("staff", Some(staff.0)),
            Self::Device(device) => ("device", Some(device.0)),
            Self::Unknown => ("unknown", None),
            Self::Operator => ("operator", None),
            Self::Server => ("server", None),
        }
    }
}

pub(crate) fn actor(kind: &str, id: Option<Uuid>) -> Result<Actor, Error> {
    match (kind, id) {
        ("staff", Some(id)) => Ok(Actor::Staff(StaffId(id))),
        ("device", Some(id)) => Ok(Actor::Device(DeviceId(id))),
        ("unknown", None) => Ok(Actor::Unknown),
        ("operator", None) => Ok(Actor::Operator),
        ("server", None) => Ok(Actor::Server),
        _ => Err(Error::Unreadable(What::AuditEvent)),
    }
}

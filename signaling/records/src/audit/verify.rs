//! Walking the chain.

use crate::Error;

/// The newest event of a log whose chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of events; 0 for an empty log.
    pub seq: u64,
    pub hash: [u8; 32],
}

#[derive(Debug, thiserror::Error)]
pub enum AuditFault {
    #[error(transparent)]
    Broken(AuditBroken),
    #[error(transparent)]
    Store(#[from] Error),
}

/// Where a chain breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditBroken {
    #[error("the audit event {seq} is missing")]
    Missing { seq: u64 },
    #[error("the audit event {seq} does not follow the one before it")]
    NotChained { seq: u64 },
    #[error("the audit event {seq} was changed")]
    Changed { seq: u64 },
    /// Events at the end are gone, or the head was tampered with.
    #[error("the audit log ends at event {seq}, which is not its sealed head")]
    NotTheHead { seq: u64 },
}

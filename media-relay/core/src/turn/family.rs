//! IPv4 and IPv6.

use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub(super) const BOTH: [Family; 2] = [Family::V4, Family::V6];

    pub(super) fn of(ip: IpAddr) -> Family {
        if ip.is_ipv4() { Family::V4 } else { Family::V6 }
    }

    /// By its number (RFC 8656 section 18.8).
    pub(super) fn parse(number: u8) -> Option<Family> {
        match number {
            1 => Some(Family::V4),
            2 => Some(Family::V6),
            _ => None,
        }
    }

    pub(super) fn number(self) -> u8 {
        match self {
            Family::V4 => 1,
            Family::V6 => 2,
        }
    }
}

/// A value for each family.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PerFamily<T> {
    pub(super) v4: T,
    pub(super) v6: T,
}

impl<T> PerFamily<T> {
    pub(super) fn get(&self, family: Family) -> &T {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    pub(super) fn get_mut(&mut self, family: Family) -> &mut T {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }
}

//! One allocation: its relayed addresses, permissions and channels (RFC 8656 sections 3.2, 9
//! and 12).

use super::api::{AllocationId, Client};
use super::bucket::Bucket;
use super::family::{Family, PerFamily};
use super::integrity::Protection;
use super::policy::Place;
use super::users::Owner;
use super::write::Question;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// RFC 8656 section 9.
const PERMISSION: Duration = Duration::from_secs(300);
/// RFC 8656 section 12.
const CHANNEL: Duration = Duration::from_secs(600);
/// Hosts that one allocation may have permissions for.
pub(super) const MAX_PERMISSIONS: usize = 128;
/// Channels of one allocation.
pub(super) const MAX_CHANNELS: usize = 64;

/// What a client has.
#[derive(Debug)]
pub(super) struct Allocation {
    pub(super) client: Client,
    pub(super) owner: Owner,
    pub(super) relayed: PerFamily<Option<Relayed>>,
    permissions: Vec<Permission>,
    /// By number.
    channels: Vec<Channel>,
    /// From the client, and to it.
    pub(super) up: Bucket,
    pub(super) down: Bucket,
    pub(super) stage: Stage,
    /// Transaction of the request that made it.
    pub(super) transaction: [u8; 12],
    /// When the timer will look at it.
    pub(super) armed: Option<Instant>,
}

/// A relayed address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relayed {
    pub(super) id: AllocationId,
    /// As clients and peers know it.
    pub(super) address: SocketAddr,
    pub(super) expires: Instant,
    /// Where its socket is bound; participants' have none.
    pub(super) socket: Option<IpAddr>,
}

/// How far the making of it is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Sockets are being bound.
    Binding(Box<Binding>),
    /// Answered so, and again to the same request.
    Made { answer: Vec<u8> },
}

/// What the answer needs once the sockets are bound.
#[derive(Debug)]
pub(super) struct Binding {
    pub(super) question: Question,
    pub(super) protection: Protection,
    pub(super) lifetime: Duration,
    /// EVEN-PORT, to be kept at another try.
    pub(super) wish: super::ports::Wish,
    /// The port came by a RESERVATION-TOKEN: no other will do.
    pub(super) fixed: bool,
    pub(super) token: Option<[u8; 8]>,
    /// Families still waited for, and how often each was tried.
    pub(super) waiting: PerFamily<Option<u8>>,
    /// The additional family that could not be had, and why.
    pub(super) missing: Option<(Family, u16)>,
}

#[derive(Clone, Copy, Debug)]
struct Permission {
    ip: IpAddr,
    expires: Instant,
    /// The host is this machine: what is reached depends on the port.
    ours: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    pub(super) number: u16,
    pub(super) peer: SocketAddr,
    pub(super) place: Place,
    /// When the binding ends, and when the permission for the peer does.
    expires: Instant,
    permitted: Instant,
}

/// What a permission says of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Permitted {
    pub(super) ours: bool,
}

/// Why a channel cannot be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChannelError {
    /// The number or the peer is bound otherwise.
    Conflict,
    Full,
}

/// There are as many permissions as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Allocation {
    pub(super) fn new(
        (client, owner): (Client, Owner),
        (transaction, stage): ([u8; 12], Stage),
        bytes_per_second: u64,
        now: Instant,
    ) -> Allocation {
        Allocation {
            client,
            owner,
            relayed: PerFamily::default(),
            permissions: Vec::new(),
            channels: Vec::new(),
            up: Bucket::new(bytes_per_second, now),
            down: Bucket::new(bytes_per_second, now),
            stage,
            transaction,
            armed: None,
        }
    }

    /// The relayed address that speaks to this host.
    pub(super) fn relayed_for(&self, ip: IpAddr) -> Option<&Relayed> {
        self.relayed.get(Family::of(ip)).as_ref()
    }

    /// A permission that is live.
    pub(super) fn permitted(&self, ip: IpAddr, now: Instant) -> Option<Permitted> {
        let mut permissions = self.permissions.iter();
        let permission = permissions.find(|permission| permission.ip == ip)?;
        let ours = permission.ours;
        (now < permission.expires).then_some(Permitted { ours })
    }

    /// A channel that is live, by its number.
    pub(super) fn channel(&self, number: u16, now: Instant) -> Option<&Channel> {
        let at = self.find(number).ok()?;
        self.channels.get(at).filter(|channel| channel.is_live(now))
    }

    /// A channel that is live, by its peer.
    pub(super) fn channel_to(&self, peer: SocketAddr, now: Instant) -> Option<&Channel> {
        let mut channels = self.channels.iter();
        let channel = channels.find(|channel| channel.peer == peer)?;
        channel.is_live(now).then_some(channel)
    }

    /// Installs or refreshes permissions, all or none.
    pub(super) fn permit(&mut self, hosts: &[(IpAddr, bool)], now: Instant) -> Result<(), TooMany> {
        self.purge(now);
        let is_new = |(ip, _): &&(IpAddr, bool)| self.permitted(*ip, now).is_none();
        let mut new: Vec<IpAddr> = hosts.iter().filter(is_new).map(|(ip, _)| *ip).collect();
        new.sort_unstable();
        new.dedup();
        if self.permissions.len() + new.len() > MAX_PERMISSIONS {
            return Err(TooMany);
        }
        for &(ip, ours) in hosts {
            self.permit_one(ip, ours, now + PERMISSION);
        }
        Ok(())
    }

    /// Binds or refreshes a channel, and the permission for its peer with it.
    pub(super) fn bind(
        &mut self,
        number: u16,
        (peer, place): (SocketAddr, Place),
        ours: bool,
        now: Instant,
    ) -> Result<(), ChannelError> {
        self.purge(now);
        let bound = self.find(number);
        let conflict = match bound {
            Ok(at) => self
                .channels
                .get(at)
                .is_some_and(|bound| bound.peer != peer),
            Err(_) => self.channels.iter().any(|bound| bound.peer == peer),
        };
        if conflict {
            return Err(ChannelError::Conflict);
        }
        if bound.is_err() && self.channels.len() >= MAX_CHANNELS {
            return Err(ChannelError::Full);
        }
        let hosts = [(peer.ip(), ours)];
        self.permit(&hosts, now)
            .map_err(|TooMany| ChannelError::Full)?;
        let channel = Channel {
            number,
            peer,
            place,
            expires: now + CHANNEL,
            permitted: now + PERMISSION,
        };
        match bound {
            Ok(at) => {
                if let Some(bound) = self.channels.get_mut(at) {
                    *bound = channel;
                }
            }
            Err(at) => self.channels.insert(at, channel),
        }
        Ok(())
    }

    /// Forgets what has ended, also all that belongs to a family it has no address of.
    pub(super) fn purge(&mut self, now: Instant) {
        let relayed = self.relayed;
        let has = |ip: IpAddr| relayed.get(Family::of(ip)).is_some();
        self.permissions
            .retain(|permission| now < permission.expires && has(permission.ip));
        self.channels
            .retain(|channel| now < channel.expires && has(channel.peer.ip()));
    }

    /// When something of it ends.
    pub(super) fn next(&self) -> Option<Instant> {
        let relayed = [self.relayed.v4, self.relayed.v6].into_iter().flatten();
        let permissions = self.permissions.iter().map(|permission| permission.expires);
        let channels = self.channels.iter().map(|channel| channel.expires);
        let all = relayed.map(|relayed| relayed.expires);
        all.chain(permissions).chain(channels).min()
    }

    fn permit_one(&mut self, ip: IpAddr, ours: bool, expires: Instant) {
        for channel in &mut self.channels {
            if channel.peer.ip() == ip {
                channel.permitted = expires;
            }
        }
        let known = self.permissions.iter_mut().find(|known| known.ip == ip);
        match known {
            Some(known) => known.expires = expires,
            None => self.permissions.push(Permission { ip, expires, ours }),
        }
    }

    fn find(&self, number: u16) -> Result<usize, usize> {
        self.channels
            .binary_search_by_key(&number, |channel| channel.number)
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> (usize, usize) {
        (self.permissions.len(), self.channels.len())
    }
}

impl Channel {
    fn is_live(&self, now: Instant) -> bool {
        now < self.expires && now < self.permitted
    }
}

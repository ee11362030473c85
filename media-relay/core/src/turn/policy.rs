//! Which peers may be reached, and where they are.

use super::server::{PolicyError, TurnConfig};
use super::slices::Slices;
use super::special::{embedded, is_special};
use ipnet::IpNet;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

/// What a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Reached by the allocation's own socket.
    Outside,
    /// A media address of a worker of this machine.
    Media { worker: u16, index: u8 },
    /// Within a worker's slice of relayed addresses. When no allocation has it, it is as good as
    /// outside if `otherwise`, and nobody if not.
    Relayed { worker: u16, otherwise: bool },
}

/// The rules, in the order in which they are asked: media addresses; relayed addresses of live
/// allocations; own listeners; the allow list; special-purpose ranges and own interfaces; the deny
/// list. Participants reach media addresses only.
#[derive(Debug)]
pub(super) struct Policy {
    media: HashMap<SocketAddr, (u16, u8)>,
    media_hosts: HashSet<IpAddr>,
    /// Addresses that general allocations have for relayed address.
    relay_hosts: HashSet<IpAddr>,
    slices: Slices,
    own_hosts: HashSet<IpAddr>,
    listeners: HashSet<SocketAddr>,
    /// Ports of listeners on every address of this machine, those of media among them.
    wildcards: HashSet<u16>,
    allow: Vec<IpNet>,
    deny: Vec<IpNet>,
}

impl Policy {
    pub(super) fn new(config: &TurnConfig, slices: Slices) -> Result<Policy, PolicyError> {
        let mut media = HashMap::new();
        for (worker, addresses) in (0..).zip(&config.media) {
            for (index, address) in (0..).zip(addresses) {
                media.entry(*address).or_insert((worker, index));
            }
        }
        let general = config.settings.general.as_ref();
        let relay = general.map_or(&[][..], |general| &general.relay);
        let relay_hosts: HashSet<IpAddr> = relay
            .iter()
            .map(|relay| relay.advertise.unwrap_or(relay.bind))
            .collect();
        let media_hosts: HashSet<IpAddr> = media.keys().map(SocketAddr::ip).collect();
        let own = config.interfaces.iter().copied();
        let (wildcards, listeners): (Vec<SocketAddr>, Vec<SocketAddr>) = config
            .settings
            .own_listeners
            .iter()
            .partition(|listener| listener.ip().is_unspecified());
        Ok(Policy {
            own_hosts: own
                .chain(listeners.iter().map(SocketAddr::ip))
                .chain(relay.iter().map(|relay| relay.bind))
                .chain(relay_hosts.iter().copied())
                .chain(media_hosts.iter().copied())
                .collect(),
            media_hosts,
            relay_hosts,
            slices,
            listeners: listeners.into_iter().collect(),
            wildcards: wildcards
                .iter()
                .chain(media.keys())
                .map(SocketAddr::port)
                .collect(),
            allow: general.map_or(Ok(Vec::new()), |general| ranges(&general.allow))?,
            media,
            deny: general.map_or(Ok(Vec::new()), |general| ranges(&general.deny))?,
        })
    }

    /// Whether a permission for this host may be installed. Which of its ports are reached is
    /// asked again by [`Self::place`] where that depends on the port: see [`Self::is_ours`].
    pub(super) fn permits(&self, ip: IpAddr, participant: bool) -> bool {
        if participant {
            return self.media_hosts.contains(&ip);
        }
        self.media_hosts.contains(&ip) || self.relay_hosts.contains(&ip) || self.allows(ip)
    }

    /// Whether a host is this machine, in whatever form.
    pub(super) fn is_ours(&self, ip: IpAddr) -> bool {
        let is_own =
            |ip: IpAddr| self.own_hosts.contains(&ip) || ip.is_loopback() || ip.is_unspecified();
        is_own(ip) || embedded(ip).any(is_own)
    }

    /// Where a peer is; `None` when it may not be reached.
    pub(super) fn place(&self, peer: SocketAddr, participant: bool) -> Option<Place> {
        if peer.port() == 0 {
            return None;
        }
        if let Some(&(worker, index)) = self.media.get(&peer) {
            return Some(Place::Media { worker, index });
        }
        if participant {
            return None;
        }
        let allowed = !self.is_listener(peer) && self.allows(peer.ip());
        if self.relay_hosts.contains(&peer.ip())
            && let Some(worker) = self.slices.worker_of(peer.port())
        {
            let otherwise = allowed;
            return Some(Place::Relayed { worker, otherwise });
        }
        allowed.then_some(Place::Outside)
    }

    pub(super) fn is_media(&self, peer: SocketAddr) -> bool {
        self.media.contains_key(&peer)
    }

    fn is_listener(&self, peer: SocketAddr) -> bool {
        if self.wildcards.contains(&peer.port()) && self.is_ours(peer.ip()) {
            return true;
        }
        let mut forms = embedded(peer.ip()).chain([peer.ip()]);
        forms.any(|ip| self.listeners.contains(&SocketAddr::new(ip, peer.port())))
    }

    /// What the lists and ranges say of a host.
    fn allows(&self, ip: IpAddr) -> bool {
        if contains(&self.allow, ip) {
            return true;
        }
        let refused =
            |ip: IpAddr| is_special(ip) || self.own_hosts.contains(&ip) || contains(&self.deny, ip);
        !refused(ip) && !embedded(ip).any(refused)
    }
}

fn contains(ranges: &[IpNet], ip: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&ip))
}

fn ranges(texts: &[String]) -> Result<Vec<IpNet>, PolicyError> {
    texts.iter().map(|text| range(text)).collect()
}

/// One address stands for itself.
fn range(text: &str) -> Result<IpNet, PolicyError> {
    let host = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let range = text.parse().ok().or_else(host);
    range.ok_or_else(|| PolicyError(text.to_owned()))
}

/// Whether an entry of the allow or deny list can be read.
///
/// # Errors
/// [`PolicyError`] when it cannot.
pub fn check_range(text: &str) -> Result<(), PolicyError> {
    range(text).map(drop)
}

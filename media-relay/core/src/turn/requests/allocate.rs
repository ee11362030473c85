//! Allocate (RFC 8656 section 7).

use super::super::allocation::{Allocation, Binding, Relayed, Stage};
use super::super::api::{AllocationId, Client, Request};
use super::super::attributes::ATTR_ADDITIONAL_ADDRESS_FAMILY;
use super::super::family::{Family, PerFamily};
use super::super::ports::Wish;
use super::super::server::Turn;
use super::super::stun::Message;
use super::super::table::Place;
use super::{Asked, Outcome, Refused};
use rand::RngCore;
use rtc_stun::attributes::*;
use rtc_stun::error_code::*;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// RFC 8656 section 3.2.
const SHORTEST: u32 = 600;
const LONGEST: u32 = 3600;
/// REQUESTED-TRANSPORT of UDP.
const UDP: u8 = 17;

/// What is asked for, understood.
#[derive(Debug)]
struct Wanted {
    lifetime: Duration,
    family: Family,
    additional: Option<Family>,
    wish: Wish,
    token: Option<[u8; 8]>,
}

/// The relayed addresses, and the family that could not be had.
type Taken = (PerFamily<Option<Relayed>>, Option<(Family, u16)>);

/// Where a relayed address is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host {
    /// As others know it.
    pub(super) address: IpAddr,
    /// Where a socket is bound, if one is.
    pub(super) socket: Option<IpAddr>,
}

impl Turn {
    pub(super) fn allocate(&mut self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        if let Some(place) = self.table.of_client(asked.from) {
            return self.repeat(asked, place);
        }
        let wanted = wanted(asked.message)?;
        if self.table.len() >= self.limits.allocations {
            return Err(Refused(CODE_INSUFFICIENT_CAPACITY));
        }
        let more = 1 + u32::from(wanted.wish == Wish::EvenWithNext);
        let claimed = u32::from(wanted.token.is_some());
        let held = self.table.held_by(&asked.caller.owner);
        if held.saturating_sub(claimed) + more > self.limits.per_user {
            return Err(Refused(CODE_ALLOC_QUOTA_REACHED));
        }
        let ids = self.table.next();
        let ids = ids.ok_or(Refused(CODE_INSUFFICIENT_CAPACITY))?;
        let (relayed, missing) = self.relayed(asked, &wanted, ids)?;
        let token = (wanted.wish == Wish::EvenWithNext).then(|| self.token());
        let waiting = |relayed: &Option<Relayed>| {
            let socket = relayed.as_ref().and_then(|relayed| relayed.socket);
            socket.map(|_| 1)
        };
        let stage = Stage::Binding(Box::new(Binding {
            question: asked.question,
            protection: asked.caller.protection.clone(),
            lifetime: wanted.lifetime,
            wish: wanted.wish,
            fixed: wanted.token.is_some(),
            token,
            waiting: PerFamily {
                v4: waiting(&relayed.v4),
                v6: waiting(&relayed.v6),
            },
            missing,
        }));
        let mut allocation = Allocation::new(
            (asked.from, asked.caller.owner.clone()),
            (asked.message.transaction(), stage),
            self.limits.bytes_per_second,
            asked.now,
        );
        allocation.relayed = relayed;
        let place = self.table.insert(allocation);
        if let Some(token) = token {
            self.reserve(place, token, asked.now);
        }
        if let Client::Stream(stream) = asked.from {
            self.keep_stream(stream);
        }
        self.arm(place);
        for family in Family::BOTH {
            self.ask_for_socket(place, family);
        }
        self.finish_if_bound(place, asked.now);
        Ok(Outcome::Later)
    }

    /// The client has an allocation: the same request is answered the same way.
    fn repeat(&mut self, asked: &Asked<'_>, place: Place) -> Result<Outcome, Refused> {
        let mismatch = Err(Refused(CODE_ALLOC_MISMATCH));
        let Some(allocation) = self.table.get(place) else {
            return mismatch;
        };
        let same = allocation.transaction == asked.message.transaction();
        if !same || allocation.owner != asked.caller.owner {
            return mismatch;
        }
        match &allocation.stage {
            Stage::Made { answer } => Ok(Outcome::Repeat(answer.clone())),
            Stage::Binding(_) => Ok(Outcome::Later),
        }
    }

    /// Takes the ports; one family may be missing when two were asked for.
    fn relayed(
        &mut self,
        asked: &Asked<'_>,
        wanted: &Wanted,
        ids: PerFamily<AllocationId>,
    ) -> Result<Taken, Refused> {
        let mut relayed = PerFamily::default();
        let expires = asked.now + wanted.lifetime;
        if let Some(token) = wanted.token {
            let found = self.reservations.claim(&token, &asked.caller.owner);
            let kept = found.ok_or(Refused(CODE_INSUFFICIENT_CAPACITY))?;
            // It was counted; the allocation is from now on.
            self.table.release(&kept.owner);
            let ports = self.table.ports.get_mut(kept.family);
            ports.release(kept.port);
            let host = self.host(asked, kept.family);
            let host = host.ok_or(Refused(CODE_INSUFFICIENT_CAPACITY))?;
            let id = *ids.get(kept.family);
            let ports = self.table.ports.get_mut(kept.family);
            ports.claim(kept.port, id);
            *relayed.get_mut(kept.family) = Some(Relayed {
                id,
                address: SocketAddr::new(host.address, kept.port),
                expires,
                socket: host.socket,
            });
            return Ok((relayed, None));
        }
        let mut missing = None;
        for family in [Some(wanted.family), wanted.additional]
            .into_iter()
            .flatten()
        {
            let port = self.host(asked, family).map(|host| {
                let ports = self.table.ports.get_mut(family);
                let port = ports.take(*ids.get(family), wanted.wish, &mut self.random);
                (host, port)
            });
            match port {
                Some((host, Some(port))) => {
                    *relayed.get_mut(family) = Some(Relayed {
                        id: *ids.get(family),
                        address: SocketAddr::new(host.address, port),
                        expires,
                        socket: host.socket,
                    });
                }
                Some((_, None)) => missing = missing.or(Some((family, CODE_INSUFFICIENT_CAPACITY))),
                None => missing = missing.or(Some((family, CODE_ADDR_FAMILY_NOT_SUPPORTED))),
            }
        }
        match missing {
            Some((_, code)) if relayed.v4.is_none() && relayed.v6.is_none() => Err(Refused(code)),
            missing => Ok((relayed, missing.map(|(family, code)| (family, code.0)))),
        }
    }

    fn host(&self, asked: &Asked<'_>, family: Family) -> Option<Host> {
        if asked.caller.owner.is_participant() {
            let address = (*self.media_host.get(family))?;
            let socket = None;
            return Some(Host { address, socket });
        }
        let relay = (*self.relay.get(family))?;
        Some(Host {
            address: relay.advertise.unwrap_or(relay.bind),
            socket: Some(relay.bind),
        })
    }

    pub(super) fn ask_for_socket(&mut self, place: Place, family: Family) {
        let allocation = self.table.get(place);
        let relayed = allocation.and_then(|found| found.relayed.get(family).as_ref());
        if let Some(relayed) = relayed
            && let Some(ip) = relayed.socket
        {
            self.requests.push_back(Request::Bind {
                allocation: relayed.id,
                address: SocketAddr::new(ip, relayed.address.port()),
            });
        }
    }

    fn token(&mut self) -> [u8; 8] {
        let mut token = [0; 8];
        self.random.fill_bytes(&mut token);
        token
    }
}

fn wanted(message: &Message<'_>) -> Result<Wanted, Refused> {
    let bad = || Refused(CODE_BAD_REQUEST);
    match message.get(ATTR_REQUESTED_TRANSPORT) {
        Some([UDP, _, _, _]) => {}
        Some([_, _, _, _]) => return Err(Refused(CODE_UNSUPPORTED_TRANS_PROTO)),
        _ => return Err(bad()),
    }
    let requested = message.get(ATTR_REQUESTED_ADDRESS_FAMILY);
    let additional = message.get(ATTR_ADDITIONAL_ADDRESS_FAMILY);
    let even = message.get(ATTR_EVEN_PORT);
    let token = message.get(ATTR_RESERVATION_TOKEN);
    if token.is_some() && (requested.is_some() || additional.is_some() || even.is_some())
        || requested.is_some() && additional.is_some()
    {
        return Err(bad());
    }
    let wish = match even {
        None => Wish::Any,
        Some([flags]) if flags & 0x80 == 0 => Wish::Even,
        Some([_]) if additional.is_none() => Wish::EvenWithNext,
        Some(_) => return Err(bad()),
    };
    let additional = match additional {
        None => None,
        // IPv4 is what is had without it (RFC 8656 section 7.2).
        Some([2, _, _, _]) => Some(Family::V6),
        Some(_) => return Err(bad()),
    };
    Ok(Wanted {
        lifetime: lifetime(message.get(ATTR_LIFETIME))?,
        family: requested.map_or(Ok(Family::V4), requested_family)?,
        additional,
        wish,
        token: token
            .map(|token| token.try_into().map_err(|_| bad()))
            .transpose()?,
    })
}

/// The value of REQUESTED-ADDRESS-FAMILY.
pub(super) fn requested_family(value: &[u8]) -> Result<Family, Refused> {
    match value {
        [number, _, _, _] => Family::parse(*number).ok_or(Refused(CODE_ADDR_FAMILY_NOT_SUPPORTED)),
        _ => Err(Refused(CODE_BAD_REQUEST)),
    }
}

/// What is granted of LIFETIME.
pub(super) fn lifetime(value: Option<&[u8]>) -> Result<Duration, Refused> {
    let seconds = match value {
        None => SHORTEST,
        Some(value) => {
            let value = value.try_into().map_err(|_| Refused(CODE_BAD_REQUEST))?;
            u32::from_be_bytes(value)
        }
    };
    Ok(Duration::from_secs(seconds.clamp(SHORTEST, LONGEST).into()))
}

//! The TURN servers of all workers, from settings.

use crate::addresses;
use crate::bind::Bound;
use crate::clock;
use crate::start::{CannotStart, seed};
use crate::udp::Udp;
use media_relay_control::{GeneralRelaying, Settings, TurnSettings};
use media_relay_core::turn::{PolicyError, Turn, TurnConfig};
use std::net::{IpAddr, SocketAddr};

/// Ports that each worker needs at least: a pair for EVEN-PORT.
const PORTS_PER_WORKER: u16 = 2;

/// Why there cannot be a TURN server with these settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("relay ports {first}-{last} are too few for {workers} workers, which need 2 each")]
    Ports { first: u16, last: u16, workers: u16 },
    #[error("there is no relay address")]
    NoRelayAddress,
    #[error("relay address {0} is not an address of this machine")]
    NotOurs(IpAddr),
    #[error("relay address {0} cannot be told to clients: advertise one")]
    Unspecified(IpAddr),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// One server per worker, in their order.
///
/// # Errors
/// [`CannotStart::Turn`] for settings that cannot work.
pub(crate) fn servers(
    turn: &TurnSettings,
    settings: &Settings,
    bound: &[Bound],
    interfaces: &[IpAddr],
) -> Result<Vec<Turn>, CannotStart> {
    if let Some(general) = &turn.general {
        check(general, settings.workers)?;
    }
    let media: Vec<Vec<SocketAddr>> = bound
        .iter()
        .map(|bound| addresses::candidates(settings, &bound.addresses, bound.port))
        .collect();
    let mut told = turn.clone();
    told.own_listeners.extend(bound.iter().flat_map(|bound| {
        let addresses = bound.addresses.iter();
        addresses.map(|&ip| SocketAddr::new(ip, bound.port))
    }));
    let server = |worker| -> Result<Turn, CannotStart> {
        let config = TurnConfig {
            worker,
            settings: told.clone(),
            media: media.clone(),
            interfaces: interfaces.to_vec(),
            seed: seed()?,
            unix: clock::unix(),
        };
        Ok(Turn::new(config, clock::now()).map_err(Unusable::from)?)
    };
    (0..settings.workers).map(server).collect()
}

fn check(general: &GeneralRelaying, workers: u16) -> Result<(), Unusable> {
    let (first, last) = general.ports;
    let ports = u32::from(last) + 1;
    let needed = u32::from(first) + u32::from(PORTS_PER_WORKER) * u32::from(workers);
    if ports < needed {
        return Err(Unusable::Ports {
            first,
            last,
            workers,
        });
    }
    if general.relay.is_empty() {
        return Err(Unusable::NoRelayAddress);
    }
    for relay in &general.relay {
        if relay.bind.is_unspecified() && relay.advertise.is_none() {
            return Err(Unusable::Unspecified(relay.bind));
        }
        if Udp::bind_allocation(SocketAddr::new(relay.bind, 0)).is_err() {
            return Err(Unusable::NotOurs(relay.bind));
        }
    }
    Ok(())
}

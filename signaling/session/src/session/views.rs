//! What each device is told: computed from the state, never stored.

use super::Session;
use super::state::{AtDoor, Device, Heard, Inside, Phase};
use crate::Seat;
use quietroom_protocol::{Connection, DeviceId, Knock, Phi, Present, Room, Waiting};

impl Session {
    /// What a waiting guest is told; `None` for any other device.
    #[must_use]
    pub fn waiting_view(&self, device: DeviceId) -> Option<Waiting> {
        let (known, seat) = self.device_and_seat(device).ok()?;
        let at_door = known.waiting()?;
        let host = self.booking.host()?;
        Some(Waiting {
            device,
            clinician: Phi::new(first_name(host.name.expose()).to_owned()),
            clinician_here: self.is_here(host),
            starts_at: self.booking.starts_at,
            since: at_door.since,
            missing: at_door.missing(seat.role),
        })
    }

    /// What an admitted device is told; `None` for any other device.
    #[must_use]
    pub fn room_view(&self, device: DeviceId) -> Option<Room> {
        self.devices.get(&device)?.present()?;
        let mut inside: Vec<(DeviceId, &Device, &Inside)> = self
            .devices
            .iter()
            .filter_map(|(id, device)| Some((*id, device, device.present()?)))
            .collect();
        inside.sort_by_key(|(_, _, inside)| inside.order);
        Some(Room {
            session: self.booking.session,
            kind: self.booking.kind,
            state: self.state(),
            starts_at: self.booking.starts_at,
            ends_at: self.booking.ends_at,
            live_since: match self.phase {
                Phase::Live { since } => Some(since),
                _ => None,
            },
            you: device,
            present: inside
                .into_iter()
                .filter_map(|(id, device, inside)| self.present(id, device, inside))
                .collect(),
            chat: self.shared.chat,
            boards: self.boards_shown(device),
        })
    }

    /// Everyone who waits, in the order in which they knocked. For those who may admit.
    #[must_use]
    pub fn knocks(&self) -> Vec<Knock> {
        let mut waiting: Vec<(DeviceId, &Device, &AtDoor)> = self
            .devices
            .iter()
            .filter_map(|(id, device)| Some((*id, device, device.waiting()?)))
            .collect();
        waiting.sort_by_key(|(_, _, at_door)| at_door.order);
        waiting
            .into_iter()
            .filter_map(|(id, device, at_door)| self.one_knock(id, device, at_door))
            .collect()
    }

    fn present(&self, id: DeviceId, device: &Device, inside: &Inside) -> Option<Present> {
        let seat = self.seat(device.participant)?;
        Some(Present {
            device: id,
            participant: device.participant,
            name: device.name.clone(),
            role: seat.role,
            media: inside.media,
            connection: connection(inside.heard),
        })
    }

    fn one_knock(&self, id: DeviceId, device: &Device, at_door: &AtDoor) -> Option<Knock> {
        let seat = self.seat(device.participant)?;
        let place = at_door.attested.place.as_ref();
        Some(Knock {
            device: id,
            participant: device.participant,
            name: device.name.clone(),
            booked_name: seat.name.clone(),
            role: seat.role,
            since: at_door.since,
            state: place.map(|place| place.state.clone()),
            place: place.map(|place| place.kind),
            missing: at_door.missing(seat.role),
            said: at_door.said,
            connection: connection(at_door.heard),
            second_device: self.has_device_inside(seat),
        })
    }

    fn has_device_inside(&self, seat: &Seat) -> bool {
        self.devices
            .values()
            .any(|device| device.participant == seat.participant && device.present().is_some())
    }

    fn is_here(&self, seat: &Seat) -> bool {
        self.devices
            .values()
            .any(|device| device.participant == seat.participant && device.is_here())
    }
}

const fn connection(heard: Heard) -> Connection {
    match heard {
        Heard::Here { .. } => Connection::Here,
        Heard::Lost => Connection::Lost,
    }
}

/// The first word of a name that is no title ("Dr.").
#[must_use]
pub fn first_name(name: &str) -> &str {
    name.split_whitespace()
        .find(|word| !word.ends_with('.'))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_name_is_no_title() {
        assert_eq!(first_name("Maya Okafor"), "Maya");
        assert_eq!(first_name("Dr. Maya Okafor"), "Maya");
        assert_eq!(first_name("Maya"), "Maya");
        assert_eq!(first_name("Dr."), "Dr.");
        assert_eq!(first_name(""), "");
    }
}

//! A session as its clinician sees it: what is stored, and how it stands at this moment.

use crate::state::App;
use quietroom_protocol::api::{Booked, Link, SessionSummary};
use quietroom_records::{Holder, LinkRecord, SeatRecord, SessionRecord};

pub(super) async fn of(app: &App, record: SessionRecord) -> SessionSummary {
    let live = app.rooms.glance(record.session).await;
    let (state, waiting, present) = match live {
        Some(live) => (live.state, live.waiting, live.present),
        None => (record.state, Vec::new(), 0),
    };
    SessionSummary {
        session: record.session,
        kind: record.kind,
        state,
        template: record.template,
        starts_at: record.starts_at,
        ends_at: record.ends_at,
        people: record.seats.into_iter().filter_map(booked).collect(),
        waiting,
        present,
        notes: record.notes,
    }
}

pub(super) fn link(record: LinkRecord) -> Link {
    Link {
        link: record.link,
        expires_at: record.expires_at,
        redeemed: record.redeemed,
        sealed: record.sealed,
    }
}

/// A guest's seat; staff are not booked.
fn booked(seat: SeatRecord) -> Option<Booked> {
    let Holder::Person(person) = seat.holder else {
        return None;
    };
    Some(Booked {
        participant: seat.participant,
        person,
        name: seat.name,
        role: seat.role,
        link: seat.link.map(link),
    })
}

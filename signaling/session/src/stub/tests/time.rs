use super::{PHONE, flags, interval, one, traced};
use crate::testing::{DESK, MINUTE, Play, SECOND, SILENT, SOUND, START, VIDEO, booking};
use crate::{Actor, Fact, Recorded};
use quietroom_protocol::{
    Cause, Interruption, Modality, NoteStub, Role, SessionKind, StubFlag, UtcMillis,
};

#[test]
fn time_together_is_only_while_both_are_there() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE); // 1 opened 2 entered 3 knocked 4 attested 5 admitted
    play.at(10 * MINUTE).leave(DESK); // 6
    play.at(15 * MINUTE).enter(); // 7
    play.at(20 * MINUTE).leave(PHONE); // 8
    play.at(30 * MINUTE).end(); // 9
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 20 * MINUTE, &[5, 8])]);
    assert_eq!(
        stub.clinician_here,
        [
            interval(0, 10 * MINUTE, &[2, 6]),
            interval(15 * MINUTE, 30 * MINUTE, &[7, 9])
        ]
    );
    assert_eq!(
        stub.together,
        [
            interval(0, 10 * MINUTE, &[2, 5, 6]),
            interval(15 * MINUTE, 20 * MINUTE, &[7, 8])
        ]
    );
    assert_eq!(stub.together_seconds, 15 * 60);
    // Leaving and coming back is no interruption.
    assert_eq!(stub.interruptions, []);
    // The last person there was the clinician, until the end.
    assert_eq!(stub.actual.unwrap().value.to, START.plus(30 * MINUTE));
}

#[test]
fn the_clinicians_drop_is_theirs() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(10 * MINUTE).lost(DESK); // 6
    play.at(11 * MINUTE).enter(); // 7
    play.at(20 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(
        stub.interruptions,
        [Interruption {
            from: START.plus(10 * MINUTE),
            to: START.plus(11 * MINUTE),
            cause: Cause::ClinicianConnection,
            facts: vec![6, 7],
        }]
    );
    assert_eq!(stub.together_seconds, 19 * 60);
}

#[test]
fn who_drops_and_never_comes_back_was_there_until_then() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(50 * MINUTE).lost(PHONE); // 6
    play.at(55 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 50 * MINUTE, &[5, 6])]);
    assert_eq!(stub.interruptions, []);
}

#[test]
fn a_restart_never_counts_as_service() {
    let mut play = Play::appointment();
    play.enter()
        .knock(1, PHONE)
        .admit(PHONE)
        .media(PHONE, VIDEO); // 6
    play.at(30 * MINUTE).restart(20 * MINUTE); // 7
    play.at(31 * MINUTE).enter(); // 8
    play.at(32 * MINUTE).connected(PHONE); // 9
    play.at(40 * MINUTE).end(); // 10
    let stub = one(&play);
    assert_eq!(
        stub.together,
        [
            interval(0, 20 * MINUTE, &[2, 5, 7]),
            interval(32 * MINUTE, 40 * MINUTE, &[9, 10])
        ]
    );
    assert_eq!(stub.together_seconds, 28 * 60);
    assert_eq!(stub.modality.video_seconds, 28 * 60);
    assert_eq!(
        stub.interruptions,
        [Interruption {
            from: START.plus(20 * MINUTE),
            to: START.plus(32 * MINUTE),
            cause: Cause::Server,
            facts: vec![7, 9],
        }]
    );
    assert_eq!(stub.flags, [traced(StubFlag::ServerRestarted, &[7])]);
}

#[test]
fn ending_the_next_day_after_a_crash_adds_nothing() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(30 * MINUTE).restart(20 * MINUTE);
    play.at(20 * 60 * MINUTE).enter();
    play.at(20 * 60 * MINUTE + SECOND).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 20 * MINUTE, &[5, 6])]);
    assert_eq!(stub.together_seconds, 20 * 60);
    assert_eq!(stub.interruptions, []);
    assert_eq!(flags(&stub), [StubFlag::ServerRestarted]);
}

#[test]
fn what_is_connected_after_the_last_heartbeat_counts_nothing() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).at(10 * SECOND).admit(PHONE);
    play.at(MINUTE).restart(5 * SECOND);
    play.at(2 * MINUTE).enter().connected(PHONE);
    play.at(3 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(2 * MINUTE, 3 * MINUTE, &[8, 9])]);
    assert_eq!(stub.together_seconds, 60);
    assert!(flags(&stub).contains(&StubFlag::ServerRestarted));
}

#[test]
fn waiting_is_split_where_the_device_was_lost() {
    let mut play = Play::appointment();
    play.knock(1, PHONE); // 1, 2
    play.at(MINUTE).lost(PHONE); // 3
    play.at(2 * MINUTE).connected(PHONE); // 4
    play.at(4 * MINUTE)
        .enter()
        .admit(PHONE)
        .at(5 * MINUTE)
        .end(); // 5 6 7 8
    let stub = one(&play);
    assert_eq!(
        stub.waited,
        [
            interval(0, MINUTE, &[1, 3]),
            interval(2 * MINUTE, 4 * MINUTE, &[4, 7])
        ]
    );
    assert_eq!(stub.interruptions, []);
}

#[test]
fn let_in_while_lost_is_here_from_the_return_on() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE); // 1 2 3 4
    play.at(MINUTE).lost(PHONE); // 5
    play.at(2 * MINUTE).admit(PHONE); // 6
    play.at(3 * MINUTE).connected(PHONE); // 7
    play.at(4 * MINUTE).end(); // 8
    let stub = one(&play);
    assert_eq!(stub.here, [interval(3 * MINUTE, 4 * MINUTE, &[7, 8])]);
    assert_eq!(stub.interruptions, []);
}

#[test]
fn a_loss_written_after_the_end_still_ends_the_interval() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(50 * MINUTE).end(); // 6
    play.facts.push(Recorded {
        seq: 7,
        at: START.plus(40 * MINUTE),
        late: Some(START.plus(51 * MINUTE)),
        actor: Actor::Server,
        epoch: 1,
        fact: Fact::ConnectionLost { device: PHONE },
    });
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 40 * MINUTE, &[5, 7])]);
    assert_eq!(stub.flags, [traced(StubFlag::RecordedLate, &[7])]);
}

#[test]
fn a_clock_set_back_makes_nothing_negative() {
    let mut play = Play::appointment();
    play.at(10 * MINUTE).enter().knock(1, PHONE).admit(PHONE);
    play.at(5 * MINUTE).lost(PHONE).connected(PHONE);
    play.at(7 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(5 * MINUTE, 7 * MINUTE, &[7, 8])]);
    assert_eq!(stub.together_seconds, 0);
}

#[test]
fn modality_is_what_the_client_had_on_while_together() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(MINUTE).media(PHONE, VIDEO);
    play.at(3 * MINUTE).media(PHONE, SOUND);
    play.at(4 * MINUTE).lost(PHONE);
    play.at(5 * MINUTE).connected(PHONE);
    play.at(6 * MINUTE).media(PHONE, SILENT);
    play.at(8 * MINUTE + 500).end();
    let stub = one(&play);
    assert_eq!(
        stub.modality,
        Modality {
            video_seconds: 2 * 60,
            audio_only_seconds: 2 * 60,
            neither_seconds: 3 * 60,
            facts: vec![6, 7, 10],
        }
    );
    assert_eq!(stub.together_seconds, 7 * 60);
}

#[test]
fn daylight_saving_changes_nothing() {
    // 2026-11-01T05:30Z, half an hour before New York falls back, for an hour.
    let autumn = UtcMillis(1_793_511_000_000);
    let shift = autumn.since(UtcMillis(0)) - START.since(UtcMillis(0));
    let played = |shift: i64, zone: &str| {
        let mut booking = booking(SessionKind::Individual, &[("Jordan", Role::Client)]);
        booking.starts_at = START.plus(shift);
        booking.ends_at = START.plus(shift + 60 * MINUTE);
        booking.time_zone = zone.to_owned();
        let mut play = Play::of(booking);
        play.at(shift).enter().knock(1, PHONE).admit(PHONE);
        play.at(shift + 60 * MINUTE).end();
        one(&play)
    };
    let stub = played(shift, "America/New_York");
    assert_eq!(stub.together_seconds, 3600);
    assert_eq!(
        stub.together_seconds,
        played(0, "America/New_York").together_seconds
    );
    let elsewhere = NoteStub {
        time_zone: stub.time_zone.clone(),
        ..played(shift, "Asia/Kolkata")
    };
    assert_eq!(elsewhere, stub);
}

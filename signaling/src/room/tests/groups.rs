use super::fixture::*;
use super::group::*;
use crate::room::Speaker;
use quietroom_protocol::{
    ClientMessage, Delivered, DeviceId, DevicePackage, Opaque, RefusalCode, ServerMessage,
};
use quietroom_records::Ctx;
use quietroom_session::Fact;

/// Deliveries there are in the store.
async fn kept(clinic: &Clinic) -> u64 {
    let totals = clinic
        .records
        .delivery_totals(ORGANISATION, SESSION)
        .await
        .unwrap();
    totals.count
}

fn package(text: &str) -> ClientMessage {
    ClientMessage::Package {
        package: Opaque::new(text.as_bytes().to_vec()),
        binding: Some(Opaque::new(b"binding".to_vec())),
    }
}

fn packages(message: &ServerMessage) -> Option<Vec<DevicePackage>> {
    match message {
        ServerMessage::Packages { packages } => Some(packages.clone()),
        _ => None,
    }
}

fn settled(message: &ServerMessage) -> Option<quietroom_protocol::GroupEpoch> {
    match message {
        ServerMessage::Settled { at } => Some(*at),
        _ => None,
    }
}

#[tokio::test]
async fn a_stale_commit_is_refused_and_leaves_no_trace() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.guest(guest_seat(1)).await;
    clinician.done(move_on(at(1, 0))).await;
    let (facts, count) = (clinic.facts().await, kept(&clinic).await);
    let device = guest.device;
    let mut late = clinician.admit(device);
    if let ClientMessage::Admit { commit, .. } = &mut late {
        commit.base = at(1, 0);
    }
    for stale in [
        move_on(at(1, 0)),
        move_on(at(1, 2)),
        move_on(at(2, 0)),
        content(at(1, 2), "early"),
        START,
        late,
    ] {
        let what = format!("{stale:?}");
        let code = clinician.refused(stale).await;
        assert_eq!(code, RefusalCode::StaleEpoch, "{what}");
    }
    assert_eq!(clinic.facts().await, facts);
    assert_eq!(kept(&clinic).await, count);
    assert!(deliveries(&clinician.arrived()).is_empty());
    assert!(guest.arrived().iter().all(|message| {
        !matches!(
            message,
            ServerMessage::Room { .. } | ServerMessage::Delivery { .. }
        )
    }));
}

#[tokio::test]
async fn of_two_who_commit_at_once_one_wins_and_the_other_sees_what_won() {
    let clinic = Clinic::new().await;
    let mut desk = clinic.clinician().await;
    let mut second = clinic.clinician().await;
    let before = kept(&clinic).await;
    // Neither waits for the other.
    let (one, other) = tokio::join!(desk.ask(move_on(at(1, 0))), second.ask(move_on(at(1, 0))));
    let done = [&one, &other]
        .into_iter()
        .filter(|answer| matches!(answer, ServerMessage::Done { .. }));
    assert_eq!(done.count(), 1, "{one:?} {other:?}");
    assert_eq!(kept(&clinic).await, before + 1);
    let won = if matches!(one, ServerMessage::Done { .. }) {
        desk.device
    } else {
        second.device
    };
    for tab in [&mut desk, &mut second] {
        // Each was given the commit that was taken, and knows from where to go on.
        assert_eq!(tab.head(), at(1, 1));
    }
    second.done(move_on(at(1, 1))).await;
    let row = clinic
        .records
        .deliveries(
            &Ctx::server(ORGANISATION, clinic.clock.now()),
            SESSION,
            before + 1,
            1,
        )
        .await
        .unwrap();
    assert_eq!(row[0].delivery.from, won);
}

#[tokio::test]
async fn whoever_waits_is_given_nothing_and_says_nothing_to_the_group() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.guest(guest_seat(1)).await;
    for ask in [
        catch_up(0),
        content(FIRST, "let me in"),
        move_on(FIRST),
        START,
        ClientMessage::Reached { at: FIRST },
    ] {
        let what = format!("{ask:?}");
        assert_eq!(guest.refused(ask).await, RefusalCode::NotAllowed, "{what}");
    }
    clinician.done(content(FIRST, "before you came")).await;
    clinician.done(move_on(FIRST)).await;
    guest.done(package("package")).await;
    let come = guest.arrived();
    let only_waiting = |message: &ServerMessage| matches!(message, ServerMessage::Waiting { .. });
    assert!(come.iter().all(only_waiting), "{come:?}");
}

#[tokio::test]
async fn who_comes_late_is_served_from_the_welcome_on() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    for said in ["one", "two"] {
        clinician.done(content(FIRST, said)).await;
    }
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    clinician.done(content(at(1, 1), "three")).await;
    // Admitted, but it has not asked yet.
    assert!(deliveries(&guest.arrived()).is_empty());

    let asked = guest.ask_all(catch_up(0)).await;
    let seqs: Vec<u64> = asked.iter().map(|delivery| delivery.seq).collect();
    assert_eq!(seqs, [4, 5]);
    assert_eq!(asked[0].from, clinician.device);
    assert_eq!(
        asked[0].at,
        at(1, 0),
        "a commit names the epoch it was made in"
    );
    let welcomed = |what: &Delivered| {
        matches!(
            what,
            Delivered::Commit {
                welcome: Some(_),
                ..
            }
        )
    };
    assert!(welcomed(&asked[0].what));
    // From then on they come live, and asking again from a number gives what follows it.
    clinician.done(move_on(at(1, 1))).await;
    assert_eq!(guest.delivery().await.seq, 6);
    let again = guest.ask_all(catch_up(5)).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].seq, 6);
    assert!(guest.ask_all(catch_up(u64::MAX)).await.is_empty());
}

#[tokio::test]
async fn a_welcome_goes_to_those_it_is_for_only() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut first = clinic.admitted(&mut clinician, guest_seat(1)).await;
    first.ask_all(catch_up(0)).await;
    let mut second = clinic.admitted(&mut clinician, guest_seat(2)).await;
    let seen = first.delivery().await;
    let given = second.ask_all(catch_up(0)).await;
    assert_eq!(given[0].seq, seen.seq);
    let welcome = |what: &Delivered| match what {
        Delivered::Commit { welcome, .. } => welcome.clone(),
        _ => None,
    };
    assert_eq!(welcome(&seen.what), None);
    assert!(welcome(&given[0].what).is_some());
}

#[tokio::test]
async fn the_sender_is_given_its_own_before_it_is_told_that_it_is_done() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let own = clinician.ask_all(move_on(FIRST)).await;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].from, clinician.device);
}

#[tokio::test]
async fn who_is_removed_is_not_given_what_follows() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    guest.ask_all(catch_up(0)).await;
    let device = guest.device;
    let remove = |base| ClientMessage::Remove {
        device,
        commit: Some(commit(base, &[])),
    };
    let stale = clinician.refused(remove(FIRST)).await;
    assert_eq!(stale, RefusalCode::StaleEpoch);
    clinician.done(remove(clinician.head())).await;
    clinician
        .done(content(clinician.head(), "they are gone"))
        .await;
    let rest = guest.rest().await;
    assert!(deliveries(&rest).is_empty(), "{rest:?}");
    let end = clinic.facts().await;
    assert!(matches!(
        end[end.len() - 2..],
        [
            quietroom_session::Recorded {
                fact: Fact::Removed { .. },
                ..
            },
            quietroom_session::Recorded {
                fact: Fact::GroupCommitted { epoch: 2, .. },
                ..
            },
        ]
    ));
}

#[tokio::test]
async fn more_than_a_socket_holds_comes_in_order_and_nothing_is_lost() {
    const SAID: u64 = 400;
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    for number in 0..SAID {
        clinician.done(content(FIRST, &number.to_string())).await;
    }
    // One more is said while the guest catches up.
    guest.say(catch_up(0)).await;
    clinician.done(content(FIRST, "meanwhile")).await;
    let come = guest.deliveries_to(2 + SAID + 1).await;
    let seqs: Vec<u64> = come.iter().map(|delivery| delivery.seq).collect();
    let expected: Vec<u64> = (2..=2 + SAID + 1).collect();
    assert_eq!(seqs, expected);
    guest.done(catch_up(2 + SAID + 1)).await;
}

#[tokio::test]
async fn what_cannot_be_recorded_is_delivered_to_nobody() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let before = kept(&clinic).await;
    clinic.facts_fail(true).await;
    let refused = clinician.refused(move_on(FIRST)).await;
    assert_eq!(refused, RefusalCode::NotRecorded);
    assert_eq!(kept(&clinic).await, before);
    assert!(deliveries(&clinician.arrived()).is_empty());
    clinic.facts_fail(false).await;
    clinician.done(move_on(FIRST)).await;
    assert_eq!(clinician.head(), at(1, 1));
}

#[tokio::test]
async fn a_room_that_was_taken_over_cannot_fork_the_group() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let ctx = Ctx::server(ORGANISATION, clinic.clock.now());
    clinic.records.claim_session(&ctx, SESSION).await.unwrap();
    let before = kept(&clinic).await;
    let refused = clinician.refused(move_on(FIRST)).await;
    assert_eq!(refused, RefusalCode::NotRecorded);
    assert_eq!(kept(&clinic).await, before);
    assert!(deliveries(&clinician.rest().await).is_empty());
}

#[tokio::test]
async fn after_a_restart_the_group_goes_on_where_it_was() {
    let mut clinic = Clinic::new().await;
    clinic.rooms.start().await.unwrap();
    let mut clinician = clinic.clinician().await;
    let guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    clinician.done(content(at(1, 1), "before")).await;
    let head = clinician.head();
    clinic.crash_and_restart().await;

    let mut again = clinic.clinician().await;
    assert_eq!(again.head(), head);
    assert_eq!(again.refused(move_on(FIRST)).await, RefusalCode::StaleEpoch);
    again.done(move_on(head)).await;
    let mut guest = clinic
        .connect(Speaker::Guest {
            device: guest.device,
        })
        .await
        .unwrap();
    let come = guest.ask_all(catch_up(0)).await;
    let seqs: Vec<u64> = come.iter().map(|delivery| delivery.seq).collect();
    assert_eq!(seqs, [2, 3, 4]);
}

#[tokio::test]
async fn packages_are_told_to_those_who_may_commit_as_long_as_their_device_is_there() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut inside = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let mut outside = clinic.guest(guest_seat(2)).await;
    outside.done(package("older")).await;
    outside.done(package("newer")).await;
    inside.done(package("inside")).await;
    let told = clinician
        .until(|message| packages(message).filter(|all| all.len() == 2))
        .await;
    let of = |device: DeviceId| told.iter().find(|it| it.device == device).unwrap();
    let newer = Opaque::new(b"newer".to_vec());
    assert_eq!(of(outside.device).package, newer);
    assert_eq!(of(outside.device).participant, guest_seat(2));
    assert!(!of(outside.device).admitted && of(inside.device).admitted);

    // A tab that connects later is told the same; one whose socket is gone keeps its package.
    let (device, guest) = (outside.device, inside.device);
    clinic.close(outside).await;
    let mut second = clinic.second_clinician().await;
    let again = second
        .until(|message| packages(message).filter(|all| all.len() == 2))
        .await;
    assert_eq!(again, told);
    clinician.done(ClientMessage::Decline { device }).await;
    let left = second
        .until(|message| packages(message).filter(|all| all.len() == 1))
        .await;
    assert_eq!(left[0].device, guest);
    let come = inside.arrived();
    assert!(come.iter().all(|message| packages(message).is_none()));
}

#[tokio::test]
async fn an_epoch_is_settled_when_everyone_here_has_its_keys() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let epoch = at(1, 1);
    let reached = |at| ClientMessage::Reached { at };
    clinician.done(reached(epoch)).await;
    guest.done(reached(FIRST)).await;
    let none = |tab: &mut Tab| tab.arrived().iter().all(|it| settled(it).is_none());
    assert!(none(&mut clinician) && none(&mut guest));

    guest.done(reached(epoch)).await;
    assert_eq!(clinician.until(settled).await, epoch);
    assert_eq!(guest.until(settled).await, epoch);

    // Whoever goes is not waited for.
    clinician.done(move_on(epoch)).await;
    clinician.done(reached(at(1, 2))).await;
    assert!(none(&mut clinician));
    clinic.close(guest).await;
    assert_eq!(clinician.until(settled).await, at(1, 2));
}

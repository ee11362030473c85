use super::*;
use crate::relay::{
    NoRelay, Notice, peer_in,
    scripted::{Life, script, settings},
};
use media_relay_control::{RelayStats, Totals, WorkerPorts};

#[tokio::test]
async fn a_relay_of_another_version_is_refused() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let mut life = Life::next(&mut lives).await;
    life.command().await;
    life.tell(Event::Ready {
        version: VERSION + 1,
        workers: Vec::new(),
    })
    .await;
    let refused = supervised.await.unwrap().unwrap_err();
    assert!(matches!(refused, CannotStart::OtherVersion(version) if version == VERSION + 1));
}

#[tokio::test]
async fn a_relay_that_cannot_start_says_why_in_one_sentence() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let mut life = Life::next(&mut lives).await;
    life.command().await;
    life.tell(Event::CannotStart {
        reason: "UDP port 3478 is in use".to_owned(),
    })
    .await;
    let refused = supervised.await.unwrap().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the media relay cannot start: UDP port 3478 is in use"
    );
}

#[tokio::test]
async fn a_relay_that_dies_comes_back_and_rooms_hear_of_both() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let first = Life::ready(&mut lives).await;
    let relay = supervised.await.unwrap().unwrap();
    let room = relay.new_room();
    let mut notices = relay.subscribe(room);
    let Some(Notice::Up(old_line)) = notices.recv().await else {
        panic!("the room is told that the relay is there");
    };

    drop(first);
    assert!(notices.recv().await.is_none(), "the subscription ends");
    assert_eq!(
        old_line.send(Command::OpenRoom { room }),
        Err(NoRelay),
        "nothing said to a dead relay reaches the next"
    );
    let mut notices = relay.subscribe(room);
    let mut second = Life::ready(&mut lives).await;
    let Some(Notice::Up(line)) = notices.recv().await else {
        panic!("the room is told that the relay is back");
    };
    line.send(Command::OpenRoom { room }).unwrap();
    assert_eq!(second.command().await, Command::OpenRoom { room });
}

#[tokio::test]
async fn streams_are_handed_to_a_relay_that_lives_only() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let first = Life::ready(&mut lives).await;
    let relay = supervised.await.unwrap().unwrap();
    let mut hander = relay.hander();
    hander.wait_for(Option::is_some).await.unwrap();
    drop(first);
    hander.wait_for(Option::is_none).await.unwrap();
    let _second = Life::ready(&mut lives).await;
    hander.wait_for(Option::is_some).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_silent_relay_is_replaced() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let _silent = Life::ready(&mut lives).await;
    let _relay = supervised.await.unwrap().unwrap();
    let began = now();
    let _second = Life::ready(&mut lives).await;
    let took = now().duration_since(began);
    assert!(took >= SILENCE && took < SILENCE + Duration::from_secs(1));
}

#[tokio::test]
async fn events_go_to_the_room_of_their_peer_only() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let mut life = Life::ready(&mut lives).await;
    let relay = supervised.await.unwrap().unwrap();
    let (one, other) = (relay.new_room(), relay.new_room());
    let (mut ones, mut others) = (relay.subscribe(one), relay.subscribe(other));
    assert!(matches!(ones.recv().await, Some(Notice::Up(_))));
    assert!(matches!(others.recv().await, Some(Notice::Up(_))));
    for room in [other, one] {
        life.tell(Event::Connected {
            peer: peer_in(room, 7),
        })
        .await;
    }
    for (room, notices) in [(one, &mut ones), (other, &mut others)] {
        let Some(Notice::Event(event)) = notices.recv().await else {
            panic!("an event comes");
        };
        assert_eq!(
            event,
            Event::Connected {
                peer: peer_in(room, 7)
            }
        );
        assert!(notices.try_recv().is_err());
    }
}

#[tokio::test]
async fn statistics_are_paired_with_who_asked() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let mut life = Life::ready(&mut lives).await;
    let relay = supervised.await.unwrap().unwrap();
    let asking = [1, 2].map(|_| {
        let relay = relay.clone();
        tokio::spawn(async move { relay.stats().await })
    });
    let mut requests = Vec::new();
    while requests.len() < 2 {
        if let Command::Stats { request } = life.command().await {
            requests.push(request);
        }
    }
    for request in requests.into_iter().rev() {
        life.tell(Event::Stats {
            request,
            stats: RelayStats {
                totals: Totals {
                    packets_in: request.0,
                    ..Totals::default()
                },
                ..RelayStats::default()
            },
        })
        .await;
    }
    let mut got = Vec::new();
    for asked in asking {
        got.push(asked.await.unwrap().unwrap().totals.packets_in);
    }
    got.dedup();
    assert_eq!(got.len(), 2, "each has an answer of their own");
}

#[tokio::test]
async fn shutting_down_tells_the_relay_and_ends_the_supervisor() {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let mut life = Life::ready(&mut lives).await;
    let relay = supervised.await.unwrap().unwrap();
    assert_eq!(
        *relay.status().borrow(),
        Status::Up {
            workers: [(0, 5000), (1, 5001)]
                .map(|(worker, udp)| WorkerPorts { worker, udp })
                .to_vec(),
        }
    );
    let ending = tokio::spawn({
        let relay = relay.clone();
        async move { relay.shut_down().await }
    });
    assert_eq!(life.command().await, Command::Shutdown);
    ending.await.unwrap();
    assert!(!relay.is_up());
    assert!(lives.try_recv().is_err(), "no other life begins");
}

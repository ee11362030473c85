//! Commands, media and time in any order.

use crate::testing::{ROOM, Stream, World, video, wanted};
use media_relay_control::{Command, PeerId, Quality};
use proptest::prelude::*;
use std::time::Duration;

const PUBLISHERS: u64 = 3;

#[derive(Clone, Debug)]
enum Step {
    /// Sound, picture and screen, each sent or not.
    Publish(u64, [bool; 3]),
    /// Which publishers and qualities each of two listeners wants; `None` is not listed.
    Reconcile([Option<(u8, Quality)>; 2]),
    Answer(u64),
    Connect(u64),
    Restart(u64),
    Close(u64),
    Send(u64),
    Pass(u64),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let publisher = 1..=PUBLISHERS;
    let listener = 11u64..=12;
    let quality = prop_oneof![Just(Quality::Low), Just(Quality::High)];
    let wish = proptest::option::weighted(0.8, (0u8..8, quality));
    let step = prop_oneof![
        4 => (publisher.clone(), any::<[bool; 3]>()).prop_map(|(p, on)| Step::Publish(p, on)),
        4 => [wish.clone(), wish].prop_map(Step::Reconcile),
        6 => listener.clone().prop_map(Step::Answer),
        3 => prop_oneof![publisher.clone(), listener.clone()].prop_map(Step::Connect),
        1 => listener.clone().prop_map(Step::Restart),
        1 => prop_oneof![publisher.clone(), listener].prop_map(Step::Close),
        4 => publisher.prop_map(Step::Send),
        2 => prop_oneof![Just(20u64), Just(600), Just(31_000)].prop_map(Step::Pass),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..40)
}

fn take(world: &mut World, step: Step, count: u64) {
    match step {
        Step::Publish(peer, on) => {
            let kinds = [("audio", "0"), ("video", "1"), ("screen", "2")];
            let direction = |on| if on { "sendonly" } else { "inactive" };
            let sections: Vec<_> = kinds
                .iter()
                .zip(on)
                .map(|((kind, mid), on)| (*kind, *mid, direction(on)))
                .collect();
            let offer = world.add(peer).offer(&sections);
            let _ = world.publish(peer, &offer);
        }
        Step::Reconcile(wishes) => {
            let listed = |(peer, wish): (u64, Option<(u8, Quality)>)| {
                let (publishers, quality) = wish?;
                let streams = (1..=PUBLISHERS)
                    .filter(|publisher| publishers >> (publisher - 1) & 1 == 1)
                    .flat_map(|publisher| {
                        ["0", "1", "2"].map(|mid| wanted(publisher, mid, quality))
                    });
                Some((peer, streams.collect()))
            };
            let listeners = (11..).zip(wishes).filter_map(listed).collect();
            for peer in [11, 12] {
                world.add(peer);
            }
            world.reconcile(listeners);
        }
        Step::Answer(peer) => {
            if world.offers.contains_key(&PeerId(peer))
                && world.browsers.contains_key(&PeerId(peer))
            {
                world.answer(peer);
            }
        }
        Step::Connect(peer) => {
            let now = world.now;
            let Some(browser) = world.browsers.get_mut(&PeerId(peer)) else {
                return;
            };
            if let Some((_, offer, _)) = world.offers.get(&PeerId(peer)) {
                browser.learn(offer);
            }
            if browser.remote.is_some() && browser.keys.is_none() {
                browser.check();
                browser.hello(now);
            }
            world.run();
        }
        Step::Restart(peer) => world.command(Command::RestartIce { peer: PeerId(peer) }),
        Step::Close(peer) => {
            world.command(Command::ClosePeer { peer: PeerId(peer) });
            world.browsers.remove(&PeerId(peer));
            world.offers.remove(&PeerId(peer));
        }
        Step::Send(peer) => {
            let Some(browser) = world.browsers.get_mut(&PeerId(peer)) else {
                return;
            };
            if browser.keys.is_none() {
                return;
            }
            let mut sound = Stream::audio(10, "0");
            let mut picture = Stream::layer(20, "1", "q");
            sound.index += count;
            picture.index += count;
            browser.send(&mut sound, b"sound");
            browser.send(
                &mut picture,
                &video(count.is_multiple_of(3), count as u16 & 0x7fff, 30),
            );
            world.run();
        }
        Step::Pass(millis) => world.pass(Duration::from_millis(millis)),
        Step::Reopen => {
            world.command(Command::CloseRoom { room: ROOM });
            assert!(world.plane.is_empty());
            world.command(Command::OpenRoom { room: ROOM });
            world.browsers.clear();
            world.offers.clear();
        }
    }
}

proptest! {

    #![proptest_config(crate::testing::seeded(96))]

    #[test]
    fn the_plane_agrees_with_itself_after_every_step(steps in steps()) {
        let mut world = World::new();
        world.answers = false;
        for (count, step) in (0..).zip(steps) {
            take(&mut world, step, count);
            world.plane.check_invariants();
        }
    }
}

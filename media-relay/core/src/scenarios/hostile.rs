//! Datagrams and descriptions from whoever can send them.

use crate::testing::{Stream, World, video, wanted};
use crate::transmit::Route;
use media_relay_control::{Command, Generation, PeerId, Quality};
use proptest::prelude::*;
use rtc_rtcp::goodbye::Goodbye;
use std::cell::RefCell;

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(call());
}

fn call() -> World {
    let mut world = World::new();
    world.publisher(1);
    world.listener(
        2,
        vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)],
    );
    world
}

fn routes(world: &mut World) -> [Route; 3] {
    let mut stranger = world.browser(1).route;
    stranger.remote.set_port(9);
    [world.browser(1).route, world.browser(2).route, stranger]
}

proptest! {

    #![proptest_config(crate::testing::seeded(256))]

    #[test]
    fn noise_is_survived_from_anywhere(
        first in prop_oneof![Just(0u8), Just(20), Just(22), Just(23), Just(0x80), Just(0x90), any::<u8>()],
        rest in proptest::collection::vec(any::<u8>(), 0..1500),
    ) {
        WORLD.with_borrow_mut(|world| {
            for route in routes(world) {
                let mut datagram = rest.clone();
                datagram.insert(0, first);
                world.plane.handle_datagram(&mut datagram, route, world.now);
                world.run();
            }
            let totals = world.plane.stats().totals;
            assert_eq!((totals.packets_in, totals.packets_out), (0, 0));
        });
    }

    #[test]
    fn any_authentic_payload_is_forwarded_and_survived(
        payload in proptest::collection::vec(any::<u8>(), 0..1300),
        index in 1u64..70_000,
        rtx: bool,
        elements in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        WORLD.with_borrow_mut(|world| {
            let mut stream = if rtx {
                Stream::layer_rtx(31, "1", "f")
            } else {
                Stream::layer(30, "1", "f")
            };
            stream.index = index;
            stream.elements.extend(elements);
            world.browser(1).send(&mut stream, &payload);
            world.run();
            world.browser(2).got.clear();
        });
    }

    #[test]
    fn authentic_rtcp_is_survived(bytes in proptest::collection::vec(any::<u8>(), 4..200), kind in 200u8..208) {
        WORLD.with_borrow_mut(|world| {
            let mut plain = vec![0x81, kind, 0, 1, 0, 0, 0, 9];
            plain.extend(&bytes);
            for peer in [1, 2] {
                let keys = world.browser(peer).keys.as_mut().unwrap();
                if let Some(sealed) = keys.rtcp.seal(&plain) {
                    world.browser(peer).sending.push(sealed.to_vec());
                }
            }
            world.run();
        });
    }

    #[test]
    fn any_description_is_answered_or_refused(cut in 0usize..1400, junk in ".{0,40}", len in 0usize..60) {
        WORLD.with_borrow_mut(|world| {
            let mut offer = world.browser(1).publish_offer();
            let from = cut.min(offer.len());
            let to = (from + len).min(offer.len());
            if offer.is_char_boundary(from) && offer.is_char_boundary(to) {
                offer.replace_range(from..to, &junk);
            }
            let _ = world.publish(7, &offer);
            world.command(Command::ClosePeer { peer: PeerId(7) });
            let request = world.request();
            world.command(Command::Answer {
                request,
                peer: PeerId(2),
                generation: Generation(1),
                answer: offer,
            });
        });
    }
}

#[test]
fn a_goodbye_is_no_leave() {
    let mut world = call();
    let bye = Goodbye {
        sources: vec![10],
        ..Goodbye::default()
    };
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"one");
    world.browser(1).send_rtcp(&[Box::new(bye)]);
    world.browser(1).send(&mut stream, b"two");
    world.run();
    assert_eq!(world.browser(2).got.len(), 2);
}

#[test]
fn a_listener_cannot_publish() {
    let mut world = call();
    let mut stream = Stream::layer(50, "1", "f");
    world.browser(2).send(&mut stream, &video(true, 1, 30));
    world.run();
    let totals = world.plane.stats().totals;
    assert_eq!((totals.packets_in, totals.dropped), (0, 1));
}

//! What comes in goes out, to whom it is for.

use crate::testing::{Stream, World, video, wanted};
use media_relay_control::{Command, PeerId, Quality};

#[test]
fn sound_reaches_the_listener_under_its_own_numbers() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let mut stream = Stream::audio(10, "0");
    stream.marker = true;
    for payload in [&b"one"[..], b"two"] {
        world.browser(1).send(&mut stream, payload);
        stream.timestamp += 960;
        stream.marker = false;
        world.run();
    }
    let (ssrc, _) = world.stream(2, 1, "0");
    let got = world.browser(2).of(ssrc);
    assert_eq!(got.len(), 2);
    assert_eq!(
        (got[0].payload.as_slice(), got[1].payload.as_slice()),
        (&b"one"[..], &b"two"[..])
    );
    assert_eq!(got[1].header.seq, got[0].header.seq.wrapping_add(1));
    assert_eq!(
        got[1].header.timestamp,
        got[0].header.timestamp.wrapping_add(960)
    );
    assert!(got[0].header.marker && !got[1].header.marker);
    assert_eq!(got[0].header.payload_type, 111);
    // The loudness under our id, and neither mid nor rid.
    assert_eq!(got[0].elements, [0x10, 0x55, 0, 0]);
}

#[test]
fn noise_behind_the_descriptor_is_forwarded_byte_by_byte() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut stream = Stream::layer(20, "1", "q");
    let key = video(true, 5, 900);
    let delta = video(false, 6, 400);
    world.browser(1).send(&mut stream, &key);
    stream.timestamp += 3000;
    world.browser(1).send(&mut stream, &delta);
    world.run();
    let (ssrc, _) = world.stream(2, 1, "1");
    let got: Vec<_> = world
        .browser(2)
        .of(ssrc)
        .iter()
        .map(|got| got.payload.clone())
        .collect();
    assert_eq!(got, [key, delta]);
}

#[test]
fn packets_of_a_frame_leave_with_one_length() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut stream = Stream::layer(20, "1", "q");
    for len in [1000, 999, 997, 1000, 400] {
        let payload = video(stream.index == 1000, 5, len);
        world.browser(1).send(&mut stream, &payload);
    }
    world.run();
    let got = &world.browser(2).got;
    let sizes: Vec<usize> = got.iter().map(|got| got.datagram).collect();
    assert_eq!(sizes[..4], [sizes[0]; 4]);
    assert_eq!(sizes[4], sizes[0] - 600, "a short one is not padded");
    let payloads: Vec<usize> = got.iter().map(|got| got.payload.len() - 7).collect();
    assert_eq!(payloads, [1000, 999, 997, 1000, 400]);
}

#[test]
fn empty_packets_leave_no_gap() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut stream = Stream::layer(20, "1", "q");
    for payload in [video(true, 5, 10), vec![], video(false, 6, 10)] {
        world.browser(1).send(&mut stream, &payload);
    }
    world.run();
    let seqs: Vec<u16> = world
        .browser(2)
        .got
        .iter()
        .map(|got| got.header.seq)
        .collect();
    assert_eq!(seqs, [seqs[0], seqs[0] + 1, seqs[0] + 2]);
}

#[test]
fn two_pictures_with_one_payload_type_are_told_apart_by_mid() {
    let mut world = World::new();
    let offer = world.add(1).offer(&[
        ("audio", "0", "sendonly"),
        ("video", "1", "sendonly"),
        ("screen", "2", "sendonly"),
    ]);
    world.publish(1, &offer).unwrap();
    world.connect(1);
    let streams = vec![wanted(1, "1", Quality::High), wanted(1, "2", Quality::High)];
    world.listener(2, streams);
    let mut camera = Stream::layer(20, "1", "f");
    let mut screen = Stream::new(30, 96, &[(4, "2")]);
    world.browser(1).send(&mut screen, &video(true, 1, 33));
    world.browser(1).send(&mut camera, &video(true, 1, 44));
    // The section is named in the first packets only.
    screen.elements.clear();
    world.browser(1).send(&mut screen, &video(false, 2, 33));
    world.run();
    let sizes = |mid| {
        let (ssrc, _) = world.stream(2, 1, mid);
        let got = world.browsers[&PeerId(2)].of(ssrc);
        got.iter()
            .map(|got| got.payload.len() - 7)
            .collect::<Vec<_>>()
    };
    assert_eq!((sizes("1"), sizes("2")), (vec![44], vec![33, 33]));
}

#[test]
fn an_unnamed_ssrc_is_known_from_the_description() {
    let mut world = World::new();
    let plain = world
        .add(1)
        .offer(&[("screen", "0", "sendonly"), ("screen", "1", "sendonly")]);
    let offer =
        format!("{plain}a=ssrc-group:FID 71 72\r\na=ssrc:71 cname:x\r\na=ssrc:72 cname:x\r\n");
    world.publish(1, &offer).unwrap();
    world.connect(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut unknown = Stream::new(73, 96, &[]);
    let mut known = Stream::new(71, 96, &[]);
    world.browser(1).send(&mut unknown, &video(true, 1, 5));
    world.browser(1).send(&mut known, &video(true, 1, 6));
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
    assert_eq!(world.plane.stats().totals.dropped, 1);
}

#[test]
fn one_packet_reaches_every_listener_and_no_other_room() {
    let mut world = World::new();
    world.publisher(1);
    world.add(2);
    world.add(3);
    let all = vec![wanted(1, "0", Quality::High)];
    world.reconcile(vec![(2, all.clone()), (3, all.clone())]);
    world.connect(2);
    world.connect(3);
    let other = media_relay_control::RoomId(2);
    world.command(Command::OpenRoom { room: other });
    world.add(4);
    world.command(Command::Reconcile {
        room: other,
        listeners: vec![media_relay_control::Listener {
            peer: PeerId(4),
            streams: all,
        }],
    });
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"sound");
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
    assert_eq!(world.browser(3).got.len(), 1);
    assert!(
        !world.offers.contains_key(&PeerId(4)),
        "it is not published there"
    );
    assert_eq!(world.plane.stats().totals.packets_out, 2);
}

//! Sender and receiver reports: what keeps lips and voice together, and what publishers are told.

use crate::testing::{Stream, World, video, wanted};
use media_relay_control::{PeerId, Quality};
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::SourceDescription;
use std::time::Duration;

fn all<T: 'static + Clone>(world: &World, peer: u64) -> Vec<T> {
    let packets = world.browsers[&PeerId(peer)].rtcp.iter();
    packets
        .filter_map(|packet| packet.as_any().downcast_ref::<T>().cloned())
        .collect()
}

fn sender_report(ssrc: u32, ntp_time: u64, rtp_time: u32) -> Box<SenderReport> {
    Box::new(SenderReport {
        ssrc,
        ntp_time,
        rtp_time,
        ..SenderReport::default()
    })
}

#[test]
fn sound_and_picture_are_reported_on_one_clock() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(
        2,
        vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)],
    );
    let mut sound = Stream::audio(10, "0");
    let mut picture = Stream::layer(20, "1", "f");
    sound.timestamp = 480_000;
    picture.timestamp = 4_000_000_000;
    world.browser(1).send(&mut sound, b"sound");
    world.browser(1).send(&mut picture, &video(true, 1, 20));
    world.run();
    world.pass(Duration::from_secs(1));
    assert!(
        all::<SenderReport>(&world, 2).is_empty(),
        "the publisher's clock is not known"
    );
    // At second 100 of the publisher's clock both were captured, whenever we hear of it.
    world
        .browser(1)
        .send_rtcp(&[sender_report(10, 100 << 32, 480_000)]);
    world.pass(Duration::from_millis(180));
    world
        .browser(1)
        .send_rtcp(&[sender_report(20, 100 << 32, 4_000_000_000)]);
    world.run();
    world.pass(Duration::from_secs(1));
    let reports = all::<SenderReport>(&world, 2);
    let at = |ssrc, rate: u64| {
        let report = reports
            .iter()
            .rev()
            .find(|report| report.ssrc == ssrc)
            .unwrap();
        let got = world.browsers[&PeerId(2)].of(ssrc)[0];
        // NTP time of the first packet by the report.
        let ticks = report.rtp_time.wrapping_sub(got.header.timestamp);
        report.ntp_time - (u64::from(ticks) << 32) / rate
    };
    let (sound, _) = world.stream(2, 1, "0");
    let (picture, _) = world.stream(2, 1, "1");
    let apart = at(sound, 48_000).abs_diff(at(picture, 90_000));
    assert!(apart < (1 << 32) / 1000, "within a millisecond");
    let last = reports.last().unwrap();
    assert_eq!(last.packet_count, 1);
    assert!(
        last.ntp_time >> 32 >= 1_800_000_000 + 2_208_988_800,
        "by our clock"
    );
    let names = all::<SourceDescription>(&world, 2);
    assert!(
        names
            .iter()
            .any(|names| names.chunks.iter().any(|chunk| chunk.source == sound))
    );
}

#[test]
fn a_switch_of_layers_keeps_the_clock() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut high = Stream::layer(22, "1", "f");
    let mut low = Stream::layer(20, "1", "q");
    high.timestamp = 1_000_000;
    low.timestamp = 77;
    world.browser(1).send(&mut low, &video(false, 1, 20));
    world.browser(1).send(&mut high, &video(true, 1, 20));
    world.browser(1).send(&mut high, &video(true, 2, 20));
    world
        .browser(1)
        .send_rtcp(&[sender_report(22, 50 << 32, 1_000_000)]);
    world
        .browser(1)
        .send_rtcp(&[sender_report(20, 50 << 32, 77)]);
    world.run();
    world.reconcile(vec![(2, vec![wanted(1, "1", Quality::Low)])]);
    // It arrives 40 ms late, which is no reason to show it late for ever.
    world.pass(Duration::from_millis(140));
    low.timestamp += 9000;
    world.browser(1).send(&mut low, &video(true, 2, 20));
    world.run();
    let got = &world.browser(2).got;
    let passed = got[2]
        .header
        .timestamp
        .wrapping_sub(got[1].header.timestamp);
    assert_eq!(passed, 9000);
}

#[test]
fn a_publisher_hears_of_its_losses_and_its_round_trip() {
    let mut world = World::new();
    world.publisher(1);
    let mut sound = Stream::audio(10, "0");
    for _ in 0..4 {
        world.browser(1).send(&mut sound, b"sound");
        sound.timestamp += 960;
    }
    sound.index += 1;
    world.browser(1).send(&mut sound, b"sound");
    world
        .browser(1)
        .send_rtcp(&[sender_report(10, 0x0001_0002_8000_0000, 0)]);
    world.run();
    world.pass(Duration::from_secs(1));
    let reports = all::<ReceiverReport>(&world, 1);
    let first = &reports[0].reports[0];
    assert_eq!((first.ssrc, first.total_lost), (10, 1));
    assert_eq!(first.fraction_lost, 42, "one of six");
    assert_eq!(first.last_sequence_number, 1005);
    assert_eq!(first.last_sender_report, 0x0002_8000);
    assert!(first.delay > 0);
    assert_eq!(reports[1].reports[0].fraction_lost, 0);
}

//! The RTCP packets we write (RFC 3550 section 6, RFC 4585), on `rtc-rtcp`.

use bytes::Bytes;
use rtc_rtcp::packet::Packet;
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::{
    SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem,
};
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};

/// The most a publisher may send in all, bit/s. A ceiling, no estimate: below it the browser
/// goes by the losses we report.
const CEILING: f32 = 4e6;
/// Reports in one datagram: it has to fit any path.
const MAX_BLOCKS: usize = 24;
const MAX_SENDER_REPORTS: usize = 16;

/// Asks for packets again.
pub(crate) fn nack(sender_ssrc: u32, media_ssrc: u32, seqs: &[u16]) -> TransportLayerNack {
    TransportLayerNack {
        sender_ssrc,
        media_ssrc,
        nacks: nack_pairs_from_sequence_numbers(seqs),
    }
}

/// Asks for a key frame.
pub(crate) fn picture_lost(sender_ssrc: u32, media_ssrc: u32) -> PictureLossIndication {
    PictureLossIndication {
        sender_ssrc,
        media_ssrc,
    }
}

/// Compound packets for a publisher, each to be sent as one datagram.
pub(crate) fn receiver_reports(
    reporter: u32,
    blocks: &[ReceptionReport],
    video: &[u32],
) -> Vec<Vec<Box<dyn Packet>>> {
    let mut compounds: Vec<Vec<Box<dyn Packet>>> = blocks
        .chunks(MAX_BLOCKS)
        .map(|blocks| -> Vec<Box<dyn Packet>> {
            vec![
                Box::new(receiver_report(reporter, blocks)),
                Box::new(names([(reporter, "relay")])),
            ]
        })
        .collect();
    if let Some(first) = compounds.first_mut()
        && !video.is_empty()
    {
        first.push(Box::new(ReceiverEstimatedMaximumBitrate {
            sender_ssrc: reporter,
            bitrate: CEILING,
            ssrcs: video.to_vec(),
        }));
    }
    compounds
}

/// Compound packets for a listener: its streams' reports, each with the name of its stream.
///
/// All begin with a report of one sender, because SRTCP counts per sender.
pub(crate) fn sender_reports(
    reporter: u32,
    reports: &[(SenderReport, String)],
) -> Vec<Vec<Box<dyn Packet>>> {
    reports
        .chunks(MAX_SENDER_REPORTS)
        .map(|reports| {
            let mut compound: Vec<Box<dyn Packet>> = vec![Box::new(receiver_report(reporter, &[]))];
            for (report, _) in reports {
                compound.push(Box::new(report.clone()));
            }
            let named = reports
                .iter()
                .map(|(report, name)| (report.ssrc, name.as_str()));
            compound.push(Box::new(names(named)));
            compound
        })
        .collect()
}

fn receiver_report(ssrc: u32, blocks: &[ReceptionReport]) -> ReceiverReport {
    ReceiverReport {
        ssrc,
        reports: blocks.to_vec(),
        ..ReceiverReport::default()
    }
}

/// CNAMEs (RFC 3550 section 6.5.1), which every compound packet has to bear.
fn names<'a>(names: impl IntoIterator<Item = (u32, &'a str)>) -> SourceDescription {
    let chunk = |(source, name): (u32, &str)| SourceDescriptionChunk {
        source,
        items: vec![SourceDescriptionItem {
            sdes_type: SdesType::SdesCname,
            text: Bytes::copy_from_slice(name.as_bytes()),
        }],
    };
    SourceDescription {
        chunks: names.into_iter().map(chunk).collect(),
    }
}

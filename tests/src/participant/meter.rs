//! The end of a connection's receiving chain: counts media instead of passing it on.

use super::tally::Tally;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Counts incoming RTP into a [`Tally`] and notes requests for key frames. It stands nearest to
/// the application, which gets nothing: thirty people with thirty-five tracks each would spend
/// their time on handing packets to tasks.
pub(super) struct Meter {
    pub(super) tally: Arc<Tally>,
    pub(super) key_frame_asked: Arc<AtomicBool>,
    pub(super) outgoing: VecDeque<TaggedPacket>,
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Meter {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, incoming: TaggedPacket) -> Result<(), Error> {
        match incoming.message.packet {
            Packet::Rtp(packet) => self.tally.add(&packet.payload),
            Packet::Rtcp(packets) if packets.iter().any(|one| asks_for_key_frame(&**one)) => {
                self.key_frame_asked.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        None
    }

    fn handle_write(&mut self, outgoing: TaggedPacket) -> Result<(), Error> {
        self.outgoing.push_back(outgoing);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outgoing.pop_front()
    }
}

impl Interceptor for Meter {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

fn asks_for_key_frame(packet: &dyn rtc::rtcp::Packet) -> bool {
    let packet = packet.as_any();
    packet.is::<PictureLossIndication>() || packet.is::<FullIntraRequest>()
}

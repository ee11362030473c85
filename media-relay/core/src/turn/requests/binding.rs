//! Binding (RFC 8489 section 2): tells a client its address.

use super::super::api::Client;
use super::super::auth::{unknown, unknown_attributes};
use super::super::server::Turn;
use super::super::stun::Message;
use super::super::write::{Answer, Question};
use rtc_stun::attributes::ATTR_USERNAME;
use rtc_stun::xoraddr::XorMappedAddress;

impl Turn {
    /// Anybody may ask. An ICE check is not for us.
    pub(super) fn binding(&mut self, message: &Message<'_>, from: Client) {
        if message.has(ATTR_USERNAME) {
            self.totals.dropped += 1;
            return;
        }
        let question = Question::of(message);
        let strange = unknown_attributes(message);
        let answer = if strange.is_empty() {
            let mapped = self.address_of(from).map(|address| XorMappedAddress {
                ip: address.ip(),
                port: address.port(),
            });
            mapped.and_then(|mapped| Answer::success(question).with(&mapped).ok())
        } else {
            self.totals.refused += 1;
            unknown(question, &strange).ok()
        };
        let answer = answer.and_then(|answer| answer.finish(None));
        self.reply(from, answer);
    }
}

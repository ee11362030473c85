//! Datagrams of somebody unknown.

use crate::world::World;
use media_relay_core::turn::Turn;

/// How many times longer an answer may be than what it answers.
const AMPLIFICATION: usize = 4;

/// One datagram: it leaves nothing behind, opens nothing, and is answered to its sender by one
/// message at most, which is not long.
pub fn run(datagram: &[u8]) {
    let mut world = World::new();
    let from = world.client(3);
    let relay = world.turn.handle_client_input(datagram, from, world.now);
    assert_eq!(relay, None, "relayed for somebody unknown");
    let replies = world.replies();
    assert!(replies.len() <= 1, "{} answers", replies.len());
    if let Some(reply) = replies.first() {
        assert!(Turn::concerns(datagram), "answered what is not its own");
        assert_eq!(reply.to, from);
        let most = datagram.len() * AMPLIFICATION;
        let length = reply.message.len();
        assert!(length <= most, "{length} bytes for {}", datagram.len());
    }
    assert_eq!(world.turn.poll_request(), None);
    assert_eq!(world.turn.stats().allocations, 0);
    assert_eq!(world.turn.poll_timeout(), None, "something is kept");
}

//! TLS on the port that serves the page and TURN.

use media_relay::front::{self, ALPN, TlsFault};
use quietroom_config::Tls;
use tokio_rustls::TlsAcceptor;

/// Reads the files and prepares to accept.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsFault> {
    // A client that offers both wants the page.
    let protocols: [&[u8]; 2] = [b"http/1.1", ALPN];
    front::acceptor(&tls.certificate_file, &tls.key_file, &protocols)
}

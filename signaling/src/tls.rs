//! TLS 1.2 and newer, from certificate files.

use media_relay::front::ALPN;
use quietroom_config::Tls;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
};
use std::{path::Path, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// The files cannot be used; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsFault {
    #[error("the certificate file {0} cannot be used: {1}")]
    Certificate(String, String),
    #[error("the key file {0} cannot be used: {1}")]
    Key(String, String),
    #[error("the certificate in {0} and the key in {1} do not fit: {2}")]
    Pair(String, String, rustls::Error),
}

/// Reads the files and prepares to accept.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsFault> {
    let (certificate_file, key_file) = (shown(&tls.certificate_file), shown(&tls.key_file));
    let chain = certificates(&tls.certificate_file)
        .map_err(|reason| TlsFault::Certificate(certificate_file.clone(), reason))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key_file)
        .map_err(|error| TlsFault::Key(key_file.clone(), readable(&error)))?;
    // The provider's defaults: TLS 1.2 and 1.3, forward secrecy, authenticated ciphers only.
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| TlsFault::Pair(certificate_file, key_file, error))?;
    // A client that offers both wants the page.
    config.alpn_protocols = vec![b"http/1.1".to_vec(), ALPN.to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<_>, pem::Error> =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let chain = chain.map_err(|error| readable(&error))?;
    if chain.is_empty() {
        return Err("it holds no certificate".to_owned());
    }
    Ok(chain)
}

fn readable(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.kind().to_string(),
        pem::Error::NoItemsFound => "it holds no such item".to_owned(),
        _ => "it is not PEM".to_owned(),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

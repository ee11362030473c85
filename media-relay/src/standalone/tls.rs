//! TLS 1.2 and newer, from certificate files.

use crate::front::ALPN;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// The files cannot be used; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub(super) enum TlsFault {
    #[error("the certificate file {0} cannot be used: {1}")]
    Certificate(String, String),
    #[error("the key file {0} cannot be used: {1}")]
    Key(String, String),
    #[error("the certificate in {0} and the key in {1} do not fit: {2}")]
    Pair(String, String, rustls::Error),
}

/// Reads the files and prepares to accept.
///
/// # Errors
/// [`TlsFault`].
pub(super) fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsFault> {
    let places = (certificate.display().to_string(), key.display().to_string());
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain: Vec<CertificateDer<'static>> =
        chain.map_err(|error| TlsFault::Certificate(places.0.clone(), readable(&error)))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| TlsFault::Key(places.1.clone(), readable(&error)))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(chain, key));
    let mut config =
        config.map_err(|error| TlsFault::Pair(places.0.clone(), places.1.clone(), error))?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Without what the file holds.
fn readable(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.kind().to_string(),
        pem::Error::NoItemsFound => "it holds no such item".to_owned(),
        _ => "it is not PEM".to_owned(),
    }
}

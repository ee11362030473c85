//! TLS 1.2 and newer, from certificate files.

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// The files cannot be used; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    #[error("the certificate file {0} cannot be used: {1}")]
    Certificate(String, String),
    #[error("the key file {0} cannot be used: {1}")]
    Key(String, String),
    #[error("the certificate in {0} and the key in {1} do not fit: {2}")]
    Pair(String, String, rustls::Error),
}

/// Reads PEM files, the certificate with its chain and its key, and prepares to accept clients that
/// speak one of `protocols` (ALPN, RFC 7301), the preferred first, or name none.
///
/// # Errors
/// [`TlsFault`].
pub fn acceptor(
    certificate: &Path,
    key: &Path,
    protocols: &[&[u8]],
) -> Result<TlsAcceptor, TlsFault> {
    let (certificate_file, key_file) = (shown(certificate), shown(key));
    let chain = certificates(certificate)
        .map_err(|reason| TlsFault::Certificate(certificate_file.clone(), reason))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| TlsFault::Key(key_file.clone(), readable(&error)))?;
    // The provider's defaults: TLS 1.2 and 1.3, forward secrecy, authenticated ciphers only.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(chain, key));
    let mut config = config.map_err(|error| TlsFault::Pair(certificate_file, key_file, error))?;
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
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

/// Without what the file holds.
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

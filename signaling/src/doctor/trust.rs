//! Whom this machine trusts to sign certificates.

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{path::Path, sync::Arc};

/// The file of `--ca` cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAuthority {
    #[error("the file {0} of --ca cannot be read as PEM certificates")]
    Unreadable(String),
    #[error("the file {0} of --ca holds no certificate of an authority")]
    Empty(String),
}

/// The authorities that this system trusts, and those in the PEM file `own` of a clinic.
pub(super) fn load(own: Option<&Path>) -> Result<Arc<ClientConfig>, NoAuthority> {
    let mut roots = RootCertStore::empty();
    // A system without any is one that trusts nobody, which the test then says.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(own) = own {
        add(&mut roots, own)?;
    }
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), NoAuthority> {
    let shown = || file.display().to_string();
    let certificates: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let certificates = certificates.map_err(|_| NoAuthority::Unreadable(shown()))?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(NoAuthority::Empty(shown()));
    }
    Ok(())
}

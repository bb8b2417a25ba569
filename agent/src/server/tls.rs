//! The TLS identity: a certificate and a key that the installer made. This program knows no trust store.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::files;

/// Names of the installer's files.
const CERTIFICATE: &str = "leaf.pem";
const KEY: &str = "leaf.key";
/// The largest of them, in bytes.
const MOST: usize = 64 * 1024;

/// Why there is no identity: run the installer (again).
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there or cannot be read.
    #[error("the TLS identity cannot be read: run tanba-installer identity")]
    File(#[from] files::FileError),
    /// A file is damaged, or the key is not the certificate's.
    #[error("the TLS identity is damaged: run tanba-installer identity")]
    Damaged,
}

/// Reads the identity out of the installer's folder.
///
/// # Errors
/// Those of [`TlsError`].
pub fn acceptor(folder: &Path) -> Result<TlsAcceptor, TlsError> {
    let certificate = files::read(&folder.join(CERTIFICATE), MOST)?;
    let key = zeroize::Zeroizing::new(files::read(&folder.join(KEY), MOST)?);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::Damaged)?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::Damaged)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::Damaged)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|_| TlsError::Damaged)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

//! Encryption: rustls on ring, with the root certificates of the platform and those that are given.
//! The configuration is our own, so that no process-wide provider is needed and none of the caller's is touched.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;

use crate::base_url::BaseUrl;
use crate::connection::ConnectError;

/// Root certificates to trust besides the platform's: those of a company's proxy, or of a test.
#[derive(Clone, Default)]
pub struct RootCertificates {
    certificates: Vec<CertificateDer<'static>>,
}

impl RootCertificates {
    /// Reads a PEM text, which may hold several certificates.
    ///
    /// # Errors
    /// [`ConnectError::Certificate`] when it holds none, or one that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<RootCertificates, ConnectError> {
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| ConnectError::Certificate(error.to_string()))?;
        if certificates.is_empty() {
            let nothing = "there is no `-----BEGIN CERTIFICATE-----` in it";
            return Err(ConnectError::Certificate(nothing.to_owned()));
        }
        let mut store = RootCertStore::empty();
        for certificate in &certificates {
            store
                .add(certificate.clone())
                .map_err(|error| ConnectError::Certificate(error.to_string()))?;
        }
        Ok(RootCertificates { certificates })
    }

    /// Adds others to these.
    pub fn extend(&mut self, others: RootCertificates) {
        self.certificates.extend(others.certificates);
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootCertificates({})", self.certificates.len())
    }
}

/// The TLS of a client for `base`.
///
/// The platform's certificates are read only where they are needed: a local server is spoken to in the clear, also on
/// a machine that has none.
pub(crate) fn client_config(
    base: &BaseUrl,
    extra: &RootCertificates,
) -> Result<ClientConfig, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(ConnectError::Tls)?;
    let mut config = if base.is_https() {
        let roots = extra.certificates.iter().cloned();
        let verifier =
            Verifier::new_with_extra_roots(roots, provider).map_err(ConnectError::Tls)?;
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth()
    } else {
        builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Whether a connection failed on its encryption, such as on a certificate that nobody here trusts: trying again does
/// not help.
#[must_use]
pub fn is_tls_failure(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // The source of an I/O error is that of the error it carries, which itself is not in the chain.
        let carried = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_certificate_says_so() {
        for bad in [
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
        ] {
            let error = RootCertificates::from_pem(bad.as_bytes()).unwrap_err();
            assert!(matches!(error, ConnectError::Certificate(_)), "{bad}");
        }
    }
}

//! A certificate from an authority, in two PEM files that something else renews.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::{TlsError, provider};
use crate::config::CertificateFiles;
use crate::data::Stamp;

/// The two files, and what they looked like when they were last read.
#[derive(Debug)]
pub struct Files {
    files: CertificateFiles,
    read: Mutex<[Option<Stamp>; 2]>,
}

impl Files {
    /// Watches these files. Nothing has been read yet.
    #[must_use]
    pub const fn new(files: CertificateFiles) -> Self {
        Self { files, read: Mutex::new([None; 2]) }
    }

    /// Reads chain and key, and checks that they belong together.
    ///
    /// # Errors
    /// When a file is missing, not PEM, or the key is another certificate's.
    pub fn load(&self) -> Result<CertifiedKey, TlsError> {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = self.stamps();
        let chain = read_chain(&self.files.chain)?;
        let key = read_key(&self.files.key)?;
        CertifiedKey::from_der(chain, key, &provider()).map_err(|source| TlsError::Mismatch {
            chain: self.files.chain.clone(),
            key: self.files.key.clone(),
            source,
        })
    }

    /// Reads the files again if they have changed since they were last read, whether that went well or not.
    ///
    /// # Errors
    /// As [`Files::load`]: the certificate from before should stay in use. The two files are rarely replaced in the
    /// same moment, so the first look after a change may well fail and the next succeed.
    pub fn reload(&self) -> Result<Option<CertifiedKey>, TlsError> {
        if *self.read.lock().unwrap_or_else(PoisonError::into_inner) == self.stamps() {
            return Ok(None);
        }
        self.load().map(Some)
    }

    fn stamps(&self) -> [Option<Stamp>; 2] {
        [Stamp::of(&self.files.chain), Stamp::of(&self.files.key)]
    }
}

/// The certificates of a PEM file, at least one.
pub(super) fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = fs::read(path).map_err(|error| TlsError::File(path.to_owned(), error))?;
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(TlsError::Content(path.to_owned(), "a certificate in PEM form")),
    }
}

/// The private key of a PEM file.
pub(super) fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let pem = fs::read(path).map_err(|error| TlsError::File(path.to_owned(), error))?;
    PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| TlsError::Content(path.to_owned(), "a private key in PEM form, without a password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn files(&self) -> CertificateFiles {
            CertificateFiles { chain: self.0.path().join("chain.pem"), key: self.0.path().join("key.pem") }
        }

        fn issue(&self, name: &str) -> (String, String) {
            let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
            let pems = (made.cert.pem(), made.signing_key.serialize_pem());
            fs::write(self.files().chain, &pems.0).unwrap();
            fs::write(self.files().key, &pems.1).unwrap();
            pems
        }
    }

    #[test]
    fn a_renewed_certificate_is_noticed() {
        let folder = Folder::new();
        folder.issue("one.example");
        let files = Files::new(folder.files());
        let current = super::super::Current::new(files.load().unwrap());
        assert!(files.reload().unwrap().is_none());
        folder.issue("another.example");
        current.replace(files.reload().unwrap().unwrap());
        assert_eq!(current.dns_names(), ["another.example"]);
        assert!(files.reload().unwrap().is_none());
    }

    #[test]
    fn a_half_replaced_pair_is_refused_until_it_is_whole() {
        let folder = Folder::new();
        folder.issue("one.example");
        let files = Files::new(folder.files());
        files.load().unwrap();
        let other = Folder::new().issue("another.example");
        fs::write(folder.files().chain, &other.0).unwrap();
        assert!(matches!(files.reload(), Err(TlsError::Mismatch { .. })));
        fs::write(folder.files().key, format!("{}\n", other.1)).unwrap();
        assert!(files.reload().unwrap().is_some());
    }

    #[test]
    fn what_is_missing_or_no_certificate_is_named() {
        let folder = Folder::new();
        let files = Files::new(folder.files());
        let error = files.load().unwrap_err().to_string();
        assert!(error.contains("chain.pem"), "{error}");
        folder.issue("one.example");
        fs::write(folder.files().key, "nonsense").unwrap();
        assert!(matches!(files.load(), Err(TlsError::Content(path, _)) if path == folder.files().key));
        fs::write(folder.files().chain, "").unwrap();
        assert!(matches!(files.load(), Err(TlsError::Content(path, _)) if path == folder.files().chain));
    }
}

//! What the issuing authority issued, and what it took back.

use std::collections::BTreeMap;

use tanba_core::time::UnixTime;

/// Certificates by serial number, each with the moment of its revocation if it was revoked.
#[derive(Debug, Default)]
pub(crate) struct Ledger(BTreeMap<Vec<u8>, Option<UnixTime>>);

/// What the ledger says of a serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    Revoked(UnixTime),
    Unknown,
}

impl Ledger {
    pub(crate) fn issued(&mut self, serial: Vec<u8>) {
        self.0.entry(serial).or_default();
    }

    /// Revokes a certificate. A second revocation changes nothing. `false` if no such certificate was issued.
    pub(crate) fn revoke(&mut self, serial: &[u8], now: UnixTime) -> bool {
        let Some(revoked) = self.0.get_mut(serial) else { return false };
        revoked.get_or_insert(now);
        true
    }

    pub(crate) fn standing(&self, serial: &[u8]) -> Standing {
        match self.0.get(serial) {
            None => Standing::Unknown,
            Some(None) => Standing::Good,
            Some(Some(at)) => Standing::Revoked(*at),
        }
    }

    pub(crate) fn revoked(&self) -> Vec<(&[u8], UnixTime)> {
        self.0
            .iter()
            .filter_map(|(serial, revoked)| revoked.map(|at| (serial.as_slice(), at)))
            .collect()
    }
}

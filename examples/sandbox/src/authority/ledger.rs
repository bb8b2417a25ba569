//! What the issuing authorities issued, and what they took back.

use std::collections::BTreeMap;

use tanba_core::time::UnixTime;

use super::Family;

/// Certificates of both branches by serial number. Serial numbers are of 20 octets and never equal in practice, so that
/// one names a certificate; but only the branch that issued it speaks of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger(BTreeMap<Vec<u8>, Entry>);

#[derive(Debug)]
struct Entry {
    family: Family,
    revoked: Option<UnixTime>,
}

/// What the ledger says of a serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    Revoked(UnixTime),
    Unknown,
}

impl Ledger {
    pub(crate) fn issued(&mut self, family: Family, serial: Vec<u8>) {
        self.0.entry(serial).or_insert(Entry { family, revoked: None });
    }

    /// Revokes a certificate. A second revocation changes nothing. `false` if no such certificate was issued.
    pub(crate) fn revoke(&mut self, serial: &[u8], now: UnixTime) -> bool {
        let Some(entry) = self.0.get_mut(serial) else { return false };
        entry.revoked.get_or_insert(now);
        true
    }

    pub(crate) fn standing(&self, family: Family, serial: &[u8]) -> Standing {
        match self.0.get(serial).filter(|entry| entry.family == family) {
            None => Standing::Unknown,
            Some(Entry { revoked: None, .. }) => Standing::Good,
            Some(Entry { revoked: Some(at), .. }) => Standing::Revoked(*at),
        }
    }

    pub(crate) fn revoked(&self, family: Family) -> Vec<(&[u8], UnixTime)> {
        let own = self.0.iter().filter(|(_, entry)| entry.family == family);
        own.filter_map(|(serial, entry)| entry.revoked.map(|at| (serial.as_slice(), at))).collect()
    }
}

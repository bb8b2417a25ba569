//! What lists say of a certificate.

use super::super::certificate::Certificate;
use super::super::revocation::{Evidence, Finding, Reason, Revoked, Source, Times};
use super::{Crl, CrlDoubt, Entry};
use crate::time::UnixTime;

/// A list that may be believed, and what it says.
struct Believed<'a> {
    list: &'a Crl,
    entry: Option<Entry>,
    /// Whether it may say "good", or that a hold still holds.
    current: Result<(), CrlDoubt>,
}

/// What the lists among the evidence say of a certificate. Each says something, if only why it says nothing.
pub(in super::super) fn findings(
    certificate: &Certificate,
    issuer: &Certificate,
    evidence: &Evidence<'_>,
    at: UnixTime,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut full, mut deltas) = (Vec::new(), Vec::new());
    for list in evidence.crls {
        let believed = list.check(certificate, issuer).map(|()| Believed {
            list,
            entry: list.entry(certificate.serial_number()),
            current: list.check_times(certificate, at, evidence.max_age),
        });
        match believed {
            Err(doubt) => findings.push(Finding::Doubt(doubt.into())),
            Ok(believed) if list.is_delta() => deltas.push(believed),
            Ok(believed) => full.push(believed),
        }
    }
    for delta in &deltas {
        findings.extend(delta.alone(&full));
    }
    for base in &full {
        findings.push(base.with(&deltas));
    }
    findings
}

impl Crl {
    /// Whether the list is believed as far as it concerns the certificate, whatever its time.
    fn check(&self, certificate: &Certificate, issuer: &Certificate) -> Result<(), CrlDoubt> {
        if self.issuer != *certificate.issuer_name() {
            return Err(CrlDoubt::OtherIssuer);
        }
        self.verify(issuer)?;
        if self.scope.indirect {
            return Err(CrlDoubt::Indirect);
        }
        if let Some(oid) = self.unknown_critical {
            return Err(CrlDoubt::CriticalExtension(oid.to_string()));
        }
        let scope = &self.scope;
        let is_other_point = scope
            .points
            .as_ref()
            .is_some_and(|points| !points.iter().any(|point| certificate.points().contains(point)));
        if scope.only_attributes
            || (scope.only_holders && certificate.is_ca)
            || (scope.only_authorities && !certificate.is_ca)
            || scope.odd_point
            || is_other_point
        {
            return Err(CrlDoubt::OutOfScope);
        }
        Ok(())
    }

    fn check_times(
        &self,
        certificate: &Certificate,
        at: UnixTime,
        max_age: i64,
    ) -> Result<(), CrlDoubt> {
        let times = Times {
            this_update: self.this_update,
            next_update: self.next_update,
            covers_expired_since: self.covers_expired_since,
        };
        Ok(times.check(certificate, at, max_age)?)
    }

    /// Whether a delta list adds to this full one (section 5.2.4).
    fn is_base_of(&self, delta: &Self) -> Result<(), CrlDoubt> {
        let Some(needed) = &delta.delta_of else { return Err(CrlDoubt::OlderThanBase) };
        let no_base = || CrlDoubt::NoBase { base: needed.clone() };
        let (Some(own), Some(newer)) = (&self.number, &delta.number) else { return Err(no_base()) };
        if newer <= own || newer < needed {
            return Err(CrlDoubt::OlderThanBase);
        }
        let same = self.scope == delta.scope && self.authority_key == delta.authority_key;
        if own >= needed && same { Ok(()) } else { Err(no_base()) }
    }
}

impl Believed<'_> {
    fn source(&self) -> Source {
        if self.list.is_delta() { Source::DeltaCrl } else { Source::Crl }
    }

    fn is_final(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| {
            !matches!(entry.reason, Reason::CertificateHold | Reason::RemoveFromCrl)
        })
    }

    fn revoked(&self, entry: &Entry, as_of: UnixTime) -> Finding {
        let Entry { revoked_at, reason, invalid_since } = *entry;
        let revoked = Revoked { at: revoked_at, reason, invalid_since, source: self.source() };
        Finding::Revoked { revoked, as_of }
    }

    /// What a delta list says without a full one: final revocations, and why it says nothing more.
    fn alone(&self, full: &[Self]) -> Option<Finding> {
        if let Some(entry) = &self.entry
            && self.is_final()
        {
            return Some(self.revoked(entry, self.list.this_update));
        }
        if let Err(doubt) = &self.current {
            return Some(Finding::Doubt(doubt.clone().into()));
        }
        let mut doubts = full.iter().map(|base| base.list.is_base_of(self.list));
        if doubts.any(|fits| fits.is_ok()) {
            return None;
        }
        let doubt = full.iter().find_map(|base| base.list.is_base_of(self.list).err());
        let base = self.list.delta_of.clone()?;
        Some(Finding::Doubt(doubt.unwrap_or(CrlDoubt::NoBase { base }).into()))
    }

    /// What a full list says, with the newest delta list that adds to it.
    fn with(&self, deltas: &[Self]) -> Finding {
        if let Some(entry) = &self.entry
            && self.is_final()
        {
            return self.revoked(entry, self.list.this_update);
        }
        if let Err(doubt) = &self.current {
            let doubt = if self.entry.is_some() { CrlDoubt::OldHold } else { doubt.clone() };
            return Finding::Doubt(doubt.into());
        }
        let newest = deltas
            .iter()
            .filter(|delta| delta.current.is_ok() && self.list.is_base_of(delta.list).is_ok())
            .max_by(|a, b| a.list.number.cmp(&b.list.number));
        let as_of = newest.map_or(self.list.this_update, |delta| delta.list.this_update);
        let source = newest.map_or(Source::Crl, |_| Source::DeltaCrl);
        // A delta list that is silent leaves things as they were.
        let latest = match newest.and_then(|delta| delta.entry.as_ref().map(|entry| (delta, entry)))
        {
            Some((delta, entry)) => Some((delta, entry)),
            None => self.entry.as_ref().map(|entry| (self, entry)),
        };
        match latest {
            Some((list, entry)) if entry.reason != Reason::RemoveFromCrl => {
                list.revoked(entry, as_of)
            }
            Some(_) | None if self.list.scope.some_reasons => {
                Finding::Doubt(CrlDoubt::SomeReasonsOnly.into())
            }
            Some(_) | None => Finding::Good { source, as_of },
        }
    }
}

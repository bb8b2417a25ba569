//! Whether a key is one that the page would take, and what the person should know of it.

use tanba_core::crypto::{KeyKind, Provider};
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::path::{self, Use};
use tanba_core::x509::profile::Purpose;

use super::standing::{Responders, Standing};
use crate::authorities::Authorities;
use crate::desktop::{KeyCard, Note, Refusal};
use crate::signing::{Chain, Usage, Wanted};

/// Judges keys for one order, at one moment.
#[derive(Debug)]
pub struct Judge {
    wanted: Wanted,
    /// Roots that count, and certificates that lead to them; none if chains are not looked at.
    authorities: Authorities,
    at: UnixTime,
    /// Who asks responders, if they are asked.
    online: Option<Provider>,
}

/// Whether chains can be judged at all.
#[must_use]
pub fn roots_are_known(authorities: &Authorities) -> bool {
    !authorities.roots.is_empty()
}

impl Judge {
    /// A judge who knows these authorities, unless the page brought its own.
    #[must_use]
    pub fn new(wanted: Wanted, known: &Authorities, at: UnixTime) -> Self {
        let authorities = match &wanted.chain {
            Chain::Known | Chain::Told => known.clone(),
            Chain::These(brought) => Authorities::sorted(brought.clone()),
            Chain::Off => Authorities::default(),
        };
        Self { wanted, authorities, at, online: None }
    }

    /// The same, who asks the authorities that this agent knows whether certificates were revoked, where the page cares
    /// for them.
    #[must_use]
    pub fn online(self, provider: Provider) -> Self {
        let cares = match self.wanted.chain {
            Chain::Known => true,
            // Under roots that the page brought, anybody may be named as a responder.
            Chain::These(_) | Chain::Told | Chain::Off => false,
        };
        Self { online: cares.then_some(provider), ..self }
    }

    /// Whoever asks responders about the keys of one file.
    pub(super) fn responders(&self) -> Option<Responders> {
        self.online.map(Responders::new)
    }

    /// What the window shows of a key. Its index is for the caller to set.
    pub(super) fn card(
        &self,
        kind: KeyKind,
        certificate: Option<&Certificate>,
        chain: &[Vec<u8>],
        responders: Option<&Responders>,
    ) -> KeyCard {
        let Some(certificate) = certificate else {
            return KeyCard {
                index: 0,
                name: String::new(),
                organisation: None,
                iin: None,
                bin: None,
                purpose: None,
                algorithm: name(kind),
                valid: (0, 0),
                serial: String::new(),
                issuer: String::new(),
                refusal: Some(Refusal::NoCertificate),
                notes: Vec::new(),
            };
        };
        let profile = certificate.profile();
        let (refusal, notes) = match self.refusal(certificate, chain) {
            Some(refusal) => (Some(refusal), Vec::new()),
            None => self.notes(certificate, chain, responders),
        };
        KeyCard {
            index: 0,
            name: profile.common_name.unwrap_or_else(|| certificate.subject_name().to_string()),
            organisation: profile.organisation,
            iin: profile.iin,
            bin: profile.bin,
            purpose: profile.purpose.map(|purpose| purpose.name().to_owned()),
            algorithm: name(kind),
            valid: (certificate.not_before.as_secs(), certificate.not_after.as_secs()),
            serial: certificate.serial.clone(),
            issuer: certificate.issuer.clone(),
            refusal,
            notes,
        }
    }

    fn refusal(&self, certificate: &Certificate, chain: &[Vec<u8>]) -> Option<Refusal> {
        let purpose = certificate.purpose();
        let fits = match self.wanted.usage {
            Usage::Any => true,
            Usage::Sign => purpose.is_some_and(Purpose::signs),
            Usage::Auth => purpose.is_some_and(Purpose::authenticates),
        };
        let lacks = |usage: &String| !certificate.extended_usages.contains(usage);
        let differs = |wanted: &Option<String>, has: Option<&str>| {
            wanted.as_deref().is_some_and(|wanted| has != Some(wanted))
        };
        let subject = &certificate.subject;
        let serial = certificate.serial.trim_start_matches('0');
        let named = certificate.subject_key_id().map(hex::encode);
        let key_id = certificate.key_id.to_string();
        let another = self.wanted.key.as_deref().is_some_and(|wanted| {
            wanted != key_id && named.as_deref().is_none_or(|named| wanted != named)
        });
        if !fits {
            Some(Refusal::OtherPurpose)
        } else if self.wanted.usages.iter().any(lacks) {
            Some(Refusal::OtherUsage)
        } else if differs(&self.wanted.iin, subject.iin.as_deref()) {
            Some(Refusal::OtherPerson)
        } else if differs(&self.wanted.bin, subject.bin.as_deref()) {
            Some(Refusal::OtherOrganisation)
        } else if differs(&self.wanted.serial, Some(serial)) || another {
            Some(Refusal::OtherSerial)
        } else if !self.wanted.expired && self.at < certificate.not_before {
            Some(Refusal::NotYetValid)
        } else if !self.wanted.expired && self.at > certificate.not_after {
            Some(Refusal::Expired)
        } else if self.demands_a_root() && self.issuer(certificate, chain).is_none() {
            Some(Refusal::OtherRoot)
        } else {
            None
        }
    }

    /// Where no root is known, the window says so instead.
    fn demands_a_root(&self) -> bool {
        match self.wanted.chain {
            Chain::Known => roots_are_known(&self.authorities),
            Chain::These(_) => true,
            Chain::Told | Chain::Off => false,
        }
    }

    /// Whoever issued it, if a path leads on from there to a root that counts.
    fn issuer(&self, certificate: &Certificate, chain: &[Vec<u8>]) -> Option<Certificate> {
        let mut others = self.authorities.others.clone();
        others.extend(chain.iter().filter_map(|der| Certificate::parse(der).ok()));
        // The dates of the certificate itself are judged by themselves, since a page may let them through.
        let last = certificate.not_after.max(certificate.not_before);
        let at = self.at.clamp(certificate.not_before, last);
        let path =
            path::build(certificate, &others, &self.authorities.roots, at, Use::Anything).ok()?;
        path.issuer().or(path.root()).cloned()
    }

    /// What should be known of a key that fits; or that it was revoked, which only now comes out.
    fn notes(
        &self,
        certificate: &Certificate,
        chain: &[Vec<u8>],
        responders: Option<&Responders>,
    ) -> (Option<Refusal>, Vec<Note>) {
        let mut notes = Vec::new();
        if self.at < certificate.not_before || self.at > certificate.not_after {
            notes.push(Note::NotValidNow);
        }
        let known = roots_are_known(&self.authorities);
        let issuer = if known { self.issuer(certificate, chain) } else { None };
        match self.wanted.chain {
            Chain::Told if known && issuer.is_none() => notes.push(Note::ChainUnknown),
            Chain::Told | Chain::Known | Chain::These(_) | Chain::Off => {}
        }
        if let (Some(responders), Some(issuer)) = (responders, issuer) {
            match (responders.ask(certificate, &issuer, self.at), self.wanted.revoked) {
                (Standing::Good, _) => {}
                (Standing::Revoked, true) => notes.push(Note::Revoked),
                (Standing::Revoked, false) => return (Some(Refusal::Revoked), Vec::new()),
                (Standing::Unknown, _) => notes.push(Note::RevocationUnknown),
            }
        }
        (None, notes)
    }
}

/// As people know it.
fn name(kind: KeyKind) -> String {
    match kind {
        KeyKind::Rsa { bits } => format!("RSA {bits}"),
        KeyKind::P256 => "ECDSA P-256".to_owned(),
        KeyKind::Gost512 => "ГОСТ 34.10-2015 (512)".to_owned(),
        KeyKind::Gost2004 => "ГОСТ 34.310-2004".to_owned(),
    }
}

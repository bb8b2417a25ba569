//! Lists: what is read of them, and when they are believed.

use const_oid::db::rfc5280;
use der::asn1::{GeneralizedTime, Ia5String, OctetString, Uint};
use der::{Any, DateTime, Encode};
use x509_cert::Version;
use x509_cert::crl::{RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::IssuingDistributionPoint;
use x509_cert::ext::pkix::crl::dp::{DistributionPoint, Reasons};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsages, SubjectKeyIdentifier};
use x509_cert::name::RdnSequence;
use x509_cert::serial_number::SerialNumber;

use super::super::revocation::{Evidence, Revocation, Revoked, Source, Untimely, Why, judge};
use super::super::toy_authority::{Authorities, NOW, Recipe, authority_name, extension, moment};
use super::*;
use crate::crypto::{Algorithm, PrivateKey, tests as crypto};
use crate::layout::Purpose;

const HOUR: i64 = 3_600;

/// The serial number of all certificates of the toy authority.
pub(crate) const LEAF: [u8; 3] = [0x1a, 0x2b, 0x3c];

/// A list; tests change what they want to be wrong.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) issuer: RdnSequence,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    number: Option<u32>,
    delta_of: Option<u32>,
    entries: Vec<RevokedCert>,
    more: Vec<Extension>,
}

impl List {
    pub(crate) fn new() -> Self {
        Self {
            issuer: authority_name("TOY SANDBOX ISSUING"),
            this_update: NOW.plus_secs(-HOUR),
            next_update: Some(NOW.plus_secs(24 * HOUR)),
            number: Some(14),
            delta_of: None,
            entries: vec![entry(&[1], None)],
            more: Vec::new(),
        }
    }

    fn delta(number: u32, base: u32) -> Self {
        let (number, delta_of) = (Some(number), Some(base));
        Self { number, delta_of, this_update: NOW.plus_secs(-60), ..Self::new() }
    }

    pub(crate) fn with(mut self, entry: RevokedCert) -> Self {
        self.entries.push(entry);
        self
    }

    fn point(self, point: &IssuingDistributionPoint) -> Self {
        let more = vec![extension(rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT, true, point)];
        Self { more, ..self }
    }

    fn der(&self, signer: &PrivateKey) -> Vec<u8> {
        let number = |number: u32| Uint::new(&number.to_be_bytes()).unwrap();
        let mut extensions = self.more.clone();
        extensions.extend(
            self.number.map(|one| extension(rfc5280::ID_CE_CRL_NUMBER, false, &number(one))),
        );
        extensions.extend(
            self.delta_of
                .map(|one| extension(rfc5280::ID_CE_DELTA_CRL_INDICATOR, true, &number(one))),
        );
        let algorithm = signer.public().signature_algorithm();
        let body = TbsCertList {
            version: Version::V2,
            signature: algorithm.identifier(),
            issuer: self.issuer.clone(),
            this_update: moment(self.this_update),
            next_update: self.next_update.map(moment),
            revoked_certificates: (!self.entries.is_empty()).then(|| self.entries.clone()),
            crl_extensions: (!extensions.is_empty()).then_some(extensions),
        };
        let body = body.to_der().unwrap();
        let signature = crypto::provider().sign_message(signer, &body).unwrap();
        signed::assemble(&body, algorithm, &signature).unwrap()
    }

    pub(crate) fn sign(&self, signer: &PrivateKey) -> Crl {
        Crl::parse(self.der(signer)).unwrap()
    }
}

/// Revoked two hours ago, for a reason by its number.
pub(crate) fn entry(serial: &[u8], reason: Option<u8>) -> RevokedCert {
    let extensions = reason.map(|number| {
        let value = Any::new(der::Tag::Enumerated, vec![number]).unwrap();
        vec![extension(rfc5280::ID_CE_CRL_REASONS, false, &value)]
    });
    RevokedCert {
        serial_number: SerialNumber::new(serial).unwrap(),
        revocation_date: moment(NOW.plus_secs(-2 * HOUR)),
        crl_entry_extensions: extensions,
    }
}

struct Case {
    authorities: Authorities,
    leaf: Recipe,
    issuing: Recipe,
    at: UnixTime,
}

impl Case {
    fn new() -> Self {
        let authorities = Authorities::new();
        let mut leaf = Recipe::leaf(crypto::key(Algorithm::P256).public(), Purpose::Sign);
        leaf.not_before = NOW.plus_secs(-100 * HOUR);
        Self { leaf, issuing: authorities.issuing_recipe(), authorities, at: NOW }
    }

    fn judge(&self, lists: &[List]) -> Revocation {
        let lists: Vec<_> = lists.iter().map(|list| list.sign(&self.authorities.issuing)).collect();
        self.judge_signed(&lists)
    }

    fn judge_signed(&self, crls: &[Crl]) -> Revocation {
        let leaf = Certificate::parse(&self.leaf.issue(&self.authorities.issuing)).unwrap();
        let issuing = Certificate::parse(&self.issuing.issue(&self.authorities.root)).unwrap();
        let evidence = Evidence { crls, max_age: HOUR, ..Evidence::default() };
        judge(&leaf, &issuing, &evidence, self.at)
    }

    fn doubt(&self, lists: &[List]) -> CrlDoubt {
        let verdict = self.judge(lists);
        let Revocation::Unknown(whys) = verdict else { panic!("{verdict:?}") };
        let [Why::Crl(doubt)] = &whys[..] else { panic!("{whys:?}") };
        doubt.clone()
    }
}

fn good(source: Source, seconds: i64) -> Revocation {
    Revocation::Good { source, as_of: NOW.plus_secs(seconds) }
}

fn revoked(source: Source, reason: Reason) -> Revocation {
    let (at, invalid_since) = (NOW.plus_secs(-2 * HOUR), None);
    Revocation::Revoked(Revoked { at, reason, invalid_since, source })
}

#[test]
fn a_list_says_good_or_revoked() {
    let case = Case::new();
    assert_eq!(case.judge(&[List::new()]), good(Source::Crl, -HOUR));
    let empty = List { entries: Vec::new(), ..List::new() };
    assert_eq!(case.judge(&[empty]), good(Source::Crl, -HOUR));
    for (number, reason) in [
        (None, Reason::Unspecified),
        (Some(1), Reason::KeyCompromise),
        (Some(6), Reason::CertificateHold),
        (Some(7), Reason::Unspecified),
        (Some(8), Reason::Unspecified), // Taken off a full list: there is no such thing.
        (Some(10), Reason::AaCompromise),
    ] {
        let list = List::new().with(entry(&LEAF, number));
        assert_eq!(case.judge(&[list]), revoked(Source::Crl, reason), "{number:?}");
    }
    assert_eq!(case.judge(&[]), Revocation::Unknown(vec![Why::NoEvidence]));
}

#[test]
fn of_two_entries_the_graver_counts() {
    let case = Case::new();
    for order in [[Some(6), Some(4)], [Some(4), Some(6)]] {
        let list = order.into_iter().fold(List::new(), |list, one| list.with(entry(&LEAF, one)));
        assert_eq!(case.judge(&[list]), revoked(Source::Crl, Reason::Superseded));
    }
}

#[test]
fn who_signed_it_matters() {
    let case = Case::new();
    let other = List { issuer: authority_name("OTHER"), ..List::new() };
    assert_eq!(case.doubt(&[other]), CrlDoubt::OtherIssuer);
    let forged = List::new().sign(&case.authorities.root);
    let unknown = |doubt: CrlDoubt| Revocation::Unknown(vec![doubt.into()]);
    assert_eq!(case.judge_signed(&[forged]), unknown(CrlDoubt::BadSignature));

    let mut no_lists = Case::new();
    no_lists.issuing.usages = KeyUsages::KeyCertSign.into();
    assert_eq!(no_lists.doubt(&[List::new()]), CrlDoubt::IssuerMayNotSign);

    // The list of the same authority, by another of its keys.
    let id = |byte: u8| OctetString::new(vec![byte; 4]).unwrap();
    let mut case = Case::new();
    let own = SubjectKeyIdentifier(id(1));
    case.issuing.more.push(extension(rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER, false, &own));
    let named = AuthorityKeyIdentifier { key_identifier: Some(id(2)), ..Default::default() };
    let mut list = List::new();
    list.more.push(extension(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &named));
    let list = list.sign(&crypto::key(Algorithm::P256));
    assert_eq!(case.judge_signed(&[list]), unknown(CrlDoubt::OtherKey));
}

#[test]
fn one_changed_byte_is_never_believed() {
    let case = Case::new();
    let der = List::new().with(entry(&LEAF, Some(1))).der(&case.authorities.issuing);
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 0x04;
        if let Ok(list) = Crl::parse(changed) {
            let verdict = case.judge_signed(&[list]);
            assert!(matches!(verdict, Revocation::Unknown(_)), "byte {at}: {verdict:?}");
        }
        assert!(Crl::parse(der[..at].to_vec()).is_err());
    }
}

#[test]
fn an_outdated_list_says_revoked_and_never_good() {
    let mut case = Case::new();
    let (list, due) = (List::new(), NOW.plus_secs(24 * HOUR));
    case.at = due;
    assert_eq!(case.judge(std::slice::from_ref(&list)), good(Source::Crl, -HOUR));
    case.at = due.plus_secs(1);
    let outdated = CrlDoubt::Untimely(Untimely::Outdated(due));
    assert_eq!(case.doubt(std::slice::from_ref(&list)), outdated);
    let listed = list.clone().with(entry(&LEAF, Some(4)));
    assert_eq!(case.judge(&[listed]), revoked(Source::Crl, Reason::Superseded));
    // A hold may have been lifted since.
    let held = list.with(entry(&LEAF, Some(6)));
    assert_eq!(case.doubt(&[held]), CrlDoubt::OldHold);
    // Without a next one it holds for as long as the caller says.
    let endless = List { next_update: None, ..List::new() };
    case.at = NOW;
    assert_eq!(case.judge(std::slice::from_ref(&endless)), good(Source::Crl, -HOUR));
    case.at = NOW.plus_secs(1);
    let old = CrlDoubt::Untimely(Untimely::TooOld(NOW.plus_secs(-HOUR)));
    assert_eq!(case.doubt(&[endless]), old);
}

#[test]
fn a_list_that_is_newer_than_the_moment_tells_more() {
    let mut case = Case::new();
    case.at = NOW.plus_secs(-50 * HOUR);
    assert_eq!(case.judge(&[List::new()]), good(Source::Crl, -HOUR));
    let listed = List::new().with(entry(&LEAF, Some(4)));
    let Revocation::Revoked(later) = case.judge(&[listed]) else { panic!() };
    assert!(!later.counts_at(case.at) && later.counts_at(later.at) && later.counts_at(NOW));
    // But not once the certificate has expired: then it may have been dropped from the list.
    case.leaf.not_after = NOW.plus_secs(-2 * HOUR);
    let dropped = CrlDoubt::Untimely(Untimely::AfterExpiry(NOW.plus_secs(-HOUR)));
    assert_eq!(case.doubt(&[List::new()]), dropped);
    // Unless the list says that it keeps them.
    let since = NOW.plus_secs(-3 * HOUR).as_secs();
    let since = std::time::Duration::from_secs(u64::try_from(since).unwrap());
    let since = GeneralizedTime::from_date_time(DateTime::from_unix_duration(since).unwrap());
    let mut keeping = List::new();
    let oid = ObjectIdentifier::new_unwrap("2.5.29.60");
    keeping.more.push(extension(oid, false, &since));
    assert_eq!(case.judge(&[keeping]), good(Source::Crl, -HOUR));
}

#[test]
fn a_key_is_suspect_from_the_day_that_is_told() {
    let case = Case::new();
    let since = NOW.plus_secs(-30 * HOUR);
    let seconds = std::time::Duration::from_secs(u64::try_from(since.as_secs()).unwrap());
    let date = GeneralizedTime::from_date_time(DateTime::from_unix_duration(seconds).unwrap());
    let mut listed = entry(&LEAF, Some(1));
    let told = extension(rfc5280::ID_CE_INVALIDITY_DATE, false, &date);
    listed.crl_entry_extensions.as_mut().unwrap().push(told);
    let Revocation::Revoked(revoked) = case.judge(&[List::new().with(listed)]) else { panic!() };
    assert_eq!(revoked.invalid_since, Some(since));
    assert!(revoked.reason.is_compromise());
    assert_eq!(revoked.counts_from(), since);
    assert!(revoked.counts_at(since) && !revoked.counts_at(since.plus_secs(-1)));
}

#[test]
fn a_delta_list_adds_to_the_list_on_which_it_builds() {
    let case = Case::new();
    let full = List::new();
    // Newer and silent: good as of the delta list.
    let silent = [full.clone(), List::delta(15, 14)];
    assert_eq!(case.judge(&silent), good(Source::DeltaCrl, -60));
    for (number, reason) in [(Some(4), Reason::Superseded), (Some(6), Reason::CertificateHold)] {
        let listed = [full.clone(), List::delta(16, 12).with(entry(&LEAF, number))];
        assert_eq!(case.judge(&listed), revoked(Source::DeltaCrl, reason));
    }
    // A hold that was lifted, and one that was made final.
    let held = full.clone().with(entry(&LEAF, Some(6)));
    let lifted = [held.clone(), List::delta(15, 14).with(entry(&LEAF, Some(8)))];
    assert_eq!(case.judge(&lifted), good(Source::DeltaCrl, -60));
    let sealed = [held.clone(), List::delta(15, 14).with(entry(&LEAF, Some(1)))];
    assert_eq!(case.judge(&sealed), revoked(Source::DeltaCrl, Reason::KeyCompromise));
    let still = [held.clone(), List::delta(15, 14)];
    assert_eq!(case.judge(&still), revoked(Source::Crl, Reason::CertificateHold));
    // Of several the newest, in whatever order they come.
    let several = [
        List::delta(17, 14).with(entry(&LEAF, Some(8))),
        held,
        List::delta(16, 14).with(entry(&LEAF, Some(6))),
    ];
    assert_eq!(case.judge(&several), good(Source::DeltaCrl, -60));
}

#[test]
fn a_delta_list_that_does_not_fit_adds_nothing_but_final_revocations() {
    let case = Case::new();
    let alone = case.doubt(&[List::delta(15, 14)]);
    assert_eq!(
        alone.to_string(),
        "the delta list builds on list 14, and no such or later one is at hand"
    );
    let held = List::new().with(entry(&LEAF, Some(6)));
    for (number, base) in [(10, 14), (14, 14), (20, 15)] {
        let silent = [List::new(), List::delta(number, base)];
        assert_eq!(case.judge(&silent), good(Source::Crl, -HOUR), "{number} over {base}");
        // What would lift the hold is not believed.
        let lifting = [held.clone(), List::delta(number, base).with(entry(&LEAF, Some(8)))];
        let on_hold = revoked(Source::Crl, Reason::CertificateHold);
        assert_eq!(case.judge(&lifting), on_hold, "{number} over {base}");
        let listed = [List::new(), List::delta(number, base).with(entry(&LEAF, Some(4)))];
        assert_eq!(case.judge(&listed), revoked(Source::DeltaCrl, Reason::Superseded));
    }
    // Lists without a number, lists of another scope, and outdated ones do not fit either.
    let nameless =
        [List { number: None, ..held.clone() }, List::delta(15, 14).with(entry(&LEAF, Some(8)))];
    assert_eq!(case.judge(&nameless), revoked(Source::Crl, Reason::CertificateHold));
    let only_holders = IssuingDistributionPoint { only_contains_user_certs: true, ..no_point() };
    let other_scope =
        [held.clone(), List::delta(15, 14).with(entry(&LEAF, Some(8))).point(&only_holders)];
    assert_eq!(case.judge(&other_scope), revoked(Source::Crl, Reason::CertificateHold));
    let mut old = List::delta(15, 14).with(entry(&LEAF, Some(8)));
    old.next_update = Some(NOW.plus_secs(-1));
    assert_eq!(case.judge(&[held, old]), revoked(Source::Crl, Reason::CertificateHold));
}

fn no_point() -> IssuingDistributionPoint {
    IssuingDistributionPoint {
        distribution_point: None,
        only_contains_user_certs: false,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    }
}

fn full_name(url: &str) -> DistributionPointName {
    let url = GeneralName::UniformResourceIdentifier(Ia5String::new(url).unwrap());
    DistributionPointName::FullName(vec![url])
}

#[test]
fn a_list_is_believed_only_for_what_it_covers() {
    let mut case = Case::new();
    let judge =
        |case: &Case, point: IssuingDistributionPoint| case.judge(&[List::new().point(&point)]);
    let holders = IssuingDistributionPoint { only_contains_user_certs: true, ..no_point() };
    assert_eq!(judge(&case, holders.clone()), good(Source::Crl, -HOUR));
    let unknown = |doubt: CrlDoubt| Revocation::Unknown(vec![doubt.into()]);
    let here = || Some(full_name("http://crl.example.kz/7.crl"));
    for (point, doubt) in [
        (
            IssuingDistributionPoint { only_contains_ca_certs: true, ..no_point() },
            CrlDoubt::OutOfScope,
        ),
        (
            IssuingDistributionPoint { only_contains_attribute_certs: true, ..no_point() },
            CrlDoubt::OutOfScope,
        ),
        (
            IssuingDistributionPoint { distribution_point: here(), ..no_point() },
            CrlDoubt::OutOfScope,
        ),
        (IssuingDistributionPoint { indirect_crl: true, ..no_point() }, CrlDoubt::Indirect),
        (
            IssuingDistributionPoint {
                only_some_reasons: Some(Reasons::KeyCompromise.into()),
                ..no_point()
            },
            CrlDoubt::SomeReasonsOnly,
        ),
    ] {
        assert_eq!(judge(&case, point), unknown(doubt));
    }
    // The point that the certificate names is its own.
    let named = DistributionPoint { distribution_point: here(), reasons: None, crl_issuer: None };
    let points = vec![named];
    case.leaf.more.push(extension(rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS, false, &points));
    let own = IssuingDistributionPoint { distribution_point: here(), ..no_point() };
    assert_eq!(judge(&case, own.clone()), good(Source::Crl, -HOUR));
    let other = Some(full_name("http://crl.example.kz/8.crl"));
    let other = IssuingDistributionPoint { distribution_point: other, ..no_point() };
    assert_eq!(judge(&case, other), unknown(CrlDoubt::OutOfScope));
    // Some reasons are enough to be revoked.
    let some = IssuingDistributionPoint {
        only_some_reasons: Some(Reasons::KeyCompromise.into()),
        ..no_point()
    };
    let listed = List::new().point(&some).with(entry(&LEAF, Some(1)));
    assert_eq!(case.judge(&[listed]), revoked(Source::Crl, Reason::KeyCompromise));
}

#[test]
fn a_list_that_insists_on_something_unknown_is_not_believed() {
    let case = Case::new();
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
    let mut list = List::new();
    list.more.push(extension(unknown, true, &Any::null()));
    let doubt = CrlDoubt::CriticalExtension("1.2.3.4".to_owned());
    assert_eq!(case.doubt(&[list]), doubt);
    // Not even if the entry that insists is another's (section 5.3).
    let mut other = entry(&[2], Some(1));
    let insisting = extension(unknown, true, &Any::null());
    other.crl_entry_extensions.as_mut().unwrap().push(insisting);
    let list = List::new().with(other).with(entry(&[3], Some(6)));
    assert_eq!(case.doubt(&[list]), doubt);
    let mut harmless = entry(&[2], None);
    harmless.crl_entry_extensions = Some(vec![extension(unknown, false, &Any::null())]);
    assert_eq!(case.judge(&[List::new().with(harmless)]), good(Source::Crl, -HOUR));
}

#[test]
fn a_list_of_a_million_entries_is_walked_through_in_place() {
    let case = Case::new();
    let one = entry(&[0x7f; 20], Some(5)).to_der().unwrap();
    let body = |count: usize| {
        let mut list = one.repeat(count);
        list.extend(entry(&LEAF, Some(4)).to_der().unwrap());
        list
    };
    // A list is signed with the entries in the middle: its frame is taken from a small one.
    let count = 1_000_000;
    let entries = Any::new(der::Tag::Sequence, body(count)).unwrap().to_der().unwrap();
    let algorithm = case.authorities.issuing.public().signature_algorithm();
    let mut content = vec![2, 1, 1];
    content.extend(algorithm.identifier().to_der().unwrap());
    content.extend(authority_name("TOY SANDBOX ISSUING").to_der().unwrap());
    content.extend(moment(NOW.plus_secs(-HOUR)).to_der().unwrap());
    content.extend(moment(NOW.plus_secs(HOUR)).to_der().unwrap());
    content.extend(entries);
    let body = Any::new(der::Tag::Sequence, content).unwrap().to_der().unwrap();
    let signer = &case.authorities.issuing;
    let signature = crypto::provider().sign_message(signer, &body).unwrap();
    let der = signed::assemble(&body, algorithm, &signature).unwrap();
    assert!(der.len() > 40_000_000 && der.len() < MAX_CRL);
    let list = Crl::parse(der).unwrap();
    assert_eq!(list.entries, count + 1);
    assert_eq!(list.entry(&[5]), None);
    assert_eq!(case.judge_signed(&[list]), revoked(Source::Crl, Reason::Superseded));
    assert_eq!(Crl::parse(vec![0x30; MAX_CRL + 1]).err(), Some(NotACrl::TooLarge));
}

#[test]
fn numbers_of_lists_are_compared_as_numbers() {
    let number = |bytes: &[u8]| CrlNumber(bytes.to_vec());
    assert!(number(&[1, 0]) > number(&[0xff]));
    assert!(number(&[]) < number(&[1]));
    assert_eq!(number(&[1, 2]).to_string(), "258");
    assert_eq!(number(&[]).to_string(), "0");
    assert_eq!(number(&[1; 9]).to_string(), "0x010101010101010101");
}

#[test]
fn lists_are_read_in_pem_too() {
    let case = Case::new();
    let der = List::new().der(&case.authorities.issuing);
    let pem = der::pem::encode_string("X509 CRL", der::pem::LineEnding::CRLF, &der).unwrap();
    let read = Crl::from_pem_or_der(format!("a note\n{pem}").into_bytes()).unwrap();
    assert_eq!(read.der(), der);
    assert_eq!(format!("{read:?}"), "Crl(full, 2026-03-01T08:05:00Z, 1 entries)");
    assert_eq!(Crl::from_pem_or_der(der).unwrap().entries, 1);
    assert_eq!(Crl::from_pem_or_der(b"hello".to_vec()).err(), Some(NotACrl::Malformed));
}

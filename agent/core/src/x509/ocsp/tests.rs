//! Questions and answers: what is written and read, and who is believed.

use const_oid::db::rfc5280;
use der::asn1::{GeneralizedTime, ObjectIdentifier as Oid, OctetString};
use der::{Any, DateTime, Decode, Encode, Tag};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::KeyUsages;

use super::super::crl::Crl;
use super::super::crl::tests::{LEAF, List, entry};
use super::super::revocation::{Evidence, Revocation, Revoked, Source, Untimely, Why, judge};
use super::super::signed;
use super::super::toy_authority::{Authorities, NOW, Recipe, authority_name, extension};
use super::*;
use crate::crypto::{Algorithm, PrivateKey, tests as crypto};
use crate::layout::Purpose;

const HOUR: i64 = 3_600;

fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    // Any would not take context tags as they are needed here.
    let content = parts.concat();
    let mut element = Any::new(Tag::OctetString, content).unwrap().to_der().unwrap();
    element[0] = tag;
    element
}

fn time(moment: UnixTime) -> Vec<u8> {
    let seconds = std::time::Duration::from_secs(u64::try_from(moment.as_secs()).unwrap());
    let time = DateTime::from_unix_duration(seconds).unwrap();
    GeneralizedTime::from_date_time(time).to_der().unwrap()
}

/// An answer; tests change what they want to be wrong.
struct Answer {
    statuses: Vec<(Vec<u8>, Vec<u8>)>,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    produced_at: UnixTime,
    by_key: bool,
    responder: Recipe,
    responder_key: PrivateKey,
    /// Who signed the responder's certificate; `None` if the issuer answers itself.
    appointed_by: Option<PrivateKey>,
    with_certificate: bool,
    more: Vec<Extension>,
    more_single: Vec<Extension>,
}

const GOOD: [u8; 2] = [0x80, 0];
const UNKNOWN: [u8; 2] = [0x82, 0];

fn revoked_status(reason: Option<u8>) -> Vec<u8> {
    let mut parts = vec![time(NOW.plus_secs(-2 * HOUR))];
    parts.extend(reason.map(|number| tlv(0xa0, &[vec![0x0a, 1, number]])));
    tlv(0xa1, &parts)
}

struct Case {
    authorities: Authorities,
    leaf: Recipe,
    answer: Answer,
    nonce: Option<Vec<u8>>,
    at: UnixTime,
    crls: Vec<Crl>,
    /// Certificates that the caller has besides.
    beside: Vec<Certificate>,
}

fn copy(key: &PrivateKey) -> PrivateKey {
    PrivateKey::from_pkcs8(key.pkcs8()).unwrap()
}

impl Case {
    fn new() -> Self {
        let authorities = Authorities::new();
        let mut leaf = Recipe::leaf(crypto::key(Algorithm::P256).public(), Purpose::Sign);
        leaf.not_before = NOW.plus_secs(-100 * HOUR);
        let responder_key = crypto::key(Algorithm::P256);
        let mut responder = Recipe::leaf(responder_key.public(), Purpose::Sign);
        responder.subject = authority_name("TOY RESPONDER");
        responder.extended = vec![rfc5280::ID_KP_OCSP_SIGNING];
        responder.not_before = NOW.plus_secs(-90 * HOUR);
        responder.more.push(extension(
            const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK,
            false,
            &Any::null(),
        ));
        let appointed_by = Some(copy(&authorities.issuing));
        let answer = Answer {
            statuses: Vec::new(),
            this_update: NOW.plus_secs(-60),
            next_update: None,
            produced_at: NOW.plus_secs(-30),
            by_key: false,
            responder,
            responder_key,
            appointed_by,
            with_certificate: true,
            more: Vec::new(),
            more_single: Vec::new(),
        };
        let (crls, beside) = (Vec::new(), Vec::new());
        let mut case = Self { authorities, leaf, answer, nonce: None, at: NOW, crls, beside };
        case.says(&GOOD);
        case
    }

    fn leaf(&self) -> Certificate {
        Certificate::parse(&self.leaf.issue(&self.authorities.issuing)).unwrap()
    }

    fn issuer(&self) -> Certificate {
        let recipe = self.authorities.issuing_recipe();
        Certificate::parse(&recipe.issue(&self.authorities.root)).unwrap()
    }

    fn id(&self, hash: HashAlgorithm) -> Vec<u8> {
        id_der(&CertId::of(&self.leaf(), &self.issuer(), hash))
    }

    fn says(&mut self, status: &[u8]) {
        self.answer.statuses = vec![(self.id(HashAlgorithm::Sha256), status.to_vec())];
    }

    fn responder(&self) -> Certificate {
        let signer = self.answer.appointed_by.as_ref().unwrap_or(&self.authorities.issuing);
        Certificate::parse(&self.answer.responder.issue(signer)).unwrap()
    }

    fn body(&self) -> Vec<u8> {
        let answer = &self.answer;
        let signer = if answer.appointed_by.is_some() { self.responder() } else { self.issuer() };
        let id = if answer.by_key {
            tlv(0xa2, &[tlv(4, &[signer.key_id.as_bytes().to_vec()])])
        } else {
            tlv(0xa1, &[signer.subject_name().der().to_vec()])
        };
        let single = |(id, status): &(Vec<u8>, Vec<u8>)| {
            let mut parts = vec![id.clone(), status.clone(), time(answer.this_update)];
            parts.extend(answer.next_update.map(|next| tlv(0xa0, &[time(next)])));
            if !answer.more_single.is_empty() {
                parts.push(tlv(0xa1, &[answer.more_single.to_der().unwrap()]));
            }
            tlv(0x30, &parts)
        };
        let singles: Vec<_> = answer.statuses.iter().map(single).collect();
        let mut parts = vec![id, time(answer.produced_at), tlv(0x30, &singles)];
        if !answer.more.is_empty() {
            parts.push(tlv(0xa1, &[answer.more.to_der().unwrap()]));
        }
        tlv(0x30, &parts)
    }

    fn der(&self) -> Vec<u8> {
        let key = match &self.answer.appointed_by {
            Some(_) => &self.answer.responder_key,
            None => &self.authorities.issuing,
        };
        let body = self.body();
        let signature = crypto::provider().sign_message(key, &body).unwrap();
        let algorithm = key.public().signature_algorithm();
        let signed = signed::assemble(&body, algorithm, &signature).unwrap();
        let mut parts = vec![Any::from_der(&signed).unwrap().value().to_vec()];
        if self.answer.with_certificate {
            parts.push(tlv(0xa0, &[tlv(0x30, &[self.responder().der().to_vec()])]));
        }
        wrap(&tlv(0x30, &parts))
    }

    fn judge(&self) -> Revocation {
        let response = OcspResponse::parse(&self.der()).unwrap();
        self.judge_answer(response)
    }

    fn judge_answer(&self, response: OcspResponse) -> Revocation {
        let answers = [OcspAnswer { response, nonce: self.nonce.clone() }];
        let (crls, certificates) = (&self.crls[..], &self.beside[..]);
        let evidence = Evidence { crls, answers: &answers, certificates, max_age: HOUR };
        judge(&self.leaf(), &self.issuer(), &evidence, self.at)
    }

    /// What is wrong with the answer, whatever the lists say.
    fn judge_alone(&self) -> Option<OcspDoubt> {
        let response = OcspResponse::parse(&self.der()).unwrap();
        let (issuer, crls) = (self.issuer(), &self.crls[..]);
        let evidence = Evidence { crls, ..Evidence::default() };
        response.check_signer(&issuer, &evidence, self.at).err()
    }

    fn doubt(&self) -> OcspDoubt {
        let verdict = self.judge();
        let Revocation::Unknown(whys) = verdict else { panic!("{verdict:?}") };
        let Some(Why::Ocsp(doubt)) = whys.first() else { panic!("{whys:?}") };
        doubt.clone()
    }
}

fn id_der(id: &CertId) -> Vec<u8> {
    tlv(
        0x30,
        &[
            id.hash.identifier().to_der().unwrap(),
            tlv(4, std::slice::from_ref(&id.issuer_name_hash)),
            tlv(4, std::slice::from_ref(&id.issuer_key_hash)),
            tlv(2, std::slice::from_ref(&id.serial_number)),
        ],
    )
}

fn wrap(basic: &[u8]) -> Vec<u8> {
    let oid = const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC.to_der().unwrap();
    let bytes = tlv(0x30, &[oid, tlv(4, &[basic.to_vec()])]);
    tlv(0x30, &[vec![0x0a, 1, 0], tlv(0xa0, &[bytes])])
}

fn good() -> Revocation {
    Revocation::Good { source: Source::Ocsp, as_of: NOW.plus_secs(-60) }
}

fn nonce(bytes: &[u8]) -> Extension {
    let oid = const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;
    extension(oid, false, &OctetString::new(bytes).unwrap())
}

#[test]
fn an_answer_of_an_appointed_responder_or_of_the_issuer_is_believed() {
    for by_key in [false, true] {
        for hash in [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Streebog512] {
            let mut case = Case::new();
            case.answer.by_key = by_key;
            case.answer.statuses = vec![(case.id(hash), GOOD.to_vec())];
            assert_eq!(case.judge(), good());
            case.answer.appointed_by = None;
            case.answer.with_certificate = false;
            assert_eq!(case.judge(), good());
        }
    }
    // The responder's certificate may come from elsewhere.
    let mut case = Case::new();
    case.answer.with_certificate = false;
    assert_eq!(case.doubt(), OcspDoubt::NoResponder);
    case.beside = vec![case.responder()];
    assert_eq!(case.judge(), good());
}

#[test]
fn an_answer_says_revoked_or_that_nothing_is_known() {
    for (number, reason) in [
        (None, Reason::Unspecified),
        (Some(1), Reason::KeyCompromise),
        (Some(6), Reason::CertificateHold),
    ] {
        let mut case = Case::new();
        case.says(&revoked_status(number));
        let (at, invalid_since) = (NOW.plus_secs(-2 * HOUR), None);
        let revoked = Revoked { at, reason, invalid_since, source: Source::Ocsp };
        assert_eq!(case.judge(), Revocation::Revoked(revoked));
    }
    let mut case = Case::new();
    case.says(&UNKNOWN);
    assert_eq!(case.doubt(), OcspDoubt::UnknownThere);
}

#[test]
fn statuses_of_other_certificates_are_passed_over() {
    let mut case = Case::new();
    let own = case.id(HashAlgorithm::Sha256);
    let mut other = own.clone();
    *other.last_mut().unwrap() ^= 1;
    case.answer.statuses =
        vec![(other.clone(), revoked_status(Some(1))), (own.clone(), GOOD.to_vec())];
    assert_eq!(case.judge(), good());
    case.answer.statuses = vec![(other, GOOD.to_vec())];
    assert_eq!(case.doubt(), OcspDoubt::OtherCertificate);
    // Of two about the same certificate, revoked beats good.
    case.answer.statuses = vec![(own.clone(), revoked_status(None)), (own.clone(), GOOD.to_vec())];
    assert!(matches!(case.judge(), Revocation::Revoked(_)));
    // Another issuer's certificate with the same number.
    let stranger = Authorities::new();
    let recipe = stranger.issuing_recipe();
    let stranger = Certificate::parse(&recipe.issue(&stranger.root)).unwrap();
    let id = id_der(&CertId::of(&case.leaf(), &stranger, HashAlgorithm::Sha256));
    case.answer.statuses = vec![(id, GOOD.to_vec())];
    assert_eq!(case.doubt(), OcspDoubt::OtherCertificate);
    // A hash function that is not known.
    let md5 = AlgorithmIdentifierOwned {
        oid: Oid::new_unwrap("1.2.840.113549.2.5"),
        parameters: Some(Any::null()),
    };
    let id = tlv(0x30, &[md5.to_der().unwrap(), vec![4, 1, 0], vec![4, 1, 0], vec![2, 1, 5]]);
    case.answer.statuses = vec![(id, GOOD.to_vec())];
    assert_eq!(case.doubt(), OcspDoubt::OtherCertificate);
}

#[test]
fn only_whom_the_issuer_appointed_is_believed() {
    let mut case = Case::new();
    case.answer.responder.extended = vec![rfc5280::ANY_EXTENDED_KEY_USAGE];
    assert_eq!(case.doubt(), OcspDoubt::NotAppointed);
    let mut case = Case::new();
    case.answer.responder.usages = KeyUsages::KeyEncipherment.into();
    assert_eq!(case.doubt(), OcspDoubt::NotAppointed);
    // Appointed by somebody else with the issuer's name.
    let mut case = Case::new();
    case.answer.appointed_by = Some(crypto::key(Algorithm::P256));
    assert_eq!(case.doubt(), OcspDoubt::NotAppointed);
    // By the issuer's issuer.
    let mut case = Case::new();
    case.answer.responder.issuer = authority_name("TOY SANDBOX ROOT");
    case.answer.appointed_by = Some(copy(&case.authorities.root));
    assert_eq!(case.doubt(), OcspDoubt::NotAppointed);
    // No longer valid when it answered, though it is now, and the reverse.
    for (from, to, at, expected) in [(-9, -1, 0, false), (1, 9, 2, false), (-9, -1, -2, true)] {
        let mut case = Case::new();
        case.answer.responder.not_before = NOW.plus_secs(from * HOUR);
        case.answer.responder.not_after = NOW.plus_secs(to * HOUR);
        case.answer.produced_at = NOW.plus_secs(at * HOUR - HOUR * i64::from(at == 2) * 2);
        assert_eq!(case.judge() == good(), expected);
    }
    // A responder that was revoked, unless its certificate says not to ask.
    let mut case = Case::new();
    case.answer.responder.serial = [5, 6, 7];
    case.crls = vec![List::new().with(entry(&[5, 6, 7], Some(1))).sign(&case.authorities.issuing)];
    assert!(matches!(case.judge(), Revocation::Good { source: Source::Ocsp, .. }));
    case.answer.responder.more.clear();
    let answered = case.judge_alone();
    assert_eq!(answered, Some(OcspDoubt::ResponderRevoked));
    case.crls = vec![List::new().sign(&case.authorities.issuing)];
    assert_eq!(case.judge_alone(), None);
}

#[test]
fn one_changed_byte_is_never_believed() {
    let case = Case::new();
    let der = case.der();
    for at in 0..der.len() {
        assert!(OcspResponse::parse(&der[..at]).is_err());
        let mut changed = der.clone();
        changed[at] ^= 0x04;
        let Ok(response) = OcspResponse::parse(&changed) else { continue };
        let verdict = case.judge_answer(response);
        assert!(matches!(verdict, Revocation::Unknown(_)), "byte {at}: {verdict:?}");
    }
}

#[test]
fn times_are_looked_at() {
    let mut case = Case::new();
    // Without the next update it holds for as long as the caller says.
    case.at = NOW.plus_secs(HOUR - 60);
    assert_eq!(case.judge(), good());
    case.at = NOW.plus_secs(HOUR - 59);
    let old = OcspDoubt::Untimely(Untimely::TooOld(NOW.plus_secs(-60)));
    assert_eq!(case.doubt(), old);
    case.answer.next_update = Some(NOW.plus_secs(9 * HOUR));
    assert_eq!(case.judge(), good());
    case.at = NOW.plus_secs(9 * HOUR + 1);
    let outdated = OcspDoubt::Untimely(Untimely::Outdated(NOW.plus_secs(9 * HOUR)));
    assert_eq!(case.doubt(), outdated);
    // Revoked is revoked for ever, a hold is not.
    case.says(&revoked_status(Some(4)));
    assert!(matches!(case.judge(), Revocation::Revoked(_)));
    case.says(&revoked_status(Some(6)));
    assert_eq!(case.doubt(), outdated);
    // Later than the moment is better, but for expired certificates.
    let mut case = Case::new();
    case.at = NOW.plus_secs(-50 * HOUR);
    assert_eq!(case.judge(), good());
    case.leaf.not_after = NOW.plus_secs(-2 * HOUR);
    case.says(&GOOD);
    let after = OcspDoubt::Untimely(Untimely::AfterExpiry(NOW.plus_secs(-60)));
    assert_eq!(case.doubt(), after);
    let seconds = u64::try_from(NOW.plus_secs(-3 * HOUR).as_secs()).unwrap();
    let seconds = std::time::Duration::from_secs(seconds);
    let since = GeneralizedTime::from_date_time(DateTime::from_unix_duration(seconds).unwrap());
    let oid = const_oid::db::rfc6960::ID_PKIX_OCSP_ARCHIVE_CUTOFF;
    case.answer.more_single = vec![extension(oid, false, &since)];
    assert_eq!(case.judge(), good());
    // Or that knows what was issued.
    case.answer.more_single.clear();
    let oid = const_oid::db::rfc6960::ID_PKIX_OCSP_EXTENDED_REVOKE;
    case.answer.more = vec![extension(oid, false, &Any::null())];
    assert_eq!(case.judge(), good());
}

#[test]
fn a_nonce_that_was_sent_must_come_back() {
    let mut case = Case::new();
    case.nonce = Some(vec![1; 8]);
    assert_eq!(case.doubt(), OcspDoubt::NoNonce);
    case.answer.more = vec![nonce(&[2; 8])];
    assert_eq!(case.doubt(), OcspDoubt::OtherNonce);
    case.answer.more = vec![nonce(&[1; 8])];
    assert_eq!(case.judge(), good());
    case.nonce = None;
    assert_eq!(case.judge(), good());
}

#[test]
fn an_answer_that_insists_on_something_unknown_is_not_believed() {
    let unknown = Oid::new_unwrap("1.2.3.4");
    let doubt = OcspDoubt::CriticalExtension("1.2.3.4".to_owned());
    let mut case = Case::new();
    case.answer.more = vec![extension(unknown, true, &Any::null())];
    assert_eq!(case.doubt(), doubt);
    let mut case = Case::new();
    case.answer.more_single = vec![extension(unknown, true, &Any::null())];
    assert_eq!(case.doubt(), doubt);
}

#[test]
fn newer_good_news_end_a_hold_and_nothing_else() {
    let mut case = Case::new();
    let with = |reason| List::new().with(entry(&LEAF, Some(reason)));
    case.crls = vec![with(6).sign(&case.authorities.issuing)];
    assert_eq!(case.judge(), good());
    case.answer.this_update = NOW.plus_secs(-2 * HOUR);
    let Revocation::Revoked(held) = case.judge() else { panic!() };
    assert_eq!((held.reason, held.source), (Reason::CertificateHold, Source::Crl));
    let mut case = Case::new();
    case.crls = vec![with(4).sign(&case.authorities.issuing)];
    let Revocation::Revoked(gone) = case.judge() else { panic!() };
    assert_eq!((gone.reason, gone.source.code()), (Reason::Superseded, "crl"));
    assert_eq!(gone.reason.code(), "superseded");
}

#[test]
fn refusals_and_rubbish_are_told_apart() {
    for (number, refusal) in [
        (1, Refusal::MalformedRequest),
        (2, Refusal::InternalError),
        (3, Refusal::TryLater),
        (5, Refusal::SignatureRequired),
        (6, Refusal::Unauthorized),
        (9, Refusal::Other(9)),
    ] {
        let refused = OcspResponse::parse(&[0x30, 3, 0x0a, 1, number]).err();
        assert_eq!(refused, Some(NotAResponse::Refused(refusal)));
    }
    for bad in [&b""[..], &[0x30, 0], &[0x30, 3, 0x0a, 1, 0], b"<html>", &[0x30, 0x80, 0, 0]] {
        assert_eq!(OcspResponse::parse(bad).err(), Some(NotAResponse::Malformed));
    }
    assert_eq!(
        OcspResponse::parse(&vec![0x30; MAX_RESPONSE + 1]).err(),
        Some(NotAResponse::TooLarge)
    );
    let oid = Oid::new_unwrap("1.2.3.4").to_der().unwrap();
    let bytes = tlv(0x30, &[oid, vec![4, 0]]);
    let other = tlv(0x30, &[vec![0x0a, 1, 0], tlv(0xa0, &[bytes])]);
    assert_eq!(OcspResponse::parse(&other).err(), Some(NotAResponse::OtherType));
    // The same answer with lengths that are not given.
    let der = Case::new().der();
    let content = Any::from_der(&der).unwrap().value().to_vec();
    let ber = [&[0x30, 0x80][..], &content, &[0, 0]].concat();
    assert!(OcspResponse::parse(&ber).is_ok());
}

#[test]
fn a_question_is_written_as_the_standard_has_it() {
    let case = Case::new();
    let id = CertId::of(&case.leaf(), &case.issuer(), HashAlgorithm::Sha1);
    let written = request(std::slice::from_ref(&id), Some(&[7; 8])).unwrap();
    let nonce = tlv(
        0x30,
        &[
            const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE.to_der().unwrap(),
            tlv(4, &[tlv(4, &[vec![7; 8]])]),
        ],
    );
    let list = tlv(0x30, &[tlv(0x30, &[id_der(&id)])]);
    let expected = tlv(0x30, &[tlv(0x30, &[list.clone(), tlv(0xa2, &[tlv(0x30, &[nonce])])])]);
    assert_eq!(written, expected);
    let plain = request(std::slice::from_ref(&id), None).unwrap();
    assert_eq!(plain, tlv(0x30, &[tlv(0x30, &[list])]));
    let bad_nonces =
        [request(std::slice::from_ref(&id), Some(&[])), request(&[id], Some(&[0; 129]))];
    assert_eq!(bad_nonces, [Err(NotARequest::Nonce), Err(NotARequest::Nonce)]);
    assert_eq!(request(&[], None), Err(NotARequest::Encoding));
}

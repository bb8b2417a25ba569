//! Messages of people who hold a key that they should not have, or choose what the verifier gets to see.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsages};

use super::chain::{Carried, judge};
use super::*;
use crate::cms::{Draft, SignedMessage};
use crate::crypto::{Algorithm, HashAlgorithm, PrivateKey, tests as crypto};
use crate::layout::Purpose;
use crate::tsp::{self, Request, Response};
use crate::x509::crl::tests::{LEAF, List, entry};
use crate::x509::path::Use;
use crate::x509::toy_authority::{Authorities, NOW, Recipe, authority_name, extension};

const HOUR: i64 = 3_600;
const STAMPS: [u8; 3] = [0x05, 0x06, 0x07];

/// A holder, an authority for time stamps, both by the toy authority, and a message by the one with the other's stamp.
struct Scene {
    authorities: Authorities,
    person: PrivateKey,
    clock: PrivateKey,
    leaf: Recipe,
    stamps: Recipe,
    /// Signs the certificate of the authority for time stamps.
    above: PrivateKey,
    others: Vec<Certificate>,
    stamped_at: UnixTime,
}

impl Scene {
    fn new() -> Self {
        let authorities = Authorities::new();
        let (person, clock) = (crypto::key(Algorithm::P256), crypto::key(Algorithm::P256));
        let mut leaf = Recipe::leaf(person.public(), Purpose::Sign);
        leaf.not_before = NOW.plus_secs(-100 * HOUR);
        let usage = ExtendedKeyUsage(vec![rfc5280::ID_KP_TIME_STAMPING]);
        let stamps = Recipe {
            serial: STAMPS,
            subject: authority_name("TOY CLOCK"),
            key: clock.public().clone(),
            extended: Vec::new(),
            more: vec![extension(rfc5280::ID_CE_EXT_KEY_USAGE, true, &usage)],
            ..leaf.clone()
        };
        let above = PrivateKey::from_pkcs8(authorities.issuing.pkcs8()).unwrap();
        let stamped_at = NOW.plus_secs(-3 * HOUR);
        Self { authorities, person, clock, leaf, stamps, above, others: vec![], stamped_at }
    }

    /// Lists of both authorities; what is on them was revoked two hours ago, an hour after the stamp.
    fn lists(&self, serials: &[(&[u8], Option<u8>)], issuing: Option<u8>) -> Vec<Crl> {
        let by_issuing = serials
            .iter()
            .fold(List::new(), |list, (serial, reason)| list.with(entry(serial, *reason)));
        let mut by_root = List::new();
        by_root.issuer = authority_name("TOY SANDBOX ROOT");
        if let Some(reason) = issuing {
            by_root = by_root.with(entry(&LEAF, Some(reason)));
        }
        vec![by_issuing.sign(&self.authorities.issuing), by_root.sign(&self.authorities.root)]
    }

    fn chain(&self) -> [Certificate; 2] {
        let chain = self.authorities.chain();
        [0, 1].map(|at: usize| Certificate::parse(&chain[at]).unwrap())
    }

    fn message(&self) -> SignedMessage {
        let provider = crypto::provider();
        let leaf = Certificate::parse(&self.leaf.issue(&self.authorities.issuing)).unwrap();
        let clock = Certificate::parse(&self.stamps.issue(&self.above)).unwrap();
        let digest = HashAlgorithm::Sha256.hash(b"contract");
        let draft = Draft::new(&leaf, &digest, self.stamped_at).unwrap();
        let mut message = SignedMessage::new();
        message.add_signer(draft.sign(&self.person, &provider).unwrap()).unwrap();
        let imprint = message.signers()[0].time_stamp_imprint(HashAlgorithm::Sha256);
        let policy = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.4");
        let authority = (&clock, &self.clock, &provider);
        let request = Request::new(&imprint, [1; 8]);
        let answer = tsp::stamp(&request, &[1], policy, self.stamped_at, authority).unwrap();
        message.add_time_stamp(0, Response::parse(&answer).unwrap().token.der()).unwrap();
        SignedMessage::parse(&message.to_attached(b"contract")).unwrap()
    }

    fn judge(&self, crls: &[Crl]) -> Signer {
        let [issuing, root] = self.chain();
        let intermediates: Vec<_> = [vec![issuing], self.others.clone()].concat();
        let trust = Trust {
            roots: &[root],
            intermediates: &intermediates,
            crls,
            answers: &[],
            at: NOW,
            max_age: HOUR,
            revocation: Demand::Known,
        };
        cms(&self.message(), &[], &trust).signers.remove(0)
    }
}

fn codes(finding: &Finding) -> Vec<&str> {
    finding.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn what_was_stamped_before_the_revocation_stands() {
    let scene = Scene::new();
    let signer = scene.judge(&scene.lists(&[(&LEAF, Some(1))], None));
    assert!(signer.is_valid, "{signer:?}");
    assert_eq!(signer.judged_at, scene.stamped_at);
    assert_eq!(codes(&signer.revocation), ["revoked_later"]);
}

#[test]
fn a_stamp_by_a_stolen_key_moves_nothing() {
    let scene = Scene::new();
    // Whoever has both keys writes any time that he likes into the stamp.
    for reason in [None, Some(1), Some(2)] {
        let signer = scene.judge(&scene.lists(&[(&LEAF, Some(1)), (&STAMPS, reason)], None));
        assert_eq!(signer.timestamp.as_ref().unwrap().state.state, State::Bad, "{reason:?}");
        assert_eq!((signer.judged_at, signer.is_valid), (NOW, false), "{reason:?}");
        assert_eq!(signer.revocation.state, State::Bad, "{reason:?}");
    }
    // Of one that ceased in order, the stamps stand.
    for reason in [3, 4, 5] {
        let lists = scene.lists(&[(&LEAF, Some(1)), (&STAMPS, Some(reason))], None);
        assert!(scene.judge(&lists).is_valid, "{reason}");
    }
}

#[test]
fn what_an_authority_with_a_stolen_key_says_counts_for_nothing() {
    let scene = Scene::new();
    let signer = scene.judge(&scene.lists(&[], Some(2)));
    assert_eq!((signer.chain.state, signer.is_valid), (State::Bad, false));
    assert!(scene.judge(&scene.lists(&[], None)).is_valid);
    let signer = scene.judge(&scene.lists(&[], Some(5)));
    assert!(signer.is_valid, "{signer:?}");
}

#[test]
fn who_demands_to_know_demands_it_of_the_stamp_too() {
    let mut scene = Scene::new();
    let other = crypto::key(Algorithm::P256);
    let recipe = Recipe::authority(other.public(), "TOY OTHER ISSUING", "TOY SANDBOX ROOT");
    let recipe = Recipe { serial: [9, 9, 9], ..recipe };
    scene.others = vec![Certificate::parse(&recipe.issue(&scene.authorities.root)).unwrap()];
    scene.stamps.issuer = authority_name("TOY OTHER ISSUING");
    scene.above = other;
    let signer = scene.judge(&scene.lists(&[(&LEAF, Some(1))], None));
    let stamp = signer.timestamp.as_ref().unwrap();
    assert_eq!(stamp.state.state, State::Unknown);
    assert_eq!(codes(&stamp.state), ["timestamp_revocation_unknown"]);
    assert_eq!((signer.judged_at, signer.is_valid), (NOW, false));
}

#[test]
fn a_stamp_of_the_future_proves_nothing_now() {
    let mut scene = Scene::new();
    scene.stamped_at = NOW.plus_secs(HOUR);
    assert_eq!(scene.judge(&scene.lists(&[], None)).judged_at, NOW);
}

#[test]
fn a_key_that_is_not_for_signatures_signs_nothing() {
    let mut scene = Scene::new();
    scene.leaf.usages = KeyUsages::KeyEncipherment | KeyUsages::KeyAgreement;
    let signer = scene.judge(&scene.lists(&[], None));
    assert_eq!((signer.chain.state, signer.is_valid), (State::Bad, false));
    assert!(codes(&signer.chain).contains(&"other_use"));
}

#[test]
fn a_list_that_the_message_carries_says_good_only_of_what_was_before_it() {
    let scene = Scene::new();
    let [issuing, root] = scene.chain();
    let leaf = Certificate::parse(&scene.leaf.issue(&scene.authorities.issuing)).unwrap();
    let mut lists = scene.lists(&[], None);
    let carried = Carried { crls: vec![lists.remove(0)], ..Carried::default() };
    let trust = Trust {
        roots: &[root],
        intermediates: &[issuing],
        crls: &lists,
        answers: &[],
        at: NOW,
        max_age: HOUR,
        revocation: Demand::Known,
    };
    // The list is of an hour ago and holds for a day: the certificate may be on the next one.
    let judged = judge(&leaf, &carried, &trust, NOW, Use::Anything);
    assert_eq!(judged.revocation.state, State::Unknown);
    assert_eq!(codes(&judged.revocation), ["carried_only"]);
    let judged = judge(&leaf, &carried, &trust, NOW.plus_secs(-2 * HOUR), Use::Anything);
    assert_eq!(judged.revocation.state, State::Good);
    // What it says against its maker is believed.
    let mut lists = scene.lists(&[(&LEAF, Some(1))], None);
    let carried = Carried { crls: vec![lists.remove(0)], ..Carried::default() };
    let judged = judge(&leaf, &carried, &trust, NOW, Use::Anything);
    assert_eq!(judged.revocation.state, State::Bad);
}

//! Whether a certificate that arrived is the one that was asked for.
//!
//! Everything is compared with what lies beside the pending key, never with what the service says: a service that
//! errs, or lies, must not get a wrong certificate into the person's file. The person's IIN need not be kept in clear
//! for that: the pending request names it.
//!
//! The chain proves that the certificates belong together. It ends where the service lets it end; which root is
//! trusted is for those who rely on the certificate.

use thiserror::Error;

use super::certificate::Certificate;
use super::oid;
use super::request::CertificateRequest;
use crate::crypto::PublicKey;
use crate::layout::Purpose;
use crate::time::UnixTime;

/// How far the clocks of an authority and of this computer may differ, in seconds.
pub const CLOCK_SKEW: i64 = 300;

/// More certificates than stand above anybody's in this infrastructure.
pub const MAX_CHAIN: usize = 8;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The public key of the pending key.
    pub key: &'a PublicKey,
    /// The pending request in DER, which names the person.
    pub request_der: &'a [u8],
    /// What the key is for.
    pub purpose: Purpose,
    /// Whether the application was made to a sandbox.
    pub environment_is_sandbox: bool,
    /// The moment of the check.
    pub now: UnixTime,
}

/// Why a certificate is not the one that was asked for. The pending key must be kept in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotIssuedForUs {
    /// The certificate, one of the chain, or the pending request cannot be read.
    #[error("the certificate or its chain is malformed")]
    Malformed,
    /// It is for another key.
    #[error("the certificate belongs to another key")]
    OtherKey,
    /// It names another person.
    #[error("the certificate names another person")]
    OtherPerson,
    /// It does not allow what the key is for, or allows the other purpose too.
    #[error("the certificate is for another purpose")]
    OtherPurpose,
    /// A sandbox's certificate for a real application, or the reverse.
    #[error("the certificate comes from another environment than the application")]
    WrongEnvironment,
    /// The chain is empty, does not hold together, or one of it is not valid now.
    #[error("the chain of the certificate does not hold together")]
    Chain,
    /// Its validity has not begun, or is over. Perhaps this computer's clock is wrong.
    #[error("the certificate is not valid now")]
    NotValidNow,
}

/// Checks a certificate and the chain above it, nearest first, against what was asked for.
///
/// Names are not compared, only the IIN: the authority takes the names from the state's register, where they may be
/// spelled otherwise.
///
/// # Errors
/// [`NotIssuedForUs`] says what differs: the first of its variants that holds.
pub fn check(
    certificate_der: &[u8],
    chain_der: &[Vec<u8>],
    expected: &Expected<'_>,
) -> Result<Certificate, NotIssuedForUs> {
    let read = |der: &[u8]| Certificate::parse(der).map_err(|_| NotIssuedForUs::Malformed);
    let certificate = read(certificate_der)?;
    if chain_der.len() > MAX_CHAIN {
        return Err(NotIssuedForUs::Chain);
    }
    let chain = chain_der.iter().map(|der| read(der)).collect::<Result<Vec<_>, _>>()?;
    let request =
        CertificateRequest::parse(expected.request_der).map_err(|_| NotIssuedForUs::Malformed)?;

    if certificate.public_key != *expected.key || request.public_key != *expected.key {
        return Err(NotIssuedForUs::OtherKey);
    }
    // A request without an IIN names nobody, so that nobody is the same person.
    if request.subject.iin.is_none() || certificate.subject.iin != request.subject.iin {
        return Err(NotIssuedForUs::OtherPerson);
    }
    if !fits(&certificate, expected.purpose) {
        return Err(NotIssuedForUs::OtherPurpose);
    }
    check_environment(&certificate, &chain, expected.environment_is_sandbox)?;
    check_chain(&certificate, &chain, expected.now)?;
    if !is_valid(&certificate, expected.now) {
        return Err(NotIssuedForUs::NotValidNow);
    }
    Ok(certificate)
}

/// A key for signing in must not sign documents: it is used far more carelessly. So the other purpose's usage must be
/// absent, and documents ask for non-repudiation besides.
fn fits(certificate: &Certificate, purpose: Purpose) -> bool {
    let usages = certificate.usages;
    let (wanted, unwanted, usage) = match purpose {
        Purpose::Auth => (oid::CLIENT_AUTH, oid::EMAIL_PROTECTION, true),
        Purpose::Sign => (oid::EMAIL_PROTECTION, oid::CLIENT_AUTH, usages.non_repudiation),
    };
    usage
        && usages.digital_signature
        && !certificate.is_ca
        && certificate.has_extended_usage(wanted)
        && !certificate.has_extended_usage(unwanted)
}

/// For a sandbox's application both marks must be there; for a real one neither may be, on any certificate.
fn check_environment(
    certificate: &Certificate,
    chain: &[Certificate],
    is_sandbox: bool,
) -> Result<(), NotIssuedForUs> {
    let mut all = std::iter::once(certificate).chain(chain);
    let agrees = if is_sandbox {
        all.all(|one| one.has_sandbox_policy() && one.has_sandbox_issuer())
    } else {
        !all.any(|one| one.has_sandbox_policy() || one.has_sandbox_issuer())
    };
    if agrees { Ok(()) } else { Err(NotIssuedForUs::WrongEnvironment) }
}

/// RFC 5280, section 6.1, as far as such a short path needs it.
fn check_chain(
    certificate: &Certificate,
    chain: &[Certificate],
    now: UnixTime,
) -> Result<(), NotIssuedForUs> {
    if chain.is_empty() {
        return Err(NotIssuedForUs::Chain);
    }
    let mut below = certificate;
    for (authorities_below, issuer) in chain.iter().enumerate() {
        below.verify_signed_by(issuer).map_err(|_| NotIssuedForUs::Chain)?;
        if insists_on_more(below)
            || issuer.path_length().is_some_and(|most| authorities_below > most)
            || !is_valid(issuer, now)
        {
            return Err(NotIssuedForUs::Chain);
        }
        below = issuer;
    }
    if insists_on_more(below) { Err(NotIssuedForUs::Chain) } else { Ok(()) }
}

/// Whether a certificate insists on something that is not applied here. Constraints on names are not:
/// [`path`](super::path) applies them, and no authority that answers applications has any.
fn insists_on_more(certificate: &Certificate) -> bool {
    certificate.unknown_critical().is_some() || certificate.name_constraints().is_some()
}

fn is_valid(certificate: &Certificate, now: UnixTime) -> bool {
    now.plus_secs(CLOCK_SKEW) >= certificate.not_before
        && now.plus_secs(-CLOCK_SKEW) <= certificate.not_after
}

#[cfg(test)]
mod tests {
    use der::Any;
    use x509_cert::ext::pkix::{BasicConstraints, KeyUsages};

    use super::super::request;
    use super::super::toy_authority::{
        Authorities, NOW, Recipe, authority_name, extension, person,
    };
    use super::*;
    use crate::crypto::{Algorithm, PrivateKey, tests as crypto};
    use crate::iin::Iin;
    use crate::x509::Person;

    /// A pending key with its request, and authorities that may answer it.
    struct Case {
        authorities: Authorities,
        key: PrivateKey,
        request: Vec<u8>,
        purpose: Purpose,
        sandbox: bool,
        now: UnixTime,
    }

    fn request_of(person: &Person, key: &PrivateKey) -> Vec<u8> {
        request::build(person, None, "folder", key, &crypto::provider()).unwrap()
    }

    impl Case {
        fn new(purpose: Purpose) -> Self {
            let key = crypto::key(Algorithm::P256);
            let request = request_of(&person(), &key);
            let authorities = Authorities::new();
            Self { authorities, key, request, purpose, sandbox: true, now: NOW }
        }

        fn leaf(&self) -> Recipe {
            Recipe::leaf(self.key.public(), self.purpose)
        }

        fn verdict(&self, leaf: &Recipe) -> Option<NotIssuedForUs> {
            self.verdict_on(&leaf.issue(&self.authorities.issuing), &self.authorities.chain())
        }

        fn verdict_on(&self, leaf: &[u8], chain: &[Vec<u8>]) -> Option<NotIssuedForUs> {
            let expected = Expected {
                key: self.key.public(),
                request_der: &self.request,
                purpose: self.purpose,
                environment_is_sandbox: self.sandbox,
                now: self.now,
            };
            check(leaf, chain, &expected).err()
        }
    }

    #[test]
    fn the_certificate_that_was_asked_for_is_accepted() {
        for purpose in Purpose::ALL {
            let case = Case::new(purpose);
            assert_eq!(case.verdict(&case.leaf()), None);
            let leaf = case.leaf().issue(&case.authorities.issuing);
            assert_eq!(case.verdict_on(&leaf, &case.authorities.chain()[..1]), None);
        }
    }

    #[test]
    fn a_certificate_for_another_key_is_refused() {
        let case = Case::new(Purpose::Auth);
        let other = crypto::key(Algorithm::P256);
        let leaf = Recipe::leaf(other.public(), Purpose::Auth);
        assert_eq!(case.verdict(&leaf), Some(NotIssuedForUs::OtherKey));
        let alone = leaf.issue(&case.authorities.issuing);
        assert_eq!(case.verdict_on(&alone, &[]), Some(NotIssuedForUs::OtherKey));
        let stale = Case { request: request_of(&person(), &other), ..case };
        assert_eq!(stale.verdict(&stale.leaf()), Some(NotIssuedForUs::OtherKey));
    }

    #[test]
    fn a_certificate_for_another_person_is_refused() {
        let case = Case::new(Purpose::Auth);
        let other = Person { iin: Iin::parse("500202200026").unwrap(), ..person() };
        let mut leaf = case.leaf();
        leaf.subject = other.to_name().unwrap();
        assert_eq!(case.verdict(&leaf), Some(NotIssuedForUs::OtherPerson));
        leaf.subject = authority_name("ТЕСТОВ ТЕСТ");
        assert_eq!(case.verdict(&leaf), Some(NotIssuedForUs::OtherPerson));
    }

    #[test]
    fn a_name_spelled_otherwise_by_the_register_is_accepted() {
        let case = Case::new(Purpose::Auth);
        let mut leaf = case.leaf();
        let spelled = Person { surname: "TESTOV".to_owned(), ..person() };
        leaf.subject = spelled.to_name().unwrap();
        assert_eq!(case.verdict(&leaf), None);
    }

    #[test]
    fn a_certificate_for_the_other_purpose_or_for_both_is_refused() {
        for (purpose, other) in [(Purpose::Auth, Purpose::Sign), (Purpose::Sign, Purpose::Auth)] {
            let case = Case::new(purpose);
            let refused = Some(NotIssuedForUs::OtherPurpose);
            let swapped = Recipe::leaf(case.key.public(), other);
            assert_eq!(case.verdict(&swapped), refused);
            let mut both = case.leaf();
            both.extended.extend(&swapped.extended);
            assert_eq!(case.verdict(&both), refused);
            let mut none = case.leaf();
            none.extended.clear();
            assert_eq!(case.verdict(&none), refused);
            let mut no_signature = case.leaf();
            no_signature.usages = KeyUsages::KeyEncipherment | KeyUsages::NonRepudiation;
            assert_eq!(case.verdict(&no_signature), refused);
            let mut authority = case.leaf();
            authority.authority = Some(BasicConstraints { ca: true, path_len_constraint: None });
            assert_eq!(case.verdict(&authority), refused);
        }
        let case = Case::new(Purpose::Sign);
        let mut deniable = case.leaf();
        deniable.usages = KeyUsages::DigitalSignature.into();
        assert_eq!(case.verdict(&deniable), Some(NotIssuedForUs::OtherPurpose));
    }

    #[test]
    fn a_sandbox_never_answers_a_real_application() {
        let refused = Some(NotIssuedForUs::WrongEnvironment);
        let case = Case { sandbox: false, ..Case::new(Purpose::Auth) };
        assert_eq!(case.verdict(&case.leaf()), refused);

        // Every single mark is enough: the policy of the leaf, of an authority, or the word in a name.
        let authorities = Authorities::new();
        let plain = |authorities: &Authorities, at: &str| {
            let mut issuing = authorities.issuing_recipe();
            let mut root = authorities.root_recipe();
            for recipe in [&mut issuing, &mut root] {
                recipe.policies = vec![oid::POLICY_NCA];
                recipe.issuer = authority_name("TOY ROOT");
            }
            root.subject = authority_name("TOY ROOT");
            issuing.subject = authority_name("TOY ISSUING");
            if at == "authority" {
                issuing.policies.push(oid::SANDBOX_POLICY);
            }
            if at == "name" {
                issuing.subject = authority_name("A SANDBOX TOO");
            }
            let mut leaf = case.leaf();
            leaf.issuer = issuing.subject.clone();
            leaf.policies = vec![oid::POLICY_NCA];
            if at == "leaf" {
                leaf.policies.push(oid::SANDBOX_POLICY);
            }
            let chain = [issuing.issue(&authorities.root), root.issue(&authorities.root)].to_vec();
            (leaf.issue(&authorities.issuing), chain)
        };
        let marked =
            ["", "leaf", "authority", "name"].map(|mark| (mark, plain(&authorities, mark)));
        for (mark, (leaf, chain)) in &marked {
            let expected = if mark.is_empty() { None } else { refused };
            assert_eq!(case.verdict_on(leaf, chain), expected, "{mark}");
        }
        // And the reverse: what lacks a mark is not a sandbox's.
        let case = Case { sandbox: true, ..case };
        for (mark, (leaf, chain)) in &marked {
            assert_eq!(case.verdict_on(leaf, chain), refused, "{mark}");
        }
    }

    #[test]
    fn a_chain_that_does_not_hold_together_is_refused() {
        let case = Case::new(Purpose::Sign);
        let refused = Some(NotIssuedForUs::Chain);
        let leaf = case.leaf().issue(&case.authorities.issuing);
        let chain = case.authorities.chain();
        let reversed: Vec<_> = chain.iter().rev().cloned().collect();
        let others = Authorities::new().chain();
        let long = vec![chain[1].clone(); MAX_CHAIN + 1];
        let cut = [chain[0].clone(), others[1].clone()].to_vec();
        for chain in [Vec::new(), reversed, others, long, cut] {
            assert_eq!(case.verdict_on(&leaf, &chain), refused, "{} long", chain.len());
        }
        // The right names, signed by somebody else.
        let forged = case.leaf().issue(&case.authorities.root);
        assert_eq!(case.verdict_on(&forged, &chain), refused);
        // An authority that is no more, and one that is not yet.
        for (from, to) in [(-20, -10), (10, 20)] {
            let mut issuing = case.authorities.issuing_recipe();
            issuing.not_before = NOW.plus_secs(from * 86_400);
            issuing.not_after = NOW.plus_secs(to * 86_400);
            let old = [issuing.issue(&case.authorities.root), chain[1].clone()];
            assert_eq!(case.verdict_on(&leaf, &old), refused);
        }
    }

    #[test]
    fn a_path_longer_than_an_authority_allows_is_refused() {
        let case = Case::new(Purpose::Sign);
        let leaf = case.leaf().issue(&case.authorities.issuing);
        let with = |most| {
            let mut root = case.authorities.root_recipe();
            root.authority = Some(BasicConstraints { ca: true, path_len_constraint: Some(most) });
            let issuing = case.authorities.chain().swap_remove(0);
            case.verdict_on(&leaf, &[issuing, root.issue(&case.authorities.root)])
        };
        assert_eq!(with(1), None);
        assert_eq!(with(0), Some(NotIssuedForUs::Chain));
    }

    #[test]
    fn a_critical_extension_that_is_not_understood_is_refused() {
        let case = Case::new(Purpose::Sign);
        let unknown = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4");
        for critical in [false, true] {
            let expected = critical.then_some(NotIssuedForUs::Chain);
            let mut leaf = case.leaf();
            leaf.more.push(extension(unknown, critical, &Any::null()));
            assert_eq!(case.verdict(&leaf), expected);
            let mut root = case.authorities.root_recipe();
            root.more.push(extension(unknown, critical, &Any::null()));
            let issuing = case.authorities.chain().swap_remove(0);
            let chain = [issuing, root.issue(&case.authorities.root)];
            let leaf = case.leaf().issue(&case.authorities.issuing);
            assert_eq!(case.verdict_on(&leaf, &chain), expected);
        }
    }

    #[test]
    fn clocks_may_differ_by_five_minutes_and_no_more() {
        let mut case = Case::new(Purpose::Auth);
        let leaf = case.leaf();
        let refused = Some(NotIssuedForUs::NotValidNow);
        for (now, verdict) in [
            (leaf.not_before.plus_secs(-CLOCK_SKEW), None),
            (leaf.not_before.plus_secs(-CLOCK_SKEW - 1), refused),
            (leaf.not_after.plus_secs(CLOCK_SKEW), None),
            (leaf.not_after.plus_secs(CLOCK_SKEW + 1), refused),
        ] {
            case.now = now;
            assert_eq!(case.verdict(&leaf), verdict);
        }
    }

    #[test]
    fn what_is_no_certificate_is_malformed() {
        let case = Case::new(Purpose::Auth);
        let leaf = case.leaf().issue(&case.authorities.issuing);
        let chain = case.authorities.chain();
        let malformed = Some(NotIssuedForUs::Malformed);
        assert_eq!(case.verdict_on(b"", &chain), malformed);
        assert_eq!(case.verdict_on(&leaf[1..], &chain), malformed);
        assert_eq!(case.verdict_on(&leaf, &[chain[0].clone(), vec![0x30, 0]]), malformed);
        let broken = Case { request: vec![1, 2, 3], ..case };
        assert_eq!(broken.verdict_on(&leaf, &chain), malformed);
    }
}

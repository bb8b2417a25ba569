//! Paths: which hold, and why the others do not.

use const_oid::db::{rfc4519, rfc5280};
use der::asn1::{Ia5String, OctetString, Utf8StringRef};
use der::{Any, Encode};
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsages, NameConstraints, SubjectAltName,
    SubjectKeyIdentifier,
};

use super::super::toy_authority::{Authorities, NOW, Recipe, attribute, authority_name, extension};
use super::*;
use crate::crypto::{Algorithm, PrivateKey, tests as crypto};
use crate::layout::Purpose;

const DAY: i64 = 86_400;

fn key() -> PrivateKey {
    crypto::key(Algorithm::P256)
}

fn read(recipe: &Recipe, signer: &PrivateKey) -> Certificate {
    Certificate::parse(&recipe.issue(signer)).unwrap()
}

/// Two authorities and a leaf, of which tests change what they want to be wrong.
struct Case {
    authorities: Authorities,
    leaf: Recipe,
    issuing: Recipe,
    root: Recipe,
}

impl Case {
    fn new() -> Self {
        let authorities = Authorities::new();
        let leaf = Recipe::leaf(key().public(), Purpose::Sign);
        let (issuing, root) = (authorities.issuing_recipe(), authorities.root_recipe());
        Self { authorities, leaf, issuing, root }
    }

    fn verdict_at(&self, at: UnixTime, purpose: Use) -> Result<usize, PathProblem> {
        let leaf = read(&self.leaf, &self.authorities.issuing);
        let issuing = [read(&self.issuing, &self.authorities.root)];
        let roots = [read(&self.root, &self.authorities.root)];
        build(&leaf, &issuing, &roots, at, purpose).map(|path| path.certificates().len())
    }

    fn verdict(&self) -> Result<usize, PathProblem> {
        self.verdict_at(NOW, Use::Signing)
    }

    /// The position of the certificate that is wrong.
    fn wrong(&self) -> (usize, &'static str) {
        kind(&self.verdict().unwrap_err())
    }
}

fn kind(problem: &PathProblem) -> (usize, &'static str) {
    match problem {
        PathProblem::NoIssuer { which, .. } => (which.position, "no issuer"),
        PathProblem::UntrustedRoot(which) => (which.position, "untrusted"),
        PathProblem::Expired { which, .. } => (which.position, "expired"),
        PathProblem::NotYetValid { which, .. } => (which.position, "early"),
        PathProblem::BadSignature(which) => (which.position, "signature"),
        PathProblem::NotAnAuthority(which) => (which.position, "authority"),
        PathProblem::TooManyAuthorities(which) => (which.position, "length"),
        PathProblem::CriticalExtension { which, .. } => (which.position, "critical"),
        PathProblem::NameNotAllowed(which) => (which.position, "name"),
        PathProblem::OtherUse(which) => (which.position, "use"),
        PathProblem::TooMuchWork => (0, "work"),
    }
}

#[test]
fn a_path_is_found_whatever_lies_beside_it_and_in_any_order() {
    let case = Case::new();
    assert_eq!(case.verdict(), Ok(3));
    let leaf = read(&case.leaf, &case.authorities.issuing);
    let issuing = read(&case.issuing, &case.authorities.root);
    let root = read(&case.root, &case.authorities.root);
    let strangers = Authorities::new();
    let roots = [read(&strangers.root_recipe(), &strangers.root), root.clone(), root.clone()];
    let others = [
        root.clone(),
        leaf.clone(),
        read(&strangers.issuing_recipe(), &strangers.root),
        issuing.clone(),
        issuing.clone(),
    ];
    let path = build(&leaf, &others, &roots, NOW, Use::Signing).unwrap();
    let ders: Vec<_> = path.certificates().iter().map(|one| one.der()).collect();
    assert_eq!(ders, [leaf.der(), issuing.der(), root.der()]);
    assert_eq!(path.issuer().unwrap().der(), issuing.der());
    assert_eq!(path.root().unwrap().der(), root.der());
    assert_eq!(path.pairs().count(), 2);
    // A root is its own path; so is whatever else the caller trusts.
    let alone = build(&root, &[], &roots, NOW, Use::Anything).unwrap();
    assert!(alone.certificates().len() == 1 && alone.issuer().is_none());
    let trusted = [leaf.clone()];
    assert!(build(&leaf, &[], &trusted, NOW, Use::Signing).is_ok());
}

#[test]
fn what_is_missing_is_unknown_and_not_bad() {
    let case = Case::new();
    let leaf = read(&case.leaf, &case.authorities.issuing);
    let issuing = [read(&case.issuing, &case.authorities.root)];
    let root = [read(&case.root, &case.authorities.root)];
    let problem = |leaf, others, roots| build(leaf, others, roots, NOW, Use::Anything).unwrap_err();
    let nobody = problem(&leaf, &[], &root);
    assert_eq!(kind(&nobody), (0, "no issuer"));
    assert_eq!(
        nobody.to_string(),
        "no certificate of CN=TOY SANDBOX ISSUING,C=KZ, which issued the certificate 1a2b3c by \
         TOY SANDBOX ISSUING, is at hand"
    );
    let no_root = problem(&leaf, &issuing, &[]);
    assert_eq!(kind(&no_root), (1, "no issuer"));
    let both = [issuing[0].clone(), root[0].clone()];
    let untrusted = problem(&leaf, &both, &[]);
    assert_eq!(kind(&untrusted), (2, "untrusted"));
    assert!(nobody.is_unknown() && no_root.is_unknown() && untrusted.is_unknown());
    // A self-signed certificate whose signature is false is bad, trusted name or not.
    let forged = read(&case.root, &key());
    assert_eq!(kind(&problem(&forged, &[], &[])), (0, "signature"));
}

#[test]
fn a_signature_that_does_not_verify_is_bad() {
    let mut case = Case::new();
    case.authorities.issuing = key();
    assert_eq!(case.wrong(), (0, "signature"));
    assert!(!case.verdict().unwrap_err().is_unknown());
    let mut case = Case::new();
    case.root.key = key().public().clone();
    assert_eq!(case.wrong(), (1, "signature"));
}

#[test]
fn every_certificate_must_be_valid_at_the_moment() {
    for at in 0..3 {
        for (early, late, expected) in [(-9, -1, "expired"), (1, 9, "early")] {
            let mut case = Case::new();
            let recipe = match at {
                0 => &mut case.leaf,
                1 => &mut case.issuing,
                _ => &mut case.root,
            };
            recipe.not_before = NOW.plus_secs(early * DAY);
            recipe.not_after = NOW.plus_secs(late * DAY);
            assert_eq!(case.wrong(), (at, expected));
        }
    }
    let case = Case::new();
    let (first, last) = (case.leaf.not_before, case.leaf.not_after);
    assert!(case.verdict_at(first, Use::Signing).is_ok());
    assert!(case.verdict_at(last, Use::Signing).is_ok());
    assert!(case.verdict_at(first.plus_secs(-1), Use::Signing).is_err());
    assert!(case.verdict_at(last.plus_secs(1), Use::Signing).is_err());
}

#[test]
fn only_authorities_issue() {
    let mut case = Case::new();
    case.issuing.authority = None;
    assert_eq!(case.wrong(), (1, "authority"));
    let mut case = Case::new();
    case.issuing.usages = KeyUsages::CRLSign.into();
    assert_eq!(case.wrong(), (1, "authority"));
    let mut case = Case::new();
    case.root.authority = Some(BasicConstraints { ca: false, path_len_constraint: None });
    assert_eq!(case.wrong(), (2, "authority"));
}

#[test]
fn authorities_allow_only_so_many_below_them() {
    let allow = |most| Some(BasicConstraints { ca: true, path_len_constraint: Some(most) });
    let mut case = Case::new();
    case.root.authority = allow(1);
    case.issuing.authority = allow(0);
    assert!(case.verdict().is_ok());
    case.root.authority = allow(0);
    assert_eq!(case.wrong(), (2, "length"));
    // A certificate that an authority issued to itself does not count.
    let case = Case::new();
    let renewed = key();
    let mut itself = Recipe::authority(renewed.public(), "TOY SANDBOX ROOT", "TOY SANDBOX ROOT");
    itself.authority = allow(1);
    let leaf = read(&case.leaf, &case.authorities.issuing);
    let others = [read(&case.issuing, &renewed), read(&itself, &case.authorities.root)];
    let mut root = case.root.clone();
    root.authority = allow(1);
    let roots = [read(&root, &case.authorities.root)];
    let path = build(&leaf, &others, &roots, NOW, Use::Signing).unwrap();
    assert_eq!(path.certificates().len(), 4);
}

#[test]
fn what_insists_on_something_unknown_is_refused() {
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
    for oid in [unknown, rfc5280::ID_CE_POLICY_CONSTRAINTS] {
        for at in 0..3 {
            let mut case = Case::new();
            let more = match at {
                0 => &mut case.leaf.more,
                1 => &mut case.issuing.more,
                _ => &mut case.root.more,
            };
            more.push(extension(oid, true, &Any::null()));
            assert_eq!(case.wrong(), (at, "critical"));
        }
    }
    let mut case = Case::new();
    case.leaf.more.push(extension(unknown, false, &Any::null()));
    assert!(case.verdict().is_ok());
}

#[test]
fn a_key_is_for_its_use_only() {
    let case = Case::new();
    assert!(case.verdict_at(NOW, Use::Anything).is_ok());
    for purpose in [Use::Authentication, Use::TimeStamping, Use::OcspSigning] {
        let problem = case.verdict_at(NOW, purpose).unwrap_err();
        assert_eq!(kind(&problem), (0, "use"), "{purpose:?}");
    }
    for (usage, purpose) in [
        (oid::CLIENT_AUTH, Use::Authentication),
        (rfc5280::ID_KP_TIME_STAMPING, Use::TimeStamping),
        (rfc5280::ID_KP_OCSP_SIGNING, Use::OcspSigning),
    ] {
        let mut case = Case::new();
        case.leaf.extended = vec![usage];
        assert!(case.verdict_at(NOW, purpose).is_ok(), "{purpose:?}");
        assert!(case.verdict_at(NOW, Use::Signing).is_err(), "{purpose:?}");
        case.leaf.extended = vec![rfc5280::ANY_EXTENDED_KEY_USAGE];
        let is_special = purpose != Use::Authentication;
        case.leaf.usages = KeyUsages::DigitalSignature.into();
        assert_eq!(case.verdict_at(NOW, purpose).is_err(), is_special, "{purpose:?}");
    }
    // An authority's usages narrow down those below.
    let mut case = Case::new();
    case.issuing.extended = vec![oid::CLIENT_AUTH];
    assert_eq!(case.wrong(), (1, "use"));
    case.issuing.extended = vec![oid::CLIENT_AUTH, oid::EMAIL_PROTECTION];
    assert!(case.verdict().is_ok());
}

fn key_ids(recipe: &mut Recipe, own: Option<u8>, issuers: Option<u8>) {
    let id = |byte: u8| OctetString::new(vec![byte; 4]).unwrap();
    if let Some(own) = own {
        let own = SubjectKeyIdentifier(id(own));
        recipe.more.push(extension(rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER, false, &own));
    }
    if let Some(issuers) = issuers {
        let named =
            AuthorityKeyIdentifier { key_identifier: Some(id(issuers)), ..Default::default() };
        recipe.more.push(extension(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &named));
    }
}

#[test]
fn of_several_keys_under_one_name_the_right_one_is_found() {
    let mut case = Case::new();
    let (old, root) = (key(), read(&case.root, &case.authorities.root));
    key_ids(&mut case.leaf, None, Some(1));
    let leaf = read(&case.leaf, &case.authorities.issuing);
    let mut former = case.issuing.clone();
    former.key = old.public().clone();
    key_ids(&mut former, Some(2), None);
    let former = read(&former, &case.authorities.root);
    let roots = [root];
    // Only the former key is at hand: the issuer is missing, and nothing is bad.
    let problem =
        build(&leaf, std::slice::from_ref(&former), &roots, NOW, Use::Signing).unwrap_err();
    assert_eq!(kind(&problem), (0, "no issuer"));
    key_ids(&mut case.issuing, Some(1), None);
    let issuing = read(&case.issuing, &case.authorities.root);
    let others = [former.clone(), issuing.clone()];
    assert_eq!(
        build(&leaf, &others, &roots, NOW, Use::Signing).unwrap().issuer().unwrap().der(),
        issuing.der()
    );
    // A false id does not keep the right key from being found.
    let mut misnamed = Case { leaf: Recipe::leaf(key().public(), Purpose::Sign), ..case };
    key_ids(&mut misnamed.leaf, None, Some(9));
    let leaf = read(&misnamed.leaf, &misnamed.authorities.issuing);
    assert!(build(&leaf, &others, &roots, NOW, Use::Signing).is_ok());
    // And a false root with the right id and name makes nobody trusted.
    let mut evil = Recipe::authority(old.public(), "TOY SANDBOX ISSUING", "TOY SANDBOX ISSUING");
    key_ids(&mut evil, Some(1), None);
    let evil = [read(&evil, &old)];
    assert!(build(&leaf, &evil, &roots, NOW, Use::Signing).is_err());
}

#[test]
fn circles_and_crowds_end() {
    // Two authorities that issued each other, and no root.
    let (one, two) = (key(), key());
    let ring = [
        read(&Recipe::authority(one.public(), "ONE", "TWO"), &two),
        read(&Recipe::authority(two.public(), "TWO", "ONE"), &one),
    ];
    let problem = build(&ring[0], &ring, &[], NOW, Use::Anything).unwrap_err();
    assert_eq!(kind(&problem), (1, "no issuer"));
    // A crowd with the issuer's name, each with its own key.
    let case = Case::new();
    let leaf = read(&case.leaf, &case.authorities.issuing);
    let crowd: Vec<_> = (0..MAX_SIGNATURES + 1)
        .map(|_| {
            let stranger = key();
            let name = "TOY SANDBOX ISSUING";
            read(&Recipe::authority(stranger.public(), name, name), &stranger)
        })
        .collect();
    let problem = build(&leaf, &crowd, &[], NOW, Use::Anything).unwrap_err();
    assert!(matches!(problem, PathProblem::BadSignature(_)), "{problem}");
    // A ladder that is too long.
    let keys: Vec<_> = (0..=MAX_LENGTH).map(|_| key()).collect();
    let ladder: Vec<_> = (0..MAX_LENGTH)
        .map(|at| {
            let (own, upper) = (format!("RUNG {at}"), format!("RUNG {}", at + 1));
            read(&Recipe::authority(keys[at].public(), &own, &upper), &keys[at + 1])
        })
        .collect();
    let top = format!("RUNG {MAX_LENGTH}");
    let roots =
        [read(&Recipe::authority(keys[MAX_LENGTH].public(), &top, &top), &keys[MAX_LENGTH])];
    let long = build(&ladder[0], &ladder, &roots, NOW, Use::Anything).unwrap_err();
    assert_eq!(long, PathProblem::TooMuchWork);
    assert!(build(&ladder[1], &ladder, &roots, NOW, Use::Anything).is_ok());
}

#[test]
fn a_name_is_found_though_written_in_another_string_type() {
    let mut case = Case::new();
    let other = Any::encode_from(&Utf8StringRef::new("kz").unwrap()).unwrap();
    case.leaf.issuer = authority_name("toy  sandbox ISSUING");
    case.leaf.issuer.0[1] = attribute(rfc4519::C, other);
    assert_eq!(case.verdict(), Ok(3));
}

fn ia5(text: &str) -> Ia5String {
    Ia5String::new(text).unwrap()
}

#[test]
fn names_must_be_those_that_an_authority_may_vouch_for() {
    let mail = |text| GeneralName::Rfc822Name(ia5(text));
    let host = |text| GeneralName::DnsName(ia5(text));
    let uri = |text| GeneralName::UniformResourceIdentifier(ia5(text));
    let address = |bytes: &[u8]| GeneralName::IpAddress(OctetString::new(bytes).unwrap());
    let directory = |text| GeneralName::DirectoryName(authority_name(text));
    let number = |text| GeneralName::RegisteredId(ObjectIdentifier::new_unwrap(text));
    // permitted, excluded, the holder's name, and whether it is allowed.
    let cases = [
        (Some(mail("example.kz")), None, mail("a@example.kz"), true),
        (Some(mail("example.kz")), None, mail("a@sub.example.kz"), false),
        (Some(mail(".example.kz")), None, mail("a@SUB.example.kz"), true),
        (Some(mail("a@example.kz")), None, mail("A@example.kz"), false),
        (Some(mail("example.kz")), None, mail("nonsense"), false),
        (None, Some(mail("example.kz")), mail("a@example.kz"), false),
        (None, Some(mail("example.kz")), mail("nonsense"), false),
        (Some(host("example.kz")), None, host("a.example.kz"), true),
        (Some(host("example.kz")), None, host("aexample.kz"), false),
        (Some(host("example.kz")), Some(host("b.example.kz")), host("b.Example.kz"), false),
        (Some(host("example.kz")), None, mail("a@elsewhere.kz"), true),
        (Some(uri(".example.kz")), None, uri("http://u@a.example.kz:80/x"), true),
        (Some(uri("example.kz")), None, uri("http://a.example.kz/"), false),
        (Some(uri("example.kz")), None, uri("http://10.0.0.1/"), false),
        (Some(address(&[10, 0, 0, 0, 255, 0, 0, 0])), None, address(&[10, 1, 2, 3]), true),
        (Some(address(&[10, 0, 0, 0, 255, 0, 0, 0])), None, address(&[11, 1, 2, 3]), false),
        (Some(address(&[10, 0, 0, 0, 255, 0, 0, 0])), None, address(&[10]), false),
        (Some(directory("A")), None, directory("A"), false), // The subject is another.
        (None, Some(directory("A")), directory("A"), false),
        (None, Some(directory("A")), directory("B"), true),
        (None, Some(number("1.2.398.3")), number("1.2.398.4"), false), // Not understood.
        (None, Some(number("1.2.398.3")), host("example.kz"), true),
    ];
    for (at, (permitted, excluded, name, expected)) in cases.into_iter().enumerate() {
        let tree = |base| vec![GeneralSubtree { base, minimum: 0, maximum: None }];
        let constraints = NameConstraints {
            permitted_subtrees: permitted.map(tree),
            excluded_subtrees: excluded.map(tree),
        };
        let mut case = Case::new();
        case.issuing.more.push(extension(rfc5280::ID_CE_NAME_CONSTRAINTS, true, &constraints));
        let names = SubjectAltName(vec![name]);
        case.leaf.more.push(extension(rfc5280::ID_CE_SUBJECT_ALT_NAME, false, &names));
        match case.verdict() {
            Ok(_) => assert!(expected, "case {at}"),
            Err(problem) => {
                assert!(!expected, "case {at}: {problem}");
                assert_eq!(kind(&problem), (0, "name"), "case {at}");
            }
        }
    }
}

#[test]
fn constraints_bind_all_below_and_old_mail_addresses_too() {
    let tree = |base| Some(vec![GeneralSubtree { base, minimum: 0, maximum: None }]);
    let mut case = Case::new();
    let constraints = NameConstraints {
        permitted_subtrees: tree(GeneralName::Rfc822Name(ia5("example.kz"))),
        excluded_subtrees: None,
    };
    case.root.more.push(extension(rfc5280::ID_CE_NAME_CONSTRAINTS, true, &constraints));
    assert!(case.verdict().is_ok());
    let address = Any::new(der::Tag::Ia5String, b"a@elsewhere.kz".as_slice()).unwrap();
    case.leaf.subject.0.push(attribute(const_oid::db::rfc3280::EMAIL_ADDRESS, address));
    assert_eq!(case.wrong(), (0, "name"));
    // An intermediate's own name.
    let mut case = Case::new();
    let constraints = NameConstraints {
        permitted_subtrees: None,
        excluded_subtrees: tree(GeneralName::DirectoryName(case.issuing.subject.clone())),
    };
    case.root.more.push(extension(rfc5280::ID_CE_NAME_CONSTRAINTS, true, &constraints));
    assert_eq!(case.wrong(), (1, "name"));
    // Distances are not understood.
    let mut case = Case::new();
    let mut odd = tree(GeneralName::DnsName(ia5("example.kz")));
    odd.as_mut().unwrap()[0].minimum = 1;
    let constraints = NameConstraints { permitted_subtrees: odd, excluded_subtrees: None };
    assert!(constraints.to_der().is_ok());
    case.root.more.push(extension(rfc5280::ID_CE_NAME_CONSTRAINTS, true, &constraints));
    assert_eq!(case.wrong(), (0, "name"));
}

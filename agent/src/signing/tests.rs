//! Orders with a scripted person and real key files of the authority's test services.

use std::path::Path;
use std::sync::Mutex;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tanba_core::crypto::HashAlgorithm;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_core::xml;
use tanba_core::xml::sign::What;

use super::*;
use crate::assembly::{Plan, SecretPlace, assemble};
use crate::clock::Clock;
use crate::desktop::{CannotOpen, Desktop, KeyOpener, Note, Refusal, Shown};

const KZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/kz");
const GOST: &str = "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12";
const RSA: &str =
    "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12";
const AUTH: &str =
    "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.p12";

/// A person who opens one file, with one password, and takes the first key that may be taken.
struct Person {
    file: &'static str,
    password: &'static str,
    asked: Mutex<Vec<KeyPrompt>>,
    refusals: Mutex<Vec<Refusal>>,
    notes: Mutex<Vec<Note>>,
}

impl Desktop for Person {
    fn choose_folder(&self, _: crate::desktop::FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        std::future::ready(Asked::NoScreen).boxed()
    }

    fn new_password(
        &self,
        _: crate::desktop::NewPasswordPrompt,
    ) -> BoxFuture<'_, Asked<tanba_core::password::NewPassword>> {
        std::future::ready(Asked::NoScreen).boxed()
    }

    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> BoxFuture<'a, Asked<usize>> {
        self.asked.lock().unwrap().push(prompt);
        async move {
            let password = Password::new(self.password.to_owned());
            let file = Path::new(KZ).join(self.file);
            match opener.open(file, password).await {
                Ok(cards) => {
                    self.refusals.lock().unwrap().extend(cards.iter().filter_map(|c| c.refusal));
                    self.notes.lock().unwrap().extend(cards.iter().flat_map(|c| c.notes.clone()));
                    let free = cards.into_iter().find(|card| card.refusal.is_none());
                    free.map_or(Asked::Closed, |card| Asked::Answered(card.index))
                }
                Err(CannotOpen::WrongPassword) => Asked::Closed,
                Err(other) => panic!("{other:?}"),
            }
        }
        .boxed()
    }
}

struct Stopped(UnixTime);

impl Clock for Stopped {
    fn now(&self) -> UnixTime {
        self.0
    }
}

struct World {
    ctx: Arc<Ctx>,
    person: Arc<Person>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn at(time: &str, file: &'static str, password: &'static str) -> Self {
        let person = Arc::new(Person {
            file,
            password,
            asked: Mutex::default(),
            refusals: Mutex::default(),
            notes: Mutex::default(),
        });
        let folder = tempfile::tempdir().unwrap();
        let desktop: Arc<dyn Desktop> = Arc::<Person>::clone(&person);
        let plan = Plan {
            secrets: SecretPlace::File,
            // Nobody's responder is asked.
            trial: true,
            clock: Arc::new(Stopped(UnixTime::parse_rfc3339(time).unwrap())),
            ..Plan::new(folder.path().join("agent"), None, desktop)
        };
        Self { ctx: assemble(plan).await.unwrap(), person, _folder: folder }
    }

    async fn of_gost() -> Self {
        Self::at("2024-03-01T09:05:00Z", GOST, "Qwerty12").await
    }

    async fn sign(&self, work: Work, wanted: Wanted) -> Result<Signed, NotSigned> {
        let order = Order {
            work,
            wanted,
            places: Places { files: true, ..Places::default() },
            locale: Locale::Ru,
            logo: None,
        };
        let page = Page::parse(Some("https://egov.kz"), &[]).unwrap();
        sign(&self.ctx, &page, order).await
    }
}

fn cms(contents: Vec<Content>, attached: bool) -> Work {
    Work::Cms { contents, attached, stamped: false }
}

fn bytes(signature: &Signature) -> &[u8] {
    match signature {
        Signature::Bytes(bytes) => bytes,
        Signature::Xml(text) => text.as_bytes(),
        Signature::Around(_) => panic!("around a file"),
    }
}

fn is_good(message: &[u8], content: &[u8]) -> bool {
    let message = SignedMessage::parse(message).unwrap();
    let digests: Vec<_> =
        message.needed_hashes().into_iter().map(|hash| hash.hash(content)).collect();
    !message.signers().is_empty()
        && message.signers().iter().all(|signer| message.check(signer, &digests).is_good())
}

#[tokio::test]
async fn one_window_is_for_all_documents_and_tells_who_asks_and_for_what() {
    let world = World::of_gost().await;
    let contents = vec![Content::Bytes(b"10".to_vec()), Content::Bytes(vec![0xff, 0])];
    let signed = world.sign(cms(contents, true), Wanted::default()).await.unwrap();
    assert!(is_good(bytes(&signed.signatures[0]), b"10"));
    assert!(is_good(bytes(&signed.signatures[1]), &[0xff, 0]));
    let asked = world.person.asked.lock().unwrap();
    let [prompt] = asked.as_slice() else { panic!("{} windows", asked.len()) };
    assert_eq!(prompt.consent.origin.as_deref(), Some("https://egov.kz"));
    assert_eq!((prompt.consent.deed, prompt.consent.count), (Deed::Sign, 2));
    assert_eq!(prompt.consent.documents[0].shown, Shown::Text("10".to_owned(), true));
    assert_eq!(prompt.consent.documents[1].shown, Shown::Binary);
}

#[tokio::test]
async fn detached_messages_digests_and_files_are_signed() {
    let world = World::of_gost().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("шарт.txt");
    std::fs::write(&path, "мәтін").unwrap();
    let ready = HashAlgorithm::Streebog512.hash(b"elsewhere").as_bytes().to_vec();
    let contents =
        vec![Content::Bytes(b"10".to_vec()), Content::Digest(ready), Content::File(path)];
    let signed = world.sign(cms(contents, false), Wanted::default()).await.unwrap();
    let documents = [b"10".as_slice(), b"elsewhere", "мәтін".as_bytes()];
    for (signature, document) in signed.signatures.iter().zip(documents) {
        assert!(is_good(bytes(signature), document));
    }
    let asked = world.person.asked.lock().unwrap();
    let consent = &asked[0].consent;
    assert!(consent.warnings.contains(&Warning::DigestOnly));
    assert_eq!(consent.documents[2].name.as_deref(), Some("шарт.txt"));
}

#[tokio::test]
async fn a_file_is_put_into_its_message_while_it_is_sent() {
    let world = World::of_gost().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, b"content").unwrap();
    let signed = world.sign(cms(vec![Content::File(path)], true), Wanted::default()).await.unwrap();
    let [Signature::Around(around)] = signed.signatures.as_slice() else { panic!() };
    let whole = [&around.prefix[..], b"content", &around.suffix].concat();
    assert!(is_good(&whole, b""));
    assert_eq!(around.digest, HashAlgorithm::Sha256.hash(b"content"));
}

#[tokio::test]
async fn a_message_gets_one_more_signer() {
    let first = World::of_gost().await;
    let contents = || vec![Content::Bytes(b"10".to_vec())];
    let signed = first.sign(cms(contents(), true), Wanted::default()).await.unwrap();
    let message = SignedMessage::parse(bytes(&signed.signatures[0])).unwrap();
    let second = World::at("2024-06-01T00:00:00Z", RSA, "Qwerty12").await;
    let wanted = Wanted { expired: true, ..Wanted::default() };
    let more = cms(vec![Content::Message(Box::new(message))], false);
    let both = second.sign(more, wanted).await.unwrap();
    let both = bytes(&both.signatures[0]);
    assert!(is_good(both, b""));
    assert_eq!(SignedMessage::parse(both).unwrap().signers().len(), 2);
}

#[tokio::test]
async fn of_a_message_without_content_all_that_may_be_signed_is_shown() {
    let gost = World::of_gost().await;
    let rsa = World::at("2024-06-01T00:00:00Z", RSA, "Qwerty12").await;
    let wanted = || Wanted { expired: true, ..Wanted::default() };
    let contract = HashAlgorithm::Sha256.hash(b"contract").as_bytes().to_vec();
    let one = rsa.sign(cms(vec![Content::Digest(contract.clone())], false), wanted()).await;
    let one = one.unwrap();
    let mut message = SignedMessage::parse(bytes(&one.signatures[0])).unwrap();
    // A signer of another kind has signed something else.
    let debt = HashAlgorithm::Streebog512.hash(b"debt").as_bytes().to_vec();
    let file = std::fs::read(Path::new(KZ).join(GOST)).unwrap();
    let mut keys = tanba_core::pkcs12::open(&file, &Password::new("Qwerty12".to_owned())).unwrap();
    let entry = keys.entries.pop().unwrap();
    let certificate = Certificate::parse(&entry.certificates[0]).unwrap();
    let digest = tanba_core::crypto::Digest::claimed(HashAlgorithm::Streebog512, &debt);
    let at = gost.ctx.clock.now();
    let draft = tanba_core::cms::Draft::of_type(message.content_type, &certificate, &digest, at);
    let draft = draft.unwrap();
    let provider = gost.ctx.provider;
    let signature = (provider.sign)(&provider, &entry.key, &draft.digest()).unwrap();
    message.add_signer(draft.assemble(&signature).unwrap()).unwrap();
    message.add_certificate(certificate.der()).unwrap();
    let more = || cms(vec![Content::Message(Box::new(message.clone()))], false);
    gost.sign(more(), wanted()).await.unwrap();
    let asked = gost.person.asked.lock().unwrap();
    let shown = &asked[0].consent.documents[0].digest.1;
    assert_eq!(*shown, hex::encode([contract, debt].concat()));
}

#[tokio::test]
async fn what_is_longer_than_a_digest_is_not_signed_as_one() {
    let world = World::of_gost().await;
    let long = || vec![Content::Digest(vec![1; 257])];
    for work in [cms(long(), false), Work::Raw { contents: long() }] {
        let refused = world.sign(work, Wanted::default()).await;
        assert!(matches!(refused, Err(NotSigned::OtherDigest { expected: 64 })), "{refused:?}");
    }
    assert!(world.person.asked.lock().unwrap().is_empty());
    let text = vec![1; 256];
    world.sign(cms(vec![Content::Digest(text.clone())], false), Wanted::default()).await.unwrap();
    let asked = world.person.asked.lock().unwrap();
    assert_eq!(asked[0].consent.documents[0].digest.1, hex::encode(text));
}

#[tokio::test]
async fn xml_is_signed_as_a_whole_and_what_is_none_is_refused_before_a_window() {
    let world = World::of_gost().await;
    let work =
        |text: &str| Work::Xml { documents: vec![text.as_bytes().to_vec()], what: What::default() };
    let signed = world.sign(work("<tag>data</tag>"), Wanted::default()).await.unwrap();
    let text = std::str::from_utf8(bytes(&signed.signatures[0])).unwrap();
    let declaration =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><tag>data<ds:Sig";
    assert!(text.starts_with(declaration) && !text.contains('\n'), "{text}");
    let found = xml::signatures(text.as_bytes()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(world.person.asked.lock().unwrap().len(), 1);
    let refused = world.sign(work("<this>is not a valid XML"), Wanted::default()).await;
    assert!(matches!(refused, Err(NotSigned::Xml { at: 0, .. })));
    assert_eq!(world.person.asked.lock().unwrap().len(), 1, "nobody is asked for nothing");
}

#[tokio::test]
async fn who_signs_an_element_is_told_that_it_is_not_all_that_is_shown() {
    let world = World::of_gost().await;
    let what = What::parse("//*[name()='debt']", "/*").unwrap();
    let text = b"<a>I owe nothing, least of all <debt Id=\"d\">100</debt></a>".to_vec();
    world.sign(Work::Xml { documents: vec![text], what }, Wanted::default()).await.unwrap();
    let asked = world.person.asked.lock().unwrap();
    assert_eq!(asked[0].consent.warnings, [Warning::PartSigned]);
}

#[tokio::test]
async fn what_stands_for_another_document_is_not_signed_raw() {
    let world = World::of_gost().await;
    let raw = |content: &[u8]| Work::Raw { contents: vec![Content::Bytes(content.to_vec())] };
    let signed = world.sign(raw(b"login 42"), Wanted::default()).await.unwrap();
    let key = &signed.certificate.public_key;
    assert!(key.verify(b"login 42", bytes(&signed.signatures[0])).is_ok());
    // A SET with one attribute, messageDigest; the canonical form of a SignedInfo.
    let attributes =
        hex::decode("311130 0f06092a864886f70d010904310204 00".replace(' ', "")).unwrap();
    let info = b"<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:SignedInfo>";
    for disguised in [&attributes[..], info] {
        let refused = world.sign(raw(disguised), Wanted::default()).await;
        assert!(matches!(refused, Err(NotSigned::Disguised)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_key_of_another_kind_is_shown_and_refused() {
    let world = World::at("2024-06-01T00:00:00Z", AUTH, "Qwerty12").await;
    let work = || cms(vec![Content::Bytes(b"10".to_vec())], false);
    let wanted = |usage| Wanted { usage, expired: true, ..Wanted::default() };
    let refused = world.sign(work(), wanted(Usage::Sign)).await;
    assert!(matches!(refused, Err(NotSigned::Cancelled)));
    assert_eq!(world.person.refusals.lock().unwrap().as_slice(), [Refusal::OtherPurpose]);
    assert!(world.sign(work(), wanted(Usage::Auth)).await.is_ok());
    assert_eq!(world.person.asked.lock().unwrap()[1].consent.deed, Deed::SignIn);
    let two = vec![Content::Bytes(b"10".to_vec()), Content::Bytes(b"11".to_vec())];
    assert!(world.sign(cms(two, false), wanted(Usage::Auth)).await.is_ok());
    assert_eq!(world.person.asked.lock().unwrap()[2].consent.deed, Deed::Sign);
}

#[test]
fn whoever_wants_a_key_for_signing_in_wants_to_know_who_somebody_is() {
    let usages = |oids: &[&str]| Wanted {
        usages: oids.iter().map(|oid| (*oid).to_owned()).collect(),
        ..Wanted::default()
    };
    assert!(usages(&["1.3.6.1.5.5.7.3.2", "1.2.398.3.3.4.1.1"]).is_to_sign_in());
    assert!(!usages(&["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"]).is_to_sign_in());
    assert!(!usages(&["1.3.6.1.5.5.7.3.4"]).is_to_sign_in());
    assert!(!usages(&[]).is_to_sign_in());
}

#[tokio::test]
async fn what_a_page_asks_of_a_key_holds() {
    let cases: Vec<(Wanted, Option<Refusal>)> = vec![
        (Wanted::default(), None),
        (Wanted { usages: vec!["1.3.6.1.5.5.7.3.4".to_owned()], ..Wanted::default() }, None),
        (
            Wanted { usages: vec!["1.3.6.1.5.5.7.3.2".to_owned()], ..Wanted::default() },
            Some(Refusal::OtherUsage),
        ),
        (
            Wanted { iin: Some("000000000000".to_owned()), ..Wanted::default() },
            Some(Refusal::OtherPerson),
        ),
        (
            Wanted { bin: Some("000000000000".to_owned()), ..Wanted::default() },
            Some(Refusal::OtherOrganisation),
        ),
        (Wanted { serial: Some("1".to_owned()), ..Wanted::default() }, Some(Refusal::OtherSerial)),
        (Wanted { key: Some("00".to_owned()), ..Wanted::default() }, Some(Refusal::OtherSerial)),
        (Wanted { chain: Chain::Known, ..Wanted::default() }, None),
        (Wanted { chain: Chain::Off, ..Wanted::default() }, None),
        (Wanted { chain: Chain::These(vec![]), ..Wanted::default() }, Some(Refusal::OtherRoot)),
    ];
    for (wanted, expected) in cases {
        let world = World::of_gost().await;
        let said = format!("{wanted:?}");
        let outcome = world.sign(cms(vec![Content::Bytes(vec![1])], true), wanted).await;
        assert_eq!(outcome.is_ok(), expected.is_none(), "{said}: {outcome:?}");
        let refusals = world.person.refusals.lock().unwrap();
        assert_eq!(refusals.first().copied(), expected, "{said}");
    }
}

#[tokio::test]
async fn a_key_whose_time_is_over_is_refused_or_noted() {
    let world = World::at("2035-01-01T00:00:00Z", GOST, "Qwerty12").await;
    let work = || cms(vec![Content::Bytes(vec![1])], true);
    assert!(world.sign(work(), Wanted::default()).await.is_err());
    assert_eq!(world.person.refusals.lock().unwrap().as_slice(), [Refusal::Expired]);
    assert!(world.sign(work(), Wanted { expired: true, ..Wanted::default() }).await.is_ok());
    assert_eq!(world.person.notes.lock().unwrap().as_slice(), [Note::NotValidNow]);
    let known = Wanted { expired: true, chain: Chain::Known, ..Wanted::default() };
    assert!(world.sign(work(), known).await.is_ok());
    let asked = world.person.asked.lock().unwrap();
    assert_eq!(asked[1].consent.warnings, []);
    assert_eq!(asked[2].consent.warnings, [Warning::NoRoots, Warning::AllowExpired]);
}

#[tokio::test]
async fn a_chain_that_a_page_brings_is_told_and_judged() {
    let read = |name: &str| {
        let bytes = std::fs::read(Path::new(KZ).join(name)).unwrap();
        Certificate::from_pem_or_der(&bytes).unwrap()
    };
    let world = World::of_gost().await;
    let chain = Chain::These(vec![
        read("skarm_kalkan/certs/root_test_gost_2022.cer"),
        read("skarm_kalkan/certs/nca_gost2022_test.cer"),
    ]);
    let wanted = Wanted { chain, ..Wanted::default() };
    let signed = world.sign(cms(vec![Content::Bytes(vec![1])], true), wanted).await;
    assert!(signed.is_ok(), "{signed:?}");
    assert_eq!(world.person.asked.lock().unwrap()[0].consent.warnings, [Warning::OwnRoots]);
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_from_a_closed_window() {
    let world = World::at("2024-03-01T09:05:00Z", GOST, "Qwerty13").await;
    let outcome = world.sign(cms(vec![Content::Bytes(vec![1])], true), Wanted::default()).await;
    assert!(matches!(outcome, Err(NotSigned::WrongPassword)));
    assert!(world.ctx.recent.list().is_empty());
}

#[tokio::test]
async fn the_key_file_is_offered_first_the_next_time() {
    let world = World::of_gost().await;
    for _ in 0..2 {
        world.sign(cms(vec![Content::Bytes(vec![1])], true), Wanted::default()).await.unwrap();
    }
    let asked = world.person.asked.lock().unwrap();
    assert!(asked[0].recent.is_empty());
    assert_eq!(asked[1].recent, [Path::new(KZ).join(GOST)]);
}

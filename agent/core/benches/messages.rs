//! How long it takes to sign and to verify messages: CMS of 1 KiB, XML of 10 KiB and of 10 MiB. The key is open.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tanba_core::cms::{Draft, SignedMessage};
use tanba_core::crypto::{PrivateKey, Provider};
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::xml::sign::{Options, sign};
use tanba_core::xml::{self, DigestCheck};

use self::document::document;
use self::holder::{holder, provider};

#[path = "material/document.rs"]
mod document;
#[path = "material/holder.rs"]
mod holder;

const KINDS: [&str; 2] = ["rsa2048", "gost512"];

/// 2026-03-01T09:05:00Z.
const NOW: UnixTime = UnixTime::from_secs(1_772_355_900);

fn sign_cms(
    content: &[u8],
    key: &PrivateKey,
    certificate: &Certificate,
    provider: &Provider,
) -> Vec<u8> {
    let digest = key.kind().hash_algorithm().hash(content);
    let draft = Draft::new(certificate, &digest, NOW).expect("a draft");
    let mut message = SignedMessage::new();
    message.add_signer(draft.sign(key, provider).expect("a signature")).expect("a signer");
    message.to_attached(content)
}

fn verify_cms(message: &[u8]) {
    let read = SignedMessage::parse(message).expect("a message");
    assert!(read.check(&read.signers()[0], &[]).is_good());
}

fn verify_xml(document: &[u8]) {
    let found = xml::signatures(document).expect("signatures");
    let signer = Certificate::parse(&found[0].certificates[0]).expect("a certificate");
    found[0].verify(&signer.public_key).expect("a good signature");
    assert_eq!(found[0].digest(), DigestCheck::Good);
}

fn cms(c: &mut Criterion) {
    let provider = provider();
    let content = [7; 1024];
    let mut group = c.benchmark_group("cms");
    for kind in KINDS {
        let (key, certificate) = holder(kind);
        let message = sign_cms(&content, &key, &certificate, &provider);
        group.bench_function(format!("sign-1KiB-{kind}"), |b| {
            b.iter(|| sign_cms(black_box(&content), &key, &certificate, &provider));
        });
        group.bench_function(format!("verify-1KiB-{kind}"), |b| {
            b.iter(|| verify_cms(black_box(&message)));
        });
    }
}

fn xml(c: &mut Criterion) {
    let provider = provider();
    let options = Options::default();
    let mut group = c.benchmark_group("xml");
    for (size, bytes) in [("10KiB", 10 << 10), ("10MiB", 10 << 20)] {
        let document = document(bytes);
        group.throughput(Throughput::Bytes(document.len() as u64));
        group.sample_size(if bytes > 1 << 20 { 10 } else { 100 });
        for kind in KINDS {
            let (key, certificate) = holder(kind);
            let sign = |document: &[u8]| {
                sign(document, &options, &certificate, &key, &provider).expect("a signed document")
            };
            let signed = sign(&document);
            group.bench_function(format!("sign-{size}-{kind}"), |b| {
                b.iter(|| sign(black_box(&document)));
            });
            group.bench_function(format!("verify-{size}-{kind}"), |b| {
                b.iter(|| verify_xml(black_box(&signed)));
            });
        }
    }
}

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = short(); targets = cms, xml }
criterion_main!(benches);

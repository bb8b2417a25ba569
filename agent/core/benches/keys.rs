//! How long keys and hash functions take: each algorithm, each operation.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tanba_core::crypto::{Algorithm, HashAlgorithm, PrivateKey};

use self::holder::{holder, provider};

#[path = "material/holder.rs"]
mod holder;

/// A published GOST 34.310-2004 test key: Tanba makes none of that kind.
fn key_2004() -> PrivateKey {
    let known = include_str!("../../../tests/vectors/kz/known-answers-gost.txt");
    let block = known.split("\n\n").nth(1).expect("the second curve");
    let line =
        block.lines().find_map(|line| line.strip_prefix("pkcs8.privateKey ")).expect("a key");
    let digit = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).expect("hexadecimal");
    let content: Vec<u8> = (0..line.len()).step_by(2).map(digit).collect();
    let mut pkcs8 = b"\x30\x50\x02\x01\x00".to_vec();
    pkcs8.extend(
        b"\x30\x25\x06\x09\x2a\x83\x0e\x03\x0a\x01\x01\x01\x01\x30\x18\x06\x0a\x2a\x83\x0e\x03\x0a",
    );
    pkcs8.extend(b"\x01\x01\x01\x01\x01\x06\x0a\x2a\x83\x0e\x03\x0a\x01\x03\x01\x01\x00\x04\x22");
    pkcs8.extend(content);
    let length = u8::try_from(pkcs8.len() - 2).expect("a short key");
    pkcs8[1] = length;
    PrivateKey::from_pkcs8(&pkcs8).expect("a sound key")
}

fn keys(c: &mut Criterion) {
    let provider = provider();
    let pairs: [(&str, PrivateKey); 4] = [
        ("rsa2048", holder("rsa2048").0),
        ("p256", (provider.generate)(&provider, Algorithm::P256).expect("a key")),
        ("gost512", holder("gost512").0),
        ("gost2004", key_2004()),
    ];
    for (name, key) in &pairs {
        let message = [7; 1024];
        let signature = provider.sign_message(key, &message).expect("a signature");
        c.bench_function(&format!("{name}/sign"), |b| {
            b.iter(|| provider.sign_message(key, black_box(&message)));
        });
        c.bench_function(&format!("{name}/verify"), |b| {
            b.iter(|| key.public().verify(black_box(&message), &signature));
        });
    }
    for algorithm in Algorithm::ALL {
        let mut group = c.benchmark_group(algorithm.name());
        if algorithm == Algorithm::Rsa2048 {
            // Some primes are found at once and some late: many keys are made for a median that holds.
            group.sample_size(30).measurement_time(Duration::from_secs(12));
        }
        group.bench_function("generate", |b| b.iter(|| (provider.generate)(&provider, algorithm)));
    }
}

fn hashes(c: &mut Criterion) {
    let mebibyte = vec![7; 1 << 20];
    let mut group = c.benchmark_group("hash");
    group.throughput(Throughput::Bytes(1 << 20)).sample_size(20);
    for hash in [HashAlgorithm::Sha256, HashAlgorithm::Streebog512, HashAlgorithm::Gost34311] {
        group.bench_function(hash.name(), |b| b.iter(|| hash.hash(black_box(&mebibyte))));
    }
}

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = short(); targets = keys, hashes }
criterion_main!(benches);

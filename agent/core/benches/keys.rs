//! How long keys and hash functions take: each algorithm, each operation.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rand_core::{OsRng, RngCore};
use tanba_core::crypto::{self, Algorithm, HashAlgorithm, PrivateKey, Provider, RandomFailed};

fn provider() -> Provider {
    crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
}

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
    let mut pairs: Vec<(&str, PrivateKey)> = Algorithm::ALL
        .into_iter()
        .map(|algorithm| {
            (algorithm.name(), (provider.generate)(&provider, algorithm).expect("a key"))
        })
        .collect();
    pairs.push(("gost2004", key_2004()));
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
    for algorithm in [Algorithm::P256, Algorithm::Gost512, Algorithm::Rsa2048] {
        let mut group = c.benchmark_group(algorithm.name());
        group.sample_size(if algorithm == Algorithm::Rsa2048 { 20 } else { 100 });
        group.bench_function("generate", |b| b.iter(|| (provider.generate)(&provider, algorithm)));
    }
}

fn hashes(c: &mut Criterion) {
    let mebibyte = vec![7; 1 << 20];
    let mut group = c.benchmark_group("hash");
    group.throughput(Throughput::Bytes(1 << 20)).sample_size(20);
    for hash in [HashAlgorithm::Sha256, HashAlgorithm::Streebog512, HashAlgorithm::Gost34311] {
        group.bench_function(hash.name(), |b| {
            b.iter_batched(
                || &mebibyte,
                |bytes| hash.hash(black_box(bytes)),
                BatchSize::LargeInput,
            );
        });
    }
}

criterion_group!(benches, keys, hashes);
criterion_main!(benches);

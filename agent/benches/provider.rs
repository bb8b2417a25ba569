//! How long the agent's provider takes with keys; `cargo bench-core` puts it beside the core's and OpenSSL.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use tanba_agent::provider::aws_lc;
use tanba_core::crypto::Algorithm;

fn keys(c: &mut Criterion) {
    let provider = aws_lc();
    for algorithm in [Algorithm::Rsa2048, Algorithm::P256] {
        let name = algorithm.name();
        let key = (provider.generate)(&provider, algorithm).expect("a key");
        let message = [7; 1024];
        let mut group = c.benchmark_group("agent");
        group.bench_function(format!("{name}/sign"), |b| {
            b.iter(|| provider.sign_message(&key, black_box(&message)));
        });
        if algorithm == Algorithm::Rsa2048 {
            // Some primes are found at once and some late: many keys are made for a median that holds.
            group.sample_size(40).measurement_time(Duration::from_secs(8));
        }
        group.bench_function(format!("{name}/generate"), |b| {
            b.iter(|| (provider.generate)(&provider, algorithm));
        });
    }
}

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = short(); targets = keys }
criterion_main!(benches);

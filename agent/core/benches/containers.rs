//! How long it takes to open and to write key files.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use tanba_core::pkcs12::{self, Entry, Form, Strength};

use self::holder::{file, holder, password, provider};

#[path = "material/holder.rs"]
mod holder;

fn containers(c: &mut Criterion) {
    let (password, provider) = (password(), provider());
    let legacy = file("rsa2048");
    let (key, certificate) = holder("rsa2048");
    let entry = Entry::new(key, vec![certificate.der().to_vec()]);
    let write = |form: Form| pkcs12::write(&entry, &password, form, &provider).expect("a file");
    let modern = write(Strength::Person.into());
    let random = write(Strength::Random.into());

    let mut group = c.benchmark_group("pkcs12");
    group.sample_size(10);
    for (name, bytes) in [("modern", modern.as_slice()), ("random", &random), ("legacy", legacy)] {
        group.bench_function(format!("open-{name}"), |b| {
            b.iter(|| pkcs12::open(black_box(bytes), &password).expect("a file that opens"));
        });
    }
    group.bench_function("write-modern", |b| b.iter(|| write(Strength::Person.into())));
}

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = short(); targets = containers }
criterion_main!(benches);

//! Answers of OCSP responders: reading, and judging a certificate by them.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::ocsp::{OcspAnswer, OcspResponse};
use tanba_core::x509::revocation::{Evidence, judge};

static AUTHORITY: LazyLock<Certificate> = LazyLock::new(|| {
    let bytes = include_bytes!("../../vectors/kz/skarm_kalkan/certs/nca_gost2022_test.cer");
    Certificate::from_pem_or_der(bytes).expect("a published certificate")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(response) = OcspResponse::parse(bytes) else { return };
    let answers = [OcspAnswer { response, nonce: None }];
    let evidence = Evidence { answers: &answers, max_age: 60, ..Evidence::default() };
    let _ = judge(&AUTHORITY, &AUTHORITY, &evidence, AUTHORITY.not_before);
});

//! Revocation lists: reading, looking up, and judging a certificate by them.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::Crl;
use tanba_core::x509::revocation::{Evidence, judge};

static AUTHORITY: LazyLock<Certificate> = LazyLock::new(|| {
    let bytes = include_bytes!("../../vectors/kz/skarm_kalkan/certs/nca_gost2022_test.cer");
    Certificate::from_pem_or_der(bytes).expect("a published certificate")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = Crl::from_pem_or_der(bytes.to_vec()) else { return };
    let _ = list.entry(AUTHORITY.serial_number());
    let crls = [list];
    let evidence = Evidence { crls: &crls, ..Evidence::default() };
    let _ = judge(&AUTHORITY, &AUTHORITY, &evidence, AUTHORITY.not_before);
});

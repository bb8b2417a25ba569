//! Certificates and certificate requests: whatever comes, reading ends without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::request::CertificateRequest;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = Certificate::parse(bytes) {
        assert_eq!(certificate.der(), bytes);
        let _ = certificate.profile();
        let _ = certificate.verify_signed_by(&certificate);
        // What a person is shown of it.
        let _ = format!("{certificate:?}");
    }
    if let Ok(request) = CertificateRequest::parse(bytes) {
        let _ = request.verify();
    }
});

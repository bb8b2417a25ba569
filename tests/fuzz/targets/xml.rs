//! XML documents: their canonical forms, the signatures in them, and signing paths.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tanba_core::xml::c14n::{Form, Method, canonicalize};
use tanba_core::xml::{self, xpath};

fuzz_target!(|bytes: &[u8]| {
    for form in [Form::Inclusive, Form::Inclusive11, Form::Exclusive] {
        let method = Method { form, comments: true, prefixes: vec!["a".to_owned(), String::new()] };
        let mut once = Vec::new();
        if canonicalize(bytes, &method, &mut |piece| once.extend_from_slice(piece)).is_err() {
            continue;
        }
        // What is canonical is its own canonical form.
        let mut twice = Vec::new();
        let again = canonicalize(&once, &method, &mut |piece| twice.extend_from_slice(piece));
        assert_eq!(again, Ok(()));
        assert!(once == twice, "{form:?}");
    }
    if let Ok(signatures) = xml::signatures(bytes) {
        for signature in &signatures {
            let _ = signature.digest();
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = xpath::XPath::parse(text);
    }
});

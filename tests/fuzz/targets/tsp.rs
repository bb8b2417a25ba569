//! Time stamps: requests, answers and tokens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tanba_core::crypto::HashAlgorithm;
use tanba_core::tsp::{Request, Response, Token};

fuzz_target!(|bytes: &[u8]| {
    let _ = Request::parse(bytes);
    let _ = Response::parse(bytes);
    if let Ok(token) = Token::parse(bytes) {
        for hash in HashAlgorithm::ALL {
            let _ = token.verify(&hash.hash(b""), &[]);
        }
    }
});

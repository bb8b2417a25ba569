//! BER made DER: what comes out is in order, and stays as it is when it goes in again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tanba_core::ber::{Limits, to_der};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(der) = to_der(bytes, Limits::USUAL) {
        let again = to_der(&der, Limits::USUAL);
        assert!(again.is_ok_and(|again| again == der));
    }
});

//! Key files, under the password of the published ones: opening ends without a panic and within its limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tanba_core::pkcs12;
use tanba_core::secret::Password;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(opened) = pkcs12::open(bytes, &Password::new("Qwerty12".to_owned())) {
        let _ = format!("{opened:?}");
    }
});

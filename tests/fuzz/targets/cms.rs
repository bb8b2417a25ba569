//! CMS messages: in one piece or many, reading gives the same; checking ends without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tanba_core::cms::{Reader, SignedMessage, decode_armour};

fuzz_target!(|bytes: &[u8]| {
    let whole = SignedMessage::parse(bytes);
    let mut reader = Reader::new();
    // The first byte says how large the pieces are.
    let size = usize::from(bytes.first().copied().unwrap_or(1)) + 1;
    let fed = bytes.chunks(size).try_for_each(|piece| reader.feed(piece));
    let pieces = fed.and_then(|()| reader.finish());
    assert_eq!(whole.is_ok(), pieces.is_ok());
    if let Ok(message) = whole {
        for signer in message.signers() {
            let _ = message.check(signer, &[]);
        }
    }
    let _ = decode_armour(bytes);
});

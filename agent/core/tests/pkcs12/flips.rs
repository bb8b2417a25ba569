//! One byte changed anywhere in real files.

use tanba_core::pkcs12::OpenError;

use crate::authority::samples;
use crate::open;

/// The AlgorithmIdentifier of SHA-1 in a MAC, up to its parameters.
const SHA_1: [u8; 9] = [0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a];

#[test]
fn a_flipped_byte_never_gives_another_key_nor_a_panic() {
    for kind in ["GOST512_02c7", "AUTH_RSA256_b2c7"] {
        let samples = samples();
        let sample = samples.iter().find(|sample| sample.name.contains(kind)).unwrap();
        let whole = open(&sample.bytes, &sample.password).unwrap();
        let mut survived = Vec::new();
        for at in 0..sample.bytes.len() {
            // All bits of the frame, some of what is encrypted: there one is as good as another.
            let encrypted = (500..sample.bytes.len() - 100).contains(&at);
            let flips: &[u8] = if encrypted { &[0x01] } else { &[0x01, 0x08, 0x20, 0x80] };
            for flip in flips {
                let mut changed = sample.bytes.clone();
                changed[at] ^= flip;
                match open(&changed, &sample.password) {
                    Ok(opened) => {
                        survived.push(at);
                        let (one, other) = (&opened.entries[0], &whole.entries[0]);
                        assert_eq!(one.key.pkcs8(), other.key.pkcs8(), "{kind}, byte {at}");
                        assert_eq!(one.certificates, other.certificates, "{kind}, byte {at}");
                    }
                    Err(
                        OpenError::WrongPassword
                        | OpenError::Damaged { .. }
                        | OpenError::Unsupported { .. }
                        | OpenError::TooExpensive,
                    ) => {}
                }
            }
        }
        // All that the MAC does not vouch for and that says nothing: the NULL beside the hash's name.
        let end = sample.bytes.len() - 80;
        let name = sample.bytes[end..].windows(9).position(|window| window == SHA_1).unwrap();
        let parameters = end + name + SHA_1.len();
        survived.dedup();
        assert!(survived.iter().all(|at| *at == parameters), "{kind}: {survived:?}, {parameters}");
    }
}

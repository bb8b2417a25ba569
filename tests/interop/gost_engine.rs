//! OpenSSL's engine for GOST as a judge: Kazakhstan's keys and signatures under the names that it knows.
//!
//! The mathematics of ST RK GOST R 34.10-2015 with 512 bits is the Russian standard's (curve
//! id-tc26-gost-3410-12-512-paramSetA, Streebog-512). What differs is written around it: other object identifiers,
//! and the signature, which is r ‖ s little-endian here and its byte-wise reverse there (RFC 9215). Keys are relabelled
//! and signatures reversed; nothing that was signed is touched. All of it is taken apart by the few lines below, so
//! that none of our own readers has a say.

use std::process::Output;

use base64ct::{Base64, Encoding as _};
use tanba_tests::tools;

use crate::shell::{good, openssl};

/// How a key is marked here: 1.2.398.3.10.1.1.2.2 with the curve and the hash function.
const KEY: &str = "302306092a830e030a010102023016060a2a830e030a010102020106082a830e030a010303";
/// The same there: 1.2.643.7.1.1.1.2 with 1.2.643.7.1.2.1.2.1 and 1.2.643.7.1.1.2.3.
const RUSSIAN_KEY: &str = "302106082a85030701010102301506092a850307010201020106082a85030701010203";
/// How a signature is marked here: 1.2.398.3.10.1.1.2.3.2 with NULL.
const SIGNATURE: &str = "300e060a2a830e030a01010203020500";

/// The engine, with a folder of its own for its files.
pub(crate) struct Engine {
    folder: tempfile::TempDir,
}

/// The engine, if it is installed. A missing one is an error where everything is required.
pub(crate) fn there() -> Option<Engine> {
    tools::all_here(&["openssl", "gost"]).then(|| Engine { folder: tempfile::tempdir().unwrap() })
}

impl Engine {
    fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Whether the engine verifies a signature, as it is written here, over a message.
    pub(crate) fn verifies(&self, spki: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let key = self.write("key.pem", pem_of("PUBLIC KEY", &relabelled(spki)).as_bytes());
        let reversed: Vec<u8> = signature.iter().rev().copied().collect();
        let signature = self.write("signature", &reversed);
        let message = self.write("message", message);
        let Output { status, stdout, stderr } = openssl(&["dgst", "-engine", "gost"])
            .args(["-md_gost12_512", "-verify", &key, "-signature", &signature, &message])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&stdout);
        assert_eq!(status.success(), said.contains("Verified OK"), "{said}");
        // A judge that could not even read the key would refuse everything.
        assert!(
            status.success() || said.contains("Verification failure"),
            "{said}{}",
            String::from_utf8_lossy(&stderr)
        );
        status.success()
    }

    /// The signed object is by this key; and with its signature reversed, or one bit of it changed, it is not.
    pub(crate) fn judge(&self, der: &[u8], spki: &[u8], what: &str) {
        let (message, signature) = signed(der);
        assert!(self.verifies(spki, message, signature), "{what}");
        let mut other: Vec<u8> = signature.iter().rev().copied().collect();
        assert!(!self.verifies(spki, message, &other), "{what}, reversed");
        other.reverse();
        other[64] ^= 1;
        assert!(!self.verifies(spki, message, &other), "{what}, changed");
    }

    /// Streebog-512, as it is written here.
    pub(crate) fn digest(&self, message: &[u8]) -> Vec<u8> {
        let (message, digest) = (self.write("message", message), self.write("digest", b""));
        good(
            openssl(&["dgst", "-engine", "gost", "-md_gost12_512", "-binary"])
                .args(["-out", &digest, &message]),
        );
        std::fs::read(digest).unwrap()
    }

    /// Whether a private key in PKCS#8 is the one of this public key.
    pub(crate) fn belong_together(&self, pkcs8: &[u8], spki: &[u8]) -> bool {
        let [version, mark, key] = parts(pkcs8)[..] else { panic!("no private key") };
        assert_eq!(hex::encode(mark), KEY);
        let relabelled = sequence(&[version, &hex::decode(RUSSIAN_KEY).unwrap(), key]);
        let key = self.write("private.pem", pem_of("PRIVATE KEY", &relabelled).as_bytes());
        let public = self.write("public.der", b"");
        good(
            openssl(&["pkey", "-engine", "gost", "-in", &key, "-pubout"])
                .args(["-outform", "DER", "-out", &public]),
        );
        std::fs::remove_file(key).unwrap();
        let public = std::fs::read(public).unwrap();
        parts(&public)[1] == parts(spki)[1]
    }
}

/// The public key of a certificate in DER.
pub(crate) fn key_of_certificate(der: &[u8]) -> &[u8] {
    parts(parts(der)[0])[6]
}

/// The public key of a PKCS#10 request in DER.
pub(crate) fn key_of_request(der: &[u8]) -> &[u8] {
    parts(parts(der)[0])[2]
}

/// What was signed, and the signature, of a certificate, a list, a request or a `BasicOCSPResponse`.
fn signed(der: &[u8]) -> (&[u8], &[u8]) {
    let parts = parts(der);
    assert_eq!(hex::encode(parts[1]), SIGNATURE);
    (parts[0], content(parts[2]).strip_prefix(&[0]).unwrap())
}

/// The elements within an element.
pub(crate) fn parts(der: &[u8]) -> Vec<&[u8]> {
    let mut rest = content(der);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (head, length) = head(rest);
        let (element, after) = rest.split_at(head + length);
        found.push(element);
        rest = after;
    }
    found
}

/// What an element holds.
pub(crate) fn content(der: &[u8]) -> &[u8] {
    let (head, length) = head(der);
    &der[head..head + length]
}

/// How long an element's head and content are.
fn head(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ ..0x80 => (2, usize::from(short)),
        long => {
            let octets = &der[2..2 + usize::from(long & 0x7f)];
            let length = octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
            (2 + octets.len(), length)
        }
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).unwrap();
    let head: &[u8] = if length < 0x80 { &[0x30, length] } else { &[0x30, 0x81, length] };
    [head, &content].concat()
}

fn relabelled(spki: &[u8]) -> Vec<u8> {
    let [mark, key] = parts(spki)[..] else { panic!("no public key") };
    assert_eq!(hex::encode(mark), KEY);
    sequence(&[&hex::decode(RUSSIAN_KEY).unwrap(), key])
}

fn pem_of(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der))
}

/// What a text in PEM holds, one after the other.
pub(crate) fn pem(text: &str) -> Vec<Vec<u8>> {
    let blocks = text.split("-----BEGIN ").skip(1);
    let bodies = blocks.map(|block| {
        block.split_once("-----\n").unwrap().1.split_once("-----END").unwrap().0.replace('\n', "")
    });
    bodies.map(|body| Base64::decode_vec(&body).unwrap()).collect()
}

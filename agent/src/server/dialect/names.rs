//! What pages are told of a certificate, in NCALayer's words.

use base64ct::{Base64, Encoding};
use tanba_core::crypto::KeyKind;
use tanba_core::x509::certificate::Certificate;

/// The name of a key, by which pages ask for it again: its id, as it is called in files of the authority, and as these
/// files are named. The authority writes it into the certificate, and does not make it of the key as others do.
pub(super) fn alias(certificate: &Certificate) -> String {
    certificate.subject_key_id().map_or_else(|| certificate.key_id.to_string(), hex::encode)
}

/// What `getKeyInfo` tells. All fields are always there: pages take them apart without looking.
///
/// What the newest original prints as serial number (digits of which base) and as the algorithm of GOST keys is not
/// documented. Other agents print hexadecimal digits, and Java's provider of the authority has these names for keys.
pub(super) fn key_info(certificate: &Certificate) -> Vec<(&'static str, String)> {
    vec![
        ("alias", alias(certificate)),
        ("keyId", alias(certificate)),
        ("algorithm", algorithm(certificate).to_owned()),
        ("subjectCn", common_name(certificate).to_owned()),
        ("subjectDn", certificate.subject_name().to_string()),
        ("issuerCn", certificate.issuer.clone()),
        ("issuerDn", certificate.issuer_name().to_string()),
        ("serialNumber", certificate.serial.clone()),
        ("certNotBefore", milliseconds(certificate.not_before.as_secs())),
        ("certNotAfter", milliseconds(certificate.not_after.as_secs())),
        ("authorityKeyIdentifier", hex::encode(certificate.authority_key_id().unwrap_or_default())),
        ("pem", pem(certificate)),
    ]
}

/// The line that `getKeys` of the Applet gives for a key: pages take it apart at the bars.
pub(super) fn key_line(certificate: &Certificate) -> String {
    let algorithm = match certificate.public_key.kind() {
        KeyKind::Rsa { .. } => "RSA",
        KeyKind::P256 => "EC",
        KeyKind::Gost512 | KeyKind::Gost2004 => "ГОСТ",
    };
    let name = common_name(certificate).replace(['|', '\r', '\n'], " ");
    format!("{algorithm}|{name}|{}|{}", certificate.serial, alias(certificate))
}

/// A certificate as PEM (RFC 7468), in lines of 64 characters.
pub(super) fn pem(certificate: &Certificate) -> String {
    let text = Base64::encode_string(certificate.der());
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

fn algorithm(certificate: &Certificate) -> &'static str {
    match certificate.public_key.kind() {
        KeyKind::Rsa { .. } => "RSA",
        KeyKind::P256 => "EC",
        KeyKind::Gost512 => "ECGOST3410-2015",
        KeyKind::Gost2004 => "ECGOST34310",
    }
}

fn common_name(certificate: &Certificate) -> &str {
    certificate.subject.common_name.as_deref().unwrap_or_default()
}

fn milliseconds(seconds: i64) -> String {
    seconds.saturating_mul(1000).to_string()
}

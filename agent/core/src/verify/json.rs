//! The report as JSON, for programs.

use serde_json::{Map, Value, json};

use super::{Finding, Report, Signer, Stamp};
use crate::time::UnixTime;

impl Report {
    /// The report as a JSON object: `valid`, and `signers` with one object each.
    ///
    /// | member | what |
    /// |---|---|
    /// | `subject`, `iin`, `bin` | of the certificate; null where there is none |
    /// | `algorithm` | the kind of the key, such as `gost512` |
    /// | `signature`, `digest`, `chain`, `revocation` | `good`, `bad` or `unknown` |
    /// | `signing_time` | RFC 3339, as the signer says; null if it says nothing |
    /// | `timestamp` | null without one; else an object of `status`, `time`, `authority`, `policy`, `revocation` |
    /// | `valid` | whether all that must hold does, for this signer |
    /// | `judged_at` | the moment for which chain and revocation were judged |
    /// | `covers` | what is signed |
    /// | `issuer`, `serial`, `roles`, `purpose` | of the certificate |
    /// | `reasons` | a list of `check`, `status`, `code`, `text` for everything that is not simply good |
    #[must_use]
    pub fn json(&self) -> Value {
        let signers: Vec<Value> = self.signers.iter().map(signer).collect();
        json!({ "valid": self.is_valid(), "signers": signers })
    }
}

fn signer(signer: &Signer) -> Value {
    let certificate = signer.certificate.as_ref();
    let profile = certificate.map(|certificate| certificate.profile());
    let mut reasons = Vec::new();
    let stamped = signer.timestamp.as_ref();
    let checks = [
        ("signature", Some(&signer.signature)),
        ("digest", Some(&signer.digest)),
        ("chain", Some(&signer.chain)),
        ("revocation", Some(&signer.revocation)),
        ("timestamp", stamped.map(|stamp| &stamp.state)),
        ("timestamp", stamped.map(|stamp| &stamp.revocation)),
    ];
    for (check, finding) in checks {
        reasons.extend(finding.into_iter().flat_map(|finding| of_finding(check, finding)));
    }
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("subject", json!(certificate.map(|c| c.subject_name().to_string())));
    put("iin", json!(profile.as_ref().and_then(|profile| profile.iin.clone())));
    put("bin", json!(profile.as_ref().and_then(|profile| profile.bin.clone())));
    put("algorithm", json!(certificate.map(|c| c.public_key.kind().name())));
    put("signature", json!(signer.signature.state.name()));
    put("digest", json!(signer.digest.state.name()));
    put("chain", json!(signer.chain.state.name()));
    put("revocation", json!(signer.revocation.state.name()));
    put("signing_time", json!(signer.signing_time.map(UnixTime::rfc3339)));
    put("timestamp", signer.timestamp.as_ref().map_or(Value::Null, stamp));
    put("valid", json!(signer.is_valid));
    put("judged_at", json!(signer.judged_at.rfc3339()));
    put("covers", json!(signer.covers));
    put("issuer", json!(certificate.map(|c| c.issuer_name().to_string())));
    put("serial", json!(certificate.map(|c| c.serial.clone())));
    let roles = profile
        .as_ref()
        .map(|profile| profile.roles.iter().map(|role| role.code().to_owned()).collect::<Vec<_>>());
    put("roles", json!(roles));
    let purpose = profile.as_ref().and_then(|profile| profile.purpose);
    put("purpose", json!(purpose.map(|purpose| purpose.name())));
    put("reasons", Value::Array(reasons));
    Value::Object(object)
}

fn stamp(stamp: &Stamp) -> Value {
    json!({
        "status": stamp.state.state.name(),
        "time": stamp.time.map(UnixTime::rfc3339),
        "authority": stamp.path.first().map(|authority| authority.subject_name().to_string()),
        "policy": stamp.policy,
        "revocation": stamp.revocation.state.name(),
    })
}

fn of_finding<'a>(check: &'a str, finding: &'a Finding) -> impl Iterator<Item = Value> + 'a {
    finding.reasons.iter().map(move |reason| {
        json!({
            "check": check,
            "status": finding.state.name(),
            "code": reason.code,
            "text": reason.text,
        })
    })
}

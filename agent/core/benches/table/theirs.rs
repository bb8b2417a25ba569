//! What OpenSSL needs for what the other benches do.
//!
//! Where `openssl speed` knows an operation, it says. All else is a process of the command line, without what it takes to
//! start one; and where one operation would be lost beside a start, one process does a hundred of them.

use std::fs;

use tanba_core::pkcs12::{self, Entry, Strength};

use crate::holder::{file, holder, password, provider};
use crate::measured::{Measured, Theirs};
use crate::openssl::{GOST, OpenSsl, START, START_WITH_GOST};
use crate::{Others, Outcome};

/// The roots of the system are not asked, and take long to read.
pub(crate) const NO_TRUST: &str = "-no-CAfile -no-CApath -no-CAstore";

pub(crate) fn measure(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    speed(openssl, others)?;
    generate(openssl, others)?;
    gost(openssl, others)?;
    containers(openssl, others)?;
    messages(openssl, others)
}

/// `openssl speed`: `+F2:…:sign/s:verify/s` for RSA, `+F4` for ECDSA, `+F:…:bytes/s` for hash functions.
fn speed(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    let say = |what: &str| -> Outcome<Vec<f64>> {
        let said = openssl.runner.says(&format!("speed -mr -elapsed -seconds 2 {what}"));
        let line =
            said.as_deref().and_then(|said| said.lines().find(|line| line.starts_with("+F")));
        let numbers: Vec<f64> =
            line.unwrap_or_default().split(':').filter_map(|field| field.parse().ok()).collect();
        if numbers.len() < 2 {
            Err(format!("openssl speed {what}: {said:?}").into())
        } else {
            Ok(numbers)
        }
    };
    let each = |rate: f64| Theirs::Measured(Measured::seconds(1.0 / rate, 0.0));
    for (what, sign, verify) in [
        ("rsa2048", ["rsa2048/sign", "agent/rsa2048/sign"], "rsa2048/verify"),
        ("ecdsap256", ["p256/sign", "agent/p256/sign"], "p256/verify"),
    ] {
        let numbers = say(what)?;
        for name in sign {
            others.insert(name, each(numbers[numbers.len() - 2]));
        }
        others.insert(verify, each(numbers[numbers.len() - 1]));
    }
    let numbers = say("-bytes 1048576 -evp sha256")?;
    others.insert("hash/sha256", each(numbers[numbers.len() - 1] / f64::from(1 << 20)));
    Ok(())
}

/// Keys are made by a process each.
fn generate(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    let ec = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out made.key";
    for (command, names) in [
        ("genrsa -out made.key 2048", ["rsa2048/generate", "agent/rsa2048/generate"]),
        (ec, ["p256/generate", "agent/p256/generate"]),
    ] {
        let made = openssl.runner.beyond(40, command, START, 1.0)?;
        others.extend(names.map(|name| (name, made)));
    }
    let gost = "genpkey -engine gost -algorithm gost2012_512 -pkeyopt paramset:A -out made.key";
    let made = if openssl.has_gost {
        openssl.runner.beyond(40, gost, START_WITH_GOST, 1.0)?
    } else {
        Theirs::Missing(GOST)
    };
    others.insert("gost512/generate", made);
    Ok(())
}

/// One message with a hundred and one signers beside one with one signer; and long files beside short ones.
fn gost(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    let keys = [
        ("gost512", "gost512/sign", "gost512/verify"),
        ("gost2004", "gost2004/sign", "gost2004/verify"),
    ];
    let hashes =
        [("md_gost12_512", "hash/streebog512", 64_u8), ("md_gost94", "hash/gost34311", 16)];
    if !openssl.has_gost {
        let names = keys.iter().flat_map(|(_, sign, verify)| [*sign, *verify]);
        let names = names.chain(hashes.iter().map(|(_, name, _)| *name));
        others.extend(names.map(|name| (name, Theirs::Missing(GOST))));
        return Ok(());
    }
    let runner = &openssl.runner;
    for (key, sign, verify) in keys {
        let signing = |signers: usize| {
            let signer = format!(" -signer {key}.pem -inkey {key}.key").repeat(signers);
            format!(
                "cms -sign -engine gost -binary -nocerts -in document -outform DER \
                 -out {key}-{signers}.cms {signer}"
            )
        };
        let verifying = |signers: usize| {
            format!(
                "cms -verify -engine gost -binary -noverify {NO_TRUST} -certfile {key}.pem -inform DER \
                 -in {key}-{signers}.cms -content document -out out"
            )
        };
        others.insert(sign, runner.beyond(9, &signing(101), &signing(1), 100.0)?);
        others.insert(verify, runner.beyond(9, &verifying(101), &verifying(1), 100.0)?);
    }
    for (hash, name, mebibytes) in hashes {
        runner.put("long", &vec![7; usize::from(mebibytes) << 20])?;
        let hashing = |file: &str| format!("dgst -engine gost -{hash} {file}");
        let found =
            runner.beyond(3, &hashing("long"), &hashing("document"), f64::from(mebibytes))?;
        others.insert(name, found);
    }
    Ok(fs::remove_file(runner.path("long"))?)
}

/// The same files as ours.
fn containers(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    let (key, certificate) = holder("rsa2048");
    let entry = Entry::new(key, vec![certificate.der().to_vec()]);
    for (name, strength) in
        [("pkcs12/open-modern", Strength::Person), ("pkcs12/open-random", Strength::Random)]
    {
        let written = pkcs12::write(&entry, &password(), strength, &provider())?;
        openssl.runner.put("modern.p12", &written)?;
        let opening = "pkcs12 -in modern.p12 -passin pass:Qwerty12 -noenc -out opened";
        let runs = if strength == Strength::Person { 5 } else { 25 };
        others.insert(name, openssl.runner.beyond(runs, opening, START, 1.0)?);
    }
    let writing = "pkcs12 -export -inkey rsa.key -in rsa.pem -passout pass:Qwerty12 -iter 600000 -out written.p12";
    others.insert("pkcs12/write-modern", openssl.runner.beyond(3, writing, START, 1.0)?);
    openssl.runner.put("legacy.p12", file("rsa2048"))?;
    let opening = "pkcs12 -legacy -in legacy.p12 -passin pass:Qwerty12 -noenc -out opened";
    let opened = if openssl.runner.says(opening).is_some() {
        openssl.runner.beyond(25, opening, "rand -provider legacy -provider default -hex 1", 1.0)?
    } else {
        Theirs::Missing("the provider legacy")
    };
    others.insert("pkcs12/open-legacy", opened);
    Ok(())
}

/// Attached messages over 1 KiB; neither side looks at the chain.
fn messages(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    for (key, engine, start, sign, verify) in [
        ("rsa", "", START, "cms/sign-1KiB-rsa2048", "cms/verify-1KiB-rsa2048"),
        (
            "gost512",
            "-engine gost",
            START_WITH_GOST,
            "cms/sign-1KiB-gost512",
            "cms/verify-1KiB-gost512",
        ),
    ] {
        if !engine.is_empty() && !openssl.has_gost {
            others.extend([sign, verify].map(|name| (name, Theirs::Missing(GOST))));
            continue;
        }
        let signing = format!(
            "cms -sign {engine} -binary -nodetach -in document -signer {key}.pem -inkey {key}.key \
             -outform DER -out {key}.cms"
        );
        let verifying = format!(
            "cms -verify {engine} -binary -noverify {NO_TRUST} -inform DER -in {key}.cms -out out"
        );
        others.insert(sign, openssl.runner.beyond(40, &signing, start, 1.0)?);
        others.insert(verify, openssl.runner.beyond(40, &verifying, start, 1.0)?);
    }
    Ok(())
}

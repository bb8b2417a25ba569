//! What OpenSSL needs for what the other benches do.
//!
//! Where `openssl speed` knows an operation, it says. All else is a process of the command line, without what it takes to
//! start one; and where one operation would be lost beside a start, one process does a hundred of them.

use std::fmt::Write as _;
use std::fs;

use tanba_core::pkcs12::{self, Entry, Strength};

use crate::holder::{file, holder, password, provider};
use crate::measured::{Measured, Theirs};
use crate::openssl::{GOST, OpenSsl};
use crate::{Others, Outcome};

/// How many operations one process does.
const MANY: usize = 101;

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
    let made = openssl.runner.time(40, "genrsa -out made.key 2048")?.without(openssl.start, 1.0);
    others.insert("rsa2048/generate", made);
    others.insert("agent/rsa2048/generate", made);
    let made = openssl
        .runner
        .time(40, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out made.key")?;
    let made = made.without(openssl.start, 1.0);
    others.insert("p256/generate", made);
    others.insert("agent/p256/generate", made);
    let Some(engine) = &openssl.engine else {
        others.insert("gost512/generate", Theirs::Missing(GOST));
        return Ok(());
    };
    let arguments =
        "genpkey -engine gost -algorithm gost2012_512 -pkeyopt paramset:A -out made.key";
    let made = openssl.runner.time(40, arguments)?.without(engine.start, 1.0);
    others.insert("gost512/generate", made);
    Ok(())
}

/// One message with a hundred and one signers beside one with one signer; and long files beside short ones.
fn gost(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    let rows = [
        ("gost512", "gost512/sign", "gost512/verify"),
        ("gost2004", "gost2004/sign", "gost2004/verify"),
    ];
    let hashes = [("md_gost12_512", "hash/streebog512", 64), ("md_gost94", "hash/gost34311", 16)];
    if openssl.engine.is_none() {
        let names = rows.iter().flat_map(|(_, sign, verify)| [*sign, *verify]);
        for name in names.chain(hashes.iter().map(|(_, name, _)| *name)) {
            others.insert(name, Theirs::Missing(GOST));
        }
        return Ok(());
    }
    let runner = &openssl.runner;
    #[expect(clippy::cast_precision_loss, reason = "a hundred")]
    let more = (MANY - 1) as f64;
    for (key, sign, verify) in rows {
        let [many, one] = [MANY, 1].map(|signers| -> Outcome<[Measured; 2]> {
            let mut arguments = format!(
                "cms -sign -engine gost -binary -nocerts -in document -outform DER -out {key}-{signers}.cms"
            );
            for _ in 0..signers {
                write!(arguments, " -signer {key}.pem -inkey {key}.key")?;
            }
            let signed = runner.time(7, &arguments)?;
            let verified = runner.time(
                7,
                &format!(
                    "cms -verify -engine gost -binary -noverify -certfile {key}.pem -inform DER \
                     -in {key}-{signers}.cms -content document -out out"
                ),
            )?;
            Ok([signed, verified])
        });
        let ([many_signed, many_verified], [one_signed, one_verified]) = (many?, one?);
        others.insert(sign, many_signed.without(one_signed, more));
        others.insert(verify, many_verified.without(one_verified, more));
    }
    for (hash, name, mebibytes) in hashes {
        runner.put("long", &vec![7; mebibytes << 20])?;
        let long = runner.time(3, &format!("dgst -engine gost -{hash} long"))?;
        let short = runner.time(3, &format!("dgst -engine gost -{hash} document"))?;
        #[expect(clippy::cast_precision_loss, reason = "less than a hundred")]
        others.insert(name, long.without(short, mebibytes as f64));
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
        let arguments = "pkcs12 -in modern.p12 -passin pass:Qwerty12 -noenc -out opened";
        others.insert(name, openssl.runner.time(5, arguments)?.without(openssl.start, 1.0));
    }
    let arguments = "pkcs12 -export -inkey rsa.key -in rsa.pem -passout pass:Qwerty12 -iter 600000 -out written.p12";
    let written = openssl.runner.time(3, arguments)?.without(openssl.start, 1.0);
    others.insert("pkcs12/write-modern", written);
    openssl.runner.put("legacy.p12", file("rsa2048"))?;
    let arguments = "pkcs12 -legacy -in legacy.p12 -passin pass:Qwerty12 -noenc -out opened";
    if openssl.runner.says(arguments).is_some() {
        let opened = openssl.runner.time(25, arguments)?.without(openssl.start, 1.0);
        others.insert("pkcs12/open-legacy", opened);
    } else {
        others.insert("pkcs12/open-legacy", Theirs::Missing("the provider legacy"));
    }
    Ok(())
}

/// Attached messages over 1 KiB; neither side looks at the chain.
fn messages(openssl: &OpenSsl, others: &mut Others) -> Outcome<()> {
    let gost = openssl.engine.as_ref().map(|engine| (engine.start, "-engine gost"));
    for (key, with, sign, verify) in [
        ("rsa", Some((openssl.start, "")), "cms/sign-1KiB-rsa2048", "cms/verify-1KiB-rsa2048"),
        ("gost512", gost, "cms/sign-1KiB-gost512", "cms/verify-1KiB-gost512"),
    ] {
        let Some((start, engine)) = with else {
            others.insert(sign, Theirs::Missing(GOST));
            others.insert(verify, Theirs::Missing(GOST));
            continue;
        };
        let arguments = format!(
            "cms -sign {engine} -binary -nodetach -in document -signer {key}.pem -inkey {key}.key \
             -outform DER -out {key}.cms"
        );
        others.insert(sign, openssl.runner.time(25, &arguments)?.without(start, 1.0));
        let arguments =
            format!("cms -verify {engine} -binary -noverify -inform DER -in {key}.cms -out out");
        others.insert(verify, openssl.runner.time(25, &arguments)?.without(start, 1.0));
    }
    Ok(())
}

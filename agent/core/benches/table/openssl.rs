//! OpenSSL, and its engine for GOST: what is measured with them.

use std::path::Path;

use crate::Outcome;
use crate::holder::holder;
use crate::process::Runner;

/// OpenSSL in a folder with keys and certificates: `rsa.key`, `rsa.pem`, and with the engine `gost512.key` and so on.
pub(crate) struct OpenSsl {
    pub(crate) runner: Runner,
    /// Whether the engine for GOST is there.
    pub(crate) has_gost: bool,
}

/// How the engine is called where it is missing.
pub(crate) const GOST: &str = "the engine for GOST";

/// A process that does next to nothing: it reads the configuration and a random number.
pub(crate) const START: &str = "rand -hex 1";

/// The same with the engine.
pub(crate) const START_WITH_GOST: &str = "rand -engine gost -hex 1";

impl OpenSsl {
    /// OpenSSL, if it is there.
    pub(crate) fn find(folder: &Path) -> Outcome<Option<Self>> {
        let runner = Runner::new("openssl", folder);
        if runner.says("version").is_none() {
            return Ok(None);
        }
        // The same key and certificate as ours.
        let (key, certificate) = holder("rsa2048");
        runner.put("rsa.p8", key.pkcs8())?;
        runner.put("rsa.der", certificate.der())?;
        runner.run("pkey -inform DER -in rsa.p8 -out rsa.key")?;
        runner.run("pkey -inform DER -in rsa.p8 -pubout -out rsa.pub")?;
        runner.run("x509 -inform DER -in rsa.der -out rsa.pem")?;
        runner.put("document", &[7; 1024])?;
        let engine = runner.says("engine gost");
        let has_gost = engine.is_some_and(|said| said.contains("(gost)"));
        if has_gost {
            // The curves are those of Kazakhstan's keys, under their Russian names; the mathematics is the same.
            for (name, algorithm) in [("gost512", "gost2012_512"), ("gost2004", "gost2001")] {
                runner.run(&format!(
                    "req -x509 -engine gost -newkey {algorithm} -pkeyopt paramset:A -nodes -keyout {name}.key \
                     -out {name}.pem -subj /CN=TEST -days 3650"
                ))?;
            }
        }
        Ok(Some(Self { runner, has_gost }))
    }
}

//! The rows of the table: what was measured, how people call it, and what it may take.

/// What something may take.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    None,
    /// So many seconds.
    Seconds(f64),
    /// So many times what OpenSSL takes.
    Times(f64),
    /// So many times what OpenSSL takes for hashing the same file, which is the row of that name.
    OfHash(f64, &'static str),
    /// So many bytes.
    Bytes(f64),
}

/// A row.
pub(crate) struct Row {
    /// By what the measurements are found.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) budget: Budget,
    /// If there is no such operation in OpenSSL or xmlsec1.
    pub(crate) is_ours_alone: bool,
}

const fn row(name: &'static str, title: &'static str, budget: Budget) -> Row {
    Row { name, title, budget, is_ours_alone: false }
}

const fn alone(name: &'static str, title: &'static str) -> Row {
    Row { name, title, budget: Budget::None, is_ours_alone: true }
}

const CMS_AT_MOST: Budget = Budget::Seconds(0.020);
const FILE_OF_SHA: Budget = Budget::OfHash(1.2, "1GiB/hash-sha256");
const FILE_OF_STREEBOG: Budget = Budget::OfHash(1.2, "1GiB/hash-streebog512");
const FILE_MEMORY: Budget = Budget::Bytes(64e6);

/// All rows, in groups.
pub(crate) const GROUPS: &[(&str, &[Row])] = &[
    (
        "Keys, in pure Rust",
        &[
            row("rsa2048/sign", "RSA-2048, sign", Budget::None),
            row("rsa2048/verify", "RSA-2048, verify", Budget::None),
            row("rsa2048/generate", "RSA-2048, make a key", Budget::None),
            row("p256/sign", "P-256, sign", Budget::None),
            row("p256/verify", "P-256, verify", Budget::None),
            row("p256/generate", "P-256, make a key", Budget::None),
            row("gost512/sign", "GOST 34.10-2015-512, sign", Budget::Seconds(0.002)),
            row("gost512/verify", "GOST 34.10-2015-512, verify", Budget::None),
            row("gost512/generate", "GOST 34.10-2015-512, make a key", Budget::None),
            row("gost2004/sign", "GOST 34.310-2004, sign", Budget::None),
            row("gost2004/verify", "GOST 34.310-2004, verify", Budget::None),
        ],
    ),
    (
        "Keys, by the agent's provider (AWS-LC)",
        &[
            row("agent/rsa2048/sign", "RSA-2048, sign", Budget::Times(1.5)),
            row("agent/rsa2048/generate", "RSA-2048, make a key", Budget::Times(1.5)),
            row("agent/p256/sign", "P-256, sign", Budget::Times(1.5)),
            row("agent/p256/generate", "P-256, make a key", Budget::None),
        ],
    ),
    (
        "Hash functions, 1 MiB",
        &[
            row("hash/sha256", "SHA-256", Budget::None),
            row("hash/streebog512", "Streebog-512", Budget::None),
            row("hash/gost34311", "GOST 34.311-95", Budget::None),
        ],
    ),
    (
        "Key files (PKCS#12)",
        &[
            row("pkcs12/open-modern", "open, 600,000 iterations", Budget::None),
            row("pkcs12/open-random", "open, 2,048 iterations", Budget::None),
            row("pkcs12/open-legacy", "open, the authority's form", Budget::None),
            row("pkcs12/write-modern", "write, 600,000 iterations", Budget::None),
        ],
    ),
    (
        "CMS, 1 KiB",
        &[
            row("cms/sign-1KiB-rsa2048", "sign, RSA-2048", CMS_AT_MOST),
            row("cms/verify-1KiB-rsa2048", "verify, RSA-2048", Budget::None),
            row("cms/sign-1KiB-gost512", "sign, GOST 34.10-2015-512", CMS_AT_MOST),
            row("cms/verify-1KiB-gost512", "verify, GOST 34.10-2015-512", Budget::None),
        ],
    ),
    (
        "CMS, a file of 1 GiB",
        &[
            row("1GiB/hash-sha256", "only SHA-256 of it", Budget::None),
            row("1GiB/sign-detached-rsa2048", "sign detached, RSA-2048", FILE_OF_SHA),
            row("1GiB/verify-detached-rsa2048", "verify detached, RSA-2048", FILE_OF_SHA),
            row("1GiB/sign-attached-rsa2048", "sign attached, RSA-2048", FILE_OF_SHA),
            row("1GiB/verify-attached-rsa2048", "verify attached, RSA-2048", FILE_OF_SHA),
            row("1GiB/memory-rsa2048", "most memory of these", FILE_MEMORY),
            row("1GiB/hash-streebog512", "only Streebog-512 of it", Budget::None),
            row("1GiB/sign-attached-gost512", "sign attached, GOST", FILE_OF_STREEBOG),
            row("1GiB/verify-attached-gost512", "verify attached, GOST", FILE_OF_STREEBOG),
            row("1GiB/memory-gost512", "most memory of these", FILE_MEMORY),
        ],
    ),
    (
        "XML (beside xmlsec1)",
        &[
            row("xml/sign-10KiB-rsa2048", "sign 10 KiB, RSA-2048", Budget::None),
            row("xml/verify-10KiB-rsa2048", "verify 10 KiB, RSA-2048", Budget::None),
            row("xml/sign-10MiB-rsa2048", "sign 10 MiB, RSA-2048", Budget::None),
            row("xml/verify-10MiB-rsa2048", "verify 10 MiB, RSA-2048", Budget::None),
            alone("xml/sign-10KiB-gost512", "sign 10 KiB, GOST 34.10-2015-512"),
            alone("xml/verify-10KiB-gost512", "verify 10 KiB, GOST 34.10-2015-512"),
            alone("xml/sign-10MiB-gost512", "sign 10 MiB, GOST 34.10-2015-512"),
            alone("xml/verify-10MiB-gost512", "verify 10 MiB, GOST 34.10-2015-512"),
        ],
    ),
];

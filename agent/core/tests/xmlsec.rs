//! xmlsec1 and libxml2 judge our XML signatures and canonical forms, and we judge what xmlsec1 signs.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; its judges are programs that read files"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

mod xmlsec {
    pub(crate) mod bench;
    mod canonical;
    mod ours;
    mod theirs;
}

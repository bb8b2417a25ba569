//! CMS: published messages are judged rightly, OpenSSL accepts ours, and we accept OpenSSL's.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; its judges are programs that read files"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

#[path = "cms/bench.rs"]
mod bench;
#[path = "cms/ours.rs"]
mod ours;
#[path = "cms/samples.rs"]
mod samples;
#[path = "cms/theirs.rs"]
mod theirs;

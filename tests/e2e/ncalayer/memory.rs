//! What a process holds in memory, where the system tells.

/// At this moment, in KiB.
pub(crate) fn resident(process: u32) -> Option<u64> {
    told(process, "VmRSS:")
}

/// At most so far, in KiB.
pub(crate) fn most_resident(process: u32) -> Option<u64> {
    told(process, "VmHWM:")
}

fn told(process: u32, what: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn this_process_holds_something() {
    if std::path::Path::new("/proc/self/status").exists() {
        let (now, most) = (resident(std::process::id()), most_resident(std::process::id()));
        assert!(now.unwrap() > 0 && most >= now, "{now:?} {most:?}");
    }
}

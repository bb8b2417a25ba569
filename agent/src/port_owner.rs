//! Which program holds a port of this machine: so that a person can be told whom to end.

use std::path::Path;

/// The name of the program that listens on that port of the loopback, as people know it; `None` where the system does not
/// tell, as for programs of other users.
#[must_use]
pub fn of(port: u16) -> Option<String> {
    in_proc(Path::new("/proc"), port)
}

/// Linux tells by two tables: sockets with their numbers (proc(5), `/proc/net/tcp`), and the open files of each process.
fn in_proc(proc: &Path, port: u16) -> Option<String> {
    let tables = ["net/tcp", "net/tcp6"].map(|name| std::fs::read_to_string(proc.join(name)));
    let inodes: Vec<String> =
        tables.iter().flatten().flat_map(|table| listeners(table, port)).collect();
    if inodes.is_empty() {
        return None;
    }
    let processes = std::fs::read_dir(proc).ok()?.flatten().map(|entry| entry.path());
    processes.filter(|process| holds(process, &inodes)).find_map(|process| name(&process))
}

/// The numbers of sockets that listen on that port.
fn listeners(table: &str, port: u16) -> Vec<String> {
    const LISTENS: &str = "0A";
    let listener = |line: &str| {
        let mut fields = line.split_whitespace();
        let (_, local) = fields.nth(1)?.rsplit_once(':')?;
        let here = u16::from_str_radix(local, 16) == Ok(port) && fields.nth(1)? == LISTENS;
        // Queues, timer, retransmissions, user and time-out come before the number.
        here.then(|| fields.nth(5).map(str::to_owned))?
    };
    table.lines().skip(1).filter_map(listener).collect()
}

fn holds(process: &Path, inodes: &[String]) -> bool {
    let Ok(files) = std::fs::read_dir(process.join("fd")) else { return false };
    files.flatten().any(|file| {
        std::fs::read_link(file.path()).is_ok_and(|target| {
            let target = target.to_string_lossy();
            let inode = target.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']'));
            inode.is_some_and(|inode| inodes.iter().any(|known| known == inode))
        })
    })
}

/// A Java program is known by what it runs, not by the name of the machine that runs it.
fn name(process: &Path) -> Option<String> {
    let arguments = std::fs::read(process.join("cmdline")).unwrap_or_default();
    if String::from_utf8_lossy(&arguments).to_lowercase().contains("ncalayer") {
        return Some("NCALayer".to_owned());
    }
    let name = std::fs::read_to_string(process.join("comm")).ok()?;
    Some(name.trim().chars().filter(|char| !char.is_control()).take(40).collect())
        .filter(|name: &String| !name.is_empty())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_found_by_the_port_that_it_listens_on() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = std::fs::read_to_string("/proc/self/comm").unwrap();
        assert_eq!(of(port).as_deref(), Some(own.trim()));
        drop(listener);
        assert_eq!(of(port), None);
    }

    #[test]
    fn ncalayer_is_called_by_its_name_although_java_runs_it() {
        let proc = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = proc.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put(
            "net/tcp",
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
             0: 0100007F:350B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 x\n   \
             1: 0100007F:350B 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 x\n",
        );
        put("12/comm", "java\n");
        put("12/cmdline", "java\0-jar\0NCALayer.jar\0");
        std::fs::create_dir_all(proc.path().join("12/fd")).unwrap();
        std::os::unix::fs::symlink("socket:[4711]", proc.path().join("12/fd/7")).unwrap();
        assert_eq!(in_proc(proc.path(), 13579).as_deref(), Some("NCALayer"));
        assert_eq!(in_proc(proc.path(), 13580), None);
        put("12/cmdline", "python3\0server.py\0");
        put("12/comm", "python3\n");
        assert_eq!(in_proc(proc.path(), 13579).as_deref(), Some("python3"));
    }
}

//! What the agent costs a person who does not use it: memory while it waits in the tray, and the time until it listens.
//!
//! ```text
//! cargo bench -p tanba-tests --bench desktop [-- --starts N]
//! ```
//!
//! It needs `dbus-daemon`, `Xvfb` and `xdotool`; without one of them its rows are left out. The first run builds the
//! released program, which takes some minutes. `TANBA_PROGRAM` names another one.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a table is printed")]

use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tanba::client::Connector;
use tanba::protocol::ChooseFolder;
use tanba_core::time::UnixTime;
use tanba_installer::identity;
use tanba_tests::tools::in_path;

/// Whatever went wrong; it ends the run and is printed.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many starts are measured unless told otherwise.
const STARTS: usize = 20;
/// How many windows are opened and closed.
const WINDOWS: usize = 10;
/// How long something may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that ends with the run.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the agent lives, and what surrounds it.
struct World {
    program: PathBuf,
    folder: tempfile::TempDir,
    root_pem: String,
    surroundings: Vec<(&'static str, String)>,
}

/// The first line that a program prints.
fn first_line(program: &mut Running) -> Outcome<String> {
    let out: ChildStdout = program.0.stdout.take().ok_or("no output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    if line.is_empty() { Err("a program says nothing".into()) } else { Ok(line) }
}

impl World {
    fn new() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        for name in ["home", "tls"] {
            fs::create_dir(folder.path().join(name))?;
        }
        let seconds = std::time::UNIX_EPOCH.elapsed()?.as_secs().try_into()?;
        let now = UnixTime::from_secs(seconds);
        let (identity, _) = identity::ensure(&folder.path().join("tls"), now)?;
        let root_pem = identity.root_pem().to_owned();
        Ok(Self { program: released()?, folder, root_pem, surroundings: Vec::new() })
    }

    fn command(&self, with_tray: bool) -> Command {
        let mut command = Command::new(&self.program);
        if !with_tray {
            command.arg("serve");
        }
        command
            .args(["--port", "0", "--secrets", "file", "--log", "warn", "--data"])
            .arg(self.folder.path().join("agent"))
            .arg("--tls")
            .arg(self.folder.path().join("tls"))
            .env("HOME", self.folder.path().join("home"))
            .env("LC_ALL", "C.UTF-8")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .envs(self.surroundings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Starts the agent; gives it, its port, and how long it took until it listened.
    fn start(&self, with_tray: bool) -> Outcome<(Running, u16, Duration)> {
        let begin = Instant::now();
        let mut agent = Running(self.command(with_tray).spawn()?);
        let line = first_line(&mut agent)?;
        let time = begin.elapsed();
        let line: Value = serde_json::from_str(&line)?;
        let port = line["listening"].as_str().and_then(|address| address.rsplit(':').next());
        Ok((agent, port.ok_or("it does not listen")?.parse()?, time))
    }

    fn starts(&self, with_tray: bool, count: usize) -> Outcome<Vec<f64>> {
        (0..count).map(|_| Ok(self.start(with_tray)?.2.as_secs_f64() * 1e3)).collect()
    }
}

/// The program as it is released: built now, unless another one is named.
fn released() -> Outcome<PathBuf> {
    if let Some(program) = std::env::var_os("TANBA_PROGRAM") {
        return Ok(program.into());
    }
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--package", "tanba-agent", "--bin", "tanba"])
        .status()?;
    if !built.success() {
        return Err("the program cannot be built".into());
    }
    // This program lies in target/release/deps.
    let own = std::env::current_exe()?;
    Ok(own.ancestors().nth(2).ok_or("no target folder")?.join("tanba"))
}

/// Waits until something is so.
fn until(what: &str, mut so: impl FnMut() -> bool) -> Outcome<()> {
    let end = Instant::now() + PATIENCE;
    while !so() {
        if Instant::now() > end {
            return Err(format!("it does not happen that {what}").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Resident memory of a process once it has come to rest: its own, and with its share of what others have too; in MB.
fn memory(process: u32) -> Outcome<(f64, f64)> {
    // What the start has begun is over when nothing was computed for a second.
    let computed = || fs::read_to_string(format!("/proc/{process}/schedstat")).unwrap_or_default();
    let mut last = computed();
    until("it rests", || {
        std::thread::sleep(Duration::from_secs(1));
        let now = computed();
        std::mem::replace(&mut last, now.clone()) == now
    })?;
    let field = |file: &str, name: &str| -> Outcome<f64> {
        let text = fs::read_to_string(format!("/proc/{process}/{file}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        let kilobytes: f64 = line.split_whitespace().next().ok_or("no number")?.parse()?;
        Ok(kilobytes / 1024.0)
    };
    Ok((field("status", "VmRSS:")?, field("smaps_rollup", "Pss:")?))
}

/// Whether a process has children that have not ended; one that has may wait for a while until it is taken note of.
fn has_children(process: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let lives = |child: &str| {
        let stat = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        // The state follows the name, which is in brackets.
        stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
    };
    children.collect::<String>().split_whitespace().any(lives)
}

/// Lets a page ask for a folder, and go away once the window is on the screen; the window goes with it.
/// Each time it is another page: one that comes and goes all the time has to rest.
fn open_and_close(
    world: &World,
    number: usize,
    port: u16,
    process: u32,
    display: &str,
) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let origin = format!("https://page{number}.example.kz");
    let connector = Connector::new(&origin, world.root_pem.as_bytes()).port(port);
    let asking = async {
        let client = connector.connect().await?;
        client.call(ChooseFolder::default()).await?;
        Outcome::Ok(())
    };
    let seen = async {
        loop {
            let search = ["search", "--onlyvisible", "--name", "."];
            let found =
                Command::new("xdotool").args(search).env("DISPLAY", display).output()?.stdout;
            if !found.is_empty() {
                return Outcome::Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    runtime.block_on(async {
        tokio::select! {
            answered = asking => answered.and(Err("nobody was to answer".into())),
            seen = seen => seen,
        }
    })?;
    drop(runtime);
    until("the window goes with its page", || !has_children(process))
}

fn percentile(times: &[f64], hundredths: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() * hundredths).div_ceil(100)).clamp(1, sorted.len()) - 1]
}

fn row(what: &str, times: &[f64]) {
    println!("| {what} | {:.1} | {:.1} |", percentile(times, 50), percentile(times, 100));
}

fn session_bus(home: &Path) -> Outcome<Option<(Running, String)>> {
    if in_path("dbus-daemon").is_none() {
        return Ok(None);
    }
    let mut bus = Command::new("dbus-daemon");
    bus.args(["--session", "--nofork", "--nosyslog", "--print-address"]).env("HOME", home);
    let bus = bus.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut bus = Running(bus);
    let address = first_line(&mut bus)?.trim().to_owned();
    Ok(Some((bus, address)))
}

fn screen() -> Outcome<Option<(Running, String)>> {
    if in_path("Xvfb").is_none() || in_path("xdotool").is_none() {
        return Ok(None);
    }
    let mut screen = Command::new("Xvfb");
    screen.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1280x1024x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]);
    let screen =
        screen.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut screen = Running(screen);
    let display = format!(":{}", first_line(&mut screen)?.trim());
    Ok(Some((screen, display)))
}

fn run(starts: usize) -> Outcome<()> {
    let mut world = World::new()?;
    println!("| from the start of the process | p50, ms | most, ms |\n|---|--:|--:|");
    let nothing = |_| {
        let begin = Instant::now();
        Command::new("true").status()?;
        Ok(begin.elapsed().as_secs_f64() * 1e3)
    };
    row(
        "a program that does nothing, to its end",
        &(0..starts).map(nothing).collect::<Outcome<Vec<_>>>()?,
    );
    row("the agent without a tray, until it listens", &world.starts(false, starts)?);
    let bus = session_bus(&world.folder.path().join("home"))?;
    if let Some((_, address)) = &bus {
        world.surroundings.push(("DBUS_SESSION_BUS_ADDRESS", address.clone()));
        row("the agent with its tray, until it listens", &world.starts(true, starts)?);
    }
    println!("\n| memory | resident, MB | its share, MB |\n|---|--:|--:|");
    let (headless, _, _) = world.start(false)?;
    let (resident, share) = memory(headless.0.id())?;
    println!("| without a tray, at rest | {resident:.1} | {share:.1} |");
    drop(headless);
    let (Some(_), Some((_screen, display))) = (&bus, screen()?) else { return Ok(()) };
    world.surroundings.push(("DISPLAY", display.clone()));
    let (agent, port, _) = world.start(true)?;
    let (resident, share) = memory(agent.0.id())?;
    println!("| with its tray, at rest, before the first window | {resident:.1} | {share:.1} |");
    for number in 0..WINDOWS {
        open_and_close(&world, number, port, agent.0.id(), &display)?;
    }
    let (resident, share) = memory(agent.0.id())?;
    println!("| … after {WINDOWS} windows, opened and closed | {resident:.1} | {share:.1} |");
    Ok(())
}

/// On what is measured.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let name =
        processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or(std::env::consts::ARCH, |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg");
    format!("{name}, {cores} cores; load before: {}", load.split(' ').next().unwrap_or("?"))
}

fn main() -> Outcome<()> {
    let (mut starts, mut is_measured) = (STARTS, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => is_measured = true,
            "--" => {}
            "--starts" => starts = arguments.next().ok_or("--starts needs a number")?.parse()?,
            other => return Err(format!("not an option: {other}").into()),
        }
    }
    // A run of the tests measures nothing.
    if is_measured {
        eprintln!("{}", machine());
        run(starts.max(1))?;
    }
    Ok(())
}

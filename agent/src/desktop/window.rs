//! The window's side: a child process that shows one window, says what the person answered, and ends.
//!
//! What the person types passes through buffers of egui, of the window system and perhaps of a clipboard, which nobody
//! can wipe; it is the end of this process that forgets them. No core is ever dumped, and no other process of the user
//! may look into one that holds a password.

mod browse;
mod caps;
mod cards;
mod chooser;
mod colours;
mod confirm;
mod consent;
mod documents;
mod elsewhere;
mod face;
mod field;
mod key;
mod key_file;
mod logo;
mod look;
mod new_password;
#[cfg(target_os = "linux")]
mod night;
mod own;
mod picture;
mod reader;
mod search;
mod strength;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use super::line::{ASK_LIMIT, Ask, Reply, Told};
use super::windows::{NO_SCREEN, Renderer};

/// What the program does that was started as something else than a window by one: `None` if there is nothing.
pub(super) fn run_errand(name: &std::ffi::OsStr) -> Option<ExitCode> {
    #[cfg(target_os = "linux")]
    if name == night::NIGHT {
        return Some(night::ask());
    }
    let _ = name;
    None
}

/// Shows the window that the line on standard input asks for.
pub(super) fn show(renderer: Renderer) -> ExitCode {
    forbid_core_dumps();
    if !has_screen() {
        return NO_SCREEN.into();
    }
    let Some(ask) = listen().and_then(|line| serde_json::from_slice(&line).ok()) else {
        return ExitCode::FAILURE;
    };
    let (tell, told) = channel();
    thread::spawn(move || {
        hear(&tell);
        leave_with_the_agent();
    });
    let outcome = match ask {
        Ask::Folder(prompt) => chooser::show(chooser::Choice::of_folder(prompt), renderer),
        Ask::File(prompt) => chooser::show(chooser::Choice::of_file(prompt), renderer),
        Ask::Key(prompt) => {
            forbid_looking_in();
            caps::watch();
            let browse = move |prompt| elsewhere::choose(prompt, renderer);
            face::show(key::ChooseKey::new(*prompt, told, Box::new(browse)), renderer)
        }
        Ask::Own(own) => {
            forbid_looking_in();
            caps::watch();
            own::show(*own, told, renderer)
        }
        Ask::Confirm(prompt) => face::show(confirm::Confirm::new(*prompt), renderer),
        Ask::NewPassword(prompt) => {
            forbid_looking_in();
            caps::watch();
            face::show(new_password::NewPassword::new(prompt), renderer)
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(NeverShown) => ExitCode::FAILURE,
    }
}

/// The window did not come to be: another renderer may do better.
struct NeverShown;

/// Tells the agent. That it cannot be told means that it is gone, and the window goes too.
fn say(reply: &Reply) {
    let line = reply.to_line();
    let mut out = io::stdout().lock();
    let said = out.write_all(&line).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    if said.is_err() {
        std::process::exit(0);
    }
}

/// Says the answer and ends the process at once: nothing that happens afterwards may hold the answer up.
fn answer(reply: Reply) -> ! {
    say(&reply);
    // `exit` runs no destructors.
    drop(reply);
    std::process::exit(0)
}

/// A line of the agent, without its end. What follows it stays where the next call finds it.
fn listen() -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let limit = ASK_LIMIT.try_into().ok()?;
    io::stdin().lock().take(limit).read_until(b'\n', &mut line).ok()?;
    (line.pop() == Some(b'\n')).then_some(line)
}

/// Passes on what the agent tells, until there is no more to hear.
fn hear(tell: &Sender<Told>) {
    while let Some(told) = listen().and_then(|line| serde_json::from_slice(&line).ok()) {
        // Most windows have nothing to be told, and nobody in them listens.
        let _ = tell.send(told);
        face::draw_again();
    }
}

/// The agent holds the pipe open as long as it waits. When it dies, however suddenly, the window goes with it, and so
/// does a chooser that the window started.
fn leave_with_the_agent() {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpgrp, getpid, kill_process_group};
        if getpgrp() == getpid() {
            // Nothing is left to be done about a failure: the next line ends this process at least.
            let _ = kill_process_group(getpid(), Signal::KILL);
        }
    }
    std::process::exit(0)
}

/// On X11 and Wayland a program is told by its environment where the screen is. An X server may be gone nevertheless: it
/// is greeted, so that nobody takes that for a driver that does not work.
#[cfg(target_os = "linux")]
fn has_screen() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("WAYLAND_DISPLAY") || set("DISPLAY") && x11rb::connect(None).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn has_screen() -> bool {
    true
}

#[cfg(unix)]
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Lowering a limit of one's own is always allowed.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(not(unix))]
fn forbid_core_dumps() {}

/// Only for windows that hold a secret: the portal that chooses folders must look at who asks it.
#[cfg(target_os = "linux")]
fn forbid_looking_in() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // The kernel knows this call since 2.4.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn forbid_looking_in() {}

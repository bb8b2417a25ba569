//! Whether Caps Lock is on. No toolkit tells; an X server does, if it is asked. Elsewhere a field deduces it from what
//! is typed.

use std::sync::atomic::{AtomicU8, Ordering};

/// What the X server said last: 0 if nobody could be asked, 1 for off, 2 for on.
static LOCKED: AtomicU8 = AtomicU8::new(0);

/// Whether Caps Lock is on, where the system tells.
pub(super) fn is_locked() -> Option<bool> {
    match LOCKED.load(Ordering::Relaxed) {
        0 => None,
        said => Some(said == 2),
    }
}

/// Asks the X server from now on, as long as the process lives: whoever looks at a field sees at once that the key was
/// pressed. Under Wayland nobody is asked: there, X programs are told of keys only while they have the keyboard.
#[cfg(target_os = "linux")]
pub(super) fn watch() {
    use std::thread;
    use std::time::Duration;

    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{ConnectionExt as _, KeyButMask};

    const PAUSE: Duration = Duration::from_millis(150);

    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("WAYLAND_DISPLAY") || !set("DISPLAY") {
        return;
    }
    thread::spawn(|| {
        let Ok((server, screen)) = x11rb::connect(None) else { return };
        let Some(root) = server.setup().roots.get(screen).map(|screen| screen.root) else { return };
        // Until the server is gone.
        while let Some(pointer) =
            server.query_pointer(root).ok().and_then(|asked| asked.reply().ok())
        {
            let said = if pointer.mask.contains(KeyButMask::LOCK) { 2 } else { 1 };
            if LOCKED.swap(said, Ordering::Relaxed) != said {
                super::face::draw_again();
            }
            thread::sleep(PAUSE);
        }
        LOCKED.store(0, Ordering::Relaxed);
    });
}

#[cfg(not(target_os = "linux"))]
pub(super) fn watch() {}

//! A few words in the corner of the screen, shown by the desktop itself: `org.freedesktop.Notifications`.
//!
//! What is said there may stay in a list that anybody before the screen can read, and on a locked screen: whoever calls
//! says nothing personal.

/// Why nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum NotShown {
    /// This system has no such place, or the program was built without it.
    #[error("notifications are not shown here")]
    NotHere,
    /// The desktop did not take it.
    #[error("the desktop shows no notification: {0}")]
    Desktop(String),
    /// The desktop does not answer.
    #[error("the desktop does not answer")]
    Silent,
}

/// Shows a notification, in the place of the one that this program showed before, and returns when the desktop has taken
/// it. Line breaks and signs of markup are shown as they are.
///
/// # Errors
/// [`NotShown`].
#[cfg(not(all(feature = "desktop", target_os = "linux")))]
pub async fn show(title: &str, body: &str) -> Result<(), NotShown> {
    let _ = (title, body);
    std::future::ready(Err(NotShown::NotHere)).await
}

#[cfg(all(feature = "desktop", target_os = "linux"))]
pub use bus::show;

#[cfg(all(feature = "desktop", target_os = "linux"))]
mod bus {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use tokio::sync::Mutex;
    use zbus::zvariant::Value;

    use super::NotShown;

    /// How long the desktop may take.
    const PATIENCE: Duration = Duration::from_secs(3);
    /// How many characters are shown at most.
    const MOST: usize = 400;

    /// The way to the desktop, from the first notification on: some desktops take notifications away together with the
    /// connection that they came by.
    static BUS: Mutex<Option<zbus::Connection>> = Mutex::const_new(None);

    /// The number of our last notification; 0 before the first.
    static LAST: AtomicU32 = AtomicU32::new(0);

    /// Shows a notification, in the place of the one that this program showed before, and returns when the desktop has
    /// taken it. Line breaks and signs of markup are shown as they are.
    ///
    /// # Errors
    /// [`NotShown`].
    pub async fn show(title: &str, body: &str) -> Result<(), NotShown> {
        let shown = async {
            let mut bus = BUS.lock().await;
            let connection = match bus.take() {
                Some(connection) => connection,
                None => zbus::Connection::session().await?,
            };
            // After an error, or if the desktop is too slow, the next one gets a connection of its own.
            let number = notify(&connection, title, body).await?;
            *bus = Some(connection);
            Ok::<_, zbus::Error>(number)
        };
        match tokio::time::timeout(PATIENCE, shown).await {
            Ok(Ok(number)) => {
                LAST.store(number, Ordering::Relaxed);
                Ok(())
            }
            Ok(Err(error)) => Err(NotShown::Desktop(error.to_string())),
            Err(_) => Err(NotShown::Silent),
        }
    }

    async fn notify(bus: &zbus::Connection, title: &str, body: &str) -> zbus::Result<u32> {
        let proxy = zbus::Proxy::new(
            bus,
            "org.freedesktop.Notifications",
            "/org/freedesktop/Notifications",
            "org.freedesktop.Notifications",
        )
        .await?;
        let actions: [&str; 0] = [];
        // The desktop finds the icon and the name by that of our entry among its programs.
        let hints = HashMap::from([
            ("desktop-entry", Value::from("kz.tanba.Tanba")),
            ("urgency", Value::from(1_u8)),
        ]);
        proxy
            .call(
                "Notify",
                &(
                    "Tanba",
                    LAST.load(Ordering::Relaxed),
                    "",
                    shortened(title),
                    without_markup(&shortened(body)),
                    actions,
                    hints,
                    -1_i32,
                ),
            )
            .await
    }

    fn shortened(text: &str) -> String {
        text.chars().take(MOST).collect()
    }

    /// Bodies may have a few tags; ours have none.
    fn without_markup(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_looks_like_markup_is_shown_and_not_obeyed() {
            assert_eq!(without_markup("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
            assert_eq!(shortened(&"ә".repeat(1000)).chars().count(), MOST);
        }
    }
}

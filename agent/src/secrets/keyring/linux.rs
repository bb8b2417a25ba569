//! Linux: the Secret Service of the session, over D-Bus.
//!
//! The crate below the `keyring` crate is used without it: that one connects once in the life of a process, so that a
//! keyring which begins after the agent is never found, and gives one error for locked and for denied.

use std::collections::HashMap;
use std::io::ErrorKind;

use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error};
use tanba_core::secret::SecretBytes;

use crate::secrets::Trouble;

/// Whether the keyring that new secrets go into is there and open. Without a key exchange: no secret is asked for.
pub(super) fn probe() -> Result<(), Trouble> {
    let keyring = connect(EncryptionType::Plain)?;
    if chosen(&keyring)?.is_locked().map_err(trouble)? { Err(Trouble::Locked) } else { Ok(()) }
}

/// Keeps a secret in place of an earlier one of that name; a locked keyring asks the person first.
pub(super) fn put(service: &str, id: &str, secret: &[u8]) -> Result<(), Trouble> {
    const KIND: &str = "application/octet-stream";
    let keyring = connect(EncryptionType::Dh)?;
    let collection = chosen(&keyring)?;
    if collection.is_locked().map_err(trouble)? {
        collection.unlock().map_err(trouble)?;
    }
    let mut found = items(&keyring, service, id)?.into_iter();
    if let Some(item) = found.next() {
        item.set_secret(secret, KIND).map_err(trouble)?;
        // Somebody else filed more under our name; one of them would be read.
        found.try_for_each(|item| item.delete().map_err(trouble))
    } else {
        let label = format!("{service}: {id}");
        let made = collection.create_item(&label, attributes(service, id), secret, true, KIND);
        made.map(|_| ()).map_err(trouble)
    }
}

/// The secret of that name.
pub(super) fn get(service: &str, id: &str) -> Result<Option<SecretBytes>, Trouble> {
    let keyring = connect(EncryptionType::Dh)?;
    let found = items(&keyring, service, id)?;
    let secret = found.first().map(Item::get_secret).transpose().map_err(trouble)?;
    Ok(secret.map(SecretBytes::new))
}

/// Forgets every secret of that name.
pub(super) fn delete(service: &str, id: &str) -> Result<(), Trouble> {
    let keyring = connect(EncryptionType::Dh)?;
    items(&keyring, service, id)?.into_iter().try_for_each(|item| item.delete().map_err(trouble))
}

fn connect(encryption: EncryptionType) -> Result<SecretService<'static>, Trouble> {
    SecretService::connect(encryption).map_err(trouble)
}

/// The keyring that the person, or their desktop, chose for new secrets.
fn chosen<'a>(keyring: &'a SecretService<'_>) -> Result<Collection<'a>, Trouble> {
    keyring.get_default_collection().map_err(|error| {
        // The service is there, but nobody has made a keyring yet.
        if matches!(error, Error::NoResult) { Trouble::Absent } else { trouble(error) }
    })
}

/// The names under which the `keyring` crate files things as well.
fn attributes<'a>(service: &'a str, id: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", id)])
}

/// What is filed under that name, unlocked.
fn items<'a>(
    keyring: &'a SecretService<'_>,
    service: &str,
    id: &str,
) -> Result<Vec<Item<'a>>, Trouble> {
    let found = keyring.search_items(attributes(service, id)).map_err(trouble)?;
    for item in &found.locked {
        item.unlock().map_err(trouble)?;
    }
    Ok(found.unlocked.into_iter().chain(found.locked).collect())
}

/// What an error means to a person. The error itself is not kept: it may speak of what it was about.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
#[expect(clippy::wildcard_enum_match_arm, reason = "not our enum; what is not known is broken")]
fn trouble(error: Error) -> Trouble {
    match &error {
        Error::Unavailable => Trouble::Absent,
        Error::Locked => Trouble::Locked,
        // The keyring's own question was closed: by the person, or at once because it could not be shown to anybody.
        Error::Prompt if has_screen() => Trouble::Denied,
        Error::Prompt => Trouble::Locked,
        Error::Zbus(error) => of_the_bus(error),
        Error::ZbusFdo(error) => of_the_standard(error),
        _ => Trouble::Broken,
    }
}

/// Whether this session has a screen on which a question can be seen.
fn has_screen() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[expect(clippy::wildcard_enum_match_arm, reason = "not our enum; what is not known is broken")]
fn of_the_bus(error: &zbus::Error) -> Trouble {
    match error {
        zbus::Error::Address(_) | zbus::Error::InterfaceNotFound => Trouble::Absent,
        zbus::Error::Connection(error, _) if error.kind() == ErrorKind::PermissionDenied => {
            Trouble::Denied
        }
        // There is a path to a bus, and nobody behind it.
        zbus::Error::Connection(..) => Trouble::Absent,
        zbus::Error::MethodError(name, ..) => of_the_name(name.as_str()),
        zbus::Error::FDO(error) => of_the_standard(error),
        _ => Trouble::Broken,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "not our enum; what is not known is broken")]
fn of_the_standard(error: &zbus::fdo::Error) -> Trouble {
    use zbus::fdo::Error as Standard;
    match error {
        Standard::ZBus(error) => of_the_bus(error),
        Standard::ServiceUnknown(_)
        | Standard::NameHasNoOwner(_)
        | Standard::SpawnServiceNotFound(_)
        | Standard::NoServer(_) => Trouble::Absent,
        Standard::AccessDenied(_) | Standard::AuthFailed(_) => Trouble::Denied,
        Standard::NoReply(_) | Standard::Timeout(_) | Standard::TimedOut(_) => Trouble::Silent,
        _ => Trouble::Broken,
    }
}

/// By the names of errors on the bus.
fn of_the_name(name: &str) -> Trouble {
    const NAMES: [(&str, Trouble); 9] = [
        ("org.freedesktop.DBus.Error.ServiceUnknown", Trouble::Absent),
        ("org.freedesktop.DBus.Error.NameHasNoOwner", Trouble::Absent),
        ("org.freedesktop.DBus.Error.Spawn.ServiceNotFound", Trouble::Absent),
        ("org.freedesktop.DBus.Error.AccessDenied", Trouble::Denied),
        ("org.freedesktop.DBus.Error.AuthFailed", Trouble::Denied),
        ("org.freedesktop.DBus.Error.NoReply", Trouble::Silent),
        ("org.freedesktop.DBus.Error.Timeout", Trouble::Silent),
        ("org.freedesktop.DBus.Error.TimedOut", Trouble::Silent),
        ("org.freedesktop.Secret.Error.IsLocked", Trouble::Locked),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map_or(Trouble::Broken, |(_, trouble)| *trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_service_and_of_the_bus_are_told_apart() {
        let at = || zbus::Address::try_from("unix:path=/nowhere").unwrap();
        let far = |kind: ErrorKind| {
            Error::Zbus(zbus::Error::Connection(std::sync::Arc::new(kind.into()), at()))
        };
        for (error, meant) in [
            (Error::Unavailable, Trouble::Absent),
            (Error::Locked, Trouble::Locked),
            (Error::Crypto("canary"), Trouble::Broken),
            (Error::PromptDisconnected, Trouble::Broken),
            (far(ErrorKind::NotFound), Trouble::Absent),
            (far(ErrorKind::ConnectionRefused), Trouble::Absent),
            (far(ErrorKind::PermissionDenied), Trouble::Denied),
            (Error::Zbus(zbus::Error::InvalidReply), Trouble::Broken),
            (Error::ZbusFdo(zbus::fdo::Error::ServiceUnknown("canary".into())), Trouble::Absent),
            (Error::ZbusFdo(zbus::fdo::Error::AccessDenied("canary".into())), Trouble::Denied),
            (Error::ZbusFdo(zbus::fdo::Error::NoReply("canary".into())), Trouble::Silent),
        ] {
            let text = format!("{error:?}");
            assert_eq!(trouble(error), meant, "{text}");
        }
        assert_eq!(of_the_name("org.freedesktop.Secret.Error.IsLocked"), Trouble::Locked);
        assert_eq!(of_the_name("com.example.Canary"), Trouble::Broken);
    }
}

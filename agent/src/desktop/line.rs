//! What the agent and its window say to each other, in JSON lines: the question, "it is on the screen", the answer. The
//! window that chooses a key also has files opened, as often as the person tries.
//!
//! ```text
//! agent  {"ask":"key",…}                                    {"cards":[…]} or {"cannot":"wrong_password"}
//! window                   "shown"  {"open":{…}}                                                         {"key":0}
//! ```

pub(super) mod bytes;
mod paths;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use zeroize::Zeroize as _;
#[cfg(any(feature = "desktop", test))]
use zeroize::Zeroizing;

pub(super) use self::paths::{list, one, optional};
use super::{
    CannotOpen, ConsentPrompt, FilePrompt, FolderPrompt, KeyCard, KeyPrompt, NewPasswordPrompt,
    Own, Said,
};

/// The longest line of a window, in bytes: a path of 4,096 bytes and a password of 1,024 in hexadecimal digits, and
/// some room.
pub(super) const LIMIT: usize = 16 * 1024;

/// The longest line of one of the person's own windows, in bytes: a picture of five megabytes in base64, and some room.
pub(super) const SAID_LIMIT: usize = 8 * 1024 * 1024;

/// The longest line of the agent, in bytes: the texts of documents are in it.
pub(super) const ASK_LIMIT: usize = 2 * 1024 * 1024;

/// The agent's first line: what is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(super) enum Ask {
    /// Choose a folder for keys.
    Folder(FolderPrompt),
    /// Make up a password.
    NewPassword(NewPasswordPrompt),
    /// Choose a file for a page.
    File(FilePrompt),
    /// Choose a key, and agree.
    Key(Box<KeyPrompt>),
    /// Agree.
    Confirm(Box<ConsentPrompt>),
    /// Nothing: the person wanted to see this.
    Own(Box<Own>),
}

/// Every further line of the agent: what came of opening a file, or what one of the person's own windows shows now.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// What is in it.
    Cards(Vec<KeyCard>),
    /// Why it was not opened.
    Cannot(CannotOpen),
    /// What is shown now.
    Own(Box<Own>),
}

/// A line of the window.
#[derive(Debug)]
pub(super) enum Reply {
    /// The window is on the screen.
    Shown,
    /// The person closed it.
    Closed,
    /// The person chose a folder for keys.
    Folder(PathBuf),
    /// The person made up a password.
    NewPassword(NewPassword),
    /// The person chose a file, or a folder, for a page.
    File(PathBuf),
    /// The person wants to see the keys in a file.
    Open(PathBuf, Password),
    /// The person chose the key with this index, and agreed.
    Key(usize),
    /// The person agreed.
    Agreed,
    /// The person wants no more questions of the page that asks.
    Blocked,
    /// The person did something in one of their own windows.
    Said(Box<Said>),
}

/// All lines but those with a password, which serde must not see: it would leave copies behind.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Plain {
    Shown,
    Closed,
    Folder(String),
    File(String),
    Key(usize),
    Agreed,
    Blocked,
    Said(Box<Said>),
}

/// [`Plain::Said`], without a copy.
#[cfg(any(feature = "desktop", test))]
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Borrowed<'a> {
    Said(&'a Said),
}

/// The characters of a new password need no escaping in JSON: neither `"` nor `\` nor anything beyond ASCII is allowed.
const PASSWORD: (&[u8], &[u8]) = (br#"{"password":""#, br#""}"#);

/// The password of a file that is there already may have any characters: it is sent as hexadecimal digits of its UTF-8.
const OPEN: (&[u8], &[u8], &[u8]) = (br#"{"open":{"password":""#, br#"","file":""#, br#""}}"#);

/// A line that is not one of ours: the window is broken.
#[derive(Debug, thiserror::Error)]
#[error("the window said something that is no answer")]
pub(super) struct NotALine;

impl Reply {
    /// Whether the window has nothing more to say.
    #[cfg(any(feature = "desktop", test))]
    pub(super) fn is_last(&self) -> bool {
        match self {
            Self::Shown | Self::Open(..) | Self::Said(_) => false,
            Self::Closed
            | Self::Folder(_)
            | Self::NewPassword(_)
            | Self::File(_)
            | Self::Key(_)
            | Self::Agreed
            | Self::Blocked => true,
        }
    }

    /// The line, without its end. One allocation holds it, and it is wiped.
    #[cfg(any(feature = "desktop", test))]
    pub(super) fn to_line(&self) -> Zeroizing<Vec<u8>> {
        let plain = match self {
            Self::NewPassword(password) => {
                let parts = [PASSWORD.0, password.as_password().expose().as_bytes(), PASSWORD.1];
                return Zeroizing::new(parts.concat());
            }
            Self::Open(file, password) => return open_line(&paths::digits(file), password),
            Self::Shown => Plain::Shown,
            Self::Closed => Plain::Closed,
            Self::Folder(path) => Plain::Folder(paths::digits(path)),
            Self::File(path) => Plain::File(paths::digits(path)),
            Self::Key(index) => Plain::Key(*index),
            Self::Agreed => Plain::Agreed,
            Self::Blocked => Plain::Blocked,
            Self::Said(said) => return said_line(said),
        };
        Zeroizing::new(serde_json::to_vec(&plain).expect("strings and numbers always become JSON"))
    }

    /// Forgets codes and PINs, once they have been said.
    #[cfg(any(feature = "desktop", test))]
    pub(super) fn wipe(&mut self) {
        match self {
            Self::Said(said) => said.wipe(),
            // These wipe themselves, or hold no secret.
            Self::NewPassword(_)
            | Self::Open(..)
            | Self::Shown
            | Self::Closed
            | Self::Folder(_)
            | Self::File(_)
            | Self::Key(_)
            | Self::Agreed
            | Self::Blocked => {}
        }
    }

    /// Reads a line of the window, without its end. A new password is checked against the rules once more.
    pub(super) fn parse(line: &[u8]) -> Result<Self, NotALine> {
        let password = line.strip_prefix(PASSWORD.0).and_then(|rest| rest.strip_suffix(PASSWORD.1));
        if let Some(password) = password {
            let password = std::str::from_utf8(password).map_err(|_| NotALine)?;
            let password = Password::new(password.to_owned());
            return NewPassword::parse(password).map(Self::NewPassword).map_err(|_| NotALine);
        }
        let open = line.strip_prefix(OPEN.0).and_then(|rest| rest.strip_suffix(OPEN.2));
        if let Some(open) = open {
            return parse_open(open);
        }
        match serde_json::from_slice(line).map_err(|_| NotALine)? {
            Plain::Shown => Ok(Self::Shown),
            Plain::Closed => Ok(Self::Closed),
            Plain::Folder(path) => paths::absolute(path.as_bytes()).map(Self::Folder),
            Plain::File(path) => paths::absolute(path.as_bytes()).map(Self::File),
            Plain::Key(index) => Ok(Self::Key(index)),
            Plain::Agreed => Ok(Self::Agreed),
            Plain::Blocked => Ok(Self::Blocked),
            Plain::Said(said) => Ok(Self::Said(said)),
        }
    }
}

/// What a person said may be a code or a PIN: it is borrowed, and fits into the first allocation unless it is a picture.
#[cfg(any(feature = "desktop", test))]
fn said_line(said: &Said) -> Zeroizing<Vec<u8>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LIMIT));
    serde_json::to_writer(&mut *line, &Borrowed::Said(said))
        .expect("strings and numbers always become JSON");
    line
}

#[cfg(any(feature = "desktop", test))]
fn open_line(file: &str, password: &Password) -> Zeroizing<Vec<u8>> {
    let password = password.expose().as_bytes();
    let frame = OPEN.0.len() + OPEN.1.len() + OPEN.2.len();
    let mut line = Zeroizing::new(vec![0; frame + 2 * password.len() + file.len()]);
    let (head, rest) = line.split_at_mut(OPEN.0.len());
    head.copy_from_slice(OPEN.0);
    let (digits, rest) = rest.split_at_mut(2 * password.len());
    hex::encode_to_slice(password, digits).expect("there is room for two digits a byte");
    let (middle, rest) = rest.split_at_mut(OPEN.1.len());
    middle.copy_from_slice(OPEN.1);
    let (path, end) = rest.split_at_mut(file.len());
    path.copy_from_slice(file.as_bytes());
    end.copy_from_slice(OPEN.2);
    line
}

/// The digits of a password and of a file, and what stands between them.
fn parse_open(open: &[u8]) -> Result<Reply, NotALine> {
    let end = open.iter().position(|byte| *byte == b'"').ok_or(NotALine)?;
    let (digits, rest) = open.split_at(end);
    let file = paths::absolute(rest.strip_prefix(OPEN.1).ok_or(NotALine)?)?;
    let mut bytes = vec![0; digits.len() / 2];
    let read = hex::decode_to_slice(digits, &mut bytes);
    if read.is_err() {
        bytes.zeroize();
        return Err(NotALine);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Reply::Open(file, Password::new(text))),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(NotALine)
        }
    }
}

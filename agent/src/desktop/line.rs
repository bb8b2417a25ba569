//! What the agent and its window say to each other: one JSON line each way, and one more that says "it is on the
//! screen".

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
#[cfg(any(feature = "desktop", test))]
use zeroize::Zeroizing;

use super::{FolderPrompt, NewPasswordPrompt};

/// The longest line, in bytes: a path of 4,096 bytes in hexadecimal digits, and some room.
pub(super) const LIMIT: usize = 16 * 1024;

/// The agent's line: what is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(super) enum Ask {
    /// Choose a folder.
    Folder(FolderPrompt),
    /// Make up a password.
    NewPassword(NewPasswordPrompt),
}

/// A line of the window.
#[derive(Debug)]
pub(super) enum Reply {
    /// The window is on the screen.
    Shown,
    /// The person closed it.
    Closed,
    /// The person chose a folder.
    Folder(PathBuf),
    /// The person made up a password.
    NewPassword(NewPassword),
}

/// All lines but the password's, which serde must not see: it would leave copies behind.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Plain {
    Shown,
    Closed,
    Folder(String),
}

/// The characters of a password need no escaping in JSON: neither `"` nor `\` nor anything beyond ASCII is allowed.
const PASSWORD: (&[u8], &[u8]) = (br#"{"password":""#, br#""}"#);

/// A line that is not one of ours: the window is broken.
#[derive(Debug, thiserror::Error)]
#[error("the window said something that is no answer")]
pub(super) struct NotAReply;

impl Reply {
    /// The line, without its end. One allocation holds it, and it is wiped.
    #[cfg(any(feature = "desktop", test))]
    pub(super) fn to_line(&self) -> Zeroizing<Vec<u8>> {
        let plain = match self {
            Self::NewPassword(password) => {
                let parts = [PASSWORD.0, password.as_password().expose().as_bytes(), PASSWORD.1];
                return Zeroizing::new(parts.concat());
            }
            Self::Shown => Plain::Shown,
            Self::Closed => Plain::Closed,
            Self::Folder(path) => Plain::Folder(hex::encode(path.as_os_str().as_encoded_bytes())),
        };
        Zeroizing::new(serde_json::to_vec(&plain).expect("strings always become JSON"))
    }

    /// Reads a line of the window, without its end. A password is checked against the rules once more.
    pub(super) fn parse(line: &[u8]) -> Result<Self, NotAReply> {
        let password = line.strip_prefix(PASSWORD.0).and_then(|rest| rest.strip_suffix(PASSWORD.1));
        if let Some(password) = password {
            let password = std::str::from_utf8(password).map_err(|_| NotAReply)?;
            let password = Password::new(password.to_owned());
            return NewPassword::parse(password).map(Self::NewPassword).map_err(|_| NotAReply);
        }
        match serde_json::from_slice(line).map_err(|_| NotAReply)? {
            Plain::Shown => Ok(Self::Shown),
            Plain::Closed => Ok(Self::Closed),
            Plain::Folder(path) => {
                let path = path_of(hex::decode(path).map_err(|_| NotAReply)?)?;
                if path.is_absolute() { Ok(Self::Folder(path)) } else { Err(NotAReply) }
            }
        }
    }
}

/// On Unix a path is bytes, of which not all are UTF-8.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "the same function fails on other systems")]
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, NotAReply> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(std::ffi::OsString::from_vec(bytes).into())
}

/// Elsewhere std keeps its encoding to itself; a name with half a surrogate pair in it is refused.
#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, NotAReply> {
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| NotAReply)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(reply: &Reply) -> Reply {
        Reply::parse(&reply.to_line()).unwrap()
    }

    fn folder(reply: Reply) -> PathBuf {
        match reply {
            Reply::Folder(path) => path,
            Reply::Shown | Reply::Closed | Reply::NewPassword(_) => {
                panic!("{reply:?} is no folder")
            }
        }
    }

    #[test]
    fn every_answer_arrives_as_it_was_sent() {
        assert!(matches!(round_trip(&Reply::Shown), Reply::Shown));
        assert!(matches!(round_trip(&Reply::Closed), Reply::Closed));
        for path in ["/", "/home/Әйгерім/ЭЦП кілттері", "/a\nb\"c\\"] {
            assert_eq!(folder(round_trip(&Reply::Folder(path.into()))), PathBuf::from(path));
        }
        for text in ["Abcde1", "#$^+=!*()@%&_?-.aA1", &format!("aA1{}", "x".repeat(29))] {
            let password = NewPassword::parse(Password::new(text.to_owned())).unwrap();
            match round_trip(&Reply::NewPassword(password)) {
                Reply::NewPassword(same) => assert_eq!(same.as_password().expose(), text),
                other @ (Reply::Shown | Reply::Closed | Reply::Folder(_)) => panic!("{other:?}"),
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_text_arrives_too() {
        use std::os::unix::ffi::OsStringExt as _;
        let path = PathBuf::from(std::ffi::OsString::from_vec(b"/tmp/\xff\xfe".to_vec()));
        assert_eq!(folder(round_trip(&Reply::Folder(path.clone()))), path);
    }

    #[test]
    fn the_line_of_a_password_is_json() {
        let text = "Ab1#$^+=!*()@%&_?-.";
        let password = NewPassword::parse(Password::new(text.to_owned())).unwrap();
        let line = Reply::NewPassword(password).to_line();
        let json: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(json["password"], text);
    }

    #[test]
    fn what_a_broken_window_says_is_no_answer() {
        for line in [
            "",
            "{}",
            "\"opened\"",
            r#"{"password":"weak"}"#,
            r#"{"password":"Abcde1\""}"#,
            r#"{"password":"Abcde1"} "#,
            r#"{"folder":"zz"}"#,
            r#"{"folder":"61"}"#,
            r#"{"folder":7}"#,
        ] {
            assert!(Reply::parse(line.as_bytes()).is_err(), "{line}");
        }
    }
}

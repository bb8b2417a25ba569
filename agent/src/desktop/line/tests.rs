//! Lines arrive as they were sent, and what is no line is refused.

use super::*;

fn round_trip(reply: &Reply) -> Reply {
    Reply::parse(&reply.to_line()).unwrap()
}

fn path(reply: Reply) -> PathBuf {
    match reply {
        Reply::Folder(path) | Reply::File(path) => path,
        Reply::Shown
        | Reply::Closed
        | Reply::NewPassword(_)
        | Reply::Open(..)
        | Reply::Key(_)
        | Reply::Agreed
        | Reply::Blocked
        | Reply::Said(_) => panic!("{reply:?} is no path"),
    }
}

#[test]
fn every_answer_arrives_as_it_was_sent() {
    assert!(matches!(round_trip(&Reply::Shown), Reply::Shown));
    assert!(matches!(round_trip(&Reply::Closed), Reply::Closed));
    assert!(matches!(round_trip(&Reply::Agreed), Reply::Agreed));
    assert!(matches!(round_trip(&Reply::Blocked), Reply::Blocked));
    assert!(matches!(round_trip(&Reply::Key(7)), Reply::Key(7)));
    let said = round_trip(&Reply::Said(Box::new(Said::Again)));
    assert!(matches!(said, Reply::Said(said) if matches!(*said, Said::Again)));
    for name in ["/", "/home/Әйгерім/ЭЦП кілттері", "/a\nb\"c\\"] {
        assert_eq!(path(round_trip(&Reply::Folder(name.into()))), PathBuf::from(name));
        assert_eq!(path(round_trip(&Reply::File(name.into()))), PathBuf::from(name));
    }
    for text in ["Abcde1", "#$^+=!*()@%&_?-.aA1", &format!("aA1{}", "x".repeat(29))] {
        let password = NewPassword::parse(Password::new(text.to_owned())).unwrap();
        assert!(matches!(
            round_trip(&Reply::NewPassword(password)),
            Reply::NewPassword(same) if same.as_password().expose() == text
        ));
    }
}

#[test]
fn any_password_opens_a_file() {
    let long = "ә".repeat(512);
    for text in ["", "Qwerty12", "\"\\}{\n\0", "құпия сөз", "\"}}", long.as_str()] {
        let file = "/home/Әйгерім/GOST512_1.p12";
        let sent = Reply::Open(file.into(), Password::new(text.to_owned()));
        let line = sent.to_line();
        assert!(line.len() < LIMIT && !sent.is_last());
        let json: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(json["open"]["password"], hex::encode(text));
        assert!(matches!(
            round_trip(&sent),
            Reply::Open(path, same) if path.to_str() == Some(file) && same.expose() == text
        ));
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_arrives_too() {
    use std::os::unix::ffi::OsStringExt as _;

    let odd = PathBuf::from(std::ffi::OsString::from_vec(b"/tmp/\xff\xfe".to_vec()));
    assert_eq!(path(round_trip(&Reply::Folder(odd.clone()))), odd);
    let prompt = FilePrompt {
        origin: None,
        locale: tanba::protocol::Locale::Kk,
        sandbox: false,
        kind: super::super::FileKind::Any,
        folder: Some(odd.clone()),
        wish: None,
    };
    let line = serde_json::to_vec(&Ask::File(prompt)).unwrap();
    assert!(matches!(
        serde_json::from_slice(&line).unwrap(),
        Ask::File(prompt) if prompt.folder == Some(odd)
    ));
}

#[test]
fn the_line_of_a_new_password_is_json() {
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
        r#"{"file":"61"}"#,
        r#"{"key":-1}"#,
        r#"{"key":1.5}"#,
        r#"{"key":99999999999999999999}"#,
        r#"{"open":{}}"#,
        r#"{"open":{"password":"","file":""}}"#,
        r#"{"open":{"password":"","file":"61"}}"#,
        r#"{"open":{"password":"6","file":"2f"}}"#,
        r#"{"open":{"password":"ff","file":"2f"}}"#,
        r#"{"open":{"password":"zz","file":"2f"}}"#,
        r#"{"open":{"file":"2f","password":""}}"#,
        r#"{"open":{"password":"61","file":"2f"}} "#,
    ] {
        assert!(Reply::parse(line.as_bytes()).is_err(), "{line}");
    }
}

#[test]
fn an_answer_of_the_agent_is_json_that_the_window_reads() {
    assert_eq!(
        serde_json::to_string(&Told::Cannot(CannotOpen::WrongPassword)).unwrap(),
        r#"{"cannot":"wrong_password"}"#
    );
    assert_eq!(serde_json::to_string(&Told::Cards(Vec::new())).unwrap(), r#"{"cards":[]}"#);
}

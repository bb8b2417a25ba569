//! A scripted person before windows whose keys are made up.

use std::sync::Mutex;
use std::time::Duration;

use tanba::protocol::Locale;
use tanba_agent::desktop::{Deed, Refusal};

use super::*;

/// Opens files by their names: `empty` has no key, `refused` one that cannot be taken, `good` both.
#[derive(Default)]
struct Shelf(Mutex<Vec<(PathBuf, String)>>);

impl KeyOpener for Shelf {
    fn open(
        &self,
        file: PathBuf,
        password: Password,
    ) -> Future<'_, Result<Vec<KeyCard>, CannotOpen>> {
        let opened = if password.expose() != "Password1" {
            Err(CannotOpen::WrongPassword)
        } else if file.ends_with("empty") {
            Err(CannotOpen::Empty)
        } else if file.ends_with("refused") {
            Ok(vec![card(0, Some(Refusal::OtherPurpose))])
        } else {
            Ok(vec![card(0, Some(Refusal::Expired)), card(1, None)])
        };
        self.0.lock().expect("whole").push((file, password.expose().to_owned()));
        Box::pin(std::future::ready(opened))
    }
}

fn card(index: usize, refusal: Option<Refusal>) -> KeyCard {
    KeyCard {
        index,
        name: "ТЕСТОВ ТЕСТ".to_owned(),
        organisation: None,
        iin: None,
        bin: None,
        purpose: None,
        algorithm: "RSA 2048".to_owned(),
        valid: (0, 1),
        serial: "1".to_owned(),
        issuer: String::new(),
        refusal,
        notes: Vec::new(),
    }
}

fn prompt(file: Option<&str>) -> KeyPrompt {
    KeyPrompt {
        consent: consent(),
        recent: Vec::new(),
        file: file.map(PathBuf::from),
        files: true,
        tokens: Vec::new(),
    }
}

fn consent() -> ConsentPrompt {
    ConsentPrompt {
        origin: Some("https://egov.kz".to_owned()),
        locale: Locale::Kk,
        sandbox: false,
        deed: Deed::Sign,
        count: 1,
        documents: Vec::new(),
        warnings: Vec::new(),
        logo: Some(vec![0; 1000]),
        may_block: false,
    }
}

fn person(keys: &[&str], behaviour: Behaviour) -> ScriptedPerson {
    let belongings = Belongings {
        keys: keys.iter().map(PathBuf::from).collect(),
        password: Some(Password::new("Password1".to_owned())),
        document: None,
    };
    ScriptedPerson::new(belongings, behaviour, Diary::default())
}

fn how(person: &ScriptedPerson) -> String {
    let last = person.diary().lines().pop().expect("a line");
    assert_eq!(last["event"], "ends");
    format!("{}: {}", last["outcome"].as_str().expect("text"), last["how"].as_str().expect("text"))
}

#[tokio::test]
async fn the_first_key_that_may_be_taken_is_chosen() {
    let (shelf, person) =
        (Shelf::default(), person(&["empty", "refused", "good", "never"], Behaviour::Approve));
    let asked = person.choose_key(prompt(None), &shelf).await;
    assert!(matches!(asked, Asked::Answered(1)), "{asked:?}");
    assert_eq!(shelf.0.lock().expect("whole").len(), 3);
    assert_eq!(how(&person), "answered: chose a key");
    let lines = person.diary().lines();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().expect("text")).collect();
    assert_eq!(events, ["asked", "opens", "tried", "tried", "tried", "ends"]);
    assert_eq!(lines[0]["prompt"]["consent"]["logo"]["bytes"], 1000);
    assert_eq!(lines[2]["error"], "empty");
    assert_eq!(lines[3]["cards"][0]["refusal"], "other_purpose");
    assert!(!serde_json::to_string(&lines).expect("JSON").contains("Password1"));
}

#[tokio::test]
async fn the_file_that_was_chosen_before_comes_first() {
    let (shelf, person) = (Shelf::default(), person(&["a", "b"], Behaviour::Approve));
    let _ = person.choose_key(prompt(Some("b")), &shelf).await;
    let _ = person.choose_key(prompt(Some("strange")), &shelf).await;
    let opened: Vec<_> =
        shelf.0.lock().expect("whole").iter().map(|(file, _)| file.clone()).collect();
    assert_eq!(opened, [PathBuf::from("b"), PathBuf::from("a")]);
}

#[tokio::test]
async fn windows_are_closed_with_a_reason() {
    let shelf = Shelf::default();
    let tokens = KeyPrompt { files: false, ..prompt(None) };
    for (keys, behaviour, prompt, expected) in [
        (&["good"][..], Behaviour::Cancel, prompt(None), "closed: cancels"),
        (&["good"], Behaviour::WrongPassword, prompt(None), "closed: typed a wrong password"),
        (&["refused"], Behaviour::Approve, prompt(None), "closed: no key fits"),
        (&[], Behaviour::WrongPassword, prompt(None), "closed: has no key"),
        (
            &["good"],
            Behaviour::Approve,
            tokens,
            "closed: only tokens are wanted, and there is none",
        ),
    ] {
        let person = person(keys, behaviour);
        let asked = person.choose_key(prompt, &shelf).await;
        assert!(matches!(asked, Asked::Closed), "{asked:?}");
        assert_eq!(how(&person), expected);
    }
    let opened = shelf.0.lock().expect("whole");
    assert_eq!(opened.len(), 2, "once with the wrong password, once the refused key: {opened:?}");
}

#[tokio::test]
async fn files_and_agreement() {
    let mut person = person(&["keys/good.p12"], Behaviour::Approve);
    let prompt = |kind| FilePrompt {
        origin: None,
        locale: Locale::Ru,
        sandbox: false,
        kind,
        folder: None,
        wish: None,
    };
    let chosen = async |person: &ScriptedPerson, kind| match person.choose_file(prompt(kind)).await
    {
        Asked::Answered(path) => path.to_str().expect("text").to_owned(),
        Asked::Closed | Asked::Blocked | Asked::NoScreen => "closed".to_owned(),
    };
    assert_eq!(chosen(&person, FileKind::Key).await, "keys/good.p12");
    assert_eq!(chosen(&person, FileKind::Folder).await, "keys");
    assert_eq!(chosen(&person, FileKind::Any).await, "closed");
    person.belongings.document = Some(PathBuf::from("papers/contract.pdf"));
    assert_eq!(chosen(&person, FileKind::Any).await, "papers/contract.pdf");
    assert_eq!(chosen(&person, FileKind::Folder).await, "papers");
    assert!(matches!(person.confirm(consent()).await, Asked::Answered(())));
    person.behave(Behaviour::Cancel);
    assert_eq!(chosen(&person, FileKind::Key).await, "closed");
    assert!(matches!(person.confirm(consent()).await, Asked::Closed));
}

#[tokio::test]
async fn one_window_is_open_at_a_time_and_one_that_is_taken_away_makes_room() {
    let person = person(&["good"], Behaviour::Delay(Duration::from_secs(3600)));
    let (first_shelf, second_shelf) = (Shelf::default(), Shelf::default());
    let mut first = person.choose_key(prompt(None), &first_shelf);
    let mut second = person.choose_key(prompt(None), &second_shelf);
    for window in [&mut first, &mut second] {
        // Polled once: the first is open then, and the second waits.
        tokio::select! {
            biased;
            asked = window => panic!("{asked:?}"),
            () = std::future::ready(()) => {}
        }
    }
    drop(first);
    person.behave(Behaviour::Approve);
    assert!(matches!(second.await, Asked::Answered(1)));
    assert!(first_shelf.0.lock().expect("whole").is_empty(), "it was not answered");
    assert_eq!(person.diary().most_open(), 1);
    let lines = person.diary().lines();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line["window"].as_u64().expect("a number"), line["event"].as_str()))
        .collect();
    let expected = ["asked", "opens", "asked", "ends", "opens", "tried", "ends"].map(Some);
    assert_eq!(told, [1, 1, 2, 1, 2, 2, 2].into_iter().zip(expected).collect::<Vec<_>>());
    assert_eq!(lines[3]["outcome"], "taken away");
}

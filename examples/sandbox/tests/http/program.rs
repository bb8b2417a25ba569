//! The program itself: what it prints, and what it never writes down.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::applicant::{Applicant, FIRST, PIN, p256, uuid};
use crate::client::Client;

/// The running program; it is stopped with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, which is nobody's fault here.
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

#[tokio::test]
async fn the_program_warns_and_its_log_is_json_without_personal_data() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tanba-sandbox"))
        .args(["--port", "0", "--issue-after", "0", "--log", "trace"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut log = child.stderr.take().unwrap();
    let program = Program(child);
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        text
    });
    let mut greeting = String::new();
    output.read_line(&mut greeting).unwrap();
    assert!(greeting.starts_with("SANDBOX: not a certification authority"), "{greeting}");
    let mut address = String::new();
    output.read_line(&mut address).unwrap();
    let client = Client::at(address.trim().strip_prefix("Listening on ").unwrap());

    let mut applicant = Applicant::new(&client, FIRST);
    applicant.identify().await;
    let application =
        applicant.submit(&uuid(), &applicant.form(&[("sign", &p256())])).await.of_status(201);
    let number = application["number"].as_str().unwrap().to_owned();
    applicant.certificates(&number).await.of_status(200);
    let codes = [applicant.code("1414").await, applicant.code("3116").await];
    drop(program);

    let log = log.join().unwrap();
    assert!(log.lines().count() > 20, "{log}");
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
    let secrets = [
        FIRST.0,
        FIRST.1,
        PIN,
        &codes[0],
        &codes[1],
        &applicant.sid,
        &applicant.token,
        &applicant.did,
        &number,
    ];
    for secret in secrets.into_iter().chain(["САНДБОКСОВ", "ТЕСТОВИЧ"]) {
        // Short digits may stand in a time or a duration by chance: they are looked for as a value of their own.
        let quoted = [
            format!("\"{secret}\""),
            format!("={secret}"),
            format!(" {secret} "),
            format!("/{secret}"),
        ];
        let found = if secret.len() > 6 {
            log.contains(secret)
        } else {
            quoted.iter().any(|text| log.contains(text))
        };
        assert!(!found, "{secret} is in the log");
    }
}

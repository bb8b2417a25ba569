//! The enrolment engine against scripted replies: what is asked, what is sent, what a mistake changes.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what a test did not expect is one case: it fails"
)]

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use tanba_core::crypto::{self, Algorithm};
use tanba_core::enrolment::gateway::http::{Request, Token};
use tanba_core::enrolment::gateway::{CallError, Environment, Locale, Problem, Template};
use tanba_core::enrolment::journal::{Progress, Record};
use tanba_core::enrolment::{
    Answer, Enrolment, Entropy, Event, MadeKey, Profile, Prompt, Reason, Step, gateway,
};
use tanba_core::iin::Iin;
use tanba_core::layout::Purpose;
use tanba_core::secret::{Password, SecretBytes};
use tanba_core::time::UnixTime;
use tanba_core::x509::{Person, request};

const IIN: &str = "500101100010";

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_secs(1_800_000_000 + seconds)
}

fn begin() -> Enrolment {
    let profile = Profile {
        environment: Environment::Sandbox,
        template: Template::IndividualRemote,
        algorithm: Algorithm::P256,
        locale: Locale::Kk,
    };
    Enrolment::start(
        profile,
        Entropy {
            id: "3f2b8c9e-0000-4000-8000-000000000001".to_owned(),
            idempotency_key: "3f2b8c9e-0000-4000-8000-000000000002".to_owned(),
            verifier: Password::new("v".repeat(64)),
        },
    )
}

fn jpeg() -> SecretBytes {
    SecretBytes::new(vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF, 0xD9])
}

/// Gives the call that the engine wants sent a response, as the gateway would.
fn respond(engine: &mut Enrolment, now: UnixTime, status: u16, body: &str) -> Result<(), Reason> {
    let reply = match engine.step(now) {
        Step::Send(call) => gateway::http::reply(call, status, body.as_bytes()),
        Step::SendAgain(call) => gateway::http::reply(&call, status, body.as_bytes()),
        other => panic!("nothing is to be sent: {other:?}"),
    };
    engine.receive(Event::Replied(reply), now).map_err(|refusal| refusal.reason)
}

fn give(engine: &mut Enrolment, now: UnixTime, answer: Answer) -> Result<(), Reason> {
    engine.receive(Event::Answered(answer), now).map_err(|refusal| refusal.reason)
}

fn wanted(engine: &Enrolment, now: UnixTime) -> Request {
    match engine.step(now) {
        Step::Send(call) => Request::of(call, engine.credentials()),
        Step::SendAgain(call) => Request::of(&call, engine.credentials()),
        other => panic!("nothing is to be sent: {other:?}"),
    }
}

const OTP: &str = r#"{"sender":"1414","expires_in":120,"resend_in":120,"phone_mask":"+7*******01","attempts_left":3}"#;

fn at_otp() -> Enrolment {
    let mut engine = begin();
    give(&mut engine, at(0), Answer::Iin(IIN.to_owned())).expect("an IIN");
    let session = r#"{"sid":"s1","token":"t-secret","state":"subject_found","expires_at":"2027-01-15T08:30:00Z"}"#;
    respond(&mut engine, at(0), 201, session).expect("a session");
    respond(&mut engine, at(0), 202, OTP).expect("sent");
    engine
}

fn at_selfie() -> Enrolment {
    let mut engine = at_otp();
    give(&mut engine, at(1), Answer::Otp(Password::new("04802".to_owned()))).expect("a code");
    respond(&mut engine, at(1), 200, "{}").expect("verified");
    assert_eq!(engine.prompt(at(1)), Prompt::Phone);
    give(&mut engine, at(2), Answer::Phone("8 (700) 000-00-01".to_owned())).expect("a number");
    let sent = wanted(&engine, at(2));
    let body = sent.body.expect("a body").1;
    assert_eq!(std::str::from_utf8(body.expose()), Ok(r#"{"phone":"+77000000001"}"#));
    respond(&mut engine, at(2), 202, &OTP.replace("1414", "3116")).expect("sent");
    give(&mut engine, at(3), Answer::Otp(Password::new("111222".to_owned()))).expect("a code");
    respond(&mut engine, at(3), 200, r#"{"token":"d-secret","state":"new"}"#).expect("logged in");
    engine
}

fn at_folder() -> Enrolment {
    let mut engine = at_selfie();
    give(&mut engine, at(4), Answer::Selfie(jpeg())).expect("a picture");
    respond(&mut engine, at(4), 204, "").expect("taken");
    give(&mut engine, at(5), Answer::StartLiveness).expect("begun");
    let running = r#"{"id":"l1","state":"running","challenges":["center","blink"],"next":"center","attempts_left":5}"#;
    respond(&mut engine, at(5), 201, running).expect("running");
    let picture = |challenge| Answer::Liveness { challenge, picture: jpeg() };
    assert_eq!(
        give(&mut engine, at(5), picture(gateway::Challenge::Blink)),
        Err(Reason::NotExpected)
    );
    give(&mut engine, at(5), picture(gateway::Challenge::Center)).expect("a picture");
    respond(&mut engine, at(5), 200, &running.replace(r#""next":"center""#, r#""next":"blink""#))
        .expect("running");
    give(&mut engine, at(6), picture(gateway::Challenge::Blink)).expect("a picture");
    respond(&mut engine, at(6), 200, r#"{"id":"l1","state":"passed","challenges":[]}"#)
        .expect("passed");
    let pin = |text: &str| Password::new(text.to_owned());
    give(&mut engine, at(7), Answer::Pin { pin: pin("1111"), repeat: pin("1111") }).expect("a PIN");
    respond(&mut engine, at(7), 204, "").expect("set");
    let side =
        |side| Answer::Document { kind: gateway::DocumentKind::IdCard, side, picture: jpeg() };
    give(&mut engine, at(8), side(gateway::Side::Front)).expect("the front");
    // The document is begun by itself, and the picture that waited goes out next.
    respond(&mut engine, at(8), 201, r#"{"id":"d/1","kind":"id_card","state":"needs_front"}"#)
        .expect("begun");
    assert_eq!(wanted(&engine, at(8)).path, "/did/v1/me/documents/d%2F1/front");
    respond(&mut engine, at(8), 200, r#"{"id":"d/1","kind":"id_card","state":"needs_back"}"#)
        .expect("front");
    give(&mut engine, at(9), side(gateway::Side::Back)).expect("the back");
    let read = format!(
        r#"{{"id":"d/1","kind":"id_card","state":"needs_confirmation","recognised":{{"document_number":"000000001",
        "iin":"{IIN}","surname":"САНДБОКСОВ","name":"ПРИМЕР","birth_date":"1850-01-01","expires_at":"2098-12-31"}}}}"#
    );
    respond(&mut engine, at(9), 200, &read).expect("read");
    assert!(matches!(engine.prompt(at(9)), Prompt::ConfirmDocument { iin_matches: true, .. }));
    give(&mut engine, at(10), Answer::ConfirmDocument { truthful: true }).expect("confirmed");
    respond(&mut engine, at(10), 200, r#"{"id":"d/1","kind":"id_card","state":"linked"}"#)
        .expect("linked");
    let notices = r#"[{"id":"n1","kind":"access_request","consent":"c1","created_at":"2027-01-15T08:00:00Z"}]"#;
    respond(&mut engine, at(10), 200, notices).expect("a request for access");
    respond(&mut engine, at(10), 200, r#"{"service":"НУЦ РК","items":["Удостоверение"]}"#)
        .expect("consent");
    give(&mut engine, at(11), Answer::Consent { pin: Some(pin("1111")) }).expect("yes");
    let decided = wanted(&engine, at(11));
    assert_eq!(decided.token, Token::DigitalId);
    // RFC 7636: the challenge is the hash of the verifier, and only the challenge leaves now.
    let body = decided.body.expect("a body").1;
    let body: serde_json::Value = serde_json::from_slice(body.expose()).expect("JSON");
    assert_eq!(body["code_challenge"].as_str().map(str::len), Some(43));
    respond(&mut engine, at(11), 200, r#"{"code":"c-secret"}"#).expect("a code");
    let prefill = format!(
        r#"{{"template":"individual_remote","iin":"{IIN}","surname":"САНДБОКСОВ","name":"ПРИМЕР"}}"#
    );
    respond(&mut engine, at(12), 200, &prefill).expect("bound");
    respond(&mut engine, at(12), 200, r#"{"version":"3","text":"…"}"#).expect("the agreement");
    assert_eq!(
        give(&mut engine, at(13), Answer::Agreement { version: "2".to_owned() }),
        Err(Reason::Agreement)
    );
    give(&mut engine, at(13), Answer::Agreement { version: "3".to_owned() }).expect("accepted");
    assert_eq!(
        give(&mut engine, at(14), Answer::Form { email: Some("no address".to_owned()) }),
        Err(Reason::Email)
    );
    give(&mut engine, at(14), Answer::Form { email: Some("a@example.com".to_owned()) })
        .expect("a form");
    assert_eq!(engine.prompt(at(14)), Prompt::Folder);
    engine
}

/// Two real keys with real requests, the same for all tests of a run.
fn made() -> Vec<MadeKey> {
    static MADE: OnceLock<Vec<MadeKey>> = OnceLock::new();
    MADE.get_or_init(|| {
        let provider = crypto::pure(|bytes| {
            static COUNT: AtomicU8 = AtomicU8::new(1);
            bytes.fill_with(|| COUNT.fetch_add(1, Ordering::Relaxed));
            Ok(())
        });
        let iin = Iin::parse(IIN).expect("an IIN");
        let person =
            Person::new(iin, "САНДБОКСОВ".to_owned(), "ПРИМЕР".to_owned(), None).expect("a person");
        [Purpose::Auth, Purpose::Sign]
            .map(|purpose| {
                let key = (provider.generate)(&provider, Algorithm::P256).expect("a key");
                let request =
                    request::build(&person, None, "keys", &key, &provider).expect("a request");
                MadeKey { purpose, key_id: key.public().key_id(), request }
            })
            .to_vec()
    })
    .clone()
}

fn id_of(which: usize) -> String {
    made()[which].key_id.to_string()
}

fn at_submission() -> Enrolment {
    let mut engine = at_folder();
    give(&mut engine, at(15), Answer::Folder("/keys".to_owned())).expect("a folder");
    match engine.step(at(15)) {
        Step::MakeKeys(plan) => {
            assert_eq!(plan.purposes, [Purpose::Auth, Purpose::Sign]);
            assert_eq!(plan.folder, "/keys");
        }
        other => panic!("keys are to be made: {other:?}"),
    }
    assert!(engine.journal().is_none(), "nothing is on the disk that would have to be found again");
    engine.receive(Event::KeysMade(Ok(("/keys".to_owned(), made()))), at(15)).expect("made");
    assert!(
        matches!(engine.step(at(15)), Step::WriteKeys(_)),
        "B1: the files come before anything is sent"
    );
    engine.receive(Event::KeysWritten(Ok(())), at(16)).expect("written");
    assert!(
        matches!(progress(&engine), Progress::Submitting { .. }),
        "B2: the intent is in the journal"
    );
    engine
}

fn progress(engine: &Enrolment) -> &Progress {
    &engine.journal().expect("a journal").progress
}

const NEW: &str = r#"{"number":"87827960261122","template":"individual_remote","status":"new","created_at":"x",
    "history":[{"at":"2027-01-15T08:00:00Z","status":"new"}],"next_poll_s":2}"#;

#[test]
fn the_guide_is_walked_from_the_iin_to_the_submission() {
    let engine = at_submission();
    let sent = wanted(&engine, at(16));
    assert_eq!((sent.method, sent.path.as_str()), ("POST", "/v1/applications"));
    assert_eq!(sent.idempotency_key.as_deref(), Some("3f2b8c9e-0000-4000-8000-000000000002"));
    assert_eq!(sent.token, Token::Session);
    let body = sent.body.expect("a body").1;
    let body: serde_json::Value = serde_json::from_slice(body.expose()).expect("JSON");
    assert_eq!(body["requests"][1]["key_id"], id_of(1));
    assert_eq!(body["email"], "a@example.com");
}

#[test]
fn a_submission_without_an_answer_is_sent_again_unchanged_until_there_is_one() {
    let mut engine = at_submission();
    let first = wanted(&engine, at(16)).body.expect("a body").1;
    for (round, error) in
        [CallError::Unreachable, CallError::Failed { status: 500 }].into_iter().enumerate()
    {
        let now = at(20 + 100 * i64::try_from(round).expect("small"));
        assert!(engine.receive(Event::Replied(Err(error)), now).is_err());
        let Step::Wait(until) = engine.step(now) else { panic!("it waits first") };
        assert!(until > now);
        // The journal alone, as after a power cut, sends the same bytes under the same key.
        let journal = engine.journal().expect("a journal").to_json().expect("JSON");
        let record = Record::from_json(&journal).expect("read back");
        engine = Enrolment::resume(
            record,
            Some(Password::new("t-secret".to_owned())),
            Password::new("w".repeat(64)),
        );
        let again = wanted(&engine, until);
        assert_eq!(again.body.expect("a body").1.expose(), first.expose());
        assert_eq!(again.idempotency_key.as_deref(), Some("3f2b8c9e-0000-4000-8000-000000000002"));
    }
    respond(&mut engine, at(1000), 201, NEW).expect("accepted");
    assert_eq!(engine.journal().and_then(Record::number), Some("87827960261122"));
    assert!(matches!(engine.step(at(1000)), Step::Wait(until) if until == at(1002)));
}

#[test]
fn a_session_that_ended_before_the_submission_asks_who_the_person_is_and_keeps_the_keys() {
    let mut engine = at_submission();
    let problem = r#"{"type":"about:blank","status":401,"code":"session_expired"}"#;
    // Once more without the token: the application may have arrived under an earlier session.
    respond(&mut engine, at(17), 401, problem).expect("tried again");
    assert!(engine.credentials().session.is_none());
    assert_eq!(wanted(&engine, at(17)).path, "/v1/applications");
    assert!(respond(&mut engine, at(17), 401, problem).is_err());
    assert_eq!(engine.prompt(at(17)), Prompt::Iin);
    let other = Answer::Iin("500202200026".to_owned());
    let code = Reason::Service("csr_subject_mismatch".to_owned());
    assert_eq!(give(&mut engine, at(18), other), Err(code), "the requests name somebody else");
    give(&mut engine, at(18), Answer::Iin(IIN.to_owned())).expect("the same person");
    assert_eq!(engine.journal().map(|record| record.keys.len()), Some(2));
}

#[test]
fn folders_that_turn_out_unwritable_are_asked_for_again_and_leave_no_journal() {
    let mut engine = at_folder();
    give(&mut engine, at(15), Answer::Folder("/full".to_owned())).expect("a folder");
    let outcome = engine.receive(Event::KeysMade(Err(Reason::DiskFull)), at(15));
    assert_eq!(outcome.map_err(|refusal| refusal.reason), Err(Reason::DiskFull));
    assert_eq!(engine.prompt(at(15)), Prompt::Folder);
    give(&mut engine, at(16), Answer::Folder("/torn".to_owned())).expect("another folder");
    engine.receive(Event::KeysMade(Ok(("/torn".to_owned(), made()))), at(16)).expect("made");
    let outcome = engine.receive(Event::KeysNotWritten(Reason::FolderUnwritable), at(17));
    assert_eq!(outcome.map_err(|refusal| refusal.reason), Err(Reason::FolderUnwritable));
    assert_eq!(engine.prompt(at(17)), Prompt::Folder);
    assert!(engine.journal().is_none());
}

#[test]
fn a_mistake_of_the_person_is_told_without_asking_the_services() {
    let wrong = [
        "",
        "12345678901",
        "500101100011",
        "5001011000100",
        "50010110001a",
        "５００１０１１０００１０",
    ];
    for iin in wrong {
        let mut engine = begin();
        assert_eq!(
            give(&mut engine, at(0), Answer::Iin(iin.to_owned())),
            Err(Reason::Iin),
            "{iin}"
        );
        assert!(matches!(engine.step(at(0)), Step::Ask(Prompt::Iin)));
    }
    let mut engine = at_otp();
    let code = |text: &str| Answer::Otp(Password::new(text.to_owned()));
    assert_eq!(give(&mut engine, at(1), code("12a45")), Err(Reason::OtpFormat));
    assert_eq!(give(&mut engine, at(1), code("")), Err(Reason::OtpFormat));
    assert_eq!(give(&mut engine, at(1), Answer::ResendOtp), Err(Reason::ResendTooEarly));
    assert_eq!(give(&mut engine, at(120), code("04802")), Err(Reason::OtpExpired));
    give(&mut engine, at(121), Answer::ResendOtp).expect("now another may be sent");
    let mut engine = at_selfie();
    let text = SecretBytes::new(b"GIF89a".to_vec());
    assert_eq!(give(&mut engine, at(4), Answer::Selfie(text)), Err(Reason::NotJpeg));
    let mut large = vec![0; 5 << 20];
    large.splice(0..3, [0xFF, 0xD8, 0xFF]);
    large.extend([0xFF, 0xD9]);
    assert_eq!(
        give(&mut engine, at(4), Answer::Selfie(SecretBytes::new(large))),
        Err(Reason::TooLarge)
    );
    assert_eq!(engine.prompt(at(4)), Prompt::Selfie);
}

#[test]
fn counts_of_the_services_reach_the_prompt() {
    let mut engine = at_otp();
    give(&mut engine, at(1), Answer::Otp(Password::new("99999".to_owned()))).expect("sent");
    let problem = r#"{"type":"about:blank","status":422,"code":"otp_wrong","attempts_left":2}"#;
    assert_eq!(
        respond(&mut engine, at(1), 422, problem),
        Err(Reason::Service("otp_wrong".to_owned()))
    );
    assert!(matches!(engine.prompt(at(1)), Prompt::Otp { attempts_left: 2, .. }));
    assert_eq!(engine.problem().and_then(|refusal| refusal.attempts_left), Some(2));
    give(&mut engine, at(2), Answer::Otp(Password::new("04802".to_owned()))).expect("sent");
    respond(&mut engine, at(2), 200, "{}").expect("verified");
    assert!(engine.problem().is_none(), "a success clears the problem");
}

#[test]
fn consent_that_is_denied_ends_the_enrolment() {
    let mut engine = begin();
    // The same states as above, reached by an account that is complete already.
    give(&mut engine, at(0), Answer::Iin(IIN.to_owned())).expect("an IIN");
    respond(&mut engine, at(0), 201, r#"{"sid":"s","token":"t"}"#).expect("a session");
    respond(&mut engine, at(0), 202, OTP).expect("sent");
    give(&mut engine, at(0), Answer::Otp(Password::new("04802".to_owned()))).expect("a code");
    respond(&mut engine, at(0), 200, "{}").expect("verified");
    give(&mut engine, at(0), Answer::Phone("+77000000001".to_owned())).expect("a number");
    respond(&mut engine, at(0), 202, OTP).expect("sent");
    give(&mut engine, at(0), Answer::Otp(Password::new("04802".to_owned()))).expect("a code");
    respond(&mut engine, at(0), 200, r#"{"token":"d","state":"linked"}"#).expect("complete");
    respond(&mut engine, at(0), 200, r#"[{"id":"n","kind":"access_request","consent":"c"}]"#)
        .expect("a notice");
    respond(&mut engine, at(0), 200, r#"{"service":"НУЦ РК","items":[]}"#).expect("consent");
    give(&mut engine, at(0), Answer::Consent { pin: None }).expect("no");
    let problem = r#"{"type":"about:blank","status":403,"code":"consent_denied"}"#;
    assert!(respond(&mut engine, at(0), 403, problem).is_err());
    assert!(matches!(engine.prompt(at(0)), Prompt::Closed { .. }));
    assert!(matches!(engine.step(at(0)), Step::Stop));
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut engine = begin();
    assert_eq!(
        give(&mut engine, at(0), Answer::Folder("/keys".to_owned())),
        Err(Reason::NotExpected)
    );
    assert_eq!(give(&mut engine, at(0), Answer::Selfie(jpeg())), Err(Reason::NotExpected));
    assert_eq!(engine.prompt(at(0)), Prompt::Iin);
    give(&mut engine, at(0), Answer::Iin(IIN.to_owned())).expect("an IIN");
    let twice = give(&mut engine, at(0), Answer::Iin(IIN.to_owned()));
    assert_eq!(twice, Err(Reason::NotExpected), "a double click while a call is under way");
    let stray = engine.receive(Event::PendingRemoved, at(0));
    assert!(stray.is_err());
}

#[test]
fn a_status_is_asked_at_the_pace_of_the_service_and_at_once_on_refresh() {
    let mut engine = at_submission();
    respond(&mut engine, at(16), 201, NEW).expect("accepted");
    assert!(matches!(engine.step(at(17)), Step::Wait(_)));
    engine.receive(Event::Refresh, at(17)).expect("asked");
    assert_eq!(wanted(&engine, at(17)).path, "/v1/applications/87827960261122");
    let other = NEW.replace("87827960261122", "11111111111111");
    assert!(
        respond(&mut engine, at(17), 200, &other).is_err(),
        "a number once given is the number"
    );
    assert_eq!(engine.journal().and_then(Record::number), Some("87827960261122"));
    let Step::Wait(until) = engine.step(at(17)) else { panic!("it waits") };
    respond(
        &mut engine,
        until,
        200,
        &NEW.replace(r#""status":"new","created"#, r#""status":"refused","created"#),
    )
    .expect("told");
    assert!(matches!(
        engine.prompt(until),
        Prompt::Closed { status: gateway::Status::Refused, application: Some(_) }
    ));
    assert_eq!(
        engine.journal().map(|record| record.keys.len()),
        Some(2),
        "refused keys are not thrown away"
    );
}

#[test]
fn a_certificate_that_is_none_leaves_the_keys_waiting() {
    let mut engine = at_submission();
    respond(
        &mut engine,
        at(16),
        201,
        &NEW.replace(r#""status":"new","created"#, r#""status":"issued","created"#),
    )
    .expect("issued at once");
    assert_eq!(wanted(&engine, at(16)).path, "/v1/applications/87827960261122/certificates");
    for body in [
        r#"{"certificates":[],"chain":[]}"#.to_owned(),
        format!(
            r#"{{"certificates":[{{"purpose":"auth","key_id":"{}","certificate":"AAAA"}}],"chain":["!"]}}"#,
            id_of(0)
        ),
    ] {
        let Err(reason) = respond(&mut engine, at(10_000), 200, &body) else {
            panic!("it was taken: {body}")
        };
        assert!(matches!(reason, Reason::Certificate | Reason::KeyLost), "{reason:?}");
        assert!(matches!(progress(&engine), Progress::Submitted { .. }));
        engine.receive(Event::Refresh, at(10_000)).expect("asked again");
    }
}

#[test]
fn a_journal_names_no_secret_and_no_whole_iin() {
    let engine = at_submission();
    let journal = engine.journal().expect("a journal").to_json().expect("JSON");
    let text = String::from_utf8(journal).expect("UTF-8");
    for secret in [IIN, "t-secret", "d-secret", "c-secret", "1111\"", "04802", "vvvv"] {
        assert!(!text.contains(secret), "{secret} is in the journal");
    }
    assert!(text.contains("********0010"));
    assert!(!format!("{engine:?}").contains(IIN));
    assert!(!format!("{engine:?}").contains("t-secret"));
}

#[test]
fn a_journal_of_a_newer_version_is_not_read() {
    let newer = br#"{"schema":"tanba-enrolment-2","id":"x"}"#;
    assert!(Record::from_json(newer).is_err());
    assert!(Record::from_json(b"").is_err());
    assert!(Record::from_json(&vec![b' '; 2 << 20]).is_err());
}

#[test]
fn a_problem_without_a_known_shape_is_the_service_s_failure() {
    let mut engine = begin();
    give(&mut engine, at(0), Answer::Iin(IIN.to_owned())).expect("an IIN");
    assert_eq!(respond(&mut engine, at(0), 404, "<html>"), Err(Reason::Failed));
    assert_eq!(engine.prompt(at(0)), Prompt::Iin);
    let refused = CallError::Refused(Problem {
        code: "mcd_not_registered".into(),
        retry_after_s: None,
        attempts_left: None,
    });
    give(&mut engine, at(0), Answer::Iin(IIN.to_owned())).expect("an IIN");
    assert!(engine.receive(Event::Replied(Err(refused)), at(0)).is_err());
    assert_eq!(engine.prompt(at(0)), Prompt::Iin);
}

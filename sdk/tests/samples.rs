//! The golden wire: one call and one answer for each method. Samples are added, never edited; old programs send them.

use std::path::PathBuf;

use serde_json::Value;
use tanba::protocol::frame::{Answer, Call};
use tanba::protocol::{self as p, Code, Failure, METHODS, Method, Request};

fn sample(name: &str) -> Value {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(format!("{name}.json"));
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).expect("a sample is JSON")
}

fn unchanged<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) {
    let read: T =
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    assert_eq!(&serde_json::to_value(read).expect("JSON"), value);
}

/// Reads and writes the sample of a method with the table's own types.
fn check<M: Method>() {
    let sample = sample(M::NAME);
    let call: Call = serde_json::from_value(sample["call"].clone()).expect("a call");
    assert_eq!(call.method, M::NAME);
    unchanged::<Call>(&sample["call"]);
    unchanged::<M>(&sample["call"]["params"]);
    unchanged::<Answer>(&sample["answer"]);
    unchanged::<M::Reply>(&sample["answer"]["result"]);
    assert_eq!(call.request().expect("a request").name(), M::NAME);
}

#[test]
fn every_method_has_a_sample_that_reads_and_writes_back_unchanged() {
    check::<p::AgentInfo>();
    check::<p::DiagnoseAgent>();
    check::<p::SetLocale>();
    check::<p::CameraProbe>();
    check::<p::ChooseFolder>();
    check::<p::ListKeys>();
    check::<p::GenerateKey>();
    check::<p::SubmitRequest>();
    check::<p::RequestStatus>();
    check::<p::InstallCertificate>();
    check::<p::StartEnrolment>();
    check::<p::AnswerPrompt>();
    check::<p::RefreshEnrolment>();
    check::<p::ListEnrolments>();
    check::<p::ResumeEnrolment>();
    check::<p::CancelEnrolment>();
    check::<p::InstallEnrolment>();
    check::<p::SignCms>();
    check::<p::SignXml>();
    check::<p::SignRaw>();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
    for name in METHODS {
        assert!(folder.join(format!("{name}.json")).is_file(), "{name} has no sample");
        // A file of another shape would be a sample of nothing.
        assert_eq!(sample(name)["call"]["method"], *name);
    }
    // One file more: the pieces below.
    assert_eq!(std::fs::read_dir(folder).expect("listed").count(), METHODS.len() + 1);
}

#[test]
fn every_prompt_and_answer_reads_and_writes_back_unchanged() {
    let pieces = sample("pieces");
    for prompt in pieces["prompts"].as_array().expect("prompts") {
        unchanged::<p::Prompt>(prompt);
    }
    for answer in pieces["answers"].as_array().expect("answers") {
        unchanged::<p::Answer>(answer);
    }
    unchanged::<Answer>(&pieces["failure"]);
    unchanged::<Answer>(&pieces["notification"]);
    unchanged::<p::Enrolment>(&pieces["notification"]["params"]);
}

#[test]
fn what_is_no_call_is_refused_with_a_code() {
    for text in
        ["", "{}", "[]", "null", r#"{"jsonrpc":"1.0","id":1,"method":"agent.info"}"#, r#"{"id":1}"#]
    {
        assert_eq!(
            Call::parse(text).err().map(|failure| failure.code),
            Some(Code::ParseError),
            "{text}"
        );
    }
    let unknown = Request::parse("keys.delete", Value::Null);
    assert_eq!(unknown.err(), Some(Failure::new(Code::UnknownMethod)));
    for params in ["null", "[]", r#"{"enrolment":1}"#, r#"{"enrolment":"x","more":1}"#] {
        let params = serde_json::from_str(params).expect("JSON");
        assert_eq!(
            Request::parse("enrolment.resume", params).err(),
            Some(Failure::new(Code::BadParams))
        );
    }
}

#[test]
fn a_code_of_a_newer_agent_is_read_as_unknown() {
    let failure: Failure =
        serde_json::from_str(r#"{"code":"from_the_future"}"#).expect("a failure");
    assert_eq!(failure.code, Code::Unknown);
}

#[test]
fn nothing_secret_is_printed() {
    let pieces = sample("pieces");
    for answer in pieces["answers"].as_array().expect("answers") {
        let printed = format!(
            "{:?}",
            serde_json::from_value::<p::Answer>(answer.clone()).expect("an answer")
        );
        for secret in ["500101100010", "04802", "1111", "77000000001", "sandboxov"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

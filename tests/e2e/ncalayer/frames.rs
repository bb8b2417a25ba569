//! Frames that no honest page sends: the agent lives, forgets them, and answers the next honest request.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

use super::memory::resident;
use super::site::{HEARTBEAT, Site, common, harmless};
use crate::socket::connect;
use crate::world::World;

const PAGE: &str = "https://page.example.kz";

/// How many are sent each time.
const MANY: usize = 1000;

/// By how much the agent may grow while it is sent as many as it was sent before, in KiB.
const GROWTH: u64 = 64 << 10;

fn text(text: impl Into<String>) -> Vec<Message> {
    vec![Message::text(text.into())]
}

fn fragment(text: &str, kind: Data, last: bool) -> Message {
    Message::Frame(Frame::message(text.to_owned().into_bytes(), OpCode::Data(kind), last))
}

/// Broken JSON, and what is JSON but no request.
fn broken() -> Vec<Vec<Message>> {
    let lines = [
        "",
        " ",
        "\n",
        "\0",
        "{",
        "}",
        "{}",
        "[]",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "'",
        "\\",
        "null",
        "true",
        "tru",
        "NaN",
        "-",
        "0",
        "1e999999",
        "-1e-999999",
        "0x10",
        "[{}]",
        "{:}",
        "{,}",
        "{\"\"}",
        "{\"\":}",
        "{\"a\":1",
        "{\"a\" 1}",
        "{\"a\":1}}",
        "{\"a\":1}{\"b\":2}",
        "{'module':'x",
        "{module:x,method",
        "{/*}",
        "{\"a\":\"\u{7}\"}",
        "\u{feff}{}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\uzzzz\"}",
        "{\"a\":\"\\x\"}",
        "{\"\\ud800\":1}",
        "--heartbeat",
        "--heartbeat---",
        "-- heartbeat --",
        "GET / HTTP/1.1\r\n\r\n",
        "<xml/>",
    ];
    let mut all: Vec<_> = lines.into_iter().map(text).collect();
    for (open, close) in
        [("[", "]"), ("{\"a\":", "}"), ("{a:", "}"), ("{\"args\":[", "]}"), ("'", "'"), ("(", ")")]
    {
        // Unclosed, closed, and too often closed.
        all.push(text(open.repeat(50_000)));
        all.push(text(open.repeat(50_000) + "1" + &close.repeat(50_000)));
        all.push(text(close.repeat(50_000)));
    }
    all.push(text(format!("{{\"method\":\"{}\"}}", "x".repeat(300_000))));
    all.push(text(format!("{{\"method\":{}}}", "9".repeat(300_000))));
    all.push(text(format!("{{\"args\":[{}0]}}", "0,".repeat(150_000))));
    let mut keys = String::from("{");
    for number in 0..20_000 {
        let _ = write!(keys, "\"{number}\":{number},");
    }
    all.push(text(keys + "\"method\":\"x\"}"));
    all
}

/// Requests whose parts have the wrong types.
fn mistyped() -> Vec<Vec<Message>> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!([[[[]]]]),
        json!({ "a": { "b": {} } }),
        json!("\u{0}\u{202e}\u{fffe}"),
    ];
    let mut all = Vec::new();
    for value in &values {
        all.push(value.clone());
        for module in [
            "kz.gov.pki.knca.commonUtils",
            "kz.gov.pki.knca.basics",
            "kz.gov.pki.ncalayerservices.accessory",
        ] {
            all.push(json!({ "module": module, "method": value, "args": value, "uuid": value }));
            all.push(
                json!({ "module": module, "method": "sign", "args": value, "apiVersion": value }),
            );
        }
        all.push(json!({ "module": value, "method": value, "args": value }));
        all.push(json!({ "method": "signXml", "args": value }));
        all.push(common("signXml", &json!([value, value, value, value, value])));
        all.push(common("createCAdESFromBase64", &json!(["PKCS12", value, "=", value])));
        all.push(common("getKeyInfo", &json!([value])));
        all.push(common("changeLocale", &json!([value])));
        let params = json!({ "format": value, "data": value, "signingParams": value, "signerParams": value });
        all.push(json!({ "module": "kz.gov.pki.knca.basics", "method": "sign", "args": params }));
    }
    // A document that would grow, and one that names a file.
    let entities = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>";
    let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><a>&b;</a>";
    for xml in [entities, outside, "<a", "<a></b>", "<a xmlns:b='b' b:c='1' b:c='2'/>"] {
        all.push(common("signXml", &json!(["PKCS12", "SIGNATURE", xml, "", ""])));
        all.push(common("signXmls", &json!(["PKCS12", "SIGNATURE", [xml, "<a/>"], "", ""])));
    }
    all.into_iter().map(|request| text(request.to_string())).collect()
}

/// Frames of other kinds than a page's.
fn odd() -> Vec<Vec<Message>> {
    let request = harmless().0.to_string();
    let (half, rest) = request.split_at(20);
    vec![
        vec![Message::binary(request.clone().into_bytes())],
        vec![Message::binary(vec![0xff; 100_000])],
        vec![Message::binary(Vec::new())],
        vec![Message::Ping(Vec::new().into())],
        vec![Message::Pong(vec![7; 125].into())],
        vec![
            fragment(half, Data::Text, false),
            Message::Ping(vec![1; 125].into()),
            fragment("", Data::Continue, false),
            fragment(rest, Data::Continue, false),
            fragment("!", Data::Continue, true),
        ],
        (0..200)
            .map(|at| fragment("[", if at == 0 { Data::Text } else { Data::Continue }, at == 199))
            .collect(),
    ]
}

/// Sends many of them, and after each lot an honest request; hears out whatever is said before its reply.
async fn disturb(site: &mut Site, kinds: &[Vec<Message>]) {
    let (mut request, mut expected) = harmless();
    for (lot, numbers) in (0..MANY).collect::<Vec<_>>().chunks(50).enumerate() {
        for number in numbers {
            for message in &kinds[number % kinds.len()] {
                site.send(message.clone()).await;
            }
        }
        let mark = json!(format!("honest {lot}"));
        request["uuid"] = mark.clone();
        expected["uuid"] = mark.clone();
        site.say(request.to_string()).await;
        let mut before = 0;
        loop {
            let text = site.hear().await;
            // Some of them are answered, each at most once, and always with JSON.
            let reply: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert!(reply.is_object(), "{reply}");
            if reply["uuid"] == mark {
                assert_eq!(reply, expected);
                break;
            }
            before += 1;
            assert!(before <= numbers.len(), "more replies than requests");
        }
    }
    site.say(HEARTBEAT).await;
    assert_eq!(site.hear().await, HEARTBEAT);
}

#[tokio::test]
async fn a_thousand_malformed_frames_harm_nobody_and_are_forgotten() {
    let mut world = World::start().await;
    let process = world.agent_mut().process();
    let mut site = Site::open(world.agent().port(), world.root_pem(), Some(PAGE)).await.unwrap();
    let kinds = [broken(), mistyped(), odd()].concat();
    disturb(&mut site, &kinds).await;
    let after_first = resident(process);
    for _ in 0..3 {
        disturb(&mut site, &kinds).await;
    }
    if let (Some(before), Some(after)) = (after_first, resident(process)) {
        assert!(after < before + GROWTH, "the agent grew from {before} KiB to {after} KiB");
    }
}

#[tokio::test]
async fn what_is_no_frame_of_a_page_closes_its_own_socket_and_no_other() {
    let world = World::start().await;
    let (port, root) = (world.agent().port(), world.root_pem());
    let mut honest = Site::open(port, root, Some(PAGE)).await.unwrap();
    let mask = [0, 0, 0, 0];
    let cases: [(&str, Vec<u8>, CloseCode); 8] = [
        (
            "text that is not UTF-8",
            [&[0x81, 0x82][..], &mask, &[0xc3, 0x28]].concat(),
            CloseCode::Invalid,
        ),
        ("a frame without a mask", vec![0x81, 0x02, b'{', b'}'], CloseCode::Protocol),
        ("an unknown kind", [&[0x83, 0x80][..], &mask].concat(), CloseCode::Protocol),
        ("a reserved bit", [&[0xc1, 0x80][..], &mask].concat(), CloseCode::Protocol),
        ("the end of nothing", [&[0x80, 0x80][..], &mask].concat(), CloseCode::Protocol),
        ("a ping in pieces", [&[0x09, 0x80][..], &mask].concat(), CloseCode::Protocol),
        (
            "more than there is in the world",
            [&[0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..], &mask].concat(),
            CloseCode::Size,
        ),
        (
            "a byte more than 256 MiB",
            [&[0x81, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 1][..], &mask].concat(),
            CloseCode::Size,
        ),
    ];
    for (what, bytes, code) in cases {
        let mut stream = connect(port, root, Some(PAGE), None).await.unwrap();
        stream.get_mut().write_all(&bytes).await.unwrap();
        stream.get_mut().flush().await.unwrap();
        let site = Site::greeted(stream).await;
        let words = site.closed().await.unwrap_or_else(|| panic!("{what}: no words"));
        assert_eq!(words.code, code, "{what}");
        let (request, reply) = harmless();
        assert_eq!(honest.ask(&request).await, reply, "{what}");
    }
}

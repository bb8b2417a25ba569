//! The same signatures by `tanba.v1`: typed calls of a program, judged as those of NCALayer's sites.

use tanba::client::{Client, Connector};
use tanba::protocol::{Bytes, Code, Purpose, SignCms, SignRaw, SignXml, Signer};
use tanba_examples::scripted::Behaviour;
use tanba_examples::scripted_agent::Running;

use super::keys::{GOST, Keys, RSA};
use super::verdict::{Bench, Over};

async fn client(agent: &Running) -> Client {
    let connector = Connector::new("https://accounting.example", agent.root_pem.as_bytes());
    connector.port(agent.port).connect().await.unwrap()
}

fn cms(attached: bool, purpose: Purpose) -> SignCms {
    SignCms {
        documents: vec![Bytes(b"10".to_vec()), Bytes("шарт".as_bytes().to_vec())],
        attached,
        time_stamp: false,
        signer: Signer { purpose: Some(purpose), ..Signer::default() },
        locale: Some(tanba::protocol::Locale::Kk),
    }
}

async fn signs(keys: &Keys) {
    let agent = keys.agent(keys.files(), Behaviour::Approve).await;
    let (bench, client) = (Bench::new(keys, &agent), client(&agent).await);
    for attached in [true, false] {
        let signed = client.call(cms(attached, Purpose::Sign)).await.unwrap();
        for (message, document) in signed.signatures.iter().zip(["10", "шарт"]) {
            let over = if attached { Over::Itself } else { Over::Document(document.as_bytes()) };
            assert_eq!(bench.message(&message.0, over, false), 0);
        }
    }
    let call = SignXml {
        documents: vec!["<tag>data</tag>".to_owned()],
        element: None,
        parent: None,
        signer: Signer::default(),
        locale: Some(tanba::protocol::Locale::Ru),
    };
    let signed = client.call(call).await.unwrap();
    bench.xml(&signed.documents[0]);
    assert_eq!(agent.person.diary().prompts().len(), 3, "one window for each call");
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_calls_sign_with_rsa_and_gost() {
    signs(&RSA).await;
    signs(&GOST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_has_a_code() {
    let agent = RSA.agent(RSA.files(), Behaviour::Cancel).await;
    let client = client(&agent).await;
    let code = |failed: tanba::client::CallError| failed.code().unwrap();
    let closed = client.call(cms(true, Purpose::Sign)).await.unwrap_err();
    assert_eq!(code(closed), Code::Cancelled);
    let windows = agent.person.diary().prompts().len();
    let call = |documents: Vec<Bytes>| SignRaw {
        documents,
        signer: Signer::default(),
        locale: Some(tanba::protocol::Locale::En),
    };
    let info = b"<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"></SignedInfo>";
    let disguised = client.call(call(vec![Bytes(info.to_vec())])).await.unwrap_err();
    assert_eq!(code(disguised), Code::Disguised);
    assert_eq!(code(client.call(call(vec![])).await.unwrap_err()), Code::BadParams);
    assert_eq!(agent.person.diary().prompts().len(), windows, "nobody is asked for nothing");
    agent.stop().await;
}

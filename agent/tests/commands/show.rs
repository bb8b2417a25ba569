//! `tanba cert show` and `tanba csr show`.

use crate::bench::{Bench, vector};

#[test]
fn certificates_are_shown_in_every_dress() {
    let bench = Bench::new();
    let ca = vector("JohnHenrySpike_kalkan-crypt/ca-certs/nca_gost2022_test.cer");
    let der = std::fs::read(&ca).expect("read");
    bench.put("ca.cer", &der);
    let shown = bench.tanba(&["cert", "show", "ca.cer", "--json"]).good().json();
    assert_eq!(shown["serial"], "7ad24b1ba3a0c961fe1ca8503e6aa2bb450db8a3");
    assert_eq!((&shown["is_ca"], &shown["algorithm"]), (&true.into(), &"gost512".into()));
    assert!(shown["subject"].as_str().expect("text").contains("ҰЛТТЫҚ"), "{shown}");
    let text = vector("skarm_kalkan/examples/test_CERT_GOST.txt");
    bench.tanba(&["cert", "show", text.to_str().expect("text"), "--json"]).good();
    let person = vector("mitwork_NCANode/certs/ceo_valid_sign_2004_gost.cer");
    let shown = bench.tanba(&["cert", "show", person.to_str().expect("text"), "--json"]).good();
    let shown = shown.json();
    assert_eq!((&shown["purpose"], &shown["algorithm"]), (&"sign".into(), &"gost2004".into()));
    assert!(shown["roles"].as_array().expect("a list").contains(&"first_head".into()), "{shown}");
    assert_eq!(shown["bin"].as_str().map(str::len), Some(12));
}

#[test]
fn what_is_no_certificate_or_request_is_told() {
    let bench = Bench::new();
    bench.put("text", b"hello");
    for (command, name) in [("cert", "not_a_certificate"), ("csr", "not_a_request")] {
        bench.tanba(&[command, "show", "text", "--json"]).failed(2, name, "text");
        bench.tanba(&[command, "show", "gone", "--json"]).failed(2, "no_such_file", "gone");
    }
}

//! MACs of other programs, files without one, and passwords as other programs spell them.

use super::*;

/// Empty files with PBMAC1 under the password `Құпия12`, made with Python's `hashlib.pbkdf2_hmac` and `hmac`: PRF and
/// MAC with SHA-256 both, SHA-512 and SHA-256, SHA-256 and SHA-512, SHA-1 and SHA-384.
const PBMAC1: [&str; 4] = [
    "308194020103301106092a864886f70d010701a00404023000307c306d304906092a864886f70d01050e303c302c06092a864886f7\
     0d01050c301f0408000102030405060702020800020120300c06082a864886f70d02090500300c06082a864886f70d020905000420\
     597765c6af3927508d0420db345eafc4d3b5db67d7c67b62f5f1eea11b73806004080000000000000000020101",
    "308194020103301106092a864886f70d010701a00404023000307c306d304906092a864886f70d01050e303c302c06092a864886f7\
     0d01050c301f0408000102030405060702020800020120300c06082a864886f70d020b0500300c06082a864886f70d020905000420\
     30dd4ef374e27382ae435b81c6c8a49fbfb4a7313bf5d34e4c81354bd034486004080000000000000000020101",
    "3081b6020103301106092a864886f70d010701a0040402300030819d30818d304906092a864886f70d01050e303c302c06092a8648\
     86f70d01050c301f0408000102030405060702020800020140300c06082a864886f70d02090500300c06082a864886f70d020b0500\
     0440475e1a0f9db50c237645a0ef3fcfcede09acee427a5e956e47aede1709577edb42c748e2b200fecaa0e151a0a56862b8f123f5\
     e7929dc1a2b11615095238750504080000000000000000020101",
    "3081a5020103301106092a864886f70d010701a0040402300030818c307d304906092a864886f70d01050e303c302c06092a864886\
     f70d01050c301f0408000102030405060702020800020130300c06082a864886f70d02070500300c06082a864886f70d020a050004\
     3077165b38c471404a1ce77ca0c0f556514c4d7f98869b44c5e0e131cc92e1efcbd1edbfe21d2d1bb297088a1946f43f0c04080000\
     000000000000020101",
];

/// The first of them with a key of 19 bytes, and with none given.
const TOO_SHORT: &str = "308194020103301106092a864886f70d010701a00404023000307c306d304906092a864886f70d01050e303c30\
    2c06092a864886f70d01050c301f0408000102030405060702020800020113300c06082a864886f70d02090500300c06082a864886f70d\
    020905000420c75e03df18522b612cfa7dc2482975fac6b57642e38e48170bbaeef4264e4f7804080000000000000000020101";
const NO_LENGTH: &str = "308191020103301106092a864886f70d010701a004040230003079306a304606092a864886f70d01050e303930\
    2906092a864886f70d01050c301c0408000102030405060702020800300c06082a864886f70d02090500300c06082a864886f70d020905\
    000420597765c6af3927508d0420db345eafc4d3b5db67d7c67b62f5f1eea11b73806004080000000000000000020101";

#[test]
fn pbmac1_is_verified() {
    for text in PBMAC1 {
        let file = hex(text);
        let opened = open(&file, &password("Құпия12")).unwrap();
        assert!(opened.has_mac && opened.entries.is_empty());
        assert_eq!(open(&file, &password("Құпия13")).unwrap_err(), OpenError::WrongPassword);
        // Every byte of the tag counts; before it, everything is checked or enters the key.
        for at in file.len() - 40..file.len() - 13 {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(open(&changed, &password("Құпия12")).is_err(), "byte {at}");
        }
    }
    for text in [TOO_SHORT, NO_LENGTH] {
        let error = open(&hex(text), &password("Құпия12")).unwrap_err();
        assert!(matches!(error, OpenError::Unsupported { .. }), "{error}");
    }
}

#[test]
fn passwords_are_spelled_as_other_programs_do() {
    let safe = safe_of(&[0x30, 0], 1);
    // Appendix B.1 of RFC 7292 has this example.
    assert_eq!(
        Spelling::standard(&password("Beavis")).as_bytes(),
        hex("0042006500610076006900730000")
    );
    assert_eq!(Spelling::standard(&password("🔑")).as_bytes(), hex("d83ddd110000"));
    for (text, count) in [("Qwerty12", 1), ("", 2), ("Құпия", 2)] {
        let all = Spelling::all(&password(text));
        assert_eq!(all.len(), count);
        for spelling in all {
            let file = write::seal(&safe, Hash::Sha1, &spelling, &[7; 8], 1).unwrap();
            assert!(open(&file, &password(text)).is_ok());
            assert!(open(&file, &password("Qwerty13")).is_err());
        }
    }
    // As OpenSSL before 1.1 has it.
    assert_eq!(Spelling::all(&password("Ж"))[1].as_bytes(), hex("00d000960000"));
}

fn without_mac(file: &[u8]) -> Vec<u8> {
    let mut read = Pfx::from_der(file).unwrap();
    read.mac_data = None;
    read.to_der().unwrap()
}

#[test]
fn without_a_mac_the_password_is_told_by_what_it_decrypts() {
    let entry = full_entry(Algorithm::P256);
    for form in [Form::Modern(Strength::Random), Form::Legacy] {
        for text in ["Qwerty12", ""] {
            let file = write(&entry, &password(text), form, &crypto::provider()).unwrap();
            let file = without_mac(&file);
            let opened = open(&file, &password(text)).unwrap();
            assert!(!opened.has_mac);
            assert_eq!(opened.entries[0].key.pkcs8(), entry.key.pkcs8());
            assert_eq!(opened.entries[0].certificates, entry.certificates);
            // Of so many wrong passwords some give sound padding by chance.
            for wrong in 0..300 {
                let error = open(&file, &password(&format!("x{wrong}"))).unwrap_err();
                assert_eq!(error, OpenError::WrongPassword, "{wrong}");
            }
        }
    }
}

#[test]
fn a_gost_key_that_was_changed_without_a_mac_is_not_taken_for_another() {
    let authorities = Authorities::new();
    let key = crypto::key(Algorithm::Gost512);
    let leaf = Recipe::leaf(key.public(), Purpose::Sign).issue(&authorities.issuing);
    let entry = Entry::new(key, vec![leaf]);
    let file = write(&entry, &password("Qwerty12"), Strength::Random, &crypto::provider()).unwrap();
    let file = without_mac(&file);
    let mut other_keys = 0;
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1;
        match open(&changed, &password("Qwerty12")) {
            Ok(opened) => {
                for found in opened.entries {
                    assert_eq!(found.key.pkcs8(), entry.key.pkcs8(), "byte {at}");
                }
            }
            Err(OpenError::Damaged { what: "a key that its certificate is not for" }) => {
                other_keys += 1;
            }
            Err(_) => {}
        }
    }
    assert!(other_keys > 10, "{other_keys}: the check is of use");
}

//! What OpenSSL wrote with every cipher and function, and what derivations may cost.

use der::Decode;

use super::*;
use crate::pkcs12::Strength;
use crate::pkcs12::bag::EncryptedPrivateKeyInfo;

/// A key that OpenSSL 3.0.19 made for these tests (`openssl genpkey`, P-256), as PKCS#8.
const PLAIN: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420\
    e9eb9eab88fcbd03328e9e5f28ad2716da01c16e8bcfed96d932f44355e38b76a14403420004b24c063a2e39\
    53fb5c5161f6978364ba2a3d2f2d8185cc283933e2d4eda408bdc76d366a3e23b9d8cc70d57457fe9be6dc86\
    a38ac75eae8ae0d5457ed7560b42";

/// The same by `openssl pkcs8 -topk8 -v1 SCHEME -iter 1000 -provider legacy -provider default` or by
/// `openssl pkcs8 -topk8 -v2 CIPHER -v2prf FUNCTION -iter 1000`, password `Qwerty12`.
const ENCRYPTED: [(&str, &str); 9] = [
    (
        "PBE-SHA1-3DES",
        "3081b1301c060a2a864886f70d010c0103300e0408abbbaa0c9e01a17e020203e8048190f923b2fc9e1704bf\
         253475e76641d6d7e24923b03e0a78c439d74147dd83a0b0838d74a2ed6f6c342028b7223cfb6833cacc0e8c\
         e777a4022965965faf371f0f97f7821da9a734463c5fca8b8622d3917e566c920ed8fb241ddeba21048dfaab\
         2dce6dcc1049a3496a7942826e543388237843356374713b55857e8288ea84756233df396a5a4cfd17f63bda\
         d9a078b5",
    ),
    (
        "PBE-SHA1-2DES",
        "3081b1301c060a2a864886f70d010c0104300e040838465bf7a0de21e3020203e8048190a2370dc0cc23b8f0\
         78d5091179d88b486d68fb2d97f2dc44faac5603052dbb19b980be0a964c35d5e8ec5028e0cf9553244bbebd\
         b9093001392476a7bb75ffe4d340b9e9282e38fb6e1329a86a6ef0bd9984d0a347b6b720aa4b1063daf7acf5\
         2a97cd31367c5dea80530d0d1a6d7f827bec897d45e2edc909efab406aa3d8761decd9c0d4d108e98349ecec\
         d92125f2",
    ),
    (
        "PBE-SHA1-RC2-128",
        "3081b1301c060a2a864886f70d010c0105300e04080555ad0ef5de7bf2020203e80481902523bd6a6146ec9e\
         4b5000ace2ffbbf33ccd2ba11e3c823e1aa041709b17e3939d9a14e73da18938b58f2c641374eb1a0fcd5cda\
         44ba8df963128a85136c15ca52aad0980ca0a15a245745a7ffbedcbef93fb41d7ecd148941b9c659a28d574f\
         7cc21c8922dad000cd853111196b0700913560fbe900f0b29c97f68ca4e2d06db90cce4f158184e951115679\
         11e578a4",
    ),
    (
        "PBE-SHA1-RC2-40",
        "3081b1301c060a2a864886f70d010c0106300e04082edad8fba82968e0020203e8048190d6d09166b1fe39ee\
         bb8f8ba0a1263ed9afc4d455bff630357d69154d4db3524ed9fe4dbd3819f52785bad709612793b65f08e38d\
         4961ecc63cf17a9a39cfe3487ae391297186845e680ff825d8ce0b87df1cc0fd5e1ca3c2131f8deaf270caea\
         2a9772723a2dee8bc7def99e9ee93b6778c863548c71378ff5d9bf7be3afa98f50e5e6d5551d65f7812fbedf\
         4dec1f8c",
    ),
    (
        "des3 hmacWithSHA224",
        "3081e3304e06092a864886f70d01050d3041302906092a864886f70d01050c301c0408b8ca16493ec1358702\
         0203e8300c06082a864886f70d02080500301406082a864886f70d030704085edb7c847d262b6b0481908d76\
         6c537039388aaae5f2f2fa8825f1c3d386903949728318d87efc12e91c1d234a1ef3d701bcfa882fcd8c5135\
         6ccfbb096410ef4f60cd85ec9684bd5c019bbaabd6c3ead4cc3858bfd551fec0fe016da377bbe2350dbac55d\
         31b87c7c08b1847c3ed23f7251b1eeb2fcbab7ac8206a564c1e79b5a669acc47fda379fe771c0338f8b56031\
         a249fc5d4522c2b886ca",
    ),
    (
        "aes-128-cbc hmacWithSHA1",
        "3081de304906092a864886f70d01050d303c301b06092a864886f70d01050c300e04086486012d2fa3fc\
         0d020203e8301d060960864801650304010204103fcbabf742b1669b24650a8aca00aa01048190fef3ba\
         27f7408e8638d14864ae9199611750b27509de5e39396be6adb6b328861c5283cf3cf79b8bba3e856701\
         8ed575da70a31fc185ba96181c000bd9cf6a76af482e1928c33bd11d5852f8f2dd22cbb55e2a29e1c61b\
         f34fae3462ceff0270425e128b1717cab4dd70f7cc4657ad58b4751f983ea17c1c4aa8b9b255261e4bc7\
         fe96e08968138ec89e9748a8af0dce",
    ),
    (
        "aes-192-cbc hmacWithSHA512",
        "3081ec305706092a864886f70d01050d304a302906092a864886f70d01050c301c04086b371c8e2fa293\
         8a020203e8300c06082a864886f70d020b0500301d06096086480165030401160410b2a9d0d34d8f9ecd\
         28bc827e2fa3b96d048190764dfe6c418e4a55913b1cbd7310b9b6b30763d2bca87d1b19099209985777\
         e3e6d0e98ecf6609701bceb33bc383d9a0f1636c48920906ea065585ace811510d26dc71a74c22ae16e8\
         90f6ec7ab33a027b855abbad5f0a0c7dab43ab21fd6aa6165d7d13262cc2836b540440536e4ba4a3be26\
         be1c2ccb57e1168225a33d536fea91dccebd1e8575210111134fed97a7",
    ),
    (
        "aes-256-cbc hmacWithSHA384",
        "3081ec305706092a864886f70d01050d304a302906092a864886f70d01050c301c04089fec5734e6ea05\
         53020203e8300c06082a864886f70d020a0500301d060960864801650304012a0410f3d9586069511bf0\
         32438f9b8b04421e0481906657fa7a46ea94696073821fa9287a6ef99a90ca87fde41f38db3661a5128d\
         1a6327cbd157ba0b3563e692e9cd0cc65aab1e3292115ab81680b42fababc6207d59405d2353ef446ff3\
         a0b9608f8ed7a8b4ef384ba1eb1abdc55e8ccfcadb28d5c7d8b1492c3430b8922b7be36649dd38c12035\
         a5f15014d90054da4c1ae204d6e6735f3f672642b138fd95393f062c13",
    ),
    (
        "aes-256-cbc hmacWithSHA256",
        "3081ec305706092a864886f70d01050d304a302906092a864886f70d01050c301c0408f1effb32a8fdec\
         ef020203e8300c06082a864886f70d02090500301d060960864801650304012a04109178e583bf2cf361\
         8ac8020aff5be0e4048190b1a7bb54111d11a2a95f33fef6d788a805b8f69ebde73ac100b622749dfc19\
         2e2bf12fce22699d1c8a7d52d0d0348d5115dc1172edf3d1011ce7e6d2c788996231fd0a0740333ec56a\
         91ff4d9e9c326cbe61df48f78c1e2b87d0661ce94f3a29dff5fe5548d36fe33d0aed79e7596e72f771db\
         fe6cc220df237bfbb1158c808f2bb1ea9a58db03e7b378748b0bd7d666",
    ),
];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn decrypted(
    der: &[u8],
    text: &str,
    budget: &mut Budget,
) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
    let info = EncryptedPrivateKeyInfo::from_der(der).unwrap();
    let (password, spelling) = (password(text), Spelling::standard(&password(text)));
    Decryption::new(&password, &spelling).decrypt(&info.algorithm, info.data.as_bytes(), budget)
}

#[test]
fn every_cipher_and_function_reads_what_openssl_wrote() {
    for (how, text) in ENCRYPTED {
        let der = hex(text);
        let mut budget = Budget::new();
        let plain = decrypted(&der, "Qwerty12", &mut budget).unwrap().unwrap();
        assert_eq!(*plain, hex(PLAIN), "{how}");
        // SHA-1 gives 20 bytes at a time: 24 take two runs. The old schemes derive their vectors too.
        let runs = match how {
            "PBE-SHA1-3DES" => 3,
            "PBE-SHA1-2DES" | "PBE-SHA1-RC2-128" | "PBE-SHA1-RC2-40" => 2,
            _ => 1,
        };
        assert_eq!(budget.0, MAX_ITERATIONS - runs * 1_000, "{how}");
        let other = decrypted(&der, "qwerty12", &mut budget).unwrap();
        assert!(other.is_none_or(|other| *other != hex(PLAIN)), "{how}");
    }
}

#[test]
fn what_is_written_is_decrypted_again() {
    let password = password("Құпия🔑");
    let spelling = Spelling::standard(&password);
    let provider = crate::crypto::tests::provider();
    for form in [Form::Modern(Strength::Random), Form::Legacy] {
        for content in [Content::Key, Content::Bags] {
            let encryption = Encryption::new(&password, form, &provider).unwrap();
            let (algorithm, data) = encryption.encrypt(content, b"bag").unwrap();
            let algorithm = AlgorithmIdentifierRef::from_der(&algorithm).unwrap();
            let plain = Decryption::new(&password, &spelling)
                .decrypt(&algorithm, &data, &mut Budget::new())
                .unwrap();
            assert_eq!(**plain.as_ref().unwrap(), *b"bag");
            // The same again is other bytes.
            assert_ne!(encryption.encrypt(content, b"bag").unwrap().1, data);
        }
    }
}

/// What asks for so many iterations with this salt; nothing is derived.
fn asking(salt: u8, iterations: u32) -> Vec<u8> {
    let function = Function::Sha256;
    let derivation = Derivation { salt: vec![salt; 16], iterations, function, key_length: None };
    pbes2::algorithm(&derivation, &[0; 16]).unwrap()
}

#[test]
fn a_key_is_derived_once_for_each_salt() {
    let right = password("Qwerty12");
    let spelling = Spelling::standard(&right);
    let mut budget = Budget::new();
    let mut decryption = Decryption::new(&right, &spelling);
    for (salt, left) in [(1, 1_000), (1, 1_000), (2, 2_000)] {
        let algorithm = asking(salt, 1_000);
        let algorithm = AlgorithmIdentifierRef::from_der(&algorithm).unwrap();
        decryption.decrypt(&algorithm, &[0; 16], &mut budget).unwrap();
        assert_eq!(budget.0, MAX_ITERATIONS - left);
    }
}

#[test]
fn derivations_that_cost_too_much_together_are_refused() {
    let right = password("Qwerty12");
    let spelling = Spelling::standard(&right);
    let decrypt = |algorithm: &[u8], budget: &mut Budget| {
        let algorithm = AlgorithmIdentifierRef::from_der(algorithm).unwrap();
        Decryption::new(&right, &spelling).decrypt(&algorithm, &[0; 16], budget).err()
    };
    for iterations in [10_000_001, u32::MAX] {
        let error = decrypt(&asking(1, iterations), &mut Budget::new());
        assert_eq!(error, Some(OpenError::TooExpensive));
        let old = old::algorithm(Cipher::Rc2With40, &[1; 8], iterations).unwrap();
        let error = decrypt(&old, &mut Budget::new());
        assert_eq!(error, Some(OpenError::TooExpensive));
    }
    let mut budget = Budget(1_500);
    assert_eq!(decrypt(&asking(1, 1_000), &mut budget), None);
    assert_eq!(decrypt(&asking(2, 1_000), &mut budget), Some(OpenError::TooExpensive));
}

//! BER by hand, one case for each thing that DER leaves out.

use super::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

fn made(text: &str) -> Result<Vec<u8>, NotBer> {
    to_der(&hex(text), Limits::USUAL).map(Cow::into_owned)
}

#[test]
fn der_is_lent_back() {
    for text in [
        "0500",
        "3000",
        "30 06 02 01 05 04 01 00",
        "a0 03 02 01 05",
        "80 01 05",
        "7f 1f 02 05 00",
        "bf 81 00 02 05 00",
        // A BOOLEAN that is no DER inside, a SET OF in disorder: not ours to judge.
        "01 01 01",
        "31 06 02 01 05 02 01 04",
    ] {
        let input = hex(text);
        assert!(matches!(to_der(&input, Limits::USUAL), Ok(Cow::Borrowed(_))), "{text}");
    }
    let mut long = hex("04 81 80");
    long.extend([0; 128]);
    assert!(matches!(to_der(&long, Limits::USUAL), Ok(Cow::Borrowed(_))));
}

#[test]
fn what_der_leaves_out_is_made_der() {
    for (ber, der) in [
        // Lengths that are not given, within each other, and within one that is.
        ("3080 0000", "3000"),
        ("3080 3080 020105 0000 0500 0000", "3007 3003020105 0500"),
        ("3006 3080 0500 0000", "3004 30020500"),
        ("a080 020105 0000", "a003 020105"),
        ("bf1f80 0500 0000", "bf1f02 0500"),
        // Lengths in more bytes than they need.
        ("3081 03 020105", "3003 020105"),
        ("3082 0004 02 8101 05", "3003 020105"),
        ("0489 000000000000000001 aa", "0401 aa"),
        // Strings in segments, also none, also nested.
        ("2403 0401 aa", "0401 aa"),
        ("2480 0401aa 0402bbcc 0000", "0403 aabbcc"),
        ("2480 0000", "0400"),
        ("2480 2480 0401aa 0000 2403 0401bb 0400 0000", "0402 aabb"),
        // Two zero bytes inside a segment end nothing.
        ("2480 04020000 0000", "0402 0000"),
        ("2380 0302 00aa 0303 04bbc0 0000", "0304 04 aabbc0"),
        ("2300", "0301 00"),
        // The example of X.690, section 8.23.6, and its like with segments of the string's own type.
        ("3a09 0403 4a6f6e 0402 6573", "1a05 4a6f6e6573"),
        ("3a09 1a03 4a6f6e 1a02 6573", "1a05 4a6f6e6573"),
        ("3780 0406 323031303031 0407 3030303030305a 0000", "170d 3230313030313030303030305a"),
        // A context tag of which nobody says that it is a string stays constructed.
        ("a080 0401aa 0401bb 0000", "a006 0401aa 0401bb"),
    ] {
        assert_eq!(made(ber), Ok(hex(der)), "{ber}");
        // And that is DER.
        let der = hex(der);
        assert!(matches!(to_der(&der, Limits::USUAL), Ok(Cow::Borrowed(_))), "{ber}");
    }
}

#[test]
fn a_length_that_grows_over_127_takes_its_bytes_everywhere_above() {
    let mut ber = hex("30 80 30 80 24 80");
    let mut content = Vec::new();
    for byte in 0..200_u8 {
        ber.extend([4, 1, byte]);
        content.push(byte);
    }
    ber.extend([0; 6]);
    let der = [hex("30 81ce 30 81cb 04 81c8"), content].concat();
    assert_eq!(to_der(&ber, Limits::USUAL).unwrap(), der);
}

#[test]
fn an_implicit_octet_string_is_joined_where_the_caller_says_so() {
    let path: &[u8] = &[0x30, 0xa0, 0x30, 0x30, 0xa0];
    let ber =
        hex("3080 a080 3080 3080 a080 0401aa 2480 0401bb 0000 0000 a080 0000 0000 0000 0000 0000");
    let der = hex("300c a00a 3008 3006 8002aabb 8000");
    assert_eq!(to_der_with(&ber, Limits::USUAL, &[path]).unwrap(), der);
    // Elsewhere, the same tag is left alone.
    let elsewhere = hex("30 07 a0 05 30 03 a0 01 00");
    assert!(to_der_with(&elsewhere, Limits::USUAL, &[path]).is_err());
    let elsewhere = hex("30 07 a0 05 30 03 a1 01 00");
    assert!(to_der_with(&elsewhere, Limits::USUAL, &[path]).is_err());
    let shorter = hex("3080 a080 3080 a080 0401aa 0000 0000 0000 0000");
    let der = hex("3009 a007 3005 a003 0401aa");
    assert_eq!(to_der_with(&shorter, Limits::USUAL, &[path]).unwrap(), der);
    // With a given length it is joined too, and in its primitive form it is DER already.
    let given = hex("300b a009 3007 3005 a003 0401aa");
    let der = hex("3009 a007 3005 3003 8001aa");
    assert_eq!(to_der_with(&given, Limits::USUAL, &[path]).unwrap(), der);
    assert!(matches!(to_der_with(&der, Limits::USUAL, &[path]), Ok(Cow::Borrowed(_))));
    let odd = hex("300b a009 3007 3005 a003 0201aa");
    assert_eq!(to_der_with(&odd, Limits::USUAL, &[path]), Err(NotBer::Segment { at: 10 }));
}

#[test]
fn what_is_no_ber_is_named_with_its_place() {
    for (text, error) in [
        ("", NotBer::Truncated { at: 0 }),
        ("30", NotBer::Truncated { at: 1 }),
        ("3003 0201", NotBer::Truncated { at: 0 }),
        ("3080 020105", NotBer::Truncated { at: 5 }),
        ("3080 020105 00", NotBer::Tag { at: 5 }),
        ("3003 0202 05", NotBer::Truncated { at: 2 }),
        ("3004 3080 0500 0000", NotBer::Truncated { at: 6 }),
        ("30 89 ffffffffffffffffff", NotBer::Truncated { at: 0 }),
        ("3000 00", NotBer::Tail { at: 2 }),
        ("3080 0000 0000", NotBer::Tail { at: 4 }),
        ("0000", NotBer::Tag { at: 0 }),
        ("3002 0000", NotBer::Tag { at: 2 }),
        ("2203 020105", NotBer::Tag { at: 0 }),
        ("1003 020105", NotBer::Tag { at: 0 }),
        ("1f8001 00", NotBer::Tag { at: 0 }),
        ("1f1e 00", NotBer::Tag { at: 0 }),
        ("bfffffffffff7f 00", NotBer::Tag { at: 0 }),
        ("0480 0000", NotBer::Length { at: 1 }),
        ("8080 0000", NotBer::Length { at: 1 }),
        ("30ff", NotBer::Length { at: 1 }),
        ("2480 0201aa 0000", NotBer::Segment { at: 2 }),
        ("2480 8001aa 0000", NotBer::Segment { at: 2 }),
        ("2380 0401aa 0000", NotBer::Segment { at: 2 }),
        ("2380 0300 0000", NotBer::Segment { at: 2 }),
        ("2380 030208aa 0000", NotBer::Segment { at: 2 }),
        ("2380 030101 0000", NotBer::Segment { at: 2 }),
        ("2380 030204a0 030200bb 0000", NotBer::Segment { at: 6 }),
    ] {
        assert_eq!(made(text), Err(error), "{text}");
    }
}

#[test]
fn what_asks_for_too_much_is_refused() {
    let limits = Limits { bytes: 1024, depth: 4, elements: 8 };
    let deep = hex("3080 3080 3080 3080 0000 0000 0000 0000");
    assert!(to_der(&deep, limits).is_ok());
    let deeper = hex("3080 3080 3080 3080 0500 0000 0000 0000 0000");
    assert_eq!(to_der(&deeper, limits), Err(NotBer::TooDeep { at: 8 }));
    let segments = hex("2480 2480 2480 2480 2480 0000 0000 0000 0000 0000");
    assert_eq!(to_der(&segments, limits), Err(NotBer::TooDeep { at: 8 }));
    let many = [hex("3080"), hex("0500").repeat(8), hex("0000")].concat();
    assert_eq!(to_der(&many, limits), Err(NotBer::TooMany { at: 16 }));
    assert_eq!(to_der(&[0; 1025], limits), Err(NotBer::TooLong { limit: 1024 }));
    // A megabyte of openings costs neither stack nor time.
    let hostile = [0x30, 0x80].repeat(512 * 1024);
    assert_eq!(to_der(&hostile, Limits::USUAL), Err(NotBer::TooDeep { at: 64 }));
    let hostile = [0x24, 0x80].repeat(512 * 1024);
    assert_eq!(to_der(&hostile, Limits::USUAL), Err(NotBer::TooDeep { at: 64 }));
}

#[test]
fn no_change_of_bytes_makes_it_panic_and_the_result_is_der_always() {
    let path: &[u8] = &[0x30, 0xa0];
    let seed = hex(
        "3080 2480 0401aa 2403 0401bb 0000 a080 0401aa 0000 2380 030200aa 0302 04b0 0000 3081 03 020105 bf1f80 0500 0000 0000",
    );
    let mut sound = 0;
    for at in 0..seed.len() {
        for byte in 0..=255 {
            let mut changed = seed.clone();
            changed[at] = byte;
            if let Ok(der) = to_der_with(&changed, Limits::USUAL, &[path]) {
                sound += 1;
                assert!(matches!(to_der_with(&der, Limits::USUAL, &[path]), Ok(Cow::Borrowed(_))));
            }
        }
    }
    assert!(sound > 1_000, "{sound}");
}

//! XML documents of any size, such as programs of accountants send: many small elements, half of the text Cyrillic.

use std::fmt::Write as _;

/// A document of about that many bytes, a few hundred more at most.
pub(crate) fn document(bytes: usize) -> Vec<u8> {
    let mut text = String::with_capacity(bytes + 512);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<invoice xmlns=\"urn:example:invoice\" number=\"17\">\n",
    );
    let mut line = 0;
    while text.len() + 10 < bytes {
        line += 1;
        writeln!(
            text,
            "  <line n=\"{line}\" unit=\"дана\">\n    <name>Қағаз А4, 80 г/м² &amp; «Снегурочка»</name>\n    \
             <quantity>{}</quantity>\n    <sum currency=\"KZT\">{}.50</sum>\n  </line>",
            line % 97,
            line * 31 % 100_003,
        )
        .expect("a text takes everything");
    }
    text.push_str("</invoice>\n");
    text.into_bytes()
}

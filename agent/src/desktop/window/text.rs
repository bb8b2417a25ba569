//! What others wrote, made safe to look at: characters that hide, or turn the text around, are shown by their numbers.

use std::ops::Range;

use eframe::egui::text::LayoutJob;
use eframe::egui::{FontId, TextFormat};

use super::look;

/// The longest word, in characters, that is not broken.
const WORD: usize = 24;

/// The longest name, in characters, that is shown whole: certificates may have longer ones.
const NAME: usize = 300;

/// A name, in one line.
pub(super) fn name(text: &str) -> String {
    let mut shown = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count == NAME {
            shown.push('…');
            break;
        }
        if is_strange(letter) || letter.is_control() {
            shown.push_str(&number(letter));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// The text of a document, in lines of so many characters at most.
pub(super) fn lines(text: &str, columns: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut line = Line::default();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => match lines.last_mut() {
                // The line was full to its end, and ends there.
                Some(last) if last.goes_on && line.width == 0 => last.goes_on = false,
                Some(_) | None => lines.push(std::mem::take(&mut line)),
            },
            '\t' => line.push("    ", false),
            letter if is_strange(letter) || letter.is_control() => line.push(&number(letter), true),
            letter => line.push(letter.encode_utf8(&mut [0; 4]), false),
        }
        if line.width >= columns {
            let ends = letters.peek().is_none_or(|next| next.is_whitespace());
            let begun = if ends { Line::default() } else { line.without_last_word() };
            line.goes_on = true;
            lines.push(std::mem::replace(&mut line, begun));
        }
    }
    if line.width > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// One line of a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Texts, and whether each stands for characters that would not be seen.
    pieces: Vec<(String, bool)>,
    width: usize,
    /// What follows is still the same line of the document.
    pub(super) goes_on: bool,
}

/// Letters of a line that stand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Which letters, as they are drawn.
    pub letters: Range<usize>,
    /// Whether that is the place one looks at.
    pub here: bool,
}

impl Line {
    fn push(&mut self, text: &str, strange: bool) {
        self.width += text.chars().count();
        match self.pieces.last_mut() {
            Some((last, same)) if *same == strange => last.push_str(text),
            Some(_) | None => self.pieces.push((text.to_owned(), strange)),
        }
    }

    /// Takes the last word away, if it is short, and gives it: words are read more easily whole.
    fn without_last_word(&mut self) -> Self {
        let Some((text, false)) = self.pieces.last_mut() else { return Self::default() };
        let Some((_, word)) = text.rsplit_once(' ') else { return Self::default() };
        let width = word.chars().count();
        if width == 0 || width > WORD || width == self.width {
            return Self::default();
        }
        let word = text.split_off(text.len() - word.len());
        self.width -= width;
        Self { pieces: vec![(word, false)], width, goes_on: false }
    }

    /// What is drawn.
    pub(super) fn letters(&self) -> impl Iterator<Item = char> {
        self.pieces.iter().flat_map(|(text, _)| text.chars())
    }

    /// As it is drawn.
    pub(super) fn job(&self, font: &FontId, marks: &[Mark]) -> LayoutJob {
        let mut job = LayoutJob::default();
        if self.pieces.is_empty() {
            // An empty line is as high as the others.
            job.append(" ", 0.0, TextFormat::simple(font.clone(), look::INK.now()));
        }
        let mut at = 0;
        for (text, strange) in &self.pieces {
            let colour = if *strange { look::RED } else { look::INK };
            for letter in text.chars() {
                let mut format = TextFormat::simple(font.clone(), colour.now());
                if let Some(mark) = marks.iter().find(|mark| mark.letters.contains(&at)) {
                    let ground = if mark.here { look::FOUND_HERE } else { look::FOUND };
                    format.background = ground.now();
                    format.color = look::INK.now();
                }
                match job.sections.last_mut() {
                    Some(last) if last.format == format => {
                        job.text.push(letter);
                        last.byte_range.end = job.text.len();
                    }
                    Some(_) | None => job.append(letter.encode_utf8(&mut [0; 4]), 0.0, format),
                }
                at += 1;
            }
        }
        job
    }
}

fn number(letter: char) -> String {
    format!("[U+{:04X}]", u32::from(letter))
}

/// Whether a character shows nothing, or changes how others are shown, without being a control character: marks of
/// direction, joiners, fillers, tags.
fn is_strange(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'
            | '\u{891}'
            | '\u{8e2}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1345f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, columns: usize) -> Vec<String> {
        let whole = |line: &Line| line.pieces.iter().map(|(text, _)| text.as_str()).collect();
        lines(text, columns).iter().map(whole).collect()
    }

    #[test]
    fn what_would_not_be_seen_is_shown_by_its_number() {
        assert_eq!(name("a\u{202e}fdp.exe\n\0"), "a[U+202E]fdp.exe[U+000A][U+0000]");
        assert_eq!(name("Әйгерім №7 «Ұлт»"), "Әйгерім №7 «Ұлт»");
        assert_eq!(name(&"ә".repeat(1_000)).chars().count(), NAME + 1);
        assert_eq!(plain("1\u{2066}2\u{feff}\u{e0041}", 80), ["1[U+2066]2[U+FEFF][U+E0041]"]);
        assert_eq!(plain("1\u{8e2}\u{1bca0}\u{13430}", 80), ["1[U+08E2][U+1BCA0][U+13430]"]);
        let line = &lines("1\u{2066}\u{2067}2", 80)[0];
        assert_eq!(
            line.pieces.iter().map(|piece| piece.1).collect::<Vec<_>>(),
            [false, true, false]
        );
    }

    #[test]
    fn lines_are_those_of_the_text_and_no_wider_than_the_window() {
        assert_eq!(plain("", 80), [""]);
        assert_eq!(plain("a\r\nb\n\nc\n", 80), ["a", "b", "", "c"]);
        assert_eq!(plain("a\rb\tc", 80), ["a[U+000D]b    c"]);
        assert_eq!(plain("abcdefg", 3), ["abc", "def", "g"]);
        assert_eq!(plain("abc\ndef\n\ng", 3), ["abc", "def", "", "g"]);
        assert_eq!(plain("ab cdef gh", 6), ["ab ", "cdef ", "gh"]);
        assert_eq!(plain("ab cde gh", 6), ["ab cde", " gh"]);
        let go_on: Vec<_> = lines("abcd\nabc\r\n", 3).iter().map(|line| line.goes_on).collect();
        assert_eq!(go_on, [true, false, false]);
    }
}

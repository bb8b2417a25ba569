//! Finding words in a document, as it is drawn. Whoever searches need not know where its lines are broken, nor which
//! letters are capital.

use super::text::{Line, Mark};

/// The longest thing that can be searched for, in characters.
pub(super) const LONGEST: usize = 100;

/// A document as one row of letters, and the places where something was found in it.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// What the person looks for.
    pub wanted: String,
    /// What was looked for last.
    done: String,
    letters: Vec<char>,
    /// The line and the place in it of each letter.
    places: Vec<(usize, usize)>,
    /// Where the found words begin, in letters.
    found: Vec<usize>,
    here: usize,
}

impl Search {
    pub(super) fn new(lines: &[Line]) -> Self {
        let mut search = Self::default();
        for (row, line) in lines.iter().enumerate() {
            let mut end = 0;
            for (column, letter) in line.letters().enumerate() {
                search.letters.push(small(letter));
                search.places.push((row, column));
                end = column + 1;
            }
            if !line.goes_on {
                search.letters.push('\n');
                search.places.push((row, end));
            }
        }
        search
    }

    /// Searches again, if something else is wanted; says whether it did.
    pub(super) fn look(&mut self) -> bool {
        if self.wanted == self.done {
            return false;
        }
        self.done.clone_from(&self.wanted);
        let wanted: Vec<char> = self.wanted.chars().take(LONGEST).map(small).collect();
        self.found.clear();
        self.here = 0;
        if wanted.is_empty() {
            return true;
        }
        let mut at = 0;
        while let Some(rest) = self.letters.get(at..at + wanted.len()) {
            if rest == wanted {
                self.found.push(at);
                at += wanted.len();
            } else {
                at += 1;
            }
        }
        true
    }

    /// Goes to the next place, and from the last to the first; or back.
    pub(super) fn go(&mut self, forward: bool) {
        let count = self.found.len();
        if count > 0 {
            self.here = (self.here + if forward { 1 } else { count - 1 }) % count;
        }
    }

    /// How many places there are, and which of them one looks at, from one on. `None` if nothing is wanted.
    pub(super) fn count(&self) -> Option<(usize, usize)> {
        let here = if self.found.is_empty() { 0 } else { self.here + 1 };
        (!self.done.is_empty()).then_some((here, self.found.len()))
    }

    /// The line of the place one looks at.
    pub(super) fn row(&self) -> Option<usize> {
        self.places.get(*self.found.get(self.here)?).map(|place| place.0)
    }

    /// What stands out in a line.
    pub(super) fn marks(&self, row: usize) -> Vec<Mark> {
        let length = self.done.chars().count().min(LONGEST);
        let first = self.places.partition_point(|place| place.0 < row);
        let last = self.places.partition_point(|place| place.0 <= row);
        let begin = self.found.partition_point(|at| at + length <= first);
        let words = self.found.iter().enumerate().skip(begin);
        words
            .take_while(|(_, at)| **at < last)
            .filter_map(|(which, at)| {
                let (from, to) = ((*at).max(first), (at + length).min(last));
                let letters = self.places.get(from)?.1..self.places.get(to - 1)?.1 + 1;
                Some(Mark { letters, here: which == self.here })
            })
            .collect()
    }
}

fn small(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::super::text::lines;
    use super::*;

    fn search(text: &str, columns: usize, wanted: &str) -> Search {
        let mut search = Search::new(&lines(text, columns));
        wanted.clone_into(&mut search.wanted);
        search.look();
        search
    }

    #[test]
    fn words_are_found_whatever_their_case_and_across_broken_lines() {
        let mut search = search("Қолы ҚОЛЫ\nқол", 3, "қолы");
        assert_eq!(search.count(), Some((1, 2)));
        assert_eq!(search.row(), Some(0));
        let mark = |letters, here| Mark { letters, here };
        assert_eq!(search.marks(0), [mark(0..3, true)]);
        assert_eq!(search.marks(1), [mark(0..1, true)]);
        assert_eq!(search.marks(2), [mark(0..3, false)]);
        assert_eq!(search.marks(3), [mark(0..1, false)]);
        search.go(true);
        assert_eq!((search.count(), search.row()), (Some((2, 2)), Some(2)));
        search.go(true);
        assert_eq!(search.count(), Some((1, 2)));
        search.go(false);
        assert_eq!(search.count(), Some((2, 2)));
    }

    #[test]
    fn what_is_not_there_is_not_found_and_nothing_is_looked_for_nowhere() {
        assert_eq!(search("ab\nc", 80, "bc").count(), Some((0, 0)));
        let mut nothing = search("ab", 80, "");
        nothing.go(false);
        assert_eq!((nothing.count(), nothing.row()), (None, None));
        assert!(nothing.marks(0).is_empty() && nothing.marks(7).is_empty());
        assert_eq!(search("", 80, "longer than the text").count(), Some((0, 0)));
    }
}

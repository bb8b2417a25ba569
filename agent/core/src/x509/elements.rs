//! Elements of DER one after the other, without copying: how long lists are walked through.

/// One element.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    /// Its identifier byte. Tag numbers above 30 do not occur in what is walked through, and end the walk.
    pub(super) tag: u8,
    /// What it holds.
    pub(super) content: &'a [u8],
    /// All of it: tag, length and content.
    pub(super) whole: &'a [u8],
}

/// Elements that lie in a row. What is no element is yielded once as an error, and ends the walk.
#[derive(Clone)]
pub(super) struct Elements<'a> {
    rest: &'a [u8],
}

/// What lies there is no element in DER.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NotAnElement;

impl<'a> Elements<'a> {
    pub(super) const fn of(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// The elements within the one element that `der` is.
    pub(super) fn within(der: &'a [u8], tag: u8) -> Result<Self, NotAnElement> {
        let mut all = Self::of(der);
        match (all.next(), all.rest) {
            (Some(Ok(element)), []) if element.tag == tag => Ok(Self::of(element.content)),
            _ => Err(NotAnElement),
        }
    }

    /// The next element, which must be there and have this tag.
    pub(super) fn next_of(&mut self, tag: u8) -> Result<Element<'a>, NotAnElement> {
        let element = self.next().ok_or(NotAnElement)??;
        if element.tag == tag { Ok(element) } else { Err(NotAnElement) }
    }

    /// The next element, if it has this tag.
    pub(super) fn next_if(&mut self, tag: u8) -> Result<Option<Element<'a>>, NotAnElement> {
        if self.rest.first() == Some(&tag) { self.next_of(tag).map(Some) } else { Ok(None) }
    }

    /// How many bytes follow.
    pub(super) const fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn split(&self) -> Option<(Element<'a>, &'a [u8])> {
        let (&tag, after_tag) = self.rest.split_first()?;
        let (&first, after_first) = after_tag.split_first()?;
        let (length, header) = match first {
            0..=0x7f => (usize::from(first), 2),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let bytes = after_first.get(..count)?;
                let length = bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                // DER has one form for each length.
                let shorter = if count == 1 { 0x80 } else { 1_u64 << (8 * (count - 1)) };
                if length < shorter {
                    return None;
                }
                (usize::try_from(length).ok()?, 2 + count)
            }
            _ => return None,
        };
        if tag & 0x1f == 0x1f {
            return None;
        }
        let end = header.checked_add(length)?;
        let (whole, rest) = self.rest.split_at_checked(end)?;
        Some((Element { tag, content: &whole[header..], whole }, rest))
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, NotAnElement>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some((element, rest)) = self.split() {
            self.rest = rest;
            Some(Ok(element))
        } else {
            self.rest = &[];
            Some(Err(NotAnElement))
        }
    }
}

/// An INTEGER's content without the bytes that only repeat its sign, so that equal numbers are equal bytes.
pub(super) fn shortest(number: &[u8]) -> &[u8] {
    match number {
        [0, next, ..] if *next < 0x80 => shortest_rest(number),
        [0xff, next, ..] if *next >= 0x80 => shortest_rest(number),
        _ => number,
    }
}

fn shortest_rest(mut number: &[u8]) -> &[u8] {
    while let [sign, next, ..] = number
        && ((*sign == 0 && *next < 0x80) || (*sign == 0xff && *next >= 0x80))
    {
        number = &number[1..];
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Vec<Option<usize>> {
        Elements::of(bytes).map(|one| one.ok().map(|one| one.content.len())).collect()
    }

    #[test]
    fn elements_come_one_after_the_other() {
        assert_eq!(walk(&[]), []);
        assert_eq!(walk(&[2, 1, 5, 0x30, 0]), [Some(1), Some(0)]);
        let mut long = vec![4, 0x81, 0x80];
        long.extend([0; 0x80]);
        assert_eq!(walk(&long), [Some(0x80)]);
    }

    #[test]
    fn what_is_no_element_ends_the_walk() {
        for bad in [
            &[2][..],
            &[2, 2, 0],
            &[0x30, 0x80, 0, 0],
            &[4, 0x81, 1, 0],
            &[4, 0x82, 0, 0x80],
            &[4, 0x85, 0, 0, 0, 0, 1, 0],
            &[4, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x1f, 0],
        ] {
            assert_eq!(walk(bad), [None], "{bad:02x?}");
        }
        assert!(Elements::within(&[0x30, 0, 0], 0x30).is_err());
        assert!(Elements::within(&[0x31, 0], 0x30).is_err());
    }

    #[test]
    fn numbers_have_one_shortest_form() {
        for (number, short) in [
            (&[0, 0, 1][..], &[1][..]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0, 0, 0x80], &[0, 0x80]),
            (&[0xff, 0xff], &[0xff]),
            (&[0], &[0]),
            (&[], &[]),
        ] {
            assert_eq!(shortest(number), short);
        }
    }
}

//! From an expression to its steps.

use super::super::chars::{is_space, name_len};
use super::{Condition, MAX_EXPRESSION, NotAPath, Predicate, Step, Test, XPath};

impl XPath {
    /// Reads an expression. A relative one begins at the top of the document.
    ///
    /// # Errors
    /// [`NotAPath`] says where it is not one that we follow.
    pub fn parse(expression: &str) -> Result<Self, NotAPath> {
        if expression.len() > MAX_EXPRESSION {
            return Err(NotAPath::TooLong);
        }
        let mut parser = Parser { rest: expression };
        parser.path().ok_or_else(|| {
            let read = expression.len() - parser.rest.len();
            NotAPath::Unsupported(expression[..read].chars().count() + 1)
        })
    }
}

/// Reads from the left; where it cannot go on, it stops with `rest` at that place.
struct Parser<'e> {
    rest: &'e str,
}

impl Parser<'_> {
    fn path(&mut self) -> Option<XPath> {
        let mut steps = Vec::new();
        loop {
            let slash = self.take("/");
            let anywhere = slash && self.take("/");
            // Only the first step may lack its slash.
            if !slash && !steps.is_empty() {
                return None;
            }
            let name = self.test()?;
            let mut predicates = Vec::new();
            while self.take("[") {
                predicates.push(self.predicate()?);
                self.expect("]")?;
            }
            steps.push(Step { anywhere, name, predicates });
            self.space();
            if self.rest.is_empty() {
                return Some(XPath { steps });
            }
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches(|c| u8::try_from(c).is_ok_and(is_space));
    }

    fn take(&mut self, what: &str) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, what: &str) -> Option<()> {
        self.take(what).then_some(())
    }

    fn test(&mut self) -> Option<Test> {
        if self.take("*") {
            return Some(Test::Any);
        }
        let start = self.rest;
        let (prefix, local) = self.qualified()?;
        if self.rest.starts_with(['(', ':']) {
            // A function or an axis.
            self.rest = start;
            return None;
        }
        Some(Test::Name { prefix, local })
    }

    fn qualified(&mut self) -> Option<(String, String)> {
        let first = self.name()?;
        match self.rest.strip_prefix(':').filter(|rest| name_len(rest) > 0) {
            Some(rest) => {
                self.rest = rest;
                Some((first, self.name()?))
            }
            None => Some((String::new(), first)),
        }
    }

    fn name(&mut self) -> Option<String> {
        self.space();
        let (name, rest) = self.rest.split_at(name_len(self.rest));
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn predicate(&mut self) -> Option<Predicate> {
        self.space();
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let position = self.rest[..digits].parse().ok().filter(|position| *position > 0)?;
            self.rest = &self.rest[digits..];
            return Some(Predicate::Position(position));
        }
        let mut all = vec![self.condition()?];
        while self.take("and") {
            all.push(self.condition()?);
        }
        Some(Predicate::All(all))
    }

    fn condition(&mut self) -> Option<Condition> {
        if self.take("@") {
            let (prefix, local) = self.qualified()?;
            let value = if self.take("=") { Some(self.literal()?) } else { None };
            return Some(Condition::Attribute { prefix, local, value });
        }
        let condition = if self.take("local-name") {
            Condition::LocalName
        } else if self.take("namespace-uri") {
            Condition::Namespace
        } else {
            self.expect("name")?;
            Condition::Name
        };
        self.expect("(")?;
        // `local-name(.)` is the same.
        self.take(".");
        self.expect(")")?;
        self.expect("=")?;
        Some(condition(self.literal()?))
    }

    fn literal(&mut self) -> Option<String> {
        self.space();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = self.rest[1..].split_once(quote)?;
        self.rest = rest;
        Some(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_followed_is_said_with_its_place() {
        for (expression, at) in [
            ("", 1),
            ("/", 2),
            ("//", 3),
            ("/a/", 4),
            ("/a b", 4),
            ("/a|/b", 3),
            ("/a/@b", 4),
            ("/a/text()", 4),
            ("/a/..", 4),
            ("/child::a", 2),
            ("id('x')", 1),
            ("/a[0]", 4),
            ("/a[b]", 4),
            ("/a[last()]", 4),
            ("/a[@b or @c]", 7),
            ("/a[@b=c]", 7),
            ("/a[@b='c]", 7),
            ("/a[@b", 6),
            ("/қол[x]", 6),
        ] {
            assert_eq!(XPath::parse(expression), Err(NotAPath::Unsupported(at)), "{expression}");
        }
        assert_eq!(XPath::parse(&"a".repeat(MAX_EXPRESSION + 1)), Err(NotAPath::TooLong));
        assert!(
            XPath::parse(" / a [ @b = 'c' and local-name( . ) = \"d\" ] [ 2 ] // p:e ").is_ok()
        );
    }
}

//! JSON as pages write it: by the letter first, then as lenient as the reader of Java's `org.json` in what pages use.

mod lenient;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

/// Objects and arrays do not stand in each other deeper than this.
const DEPTH: usize = 32;
/// An object has no more values in it, at any depth: a short text may not become a large tree.
const PARTS: usize = 100_000;

/// Reads an object. The time is linear in the text, the memory in what it means.
pub(super) fn object(text: &str) -> Option<Map<String, Value>> {
    let value = match strict(text) {
        Ok(value) => value,
        Err(_) => lenient::read(text)?,
    };
    if let Value::Object(object) = value { Some(object) } else { None }
}

fn strict(text: &str) -> Result<Value, serde_json::Error> {
    let mut reader = Deserializer::from_str(text);
    let left = Cell::new(PARTS);
    let value = Part { left: &left, depth: DEPTH }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// One value, with what may still come.
struct Part<'a> {
    left: &'a Cell<usize>,
    depth: usize,
}

impl Part<'_> {
    fn inner<E: Error>(&self) -> Result<Part<'_>, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deep"))?;
        Ok(Part { left: self.left, depth })
    }

    fn count<E: Error>(&self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| E::custom("too many values"))?;
        self.left.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.count()?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = parts.next_element_seed(self.inner()?)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = parts.next_key::<String>()? {
            object.insert(key, parts.next_value_seed(self.inner()?)?);
        }
        Ok(Value::Object(object))
    }
}

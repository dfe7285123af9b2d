//! Reading JSON with little code.
//!
//! The page carries what it reads with as WebAssembly, and serde_json's reader, made for speed and good error messages,
//! takes a third of all its code when twenty kinds of message are read with it. This one reads a text into a tree of
//! borrowed pieces first and then hands each struct its fields in the order of their declaration, so that what serde
//! derives comes to one short function per struct, and an error is an error and no story.
//!
//! It reads what serde_json reads; the tests compare the two. A relay reads with it as well: most of what arrives there is
//! session descriptions that are only handed on, and looking for their ends is quick (docs/decisions/005).

mod text;
mod tree;
mod writer;

use std::fmt;
use std::slice;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::{forward_to_deserialize_any, ser};

pub(crate) use self::text::unescape;
pub(crate) use self::tree::{Json, parse};
pub(crate) use self::writer::write;

/// The text is not the JSON of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bad;

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON of that")
    }
}

impl std::error::Error for Bad {}

impl ser::Error for Bad {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl de::Error for Bad {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for &Json<'de> {
    type Error = Bad;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        match self {
            Json::Absent | Json::Null => Err(Bad),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(digits) => visitor.visit_u64(digits.parse().map_err(|_| Bad)?),
            Json::Text(text) => visitor.visit_str(&text.said().ok_or(Bad)?),
            Json::List(items) => visitor.visit_seq(Items(items.iter())),
            Json::Object(_) => Err(Bad),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        if matches!(self, Json::Absent | Json::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        match self {
            Json::Object(_) => visitor.visit_seq(Fields { object: self, names: names.iter() }),
            _ => Err(Bad),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        let Json::Text(text) = self else { return Err(Bad) };
        visitor.visit_enum(Variant(&text.said().ok_or(Bad)?))
    }

    /// Only [`crate::Opaque`] asks for this: a text that stays as it stands on the wire, in serde_json's way.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Bad> {
        let Json::Text(text) = self else { return Err(Bad) };
        visitor.visit_map(Raw { name: Some(name), raw: text.raw() })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map seq identifier ignored_any
    }
}

/// The items of a list.
struct Items<'a, 'de>(slice::Iter<'a, Json<'de>>);

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Bad;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Bad> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// The fields of a struct, in the order of its declaration. One that is absent is an end, whatever comes after it: what
/// serde derives takes the default for it then, or refuses the struct, and goes on to the next.
struct Fields<'a, 'de> {
    object: &'a Json<'de>,
    names: slice::Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields<'_, 'de> {
    type Error = Bad;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Bad> {
        let Some(name) = self.names.next() else { return Ok(None) };
        match self.object.field(name).ok_or(Bad)? {
            Json::Absent => Ok(None),
            field => seed.deserialize(field).map(Some),
        }
    }
}

/// A variant without fields.
struct Variant<'a>(&'a str);

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Bad;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Bad> {
        let name: StrDeserializer<'_, Bad> = self.0.into_deserializer();
        seed.deserialize(name).map(|variant| (variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Bad;

    fn unit_variant(self) -> Result<(), Bad> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Bad> {
        Err(Bad)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Bad> {
        Err(Bad)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Bad> {
        Err(Bad)
    }
}

/// A raw value as serde_json's `RawValue` expects it: a map of one entry, whose key is the name that was asked for.
struct Raw<'de> {
    name: Option<&'static str>,
    raw: &'de str,
}

impl<'de> MapAccess<'de> for Raw<'de> {
    type Error = Bad;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Bad> {
        let name = self.name.take().map(IntoDeserializer::<Bad>::into_deserializer);
        name.map(|name: StrDeserializer<'_, Bad>| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Bad> {
        let raw: StrDeserializer<'_, Bad> = self.raw.into_deserializer();
        seed.deserialize(raw)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::parse;
    use crate::frame::RelayFrame;
    use crate::{ClientMessage, ErrorCode, RelayMessage};

    const GOLDEN: &str = include_str!("../tests/golden/messages.jsonl");

    /// What a page and a relay say to each other as it stands on the wire, apart: their type and their data.
    fn messages() -> Vec<(String, Value)> {
        let frames = GOLDEN.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let parts = frames.map(|frame| (frame["type"].as_str().unwrap().to_owned(), frame["data"].clone()));
        let through_relays = [RelayMessage::KINDS, ClientMessage::KINDS].concat();
        parts.filter(|(kind, _)| through_relays.contains(&kind.as_str())).collect()
    }

    /// Whoever says it: some names are used in both directions.
    type Said = (Result<RelayMessage, ErrorCode>, Result<ClientMessage, ErrorCode>);

    fn by_tree(kind: &str, data: &str) -> Said {
        let tree = parse(data).unwrap();
        (RelayMessage::read(kind, &tree), ClientMessage::read(kind, &tree))
    }

    fn by_serde_json(kind: &str, data: &str) -> Said {
        let reader = serde_json::Deserializer::from_str;
        (RelayMessage::read(kind, &mut reader(data)), ClientMessage::read(kind, &mut reader(data)))
    }

    /// Every way to put `with` in the place of one value somewhere in `value`.
    fn changed(value: &Value, with: &Value) -> Vec<Value> {
        let mut all = vec![with.clone()];
        let mut inside = |at: &dyn Fn(&mut Value) -> &mut Value, part: &Value| {
            all.extend(changed(part, with).into_iter().map(|part| {
                let mut whole = value.clone();
                *at(&mut whole) = part;
                whole
            }));
        };
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, part)| inside(&|whole| &mut whole[name], part)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(at, part)| inside(&|whole| &mut whole[at], part))
            }
            _ => {}
        }
        all
    }

    #[test]
    fn every_message_is_read_as_serde_json_reads_it() {
        assert!(messages().len() >= RelayMessage::KINDS.len() + ClientMessage::KINDS.len());
        for (kind, data) in messages() {
            let data = data.to_string();
            let (relay, client) = by_tree(&kind, &data);
            assert!(relay.is_ok() || client.is_ok(), "{kind}");
            assert_eq!((relay, client), by_serde_json(&kind, &data), "{kind}");
        }
    }

    #[test]
    fn what_is_of_the_wrong_type_is_refused_as_serde_json_refuses_it() {
        let wrong = ["1", "-1", "1.5", "4294967296", "true", "null", r#""""#, r#""x y""#, r#"{"a":1}"#];
        for (kind, data) in messages() {
            for with in wrong.map(|wrong| serde_json::from_str(wrong).unwrap()) {
                for data in changed(&data, &with).into_iter().filter(Value::is_object) {
                    let data = data.to_string();
                    assert_eq!(by_tree(&kind, &data), by_serde_json(&kind, &data), "{kind} {data}");
                }
            }
        }
    }

    /// serde_json also takes the bare list of a struct's fields for the struct; no relay writes that.
    #[test]
    fn a_list_is_no_struct() {
        assert!(by_serde_json("call:ended", r#"["c_5fb2c1ad90e84c77","missed",null]"#).0.is_ok());
        assert_eq!(by_tree("call:ended", r#"["c_5fb2c1ad90e84c77","missed",null]"#).0, Err(ErrorCode::BadMessage));
    }

    #[test]
    fn an_unknown_field_is_passed_over() {
        for (kind, mut data) in messages() {
            data["of a later version"] = serde_json::json!({ "nested": [1, { "deeper": null }] });
            let (relay, client) = by_tree(&kind, &data.to_string());
            assert!(relay.is_ok() || client.is_ok(), "{kind}");
        }
    }

    #[test]
    fn no_torn_frame_is_read() {
        for line in GOLDEN.lines() {
            for end in (0..line.len()).filter(|end| line.is_char_boundary(*end)) {
                assert!(RelayFrame::read(&line[..end]).is_err(), "{}", &line[..end]);
            }
        }
    }
}

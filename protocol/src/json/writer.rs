//! Writing JSON with little code.
//!
//! What is written here is byte for byte what serde_json writes; the tests compare the two. Of serde's shapes it knows
//! those that messages are made of: structs, lists, texts, integers, truth values, names of variants.

use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::Bad;
use super::text::plain;

/// What serde_json's `RawValue` calls itself, and its one field, whose text is JSON already.
const RAW: &str = "$serde_json::private::RawValue";

/// Adds the fields of a message as JSON to a text.
///
/// # Errors
/// For shapes that no message has; some of them may have been written then.
pub(crate) fn write<T: Serialize + ?Sized>(fields: &T, out: &mut String) -> Result<(), Bad> {
    fields.serialize(Writer::new(out))
}

/// Writes at the end of a text.
struct Writer<'a> {
    out: &'a mut String,
    /// A text that comes is JSON already.
    raw: bool,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut String) -> Self {
        Self { out, raw: false }
    }

    fn members(self, opening: &str, closing: &'static str) -> Members<'a> {
        self.out.push_str(opening);
        Members { out: self.out, first: true, closing }
    }

    /// As serde_json escapes: what has to be (RFC 8259 section 7), by a letter where there is one, and nothing else.
    fn text(mut self, text: &str) {
        if self.raw {
            return self.out.push_str(text);
        }
        self.out.push('"');
        let mut rest = text;
        while let Some((fine, from)) = rest.split_at_checked(plain(rest.as_bytes())) {
            self.out.push_str(fine);
            let mut special = from.chars();
            let Some(c) = special.next() else { break };
            self.escape(c);
            rest = special.as_str();
        }
        self.out.push('"');
    }

    fn escape(&mut self, c: char) {
        let letter = match c {
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\0'..='\u{1f}' => {
                let digit = |value: u32| char::from_digit(value, 16).unwrap_or_default();
                self.out.push_str("\\u00");
                return self.out.extend([digit(u32::from(c) >> 4), digit(u32::from(c) & 0xf)]);
            }
            _ => c,
        };
        self.out.extend(['\\', letter]);
    }
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Bad;
    type SerializeSeq = Members<'a>;
    type SerializeTuple = Impossible<(), Bad>;
    type SerializeTupleStruct = Impossible<(), Bad>;
    type SerializeTupleVariant = Impossible<(), Bad>;
    type SerializeMap = Impossible<(), Bad>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Impossible<(), Bad>;

    fn serialize_bool(self, value: bool) -> Result<(), Bad> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Bad> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Bad> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Bad> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Bad> {
        if value < 0 {
            self.out.push('-');
        }
        self.serialize_u64(value.unsigned_abs())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Bad> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Bad> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Bad> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Bad> {
        self.out.push_str(itoa::Buffer::new().format(value));
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Bad> {
        Err(Bad)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Bad> {
        Err(Bad)
    }

    fn serialize_char(self, value: char) -> Result<(), Bad> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Bad> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Bad> {
        Err(Bad)
    }

    fn serialize_none(self) -> Result<(), Bad> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Bad> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Bad> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Bad> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Bad> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Bad> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Bad> {
        Err(Bad)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'a>, Bad> {
        Ok(self.members("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Impossible<(), Bad>, Bad> {
        Err(Bad)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Impossible<(), Bad>, Bad> {
        Err(Bad)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Bad>, Bad> {
        Err(Bad)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Impossible<(), Bad>, Bad> {
        Err(Bad)
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members<'a>, Bad> {
        Ok(if name == RAW { self.members("", "") } else { self.members("{", "}") })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Bad>, Bad> {
        Err(Bad)
    }
}

/// The items of a list, or the fields of a struct.
struct Members<'a> {
    out: &'a mut String,
    first: bool,
    closing: &'static str,
}

impl Members<'_> {
    fn separate(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(',');
        }
    }
}

impl SerializeSeq for Members<'_> {
    type Ok = ();
    type Error = Bad;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Bad> {
        self.separate();
        value.serialize(Writer::new(self.out))
    }

    fn end(self) -> Result<(), Bad> {
        self.out.push_str(self.closing);
        Ok(())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Bad;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Bad> {
        if name == RAW {
            return value.serialize(Writer { out: self.out, raw: true });
        }
        self.separate();
        Writer::new(self.out).text(name);
        self.out.push(':');
        value.serialize(Writer::new(self.out))
    }

    fn end(self) -> Result<(), Bad> {
        self.out.push_str(self.closing);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Serialize + ?Sized>(value: &T) -> Result<String, Bad> {
        let mut out = String::new();
        write(value, &mut out).map(|()| out)
    }

    #[test]
    fn texts_are_escaped_as_serde_json_escapes_them() {
        for text in ["", "a\"b\\c/d", "\0\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1f}\u{7f}", "\u{2028}Bình 🙂", "\n", "a\n\nb"]
        {
            assert_eq!(written(&text).unwrap(), serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn numbers_and_lists_are_written_as_serde_json_writes_them() {
        let numbers = [i64::MIN, -1, 0, 1, i64::MAX];
        assert_eq!(written(&numbers.as_slice()).unwrap(), serde_json::to_string(&numbers).unwrap());
        assert_eq!(written(&u64::MAX).unwrap(), u64::MAX.to_string());
        assert_eq!(written(&vec![Some('"'), None]).unwrap(), r#"["\"",null]"#);
    }

    #[test]
    fn a_shape_that_no_message_has_is_refused() {
        assert!(written(&1.5).is_err());
        assert!(written(&std::collections::BTreeMap::from([("a", 1)])).is_err());
    }
}

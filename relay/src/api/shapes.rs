//! Types of the protocol as OpenAPI shows them. The protocol itself knows nothing of OpenAPI: the page carries it.

use protocol::{CallType, EndReason, ErrorCode};
use serde::de::value::Error;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// What a call carries from its start.
pub(crate) fn call_type() -> Object {
    words::<CallType>("What it carried from its start.")
}

/// Why a call is over.
pub(crate) fn end_reason() -> Object {
    words::<EndReason>("Why it was over, as the caller saw it.")
}

/// Why a request is refused.
pub(crate) fn error_code() -> Object {
    words::<ErrorCode>("Never changes its meaning. Treat one that you do not know by the status alone.")
}

/// [`protocol::Person`].
pub(crate) enum Person {}

impl ToSchema for Person {}

impl PartialSchema for Person {
    fn schema() -> RefOr<Schema> {
        object("Somebody as others see them.")
            .property("id", text("Their id: `guest:…`, or the `sub` of their token."))
            .property("name", text("Their display name."))
            .property("avatar", text("The address of a picture, if their token named one."))
            .required("id")
            .required("name")
            .into()
    }
}

/// [`protocol::Figures`].
pub(crate) enum Figures {}

impl ToSchema for Figures {}

impl PartialSchema for Figures {
    fn schema() -> RefOr<Schema> {
        let mos = "Mean opinion score of the sound in hundredths (ITU-T G.107 annex B, narrowband scale).";
        object("Figures of quality. Whole numbers; what is not known is absent.")
            .property("mos_x100", number(mos, 450).minimum(Some(100)))
            .property("round_trip_ms", number("From here to there and back, in milliseconds.", u16::MAX))
            .property("jitter_ms", number("How unevenly packets arrive, in milliseconds (RFC 3550).", u16::MAX))
            .property("loss_permille", number("How many of a thousand packets were lost.", 1_000))
            .property("frozen_permille", number("How many thousandths of the time the picture stood still.", 1_000))
            .into()
    }
}

fn object(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object).description(Some(description))
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn number(description: &str, most: u16) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(Type::Integer).description(Some(description));
    number.minimum(Some(0)).maximum(Some(most))
}

/// A type that is one of several words on the wire.
fn words<T: for<'de> Deserialize<'de>>(description: &str) -> Object {
    text(description).enum_values(Some(names::<T>().iter().copied())).build()
}

/// The words of such a type, as it would read them.
fn names<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let mut names = Names(&[]);
    // It asks for its variants by name, hears nothing, and fails.
    let _ = T::deserialize(&mut names);
    names.0
}

/// Listens to what an enum calls its variants.
struct Names(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Names {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("no enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.0 = variants;
        Err(de::Error::custom("only listening"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

//! Which of their calls somebody wants to see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::{CallType, UserId};
use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};
use utoipa::IntoParams;

use super::entry::{Call, PartStatus, fold};
use crate::api::shapes;

/// Calls in an answer that asks for no number.
pub(super) const SOME_CALLS: usize = 30;
/// Calls in one answer at most. The participants come with them, so more would be long to read for little.
pub(super) const MOST_CALLS: usize = 100;
/// Characters of what is searched for: as many as a user id may have.
pub(super) const SEARCH_CHARS: usize = 128;

/// What to show, from the last call to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// How many at most, from 1 to 100.
    pub limit: usize,
    /// Only what comes after the page that ended here.
    pub before: Option<Cursor>,
    /// Only calls of this type.
    pub kind: Option<CallType>,
    /// Only calls that rang for this person and that they did not answer: missed, or rung while they were busy.
    pub missed: bool,
    /// Only calls with this in the name or id of somebody else in them, or in the room's name or code; folded.
    pub search: Option<String>,
    /// With how good each was from beginning to end, which is more to read than all the rest.
    pub courses: bool,
}

impl Default for Filter {
    fn default() -> Self {
        Self { limit: SOME_CALLS, before: None, kind: None, missed: false, search: None, courses: false }
    }
}

impl Filter {
    /// Whether to show a call to one who had part in it, wherever the page begins and ends.
    pub(super) fn wants(&self, user: &UserId, call: &Call) -> bool {
        let missed = || matches!(call.status_of(user), Some(PartStatus::Missed | PartStatus::Busy));
        self.kind.is_none_or(|kind| call.kind == kind)
            && (!self.missed || missed())
            && self.search.as_ref().is_none_or(|text| call.mentions(text, user))
    }
}

/// A value of a query that makes no sense, in words for whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadFilter(pub &'static str);

/// The query of `GET /api/calls` as it comes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// So many at most; 30 if absent.
    #[param(value_type = u8, required = false, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// The `next` of an earlier answer, for what comes after it. Calls that end meanwhile shift nothing.
    #[param(value_type = String, required = false)]
    before: Option<String>,
    /// Only calls that carried this from their start.
    #[param(schema_with = shapes::call_type, required = false)]
    kind: Option<String>,
    /// Only calls that rang for me and that I did not answer, because I was away or busy.
    #[param(value_type = bool, required = false)]
    missed: Option<String>,
    /// Only calls with this, in any case and with or without accents, in the name or id of somebody else in it, or in the
    /// room's name or code.
    #[param(value_type = String, required = false, max_length = 128)]
    q: Option<String>,
}

impl TryFrom<Asked> for Filter {
    type Error = BadFilter;

    fn try_from(asked: Asked) -> Result<Self, BadFilter> {
        let Asked { limit, before, kind, missed, q } = asked;
        Ok(Self {
            limit: limit.as_deref().map_or(Ok(SOME_CALLS), read_limit)?,
            before: before.as_deref().map(str::parse).transpose()?,
            kind: kind.as_deref().map(read_kind).transpose()?,
            missed: missed.as_deref().map_or(Ok(false), read_switch)?,
            search: q.as_deref().map_or(Ok(None), read_search)?,
            courses: false,
        })
    }
}

fn read_limit(text: &str) -> Result<usize, BadFilter> {
    let limit = text.parse().ok().filter(|limit| (1..=MOST_CALLS).contains(limit));
    limit.ok_or(BadFilter("limit is a number from 1 to 100."))
}

fn read_kind(text: &str) -> Result<CallType, BadFilter> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    CallType::deserialize(text).map_err(|_| BadFilter("kind is voice, video, group_voice or group_video."))
}

fn read_switch(text: &str) -> Result<bool, BadFilter> {
    text.parse().map_err(|_| BadFilter("missed is true or false."))
}

/// Nothing but spaces is no search.
pub(super) fn read_search(text: &str) -> Result<Option<String>, BadFilter> {
    let text = text.trim();
    if text.chars().count() > SEARCH_CHARS {
        return Err(BadFilter("q has 128 characters at most."));
    }
    Ok((!text.is_empty()).then(|| fold(text)))
}

/// Where a page ended. What it says is nobody's business but ours: it may change with any version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub(super) i64);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0.to_be_bytes()))
    }
}

impl std::str::FromStr for Cursor {
    type Err = BadFilter;

    fn from_str(text: &str) -> Result<Self, BadFilter> {
        let mut bytes = [0; 8];
        // Read into a slice of exactly that length: a long text is refused before it is looked at.
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(8) => Ok(Self(i64::from_be_bytes(bytes))),
            _ => Err(BadFilter("before is the next of an earlier answer.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, value: &str) -> Result<Filter, BadFilter> {
        let mut asked = Asked::default();
        let value = Some(value.to_owned());
        match name {
            "limit" => asked.limit = value,
            "before" => asked.before = value,
            "kind" => asked.kind = value,
            "missed" => asked.missed = value,
            _ => asked.q = value,
        }
        asked.try_into()
    }

    #[test]
    fn what_makes_sense_is_read() {
        assert_eq!(Filter::try_from(Asked::default()), Ok(Filter::default()));
        assert_eq!(asked("limit", "100").unwrap().limit, 100);
        assert_eq!(asked("kind", "group_voice").unwrap().kind, Some(CallType::GroupVoice));
        assert!(asked("missed", "true").unwrap().missed && !asked("missed", "false").unwrap().missed);
        assert_eq!(asked("q", "  Đào Bình ").unwrap().search.as_deref(), Some("dao binh"));
        assert_eq!(asked("q", "   ").unwrap().search, None);
        for seq in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(asked("before", &Cursor(seq).to_string()).unwrap().before, Some(Cursor(seq)));
        }
    }

    #[test]
    fn what_makes_none_is_refused_with_words() {
        let long = "x".repeat(SEARCH_CHARS + 1);
        for (name, wrong) in [
            ("limit", "0"),
            ("limit", "101"),
            ("limit", "-1"),
            ("limit", "many"),
            ("limit", ""),
            ("before", ""),
            ("before", "AAAA"),
            ("before", "AAAAAAAAAAAAAAAA"),
            ("before", "not a cursor"),
            ("kind", "telegram"),
            ("kind", ""),
            ("missed", "1"),
            ("missed", ""),
            ("q", &long),
        ] {
            let BadFilter(words) = asked(name, wrong).expect_err(wrong);
            assert!(words.starts_with(name), "{words}");
        }
    }
}

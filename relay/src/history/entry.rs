//! A call as the history keeps it and `/api/calls` shows it.

use call::Time;
use call::record::Summary;
use protocol::{CallId, CallType, EndReason, Figures, RoomCode, UserId};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use utoipa::ToSchema;

use crate::api::shapes;

/// A call that is over. Times are in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Call {
    /// Which call it was.
    #[schema(value_type = String)]
    pub call_id: CallId,
    /// What it carried from its start.
    #[schema(schema_with = shapes::call_type)]
    pub kind: CallType,
    /// The room, if it was an open room's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub room: Option<RoomCode>,
    /// What that room was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub room_name: Option<String>,
    /// When it was placed, or the room entered by its first.
    pub placed_at: u64,
    /// When it was accepted, first; never for an open room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub answered_at: Option<u64>,
    /// When media first flowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub connected_at: Option<u64>,
    /// When it was over.
    pub ended_at: u64,
    /// How long media could flow, in milliseconds: from `connected_at` to `ended_at`, 0 if it never did.
    pub duration_ms: u64,
    /// Why it was over, as the caller saw it.
    #[schema(schema_with = shapes::end_reason)]
    pub reason: EndReason,
    /// Whose doing that was, where it was a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub ended_by: Option<UserId>,
    /// Everyone who had part in it, the caller first.
    pub participants: Vec<Part>,
    /// How good it was; `null` if nobody reported anything.
    pub quality: Option<Quality>,
}

/// How good it was, of everything that all of them reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quality {
    /// The median of each figure by itself.
    #[schema(value_type = shapes::Figures)]
    pub median: Figures,
    /// The worst of each figure by itself.
    #[schema(value_type = shapes::Figures)]
    pub worst: Figures,
}

/// A person's part in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// Who.
    #[schema(value_type = String)]
    pub id: UserId,
    /// What they were called then, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// What it came to for them.
    pub status: PartStatus,
    /// When they took their place in it, if they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub joined_at: Option<u64>,
    /// When they gave it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub left_at: Option<u64>,
}

/// What a call came to for one person.
// `call::record::PartStatus` with a name on the wire and in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartStatus {
    /// They rang.
    Placed,
    /// They accepted.
    Accepted,
    /// They entered the room.
    Joined,
    /// They said no.
    Declined,
    /// They were in another call.
    Busy,
    /// They did not answer before it was over.
    Missed,
}

impl From<call::record::PartStatus> for PartStatus {
    fn from(status: call::record::PartStatus) -> Self {
        match status {
            call::record::PartStatus::Placed => Self::Placed,
            call::record::PartStatus::Accepted => Self::Accepted,
            call::record::PartStatus::Joined => Self::Joined,
            call::record::PartStatus::Declined => Self::Declined,
            call::record::PartStatus::Busy => Self::Busy,
            call::record::PartStatus::Missed => Self::Missed,
        }
    }
}

impl Call {
    /// The call of a summary. `date` turns the relay's time into milliseconds since 1970; `name_of` knows the names of
    /// people who never were in the call, as far as anyone does.
    pub fn new(summary: &Summary, date: impl Fn(Time) -> u64, name_of: impl Fn(&UserId) -> Option<String>) -> Self {
        let talked = summary.active.map_or(0, |active| summary.ended.since(active).as_millis());
        let participants = summary.parts.iter().map(|part| Part {
            id: part.user.clone(),
            name: part.name.clone().or_else(|| name_of(&part.user)),
            status: part.status.into(),
            joined_at: part.joined.map(&date),
            left_at: part.left.map(&date),
        });
        Self {
            call_id: summary.call_id.clone(),
            kind: summary.kind,
            // The code of a group's call leads nowhere any more.
            room: summary.room.clone().filter(|_| !summary.private),
            room_name: summary.room_name.clone(),
            placed_at: date(summary.began),
            answered_at: summary.answered.map(&date),
            connected_at: summary.active.map(&date),
            ended_at: date(summary.ended),
            duration_ms: u64::try_from(talked).unwrap_or(u64::MAX),
            reason: summary.reason,
            ended_by: summary.by.clone(),
            participants: participants.collect(),
            quality: summary.quality.map(|overall| Quality { median: overall.median, worst: overall.worst }),
        }
    }

    /// What of the call itself a search looks through.
    pub(super) fn searched(&self) -> String {
        let name = self.room_name.as_deref().map(fold).unwrap_or_default();
        format!("{name}\n{}", self.room.as_ref().map_or("", RoomCode::as_str))
    }
}

impl Part {
    /// What of a person a search looks through.
    pub(super) fn searched(&self) -> String {
        let name = self.name.as_deref().map(fold).unwrap_or_default();
        format!("{name}\n{}", fold(self.id.as_str()))
    }
}

/// Text as searching compares it: without case and without marks, so that "binh" finds "Bình".
pub(super) fn fold(text: &str) -> String {
    let letters = text.nfd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    // The one Vietnamese letter that does not come apart into a letter and marks.
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

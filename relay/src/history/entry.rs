//! A call as the history keeps it and `/api/calls` shows it.

use std::borrow::Cow;

use call::Time;
use call::record::Summary;
use protocol::{CallId, CallType, EndReason, Figures, RoomCode, UserId};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use utoipa::ToSchema;

use crate::api::shapes;

/// A call that is over. Times are in milliseconds since 1970.
// Written into the file as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Somebody recorded some of it, on their own machine.
    pub recorded: bool,
    /// Bytes of media that the TURN server of this relay passed on for its people, of both directions together. Of two who
    /// both went through it, it passed everything on twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub relayed_bytes: Option<u64>,
    /// Everyone who had part in it, the caller first.
    pub participants: Vec<Part>,
    /// How good it was; `null` if nobody reported anything.
    pub quality: Option<Quality>,
    /// How good it was from beginning to end. Only where one call is asked for and in an export, and not for a call that
    /// was too short to have a course.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub course: Option<Course>,
}

/// How good it was, of everything that all of them reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quality {
    /// The median of each figure by itself.
    #[schema(value_type = shapes::Figures)]
    pub median: Figures,
    /// The worst of each figure by itself.
    #[schema(value_type = shapes::Figures)]
    pub worst: Figures,
}

/// The worst of what was reported in equal stretches of time, at most 180 of them. In each list the first number belongs to
/// the first stretch; `null` where nobody reported that figure.
// Written into the file as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Course {
    /// When the first stretch begins.
    pub from: u64,
    /// How long each of them lasts, in milliseconds.
    pub every_ms: u64,
    /// Mean opinion score of the sound in hundredths: the least.
    pub mos_x100: Vec<Option<u16>>,
    /// From here to there and back, in milliseconds: the longest.
    pub round_trip_ms: Vec<Option<u16>>,
    /// How many of a thousand packets were lost: the most.
    pub loss_permille: Vec<Option<u16>>,
}

impl Course {
    /// `None` for a single stretch, of which the worst figures say as much. `date` turns the relay's time into milliseconds
    /// since 1970.
    fn new(course: &call::quality::Course, date: impl Fn(Time) -> u64) -> Option<Self> {
        let points = course.points();
        (points.len() > 1).then(|| Self {
            from: date(course.from()),
            every_ms: u64::try_from(course.every().as_millis()).unwrap_or(u64::MAX),
            mos_x100: points.iter().map(|point| point.mos_x100).collect(),
            round_trip_ms: points.iter().map(|point| point.round_trip_ms).collect(),
            loss_permille: points.iter().map(|point| point.loss_permille).collect(),
        })
    }
}

/// A person's part in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
            recorded: summary.recorded,
            relayed_bytes: None,
            participants: participants.collect(),
            quality: summary.quality.map(|overall| Quality { median: overall.median, worst: overall.worst }),
            course: summary.course.as_ref().and_then(|course| Course::new(course, &date)),
        }
    }

    /// It as its row in the file says it: the course is beside that.
    pub(super) fn without_course(&self) -> Cow<'_, Self> {
        match &self.course {
            None => Cow::Borrowed(self),
            Some(_) => Cow::Owned(Self { course: None, ..self.clone() }),
        }
    }

    /// What it came to for one who had part in it.
    pub(super) fn status_of(&self, user: &UserId) -> Option<PartStatus> {
        self.participants.iter().find(|part| part.id == *user).map(|part| part.status)
    }

    /// Whether a folded text is in the room's name or code, or in the name or id of somebody else than `user`.
    pub(super) fn mentions(&self, text: &str, user: &UserId) -> bool {
        let found = |name: &str| fold(name).contains(text);
        let is_found = |part: &Part| found(part.id.as_str()) || part.name.as_deref().is_some_and(found);
        self.room_name.as_deref().is_some_and(found)
            || self.room.as_ref().is_some_and(|code| found(code.as_str()))
            || self.participants.iter().any(|part| part.id != *user && is_found(part))
    }
}

/// Text as searching compares it: without case and without marks, so that "binh" finds "Bình".
pub(super) fn fold(text: &str) -> String {
    let letters = text.nfd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    // The one Vietnamese letter that does not come apart into a letter and marks.
    letters.map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

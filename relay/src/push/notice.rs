//! What a browser is told: JSON, readable by that browser alone. `static/sw.js` shows it.

use call::record::CameTo;
use protocol::{CallId, CallType, Person, UserId};
use serde::Serialize;

use super::subscriptions::Language;

/// One message.
#[derive(Debug, Serialize)]
pub(super) struct Notice<'a> {
    /// The call.
    pub call_id: &'a CallId,
    /// Who rings.
    pub from: &'a Person,
    /// What kind of call it is.
    pub kind: CallType,
    /// The language to say it in.
    pub language: Language,
    /// It rings; absent once it does not any more.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub rings: Option<Rings<'a>>,
    /// What came of it; absent while it rings.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub over: Option<Over>,
}

/// What is said while it rings.
#[derive(Debug, Serialize)]
pub(super) struct Rings<'a> {
    /// How long it does, from when this was written.
    pub rings_for_ms: u64,
    /// It is not to be heard.
    pub silent: bool,
    /// Who is rung: to be named when it is declined.
    pub user: &'a UserId,
    /// With this it can be declined (`POST /api/push/decline`).
    pub decline: String,
}

/// What is said when it does not ring any more.
#[derive(Debug, Serialize)]
pub(super) struct Over {
    /// `answered`, `declined` or `missed`.
    pub came_to: &'static str,
}

impl From<CameTo> for Over {
    fn from(came_to: CameTo) -> Self {
        Self {
            came_to: match came_to {
                CameTo::Answered => "answered",
                CameTo::Declined => "declined",
                CameTo::Missed => "missed",
            },
        }
    }
}

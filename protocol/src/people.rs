//! Who is there.

use serde::{Deserialize, Serialize};

use crate::{DeviceId, MediaState, UserId};

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their display name, normalised by the relay.
    pub name: String,
    /// The address of a picture, if their token named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
}

/// A person's device in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The address for offers, answers and candidates.
    pub device: DeviceId,
    /// Whose device it is.
    pub user: Person,
    /// What it sends.
    #[serde(default)]
    pub media: MediaState,
}

/// What a person is doing, as far as calls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// No device of theirs is connected.
    Offline,
    /// Connected and free.
    Idle,
    /// Ringing somebody, or being rung.
    Ringing,
    /// In a call.
    InCall,
    /// Connected and free, and perhaps not there.
    Away,
    /// Connected, and not to be rung.
    DoNotDisturb,
}

/// A person and what they are doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonStatus {
    /// Who.
    pub user: Person,
    /// What.
    pub status: CallStatus,
}

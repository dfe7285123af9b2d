//! What a person has chosen of the look and sound of this call.

use protocol::{DeviceId, UserId};

use super::light::ALIKE;
use crate::platform::{is_switched_on, keep_volumes, kept_volumes};
use crate::signal::RwSignal;
use crate::volumes::Volumes;

/// Something that has a place of its own on the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// This side.
    Own,
    /// Another participant.
    Person(DeviceId),
    /// What another participant shares.
    Screen(DeviceId),
}

impl Place {
    /// Whose it is, if not this side's.
    pub(crate) const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Own => None,
            Self::Person(device) | Self::Screen(device) => Some(device),
        }
    }
}

/// The choices, for as long as the call is on the screen. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Choices {
    /// What is shown large.
    pub(crate) pinned: RwSignal<Option<Place>>,
    /// Whoever speaks is shown large where nothing is pinned or shared.
    pub(crate) follows: RwSignal<bool>,
    /// Those who speak, as far as there are several.
    pub(crate) speaking: RwSignal<Vec<DeviceId>>,
    /// One's own picture is not to be seen here.
    pub(crate) self_hidden: RwSignal<bool>,
    /// Whose menu is open.
    pub(crate) menu: RwSignal<Option<Place>>,
    /// How loud everybody is.
    pub(crate) volumes: RwSignal<Volumes>,
}

impl Choices {
    /// As usual, and everybody as loud as they were made before.
    pub(crate) fn new() -> Self {
        Self {
            pinned: RwSignal::new(None),
            follows: RwSignal::new(!is_switched_on(ALIKE)),
            speaking: RwSignal::default(),
            self_hidden: RwSignal::new(false),
            menu: RwSignal::new(None),
            volumes: RwSignal::new(Volumes::read(&kept_volumes())),
        }
    }

    /// Shows something large, or everything alike again.
    pub(crate) fn pin(self, place: &Place) {
        let pinned = self.pinned.with_untracked(|pinned| pinned.as_ref() == Some(place));
        self.pinned.set((!pinned).then(|| place.clone()));
    }

    /// Plays somebody so loud, now and later.
    pub(crate) fn set_volume(self, person: &UserId, percent: u16) {
        self.volumes.update(|volumes| volumes.set(person, percent));
        self.volumes.with_untracked(|volumes| keep_volumes(&volumes.write()));
    }
}

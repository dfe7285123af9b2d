//! Pictures, as the views hand them around.

use web_sys::{MediaStream, MediaStreamTrack};

/// Somebody's moving picture, to be given to a [`super::Video`]. It has no sound: the page plays that by itself, so
/// that nothing a view does can cut it off.
#[derive(Clone, Debug)]
pub struct Stream(MediaStream);

impl Stream {
    /// The picture of one track.
    pub(crate) fn of(track: &MediaStreamTrack) -> Option<Self> {
        let stream = MediaStream::new().ok()?;
        stream.add_track(track);
        Some(Self(stream))
    }

    /// For the element that shows it.
    pub(crate) fn media(&self) -> &MediaStream {
        &self.0
    }
}

impl PartialEq for Stream {
    /// The same object.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Stream {}

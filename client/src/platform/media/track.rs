//! An open microphone or camera.

use web_sys::MediaStreamTrack;

use crate::platform::listener::Listener;

/// Open until dropped.
pub(super) struct Track {
    media: MediaStreamTrack,
    _ended: Listener,
}

impl Track {
    /// Owns `media`; `ended` is called if it ends by itself.
    pub(super) fn new(media: MediaStreamTrack, mut ended: impl FnMut() + 'static) -> Self {
        let listener = Listener::new(&media, "ended", move |_| ended());
        Self { media, _ended: listener }
    }

    /// The same track once more. Not by its own `clone`, which is the browser's (mediacapture-streams section 4.3.3): that
    /// makes a second track, which keeps the device open.
    pub(super) fn handle(&self) -> MediaStreamTrack {
        Clone::clone(&self.media)
    }

    /// It stays owned here: whoever uses it lets go when told of another one.
    pub(super) fn media(&self) -> &MediaStreamTrack {
        &self.media
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        self.media.stop();
    }
}

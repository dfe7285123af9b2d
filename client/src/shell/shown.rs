//! The phone's view as signals, one for each thing that changes by itself.

use call::{CallView, Face, IncomingView, LinkView, PeerKey, RecentCall, View};
use protocol::{ErrorCode, Person, PersonStatus};

use crate::platform::Stream;
use crate::platform::channel::Channels;
use crate::platform::keyed::Keyed;
use crate::signal::RwSignal;

/// What there is to show. A signal changes only when its own part does.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Whether the relay is there.
    pub link: RwSignal<LinkView>,
    /// Who this is.
    pub me: RwSignal<Option<Person>>,
    /// Who is here.
    pub people: RwSignal<Option<Vec<PersonStatus>>>,
    /// The call, or the one that has just ended.
    pub call: RwSignal<Option<CallView>>,
    /// Who is ringing here.
    pub incoming: RwSignal<Option<IncomingView>>,
    /// The calls of this tab, newest first.
    pub recent: RwSignal<Vec<RecentCall>>,
    /// A refusal to tell the person about.
    pub notice: RwSignal<Option<ErrorCode>>,
    /// The data channels there are.
    pub(crate) channels: RwSignal<Keyed<Channels>>,
    pub(super) streams: RwSignal<Keyed<Stream>>,
    pub(super) screens: RwSignal<Keyed<Stream>>,
    pub(super) unheard: RwSignal<bool>,
}

impl Shown {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            link: RwSignal::default(),
            me: RwSignal::default(),
            people: RwSignal::default(),
            call: RwSignal::default(),
            incoming: RwSignal::default(),
            recent: RwSignal::default(),
            notice: RwSignal::default(),
            channels: RwSignal::new(Keyed::new()),
            streams: RwSignal::new(Keyed::new()),
            screens: RwSignal::new(Keyed::new()),
            unheard: RwSignal::default(),
        }
    }

    /// Shows `view`.
    pub fn show(&self, view: &View) {
        update(self.link, &view.link);
        update(self.me, &view.me);
        update(self.people, &view.people);
        update(self.call, &view.call);
        update(self.incoming, &view.incoming);
        update(self.recent, &view.recent);
        update(self.notice, &view.notice);
    }

    pub(super) fn show_stream(&self, peer: PeerKey, screen: bool, stream: Option<Stream>) {
        let streams = if screen { self.screens } else { self.streams };
        streams.update(|streams| stream.into_iter().for_each(|stream| streams.insert(peer, stream)));
    }

    pub(super) fn forget_streams(&self, peer: PeerKey) {
        for streams in [self.streams, self.screens] {
            if streams.with_untracked(|streams| streams.find(peer).is_some()) {
                streams.update(|streams| drop(streams.remove(peer)));
            }
        }
    }
}

impl Default for Shown {
    fn default() -> Self {
        Self::new()
    }
}

fn update<T: Clone + PartialEq + 'static>(signal: RwSignal<T>, part: &T) {
    if signal.with_untracked(|shown| shown != part) {
        signal.set(part.clone());
    }
}

/// The call is not over.
pub(super) const fn runs(call: &CallView) -> bool {
    !matches!(call.face, Face::Ended { .. })
}

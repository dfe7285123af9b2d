//! Shares out the bandwidth of a call, for as long as its screen is there: measures how large the others are seen here and
//! tells them, and sends each of them what they see of us. What to tell and to send is decided in [`call::budget`].

use call::budget::{Budget, Receiver, Seen, Sending, Wishes};
use call::{CallView, LinkView, OtherView};
use protocol::MaxFs;

use crate::platform::{effect, now, seen_pixels, seen_screen_pixels, visible};
use crate::shell::use_shell;

/// Looks every second, and whenever the call changes or the tab is left.
pub(crate) fn share_out() {
    let shell = use_shell();
    let (shown, seconds, visible) = (shell.shown(), shell.seconds(), visible());
    let (mut budget, mut wishes) = (Budget::default(), Wishes::default());
    effect(move || {
        let (_, _) = (seconds.get(), visible.get());
        let online = shown.link.get() == LinkView::Online;
        let (sending, receivers, seen) = shown.call.with(|call| call.as_ref().map(look).unwrap_or_default());
        for (peer, encodings) in budget.share(now(), sending, &receivers) {
            shell.encode(peer, encodings);
        }
        for (to, max_fs) in wishes.look(now(), online, &seen) {
            shell.want_media(to, max_fs);
        }
    });
}

fn look(call: &CallView) -> (Sending, Vec<Receiver>, Vec<Seen>) {
    let sending = Sending { camera: call.own.camera && call.own.camera_problem.is_none(), screen: call.own.screen };
    let receiver = |other: &OtherView| Receiver { peer: other.peer, wanted: other.wanted };
    (sending, call.others.iter().map(receiver).collect(), call.others.iter().map(seen).collect())
}

fn seen(other: &OtherView) -> Seen {
    let pixels = MaxFs { camera: seen_pixels(other.peer), screen: seen_screen_pixels(other.peer) };
    Seen { device: other.device.clone(), peer: other.peer, pixels }
}

//! What somebody who does not see the page should hear of a call, as a plain comparison of before and after.

use call::{CallView, Face};
use protocol::DeviceId;

use super::recorded::is_recorded;
use super::text::is_group;
use crate::words::{call_words, fill, group_words};

/// What of a call is worth saying when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// How it stands; `Active` and the like carry times, so only the kind.
    pub(crate) stands: Stands,
    /// Whom the call is with, for words about them.
    pub(crate) with: String,
    /// It is a room, where people come and go.
    pub(crate) room: bool,
    /// Who is in it.
    pub(crate) others: Vec<(DeviceId, String)>,
    /// Whose connection is weak, as a sentence; empty when none is.
    pub(crate) weak: String,
    /// Everybody who is in it is connected: only then it is known whether a connection is weak.
    pub(crate) whole: bool,
    /// The person wants to be heard.
    pub(crate) microphone: bool,
    /// The person wants to be seen.
    pub(crate) camera: bool,
    /// Who shares a screen, by name.
    pub(crate) sharing: Vec<String>,
    /// Somebody records it. Who does is said where it is shown; here, that nobody does any more.
    pub(crate) recorded: bool,
    /// It is on hold, which is said where it is shown.
    pub(crate) on_hold: bool,
}

/// [`Face`] without its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Before anybody accepted.
    Ringing,
    /// The browsers are finding each other.
    Connecting,
    /// It runs.
    Active,
    /// The connection is lost for the moment.
    Reconnecting,
    /// It is over: the page's heading takes the focus and says why.
    Ended,
}

impl Stands {
    const fn of(face: Face) -> Self {
        match face {
            Face::Initiating | Face::Ringing => Self::Ringing,
            Face::Connecting => Self::Connecting,
            Face::Active { .. } => Self::Active,
            Face::Reconnecting { .. } => Self::Reconnecting,
            Face::Ended { .. } => Self::Ended,
        }
    }
}

impl Heard {
    /// What is worth saying of `call`.
    pub(crate) fn of(call: &CallView) -> Self {
        Self {
            stands: Stands::of(call.face),
            with: call.with.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            room: is_group(call.kind),
            others: call.others.iter().map(|other| (other.device.clone(), other.person.name.clone())).collect(),
            weak: weak(call),
            whole: call.others.iter().all(|other| other.connected),
            microphone: call.own.microphone,
            camera: call.own.camera,
            recorded: is_recorded(call),
            on_hold: call.is_on_hold(),
            sharing: call
                .others
                .iter()
                .filter(|other| other.media.screen)
                .map(|other| other.person.name.clone())
                .collect(),
        }
    }

    /// The sentence to say now that it is like this and was like `before`.
    pub(crate) fn news(&self, before: &Self) -> Option<String> {
        self.turned(before)
            .or_else(|| self.goes_on(before))
            .or_else(|| self.came_or_left(before))
            .or_else(|| self.switched(before))
            .or_else(|| self.shared(before))
            .or_else(|| (before.recorded && !self.recorded).then(|| call_words().recorded.nobody.to_owned()))
            .or_else(|| self.weakened(before))
    }

    fn turned(&self, before: &Self) -> Option<String> {
        if self.stands == before.stands {
            return None;
        }
        match self.stands {
            Stands::Active => Some(call_words().call_begins.to_owned()),
            // That it is lost is said where it is shown.
            Stands::Reconnecting | Stands::Ringing | Stands::Connecting | Stands::Ended => None,
        }
    }

    /// It is not on hold any more, or it is another one that was.
    fn goes_on(&self, before: &Self) -> Option<String> {
        let swapped = !self.room && self.with != before.with;
        let goes_on = self.stands == Stands::Active && !self.on_hold && (before.on_hold || swapped);
        goes_on.then(|| fill(call_words().waiting.goes_on, &self.with))
    }

    fn came_or_left(&self, before: &Self) -> Option<String> {
        if !self.room {
            return None;
        }
        let missing_in = |these: &Self, those: &Self| {
            let mut missing = these.others.iter().filter(|(device, _)| !those.others.iter().any(|(d, _)| d == device));
            missing.next().map(|(_, name)| name.clone())
        };
        let came = missing_in(self, before).map(|name| fill(call_words().entered, &name));
        came.or_else(|| missing_in(before, self).map(|name| fill(call_words().left, &name)))
    }

    /// Whose connection is weak, and that none is any more: whoever listens would take the last word for true.
    fn weakened(&self, before: &Self) -> Option<String> {
        if self.weak == before.weak {
            return None;
        }
        let calm = self.stands == Stands::Active && self.whole && !self.on_hold;
        match self.weak.as_str() {
            "" => calm.then(|| call_words().weak_no_more.to_owned()),
            weak => Some(weak.to_owned()),
        }
    }

    fn shared(&self, before: &Self) -> Option<String> {
        let missing_in =
            |these: &Self, those: &Self| these.sharing.iter().find(|name| !those.sharing.contains(name)).cloned();
        let began = missing_in(self, before).map(|name| fill(group_words().shares, &name));
        began.or_else(|| missing_in(before, self).map(|name| fill(group_words().shares_no_more, &name)))
    }

    fn switched(&self, before: &Self) -> Option<String> {
        let words = call_words();
        let text = match (self.microphone != before.microphone, self.camera != before.camera) {
            (true, _) if self.microphone => words.microphone_on,
            (true, _) => words.microphone_off,
            (false, true) if self.camera => words.picture_on,
            (false, true) => words.picture_off,
            (false, false) => return None,
        };
        Some(text.to_owned())
    }
}

fn weak(call: &CallView) -> String {
    let theirs = || call.others.iter().find(|other| other.weak);
    match theirs() {
        _ if call.weak.is_some() => call_words().weak_mine.to_owned(),
        Some(other) => fill(call_words().weak_theirs, &other.person.name),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn device(n: usize) -> DeviceId {
        ["device-0123456789-", &n.to_string()].concat().parse().unwrap()
    }

    fn room(names: &[&str]) -> Heard {
        Heard {
            stands: Stands::Active,
            with: String::new(),
            room: true,
            others: names.iter().enumerate().map(|(n, name)| (device(n), (*name).to_owned())).collect(),
            weak: String::new(),
            whole: true,
            microphone: true,
            camera: false,
            sharing: Vec::new(),
            recorded: false,
            on_hold: false,
        }
    }

    fn changed(heard: &Heard, change: impl FnOnce(&mut Heard)) -> Heard {
        let mut heard = heard.clone();
        change(&mut heard);
        heard
    }

    #[test]
    fn who_comes_and_goes_in_a_room_is_said() {
        assert_eq!(room(&["Ann", "Bob"]).news(&room(&["Ann"])).as_deref(), Some("Bob came in"));
        assert_eq!(room(&["Ann"]).news(&room(&["Ann", "Bob"])).as_deref(), Some("Bob left"));
        let direct = |names| changed(&room(names), |call| call.room = false);
        assert_eq!(direct(&["Ann"]).news(&direct(&[])), None);
    }

    #[test]
    fn that_a_call_goes_on_is_said_whichever_it_is() {
        let ann = changed(&room(&[]), |call| (call.room, call.with) = (false, "Ann".to_owned()));
        let held = changed(&ann, |call| call.on_hold = true);
        let bob = changed(&ann, |call| call.with = "Bob".to_owned());
        assert_eq!(held.news(&ann), None, "that it is on hold is said where it is shown");
        assert_eq!(ann.news(&held).as_deref(), Some("The call with Ann goes on"));
        assert_eq!(bob.news(&ann).as_deref(), Some("The call with Bob goes on"));
        assert_eq!(held.news(&bob), None);
    }

    #[test]
    fn turns_of_the_call_and_own_switches_are_said() {
        let before = room(&["Ann"]);
        let muted = changed(&before, |call| call.microphone = false);
        assert_eq!(muted.news(&before).as_deref(), Some("Microphone off"));
        assert_eq!(before.news(&muted).as_deref(), Some("Microphone on"));
        let seen = changed(&before, |call| call.camera = true);
        assert_eq!(seen.news(&before).as_deref(), Some("Camera on"));
        let weak = changed(&before, |call| call.weak = "Ann's connection is weak".to_owned());
        assert_eq!(weak.news(&before).as_deref(), Some("Ann's connection is weak"));
        assert_eq!((weak.news(&weak), before.news(&weak).as_deref()), (None, Some("The connection is good again")));
        for unknown in [
            changed(&before, |call| call.stands = Stands::Ended),
            changed(&before, |call| call.whole = false),
            changed(&before, |call| call.on_hold = true),
        ] {
            assert_eq!(unknown.news(&weak), None, "nobody knows");
        }
        assert_eq!(room(&[]).news(&weak).as_deref(), Some("Ann left"));
        let shared = changed(&before, |call| call.sharing = vec!["Ann".to_owned()]);
        assert_eq!(shared.news(&before).as_deref(), Some("Ann shares their screen"));
        assert_eq!(before.news(&shared).as_deref(), Some("Ann shares their screen no more"));
        let recorded = changed(&before, |call| call.recorded = true);
        assert_eq!(recorded.news(&before), None, "who records is said where it is shown");
        assert_eq!(before.news(&recorded).as_deref(), Some("Nobody is recording this call any more"));
        let lost = changed(&before, |call| {
            call.stands = Stands::Reconnecting;
            call.with = "Ann".to_owned();
        });
        assert_eq!(lost.news(&before), None, "what is lost is said where it is shown");
        assert_eq!(before.news(&lost).as_deref(), Some("You are connected"));
    }
}

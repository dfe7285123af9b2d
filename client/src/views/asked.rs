//! Those who were rung into the call: that they are rung, and then for a while what came of it.

use std::time::Duration;

use protocol::{Invitation, InvitationStatus, UserId};

use super::parts::{face, waiting};
use crate::platform::{El, effect, el_class, now};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::words::{aside_words, fill};
use call::Time;

/// How long an outcome stays to be read.
const STAYS: Duration = Duration::from_secs(8);

/// What was seen last of somebody, and since when.
type Seen = (UserId, InvitationStatus, Time);

/// A line for each who does not sit at the table yet.
pub(crate) fn asked() -> El {
    let shell = use_shell();
    let (call, seconds) = (shell.shown().call, shell.seconds());
    let invited = memo(move || call.with(|call| call.as_ref().map(|call| call.invited.clone()).unwrap_or_default()));
    let seen: RwSignal<Vec<Seen>> = RwSignal::default();
    effect(move || {
        let all = invited.get();
        seen.update(|seen| *seen = look(seen, &all, now()));
    });
    let shown = memo(move || seen.with(|seen| lines(&invited.get(), seen, seconds.get())));
    let key = |one: &Invitation| (one.user.id.clone(), one.status);
    el_class("div", "asked").attr("role", "status").each(move || shown.get(), key, |one| line(&one))
}

/// What is seen now: whose state is as it was keeps the time.
fn look(seen: &[Seen], invited: &[Invitation], now: Time) -> Vec<Seen> {
    let since = |one: &Invitation| {
        let known = seen.iter().find(|(id, status, _)| *id == one.user.id && *status == one.status);
        known.map_or(now, |(_, _, since)| *since)
    };
    invited.iter().map(|one| (one.user.id.clone(), one.status, since(one))).collect()
}

/// Those who are rung, and those whose outcome is new.
fn lines(invited: &[Invitation], seen: &[Seen], now: Time) -> Vec<Invitation> {
    let is_new = |id: &UserId| seen.iter().any(|(known, _, since)| known == id && now.since(*since) < STAYS);
    let stays = |one: &&Invitation| match one.status {
        InvitationStatus::Joined => false,
        status => status.is_open() || is_new(&one.user.id),
    };
    invited.iter().filter(stays).cloned().collect()
}

fn line(one: &Invitation) -> El {
    let words = &aside_words().several;
    let template = match one.status {
        InvitationStatus::Invited | InvitationStatus::Joined => words.invited,
        InvitationStatus::Ringing => words.ringing,
        InvitationStatus::Declined => words.declined,
        InvitationStatus::Busy => words.busy,
        InvitationStatus::Missed => words.missed,
        InvitationStatus::DoNotDisturb => words.undisturbed,
        InvitationStatus::NotHere => words.not_here,
    };
    let name = if one.user.name.is_empty() { words.somebody } else { &one.user.name };
    el_class("p", "line")
        .child(face(&one.user, ""))
        .child(el_class("span", "cut").attr("dir", "auto").text(&fill(template, name)))
        .children(one.status.is_open().then(waiting))
}

#[cfg(test)]
mod tests {
    use protocol::Person;

    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn one(id: &str, status: InvitationStatus) -> Invitation {
        Invitation { user: Person { id: id.parse().unwrap(), name: id.to_owned(), avatar: None }, status }
    }

    fn names(lines: &[Invitation]) -> Vec<&str> {
        lines.iter().map(|one| one.user.name.as_str()).collect()
    }

    #[test]
    fn an_outcome_stays_for_a_while_and_a_ring_for_as_long_as_it_rings() {
        let at = |seconds: u64| Time::from_millis(seconds * 1000);
        let ringing = [one("ann", InvitationStatus::Ringing), one("bob", InvitationStatus::Joined)];
        let seen = look(&[], &ringing, at(0));
        assert_eq!(names(&lines(&ringing, &seen, at(50))), ["ann"]);
        let declined = [one("ann", InvitationStatus::Declined)];
        let seen = look(&seen, &declined, at(50));
        let seen = look(&seen, &declined, at(55));
        assert_eq!(names(&lines(&declined, &seen, at(57))), ["ann"]);
        assert_eq!(names(&lines(&declined, &seen, at(58))), [""; 0]);
    }
}

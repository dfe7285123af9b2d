//! The people in a call, laid out.

use call::{CallView, Face, OtherView};
use leptos::prelude::*;

use super::parts::waiting;
use super::share::share_button;
use super::text::clock;
use super::tile::{other_tile, own_tile};
use crate::shell::use_shell;
use crate::words::{fill, words};

/// The others, and oneself among them as soon as there are two.
pub(crate) fn stage() -> AnyView {
    let shown = use_shell().shown();
    let (call, me) = (shown.call, shown.me);
    let count = Memo::new(move |_| call.with(|call| call.as_ref().map_or(0, |call| call.others.len())));
    let others = move || call.with(|call| call.as_ref().map(|call| call.others.clone()).unwrap_or_default());
    let among = Memo::new(move |_| count.get() >= 2);
    view! {
        {heading()}
        <div class=move || class(count.get())>
            <For each=others key=|other: &OtherView| other.device.clone() children=|other| other_tile(&other) />
            {move || among.get().then(|| me.get().as_ref().map(own_tile))}
        </div>
        {lost()}
    }
    .into_any()
}

const fn class(others: usize) -> &'static str {
    match others {
        0 | 1 => "stage solo",
        2 => "stage many n3",
        3 => "stage many n4",
        _ => "stage many n5",
    }
}

/// With whom, since when, and in a room its link.
fn heading() -> AnyView {
    let shell = use_shell();
    let (call, seconds) = (shell.shown().call, shell.seconds());
    let title = Memo::new(move |_| call.with(|call| call.as_ref().map(title).unwrap_or_default()));
    let running = move || {
        let since = call.with(|call| call.as_ref().and_then(since))?;
        Some(clock(seconds.get().since(since)))
    };
    let link = Memo::new(move |_| {
        let code = call.with(|call| call.as_ref()?.room.as_ref().map(|room| room.code.clone()))?;
        Some(shell.router().link(&code))
    });
    view! {
        <header class="heading">
            <h1 class="cut" dir="auto">{title}</h1>
            <span class="tabular" role="timer">{running}</span>
            {move || link.get().map(share_button)}
        </header>
    }
    .into_any()
}

/// Whom the call is with: the one other, or the room.
fn title(call: &CallView) -> String {
    match (call.others.as_slice(), &call.room) {
        ([other], _) => other.person.name.clone(),
        (_, Some(room)) => room.name.clone().unwrap_or_else(|| fill(words().room_named, room.code.as_str())),
        (_, None) => String::new(),
    }
}

const fn since(call: &CallView) -> Option<call::Time> {
    match call.face {
        Face::Active { since } | Face::Reconnecting { since, .. } => Some(since),
        Face::Initiating | Face::Ringing | Face::Connecting | Face::Ended { .. } => None,
    }
}

/// The connection to the other side is lost for the moment; for how long already.
fn lost() -> AnyView {
    let shell = use_shell();
    let (call, seconds) = (shell.shown().call, shell.seconds());
    let lost = Memo::new(move |_| {
        call.with(|call| match call.as_ref()?.face {
            Face::Reconnecting { lost, .. } => Some(lost),
            _ => None,
        })
    });
    let words = move || call.with(|call| fill(words().reconnecting, &call.as_ref().map(title).unwrap_or_default()));
    (move || {
        lost.get().map(|lost| {
            view! {
                <p class="chip">
                    {waiting()} <span>{words}</span>
                    <span class="tabular quiet">{move || clock(seconds.get().since(lost))}</span>
                </p>
            }
        })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_number_of_people_has_its_layout() {
        assert_eq!(class(1), "stage solo");
        assert_eq!(class(2), "stage many n3");
        assert_eq!(class(3), "stage many n4");
        assert_eq!(class(9), "stage many n5");
    }
}

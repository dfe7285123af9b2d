//! What floats over whatever is open: the link to the server, and refusals in words.

use call::LinkView;
use leptos::prelude::*;

use super::icon::{Icon, icon, little_icon};
use super::parts::waiting;
use crate::platform::reload;
use crate::shell::use_shell;
use crate::words::{notice, words};

/// The messages of the moment, quietest first.
pub(crate) fn messages() -> AnyView {
    let call = use_shell().shown().call;
    let in_call = Memo::new(move |_| call.with(|call| call.as_ref().is_some_and(|call| call.face.name() != "ended")));
    view! { <div class="messages" class:in-call=in_call>{link(in_call)} {refusal()}</div> }.into_any()
}

/// Whether the relay is there, when it is not.
fn link(in_call: Memo<bool>) -> AnyView {
    let link = use_shell().shown().link;
    let lost = Memo::new(move |_| matches!(link.get(), LinkView::Lost { .. }));
    let outdated = Memo::new(move |_| link.get() == LinkView::Outdated);
    let lost_words = move || if in_call.get() { words().link_lost_call } else { words().link_lost };
    view! {
        <div role="status">
            {move || {
                lost.get().then(|| view! { <p class="message">{waiting()} <span>{lost_words}</span></p> })
            }}
            {move || outdated.get().then(update)}
        </div>
    }
    .into_any()
}

fn update() -> AnyView {
    view! {
        <p class="message">
            {little_icon(Icon::Attention)} <span>{words().link_outdated}</span>
            <button type="button" class="button main" on:click=move |_| reload()>
                {words().reload}
            </button>
        </p>
    }
    .into_any()
}

/// What the relay refused, until it is put away or the next command.
fn refusal() -> AnyView {
    let code = use_shell().shown().notice;
    let put_away = RwSignal::new(false);
    Effect::new(move || {
        code.track();
        put_away.set(false);
    });
    let text = Memo::new(move |_| code.get().and_then(notice).filter(|_| !put_away.get()));
    view! {
        <div role="alert">
            {move || {
                text.get()
                    .map(|text| {
                        view! {
                            <p class="message">
                                {little_icon(Icon::Attention)} <span>{text}</span>
                                <button
                                    type="button"
                                    class="button round"
                                    aria-label=words().dismiss
                                    on:click=move |_| put_away.set(true)
                                >
                                    {icon(Icon::Close)}
                                </button>
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

//! A call's page: who, when, how long, how it ended, how good it was.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::{CallId, UserId};

use super::ask::ask;
use super::course::graphs;
use super::row::{back, fact, wrong};
use super::tell;
use crate::past::{Part, PastCall};
use crate::platform::calls::{self, Asked, Trouble};
use crate::platform::{El, Route, el, el_class};
use crate::shell::use_shell;
use crate::signal::{RwSignal, memo};
use crate::views::icon::Icon;
use crate::views::later::slowly;
use crate::views::parts::{face, group_face, name, round_button, text_button};
use crate::views::text::length;
use crate::words::{history_words, words};

/// What is known of the call.
type Known = Option<Result<PastCall, Trouble>>;

/// The page.
pub(super) fn one(id: CallId) -> El {
    let shell = use_shell();
    let (session, router) = (shell.session(), shell.router());
    let call: RwSignal<Known> = RwSignal::default();
    let asked: Rc<RefCell<Option<Asked>>> = Rc::default();
    let kept = asked.clone();
    let read = move || {
        call.set(None);
        kept.replace(Some(calls::one(&session, &id, move |read| call.set(Some(read)))));
    };
    read();
    // After a reload the call may be known before it is known who this is.
    let shown = shell.shown().me;
    let me = memo(move || shown.with(|me| me.as_ref().map(|me| me.id.clone())));
    let to_list = round_button(Icon::Back, history_words().back_to_calls, move || router.go(Route::Calls));
    let content = move || {
        Some(match (call.get(), me.get()) {
            (Some(Ok(call)), Some(me)) => page(&call, &me, asked.clone()),
            (Some(Err(Trouble::NoCall)), _) => wrong(history_words().no_call),
            (Some(Err(trouble)), _) => {
                wrong(tell::trouble(trouble)).child(text_button("main", words().try_again, read.clone()))
            }
            (_, _) => slowly(history_words().loading),
        })
    };
    el_class("div", "history").child(el_class("header", "top").child(to_list)).show(content)
}

fn page(call: &PastCall, me: &UserId, asked: Rc<RefCell<Option<Asked>>>) -> El {
    let words = history_words();
    let who = tell::who(call, me);
    let portrait = call.with(me).map_or_else(|| group_face("mid"), |person| face(person, "mid"));
    let said =
        el_class("div", "words").child(el("h1").attr("tabindex", "-1").attr("dir", "auto").text(&who).focused()).child(
            el_class("p", "quiet")
                .class_when("missed", {
                    let missed = call.is_missed(me);
                    move || missed
                })
                .text(tell::what(call, me)),
        );
    let facts = el_class("dl", "facts")
        .child(fact(words.began, &tell::moment(call.placed_at)))
        .children((!call.lasted.is_zero()).then(|| fact(words.lasted, &length(call.lasted))))
        .child(fact(words.ended, &tell::end(call, me)))
        .children(call.recorded.then(|| fact(words.recording, words.was_recorded)))
        .children(call.quality.and_then(|quality| Some(fact(words.quality, &tell::quality(&quality)?))));
    let people = el("section")
        .child(el("h2").text(words.who))
        .child(el_class("ul", "recent").children(call.parts.iter().map(person)));
    el_class("div", "call-page")
        .child(
            el_class("div", "about")
                .child(portrait)
                .child(said)
                .child(el_class("div", "row").children(back(call, me, &who))),
        )
        .child(facts)
        .child(people)
        .children(call.course.as_ref().map(graphs))
        .child(delete(call.id.clone(), asked))
}

fn person(part: &Part) -> El {
    let times = match (part.joined_at, part.left_at) {
        (Some(from), Some(to)) => [tell::part(part.status), " · ", &tell::span(from, to)].concat(),
        _ => tell::part(part.status).to_owned(),
    };
    el_class("li", "person")
        .child(face(&part.person, ""))
        .child(el_class("span", "who").child(name(&part.person.name)).child(el_class("span", "doing").text(&times)))
}

fn delete(id: CallId, asked: Rc<RefCell<Option<Asked>>>) -> El {
    let words = history_words();
    let shell = use_shell();
    let (session, router) = (shell.session(), shell.router());
    let (open, told) = (RwSignal::new(false), RwSignal::new(""));
    let yes = move || {
        let router = router.clone();
        let done = move |done: Result<(), Trouble>| match done {
            Ok(()) | Err(Trouble::NoCall) => router.replace(Route::Calls),
            Err(trouble) => told.set(tell::trouble(trouble)),
        };
        asked.replace(Some(calls::delete(&session, Some(&id), done)));
    };
    el_class("footer", "tools")
        .child(text_button("plain", words.delete_one, move || open.set(true)))
        .child(el_class("p", "small quiet").attr("role", "alert").text_now(move || told.get()))
        .child(ask(words.delete_one_question, words.delete_one_hint, open, yes))
}

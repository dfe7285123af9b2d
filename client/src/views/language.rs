//! The choice of the language, in the settings.

use super::parts::text_button;
use crate::platform::{El, el, el_class};
use crate::shell::use_shell;
use crate::words::{Language, aside_words, words};

/// The list of the languages, each called as its speakers call it.
pub(crate) fn language() -> El {
    let languages = use_shell().languages();
    let (wanted, failed) = (languages.wanted(), languages.failed());
    let option = |language: Language| {
        el("option")
            .attr("value", language.tag())
            .attr("lang", language.tag())
            .attr_now("selected", move || (wanted.get() == language).then_some(""))
            .text(language.name())
    };
    let select = el("select")
        .attr("id", "language")
        .children(Language::ALL.map(option))
        .on_choice(move |tag| Language::of(&tag).into_iter().for_each(|language| languages.choose(language)));
    // The view is made anew when another language is spoken: whoever chose it goes on from here.
    let select = if languages.was_just_chosen() { select.focused() } else { select };
    el_class("div", "field")
        .child(el("label").attr("for", "language").text(aside_words().language))
        .child(select)
        .child(el("div").attr("role", "status").show(move || failed.get().then(|| not_loaded(wanted.get_untracked()))))
}

fn not_loaded(language: Language) -> El {
    let languages = use_shell().languages();
    el_class("div", "help").child(el_class("p", "small").text(aside_words().language_failed)).child(text_button(
        "",
        words().try_again,
        move || languages.choose(language),
    ))
}

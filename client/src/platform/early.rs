//! What a first visit begins with while the program is on its way: a form in index.html that takes a name.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::js;

/// The form's element in index.html.
const FORM: &str = "early";

/// What was done with the form so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Early {
    /// The name, as far as it was typed.
    pub typed: String,
    /// "Continue" was pressed.
    pub pressed: bool,
}

/// Takes over from the form, which is gone afterwards.
pub fn take_early() -> Early {
    let Some(form) = document().get_element_by_id(FORM) else { return Early::default() };
    let typed = form.query_selector("input").ok().flatten().and_then(|input| js::text(&input, "value"));
    let pressed = form.dyn_ref::<HtmlElement>().is_some_and(|form| form.has_attribute("data-pressed"));
    form.remove();
    Early { typed: typed.unwrap_or_default(), pressed }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn what_was_typed_and_pressed_is_taken_over_once() {
        let form = document().create_element("div").unwrap();
        form.set_id(FORM);
        form.set_attribute("data-pressed", "").unwrap();
        let input = document().create_element("input").unwrap();
        js::set(&input, "value", &"Ann".into());
        form.append_child(&input).unwrap();
        document().body().unwrap().append_child(&form).unwrap();
        assert_eq!(take_early(), Early { typed: "Ann".to_owned(), pressed: true });
        assert_eq!(take_early(), Early::default());
    }
}

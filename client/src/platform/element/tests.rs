//! Elements in a real browser.

use leptos::mount::{UnmountHandle, mount_to_renderer};
use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::{El, el};

/// An element in the page, until this is dropped.
struct Page {
    node: Element,
    _shown: UnmountHandle<El>,
}

impl Page {
    fn with(make: impl FnOnce() -> El + 'static) -> Self {
        let body = document().body().unwrap();
        let shown = mount_to_renderer(&body, make);
        Self { node: body.last_element_child().unwrap(), _shown: shown }
    }

    fn html(&self) -> String {
        self.node.inner_html()
    }

    fn button(&self) -> HtmlElement {
        let inside = self.node.first_element_child();
        inside.unwrap_or_else(|| self.node.clone()).unchecked_into()
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

#[wasm_bindgen_test]
async fn what_follows_a_signal_follows_it() {
    let on = ArcRwSignal::new(true);
    let follow = on.clone();
    let page = Page::with(move || {
        let (title, word) = (follow.clone(), follow.clone());
        let inner = el("b")
            .attr_now("title", move || title.get().then_some("yes"))
            .class_when("on", move || follow.get())
            .text_now(move || if word.get() { "on" } else { "off" });
        el("p").child(inner)
    });
    assert_eq!(page.html(), r#"<b title="yes" class="on">on</b>"#);
    on.set(false);
    tick().await;
    assert_eq!(page.html(), r#"<b class="">off</b>"#);
}

#[wasm_bindgen_test]
async fn what_is_shown_is_replaced_and_its_signals_end() {
    let number = ArcRwSignal::new(0);
    let made: ArcRwSignal<Vec<RwSignal<i32>>> = ArcRwSignal::new(Vec::new());
    let (shown, kept) = (number.clone(), made.clone());
    let page = Page::with(move || {
        el("p").text("<").show(move || {
            let number = shown.get();
            let own = RwSignal::new(number);
            kept.update_untracked(|made| made.push(own));
            (number < 2).then(|| el("i").text_now(move || own.get().to_string()))
        })
    });
    assert_eq!(page.html(), "&lt;<i>0</i>");
    number.set(1);
    tick().await;
    assert_eq!(page.html(), "&lt;<i>1</i>");
    number.set(2);
    tick().await;
    assert_eq!(page.html(), "&lt;");
    let ended = made.with_untracked(|made| made.iter().map(|own| own.is_disposed()).collect::<Vec<_>>());
    assert_eq!(ended, [true, true, false]);
}

#[wasm_bindgen_test]
async fn a_list_keeps_the_elements_of_items_that_stay() {
    let items = ArcRwSignal::new(texts(&["a", "b", "c"]));
    let made = ArcRwSignal::new(0);
    let (each, count) = (items.clone(), made.clone());
    let page = Page::with(move || {
        el("ul").each(
            move || each.get(),
            String::clone,
            move |item| {
                count.update_untracked(|count| *count += 1);
                el("li").text(&item)
            },
        )
    });
    assert_eq!(page.html(), "<li>a</li><li>b</li><li>c</li>");
    let second = page.button().next_element_sibling();
    items.set(texts(&["d", "c", "b"]));
    tick().await;
    assert_eq!(page.html(), "<li>d</li><li>c</li><li>b</li>");
    assert_eq!(page.node.last_element_child(), second, "b is the same element");
    assert_eq!(made.get_untracked(), 4, "only d was made anew");
    items.set(Vec::new());
    tick().await;
    assert_eq!(page.html(), "");
}

#[wasm_bindgen_test]
fn nobody_listens_to_an_element_that_goes_away() {
    let heard = ArcRwSignal::new(0);
    let (clicks, blurs) = (heard.clone(), heard.clone());
    let page = Page::with(move || {
        el("button")
            .on_click(move || clicks.update(|heard| *heard += 1))
            .on("blur", move |_| blurs.update(|heard| *heard += 10))
    });
    let button = page.button();
    button.click();
    assert_eq!(heard.get_untracked(), 1);
    button.focus().unwrap();
    drop(page);
    button.click();
    assert_eq!(heard.get_untracked(), 1);
}

#[wasm_bindgen_test]
fn the_first_to_hear_can_keep_an_event_to_itself() {
    let heard = ArcRwSignal::new(0);
    let inside = heard.clone();
    let page = Page::with(move || {
        let button = el("button").on_click(move || inside.update(|heard| *heard += 1));
        el("div").on_first("click", || true).child(button)
    });
    page.button().click();
    assert_eq!(heard.get_untracked(), 0);
}

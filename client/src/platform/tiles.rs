//! How large a participant's place on the page is.

use call::PeerKey;
use leptos::prelude::document;
use web_sys::{Element, VisibilityState};

use super::floating::floating_page;
use super::window;

/// More physical pixels in a CSS pixel than this nobody tells apart in a moving picture.
const FINEST: f64 = 2.0;

/// The value of `data-peer` of an element that shows what comes over a connection.
pub(crate) fn of_peer(peer: PeerKey) -> String {
    peer.0.to_string()
}

/// How many physical pixels are seen of what comes over a connection: width times height of the largest place that it
/// has; 0 when the tab is hidden, or the place is out of sight.
pub(crate) fn seen_pixels(peer: PeerKey) -> u32 {
    largest(&["[data-peer=\"", &of_peer(peer), "\"]:not([data-screen])"].concat())
}

/// The same of the screen that is shared over it.
pub(crate) fn seen_screen_pixels(peer: PeerKey) -> u32 {
    largest(&["[data-peer=\"", &of_peer(peer), "\"][data-screen]"].concat())
}

fn largest(place: &str) -> u32 {
    // The call may be in a window of its own.
    let pages = [Some(document()), floating_page()];
    let places: Vec<_> = pages.into_iter().flatten().filter_map(|page| page.query_selector_all(place).ok()).collect();
    let elements = places.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
    elements
        .filter_map(|node| wasm_bindgen::JsCast::dyn_into::<Element>(node).ok())
        .map(|one| pixels(&one))
        .max()
        .unwrap_or(0)
}

fn pixels(element: &Element) -> u32 {
    let Some(page) = element.owner_document().filter(|page| page.visibility_state() == VisibilityState::Visible) else {
        return 0;
    };
    let view = page.default_view().unwrap_or_else(window);
    let side = |side: Result<wasm_bindgen::JsValue, _>| side.ok().and_then(|side| side.as_f64()).unwrap_or_default();
    let (width, height) = (side(view.inner_width()), side(view.inner_height()));
    let place = element.get_bounding_client_rect();
    let in_sight = place.left() < width && place.right() > 0.0 && place.top() < height && place.bottom() > 0.0;
    if !in_sight {
        return 0;
    }
    let fine = view.device_pixel_ratio().min(FINEST);
    // Areas of screens are far smaller than this.
    (place.width() * place.height() * fine * fine) as u32
}

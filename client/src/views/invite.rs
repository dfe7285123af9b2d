//! Letting others into a room: its link to copy or to hand on, a code for their phone's camera, and one to read out.

use protocol::RoomCode;

use super::icon::{Icon, little_icon};
use super::parts::{button, small};
use super::people::is_loopback;
use super::share::shared;
use crate::platform::{El, can_share, drawing, el, el_class, encoded, share};
use crate::shell::use_shell;
use crate::signal::RwSignal;
use crate::words::{aside_words, fill};

/// A code for cameras: three corners, and dots between them.
const SCAN: &str = "M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14.5 14.5v.1M19.5 14.5v.1M17 17v.1M14.5 19.5v.1M19.5 19.5v.1";

/// Every way to hand on a room's link.
pub(crate) fn invite(code: &RoomCode) -> El {
    let link = use_shell().router().link(code);
    let open = RwSignal::new(false);
    // A phone that is led to this machine's own name finds itself.
    let scanned = !is_loopback(&link);
    let row =
        el_class("div", "row").children(can_share().then(|| handed_on(&link))).children(scanned.then(|| scan(open)));
    let picture = link.clone();
    el_class("div", "invite")
        .child(shared(link))
        .child(row)
        .child(read_out(code))
        .show(move || open.get().then(|| qr(&picture)))
}

/// The same, folded up where it is not the first thing to do.
pub(crate) fn folded_invite(code: &RoomCode) -> El {
    el_class("details", "more").child(el("summary").text(aside_words().invite.heading)).child(invite(code))
}

/// The system's own sheet.
fn handed_on(link: &str) -> El {
    let (words, link) = (&aside_words().invite, link.to_owned());
    button("", move || share(words.share_title, &link)).child(little_icon(Icon::Send)).text(words.share)
}

/// Shows the code for cameras, and puts it away.
fn scan(open: RwSignal<bool>) -> El {
    button("", move || open.update(|open| *open = !*open))
        .attr_now("aria-expanded", move || Some(if open.get() { "true" } else { "false" }))
        .child(drawing("icon little", SCAN))
        .text(aside_words().invite.qr)
}

fn qr(link: &str) -> El {
    let words = &aside_words().invite;
    let picture = el_class("img", "qr")
        .attr("src", &["/api/qr?link=", &encoded(link)].concat())
        .attr("alt", &fill(words.qr_alt, link))
        .attr("width", "240")
        .attr("height", "240");
    el_class("div", "scan").child(picture).child(small(words.qr_hint))
}

/// The room's code, apart enough to be read letter by letter; whoever listens hears it in that way.
fn read_out(code: &RoomCode) -> El {
    let words = &aside_words().invite;
    let letters = el_class("bdi", "letters").attr("aria-hidden", "true").children(code.as_str().split('-').map(group));
    let heard = el_class("span", "said").text(&fill(words.code_spelled, &spelled(code.as_str())));
    el_class("p", "read-out")
        .child(el_class("span", "small quiet").attr("aria-hidden", "true").text(words.code))
        .child(letters)
        .child(heard)
}

fn group(letters: &str) -> El {
    el("span").text(letters)
}

/// `abcd-efgh` as it is read out: "a b c d, e f g h".
fn spelled(code: &str) -> String {
    let mut spelled = String::new();
    for letter in code.chars() {
        match letter {
            '-' => spelled.push(','),
            letter => {
                if !spelled.is_empty() {
                    spelled.push(' ');
                }
                spelled.push(letter);
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_code_is_read_out_letter_by_letter() {
        assert_eq!(spelled("abcd-efgh-jkmn"), "a b c d, e f g h, j k m n");
    }
}

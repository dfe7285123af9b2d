//! Something said or offered, in the sheet.

use call::exchange::{Line, Piece, What, pieces};

use super::file::file;
use crate::along::use_along;
use crate::platform::{El, clock, el, el_class};
use crate::words::along_words;

/// The row: who, when, and what.
pub(super) fn row(line: &Line) -> El {
    let mine = line.key.from.is_none();
    let name = if mine { along_words().you } else { line.name.as_ref() };
    let time = clock::time_of_day_before(use_along().ago(line.at));
    let head = el_class("p", "by small quiet")
        .child(el_class("bdi", "cut").text(name))
        .child(el_class("span", "tabular").text(&time));
    let body = match &line.what {
        What::Text(text) => written(text),
        What::File(view) => file(&line.key, view),
    };
    el_class("li", if mine { "line mine" } else { "line" }).child(head).child(body)
}

/// A text with its addresses as links. Nothing in it is markup.
fn written(text: &str) -> El {
    el_class("p", "written").attr("dir", "auto").children(pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(words) => el("span").text(words),
        Piece::Link(address) => {
            el("a").attr("href", address).attr("target", "_blank").attr("rel", "noopener noreferrer").text(address)
        }
    }))
}

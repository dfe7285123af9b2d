//! A small graph: a title, a value, and a line from left to right.

use crate::platform::{El, drawing, el, el_class};

/// The width and height of a graph, as [`drawing`] counts.
const SPAN: f64 = 24.0;

/// The graph with that [`path`]. Screen readers hear the title and the value.
pub(crate) fn graph(title: &str, value: &str, path: &str) -> El {
    let caption = el("figcaption").child(el("span").text(title)).child(el_class("b", "tabular").text(value));
    let plot = drawing("plot", path).attr("preserveAspectRatio", "none");
    el_class("figure", "graph").child(caption).child(plot)
}

/// The line of a graph as the `d` of an SVG path (SVG 2 section 9.3). A point is how far to the right it is, from 0 to 1, and
/// its value; 0 is at the bottom, and the top is the largest value, but `least` at least. Where nothing is known the line
/// breaks.
pub(crate) fn path(points: &[(f64, Option<f64>)], least: f64) -> String {
    let top = points.iter().filter_map(|(_, value)| *value).fold(least, f64::max);
    let mut path = String::new();
    let mut pen = "M";
    for (right, value) in points {
        match value {
            Some(value) => {
                for piece in [pen, &point(SPAN * right), " ", &point(SPAN * (1.0 - value / top))] {
                    path.push_str(piece);
                }
                pen = "L";
            }
            None => pen = "M",
        }
    }
    path
}

fn point(number: f64) -> String {
    let (before, after) = tenths(number);
    [before.as_str(), ".", &after].concat()
}

/// A number that is not negative, to the nearest whole one.
pub(crate) fn whole(number: f64) -> String {
    // Figures of a call are far smaller than this; NaN becomes 0.
    (number.round() as u64).to_string()
}

/// The digits before and the one after the point.
pub(crate) fn tenths(number: f64) -> (String, String) {
    // Figures of a call are far smaller than this; NaN becomes 0.
    let tenths = (number * 10.0).round() as u64;
    ((tenths / 10).to_string(), (tenths % 10).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_graph_goes_from_left_to_right_and_breaks_where_nothing_is_known() {
        let points = [(0.0, Some(0.0)), (0.5, Some(50.0)), (0.75, None), (1.0, Some(100.0))];
        assert_eq!(path(&points, 100.0), "M0.0 24.0L12.0 12.0M24.0 0.0");
    }

    #[test]
    fn a_graph_makes_room_for_what_is_large() {
        assert_eq!(path(&[(0.0, Some(400.0)), (1.0, Some(100.0))], 100.0), "M0.0 0.0L24.0 18.0");
    }
}

//! How good a call was from beginning to end, in graphs.

use super::tell;
use crate::past::Course;
use crate::platform::{El, calendar, el, el_class};
use crate::views::graph::{graph, path, tenths, whole};
use crate::views::parts::quiet;
use crate::words::{fill, history_words};

/// One figure of it: its title, what is known of it, how a value is told, the template for the worst of them, which of two
/// is worse, and where its graph ends at least.
struct Told<'a> {
    title: &'static str,
    known: &'a [Option<f64>],
    say: fn(f64) -> String,
    worst: &'static str,
    is_worse: fn(f64, f64) -> bool,
    least: f64,
}

/// The graphs, in the order in which people care.
pub(super) fn graphs(course: &Course) -> El {
    let words = history_words();
    let more: fn(f64, f64) -> bool = |one, other| one > other;
    let figures = [
        Told {
            title: words.opinion,
            known: &course.opinion,
            say: decimal,
            worst: words.down_to,
            is_worse: |one, other| one < other,
            least: 4.5,
        },
        Told {
            title: words.round_trip,
            known: &course.round_trip_ms,
            say: |millis| fill(history_words().millis, &whole(millis)),
            worst: words.up_to,
            is_worse: more,
            least: 100.0,
        },
        Told {
            title: words.lost,
            known: &course.loss_percent,
            say: |percent| fill(history_words().percent, &decimal(percent)),
            worst: words.up_to,
            is_worse: more,
            least: 5.0,
        },
    ];
    let graphs = figures.iter().filter_map(|told| told.view(course));
    el("section")
        .child(el("h2").text(words.course))
        .child(quiet(&[words.course_hint, " ", &tell::span(course.from, course.end()), "."].concat()))
        .child(el_class("div", "graphs").children(graphs))
}

fn decimal(number: f64) -> String {
    let (before, after) = tenths(number);
    fill(&fill(history_words().point, &before), &after)
}

impl Told<'_> {
    /// Nothing where nobody reported it.
    fn view(&self, course: &Course) -> Option<El> {
        let (place, worst) = self.worst()?;
        let words = history_words();
        let steady = self.known.iter().flatten().all(|value| !(self.is_worse)(worst, *value));
        let value = fill(if steady { words.throughout } else { self.worst }, &(self.say)(worst));
        let points = joined(self.known);
        let at = fill(words.worst_at, &calendar::time(course.at(place)));
        let edge = |at| el("span").attr("aria-hidden", "true").text(&calendar::time(at));
        let below = el_class("p", "axis tabular")
            .child(edge(course.from))
            .children((!steady).then(|| el("span").text(&at)))
            .child(edge(course.end()));
        Some(graph(self.title, &value, &path(&points, self.least)).child(below))
    }

    /// The worst value and where it is first.
    fn worst(&self) -> Option<(usize, f64)> {
        let known = self.known.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?)));
        known.reduce(|worst, other| if (self.is_worse)(other.1, worst.1) { other } else { worst })
    }
}

/// The points of a line. Pages report as often as a stretch is long, give or take, so one stretch without a report between
/// others is no gap.
fn joined(known: &[Option<f64>]) -> Vec<(f64, Option<f64>)> {
    let last = known.len().saturating_sub(1).max(1) as f64;
    let gap = |place: usize| known.get(place).is_none_or(Option::is_none);
    let points = known.iter().enumerate().map(|(place, value)| (place as f64 / last, *value));
    points.enumerate().filter(|(place, (_, value))| value.is_some() || gap(place + 1)).map(|(_, point)| point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn one_stretch_without_a_report_is_no_gap() {
        let points = joined(&[Some(1.0), None, Some(2.0), None, None, Some(3.0)]);
        assert_eq!(points, [(0.0, Some(1.0)), (0.4, Some(2.0)), (0.6, None), (1.0, Some(3.0))]);
        assert_eq!(joined(&[Some(1.0)]), [(0.0, Some(1.0))]);
    }

    #[test]
    fn the_worst_is_the_first_of_its_kind() {
        let told = |known, is_worse| Told { title: "", known, say: decimal, worst: "", is_worse, least: 1.0 }.worst();
        let known = [None, Some(4.0), Some(2.0), Some(4.0), Some(2.0)];
        assert_eq!(told(&known, |one, other| one > other), Some((1, 4.0)));
        assert_eq!(told(&known, |one, other| one < other), Some((2, 2.0)));
        assert_eq!(told(&[None, None], |one, other| one < other), None);
    }
}

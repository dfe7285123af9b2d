//! Days and times of day, as people here write them in the language of the page. Moments are in milliseconds since 1970.

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::{js, language};

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// The one that is now.
    Today,
    /// The one before.
    Yesterday,
    /// Another one, written out: `Thursday 12 November`, with the year if that is not this one.
    Other(String),
}

/// The time of day (`14:05`, `2:05 PM`).
pub(crate) fn time(at: f64) -> String {
    written(&date(at), "toLocaleTimeString", &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// The day of a moment.
pub(crate) fn day(at: f64) -> Day {
    let (date, today) = (date(at), Date::new_0());
    let yesterday = Date::new_0();
    // Before the first of a month this is the last of the one before (ECMA-262 section 21.4.4.20).
    yesterday.set_date(today.get_date() - 1);
    if same(&date, &today) {
        Day::Today
    } else if same(&date, &yesterday) {
        Day::Yesterday
    } else {
        let mut fields = vec![("weekday", "long"), ("day", "numeric"), ("month", "long")];
        if date.get_full_year() != today.get_full_year() {
            fields.push(("year", "numeric"));
        }
        Day::Other(written(&date, "toLocaleDateString", &fields))
    }
}

/// This moment as names of files have it, in their order: `2026-11-23 14.05.09`.
pub(crate) fn stamp() -> String {
    let now = Date::new_0();
    let two = |number: u32| if number < 10 { ["0", &number.to_string()].concat() } else { number.to_string() };
    let day = [now.get_full_year().to_string(), two(now.get_month() + 1), two(now.get_date())].join("-");
    let time = [two(now.get_hours()), two(now.get_minutes()), two(now.get_seconds())].join(".");
    [day, time].join(" ")
}

fn date(at: f64) -> Date {
    Date::new(&JsValue::from_f64(at))
}

fn same(one: &Date, other: &Date) -> bool {
    let day = |date: &Date| (date.get_full_year(), date.get_month(), date.get_date());
    day(one) == day(other)
}

fn written(date: &Date, method: &str, fields: &[(&str, &str)]) -> String {
    let options = js_sys::Object::new();
    for (name, value) in fields {
        js::set(&options, name, &JsValue::from_str(value));
    }
    let written = js::call(date, method, &[&language::locale(), &options]);
    written.and_then(|text| text.as_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn today_and_yesterday_are_called_so() {
        let noon = |before: u32| {
            let date = Date::new_0();
            date.set_date(date.get_date() - before);
            date.set_hours(12);
            date.get_time()
        };
        assert_eq!(day(Date::now()), Day::Today);
        assert_eq!(day(noon(1)), Day::Yesterday);
        assert!(matches!(day(noon(2)), Day::Other(_)));
        let long_ago = Date::new_with_year_month_day(2020, 1, 29).get_time();
        assert!(matches!(day(long_ago), Day::Other(text) if text.contains("2020") && text.contains("29")));
    }
}

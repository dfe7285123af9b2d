//! The relay's history of calls (`/api/calls`): read, deleted, saved to a file.

use std::time::Duration;

use js_sys::Array;
use leptos::prelude::document;
use protocol::{CallId, CallType, EndReason, Figures, Person, UserId};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Response};

use super::http::{Coming, HttpError};
use super::session::Session;
use super::task::Task;
use super::{js, window};
use crate::past::{Course, Part, PastCall, Status};

/// Why the history did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No answer came.
    Unreachable,
    /// There is no such call, or not for this person.
    NoCall,
    /// The relay cannot read or change its history right now.
    Unavailable,
}

impl From<HttpError> for Trouble {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable => Self::Unreachable,
            HttpError::Refused { code } if code == "no_call" => Self::NoCall,
            HttpError::Refused { .. } => Self::Unavailable,
        }
    }
}

/// What to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// Only calls of this kind.
    pub(crate) kind: Option<&'static str>,
    /// Only missed ones.
    pub(crate) missed: bool,
    /// Only calls with this in a name.
    pub(crate) text: String,
    /// The [`Page::next`] of what was read before.
    pub(crate) before: Option<String>,
}

/// Some of the calls, the last first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    /// The calls.
    pub(crate) calls: Vec<PastCall>,
    /// There are more, and this leads to them.
    pub(crate) next: Option<String>,
    /// The newest are missing: the relay's disk does not take them at the moment.
    pub(crate) behind: bool,
}

/// Something asked of the relay. Whoever drops it does not hear the answer.
pub(crate) struct Asked {
    _task: Task,
}

/// Reads a page and gives it to `done`.
pub(crate) fn page(session: &Session, query: &Query, done: impl FnOnce(Result<Page, Trouble>) + 'static) -> Asked {
    read(session, &query.path(), |answer| Some(to_page(answer)), done)
}

/// Reads one call.
pub(crate) fn one(session: &Session, id: &CallId, done: impl FnOnce(Result<PastCall, Trouble>) + 'static) -> Asked {
    read(session, &path_of(Some(id)), to_call, done)
}

fn read<T: 'static>(
    session: &Session,
    path: &str,
    understood: fn(&JsValue) -> Option<T>,
    done: impl FnOnce(Result<T, Trouble>) + 'static,
) -> Asked {
    let coming = session.read(path);
    let task = Task::new(async move {
        let answer = coming.await.map_err(Trouble::from);
        done(answer.and_then(|answer| understood(&answer).ok_or(Trouble::Unavailable)));
    });
    Asked { _task: task }
}

/// Deletes one call, or all of them.
pub(crate) fn delete(
    session: &Session,
    id: Option<&CallId>,
    done: impl FnOnce(Result<(), Trouble>) + 'static,
) -> Asked {
    let coming = session.ask("DELETE", &path_of(id));
    Asked { _task: Task::new(async move { done(coming.await.map(drop).map_err(Trouble::from)) }) }
}

/// Saves all calls to a file, as the relay writes them.
pub(crate) fn export(session: &Session, done: impl FnOnce(Result<(), Trouble>) + 'static) -> Asked {
    let coming = session.ask("GET", "/api/calls/export");
    Asked { _task: Task::new(async move { done(save(coming).await) }) }
}

async fn save(coming: Coming<Response>) -> Result<(), Trouble> {
    let response = coming.await?;
    // Refused when the connection broke before the end: half a file is none.
    let read = js::call(&response, "blob", &[]).and_then(|read| read.dyn_into().ok()).ok_or(Trouble::Unavailable)?;
    let blob = js::settled(read).await.map_err(|_| Trouble::Unreachable)?;
    let url = js::field(&window(), "URL");
    let address = js::call(&url, "createObjectURL", &[&blob]).ok_or(Trouble::Unavailable)?;
    if let Ok(link) = document().create_element("a") {
        js::set(&link, "href", &address);
        js::set(&link, "download", &JsValue::from_str("alo-calls.json"));
        link.unchecked_ref::<HtmlElement>().click();
    }
    js::call(&url, "revokeObjectURL", &[&address]);
    Ok(())
}

fn path_of(id: Option<&CallId>) -> String {
    id.map_or_else(|| "/api/calls".to_owned(), |id| ["/api/calls/", id.as_str()].concat())
}

impl Query {
    fn path(&self) -> String {
        let mut path = "/api/calls?limit=30".to_owned();
        let mut add = |name: &str, value: &str| {
            path.push('&');
            path.push_str(name);
            path.push('=');
            path.push_str(&String::from(js_sys::encode_uri_component(value)));
        };
        self.kind.into_iter().for_each(|kind| add("kind", kind));
        self.missed.then(|| add("missed", "true"));
        self.before.iter().for_each(|before| add("before", before));
        if !self.text.trim().is_empty() {
            add("q", self.text.trim());
        }
        path
    }
}

fn to_page(answer: &JsValue) -> Page {
    let calls = Array::from(&js::field(answer, "calls")).iter().filter_map(|call| to_call(&call)).collect();
    Page { calls, next: js::text(answer, "next"), behind: js::field(answer, "behind").is_truthy() }
}

/// `None` for what a later relay may say and this page does not know.
fn to_call(call: &JsValue) -> Option<PastCall> {
    Some(PastCall {
        id: js::text(call, "call_id")?.parse().ok()?,
        kind: kind(&js::text(call, "kind")?)?,
        room: js::text(call, "room").and_then(|room| room.parse().ok()),
        room_name: js::text(call, "room_name"),
        placed_at: moment(call, "placed_at")?,
        ended_at: moment(call, "ended_at")?,
        // Negative and NaN become 0; no call is longer than 64 bits of milliseconds.
        lasted: Duration::from_millis(moment(call, "duration_ms")? as u64),
        reason: reason(&js::text(call, "reason")?)?,
        ended_by: js::text(call, "ended_by").and_then(|id| id.parse().ok()),
        recorded: js::field(call, "recorded").is_truthy(),
        parts: Array::from(&js::field(call, "participants")).iter().filter_map(|part| to_part(&part)).collect(),
        quality: to_figures(&js::field(&js::field(call, "quality"), "median")),
        course: to_course(&js::field(call, "course")),
    })
}

/// `None` where there is none.
fn to_course(course: &JsValue) -> Option<Course> {
    let list = |name, unit: f64| -> Vec<Option<f64>> {
        let known = |value: JsValue| value.as_f64().map(|number| number / unit);
        Array::from(&js::field(course, name)).iter().map(known).collect()
    };
    course.is_object().then_some(())?;
    Some(Course {
        from: moment(course, "from")?,
        every: moment(course, "every_ms")?,
        opinion: list("mos_x100", 100.0),
        round_trip_ms: list("round_trip_ms", 1.0),
        loss_percent: list("loss_permille", 10.0),
    })
}

/// `None` where there are none.
fn to_figures(figures: &JsValue) -> Option<Figures> {
    // Whole numbers that fit, by the protocol; anything else becomes the nearest.
    let number = |name| js::field(figures, name).as_f64().map(|number| number as u16);
    figures.is_object().then(|| Figures {
        mos_x100: number("mos_x100"),
        round_trip_ms: number("round_trip_ms"),
        jitter_ms: number("jitter_ms"),
        loss_permille: number("loss_permille"),
        frozen_permille: number("frozen_permille"),
    })
}

fn to_part(part: &JsValue) -> Option<Part> {
    let id: UserId = js::text(part, "id")?.parse().ok()?;
    let name = js::text(part, "name").unwrap_or_else(|| id.as_str().to_owned());
    Some(Part {
        person: Person { id, name, avatar: None },
        status: status(&js::text(part, "status")?)?,
        joined_at: moment(part, "joined_at"),
        left_at: moment(part, "left_at"),
    })
}

fn moment(object: &JsValue, name: &str) -> Option<f64> {
    js::field(object, name).as_f64()
}

fn kind(name: &str) -> Option<CallType> {
    Some(match name {
        "voice" => CallType::Voice,
        "video" => CallType::Video,
        "group_voice" => CallType::GroupVoice,
        "group_video" => CallType::GroupVideo,
        _ => return None,
    })
}

fn reason(name: &str) -> Option<EndReason> {
    Some(match name {
        "completed" => EndReason::Completed,
        "cancelled" => EndReason::Cancelled,
        "declined" => EndReason::Declined,
        "busy" => EndReason::Busy,
        "missed" => EndReason::Missed,
        "timeout" => EndReason::Timeout,
        "failed" => EndReason::Failed,
        _ => return None,
    })
}

fn status(name: &str) -> Option<Status> {
    Some(match name {
        "placed" => Status::Placed,
        "accepted" => Status::Accepted,
        "joined" => Status::Joined,
        "declined" => Status::Declined,
        "busy" => Status::Busy,
        "missed" => Status::Missed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    /// As in protocol/PROTOCOL.md.
    const CALL: &str = r#"{"call_id":"c_5fb2c1ad90e84c77","kind":"video","placed_at":1790000000000,
        "answered_at":1790000004200,"connected_at":1790000004700,"ended_at":1790000064700,"duration_ms":60000,
        "reason":"completed","ended_by":"guest:p7q2","recorded":true,"participants":[
        {"id":"guest:k3v9","name":"Ann","status":"placed","joined_at":1790000000000,"left_at":1790000064700},
        {"id":"guest:p7q2","status":"accepted","joined_at":1790000004200,"left_at":1790000064700}],
        "quality":{"median":{"mos_x100":437,"round_trip_ms":34,"loss_permille":2},"worst":{"mos_x100":391}},
        "course":{"from":1790000014700,"every_ms":10000,"mos_x100":[437,null],"round_trip_ms":[34,120],"loss_permille":[2,31]}}"#;

    #[wasm_bindgen_test]
    fn what_the_relay_tells_of_a_call_is_understood() {
        let text = ["{\"calls\":[", CALL, ",{\"kind\":\"telepathy\"}],\"next\":\"7\"}"].concat();
        let page = to_page(&js_sys::JSON::parse(&text).unwrap());
        assert_eq!(page.next.as_deref(), Some("7"));
        assert!(!page.behind && to_page(&js_sys::JSON::parse(r#"{"calls":[],"behind":true}"#).unwrap()).behind);
        let [call] = page.calls.as_slice() else { panic!("one call is known: {page:?}") };
        assert_eq!((call.kind, call.reason, call.lasted.as_secs()), (CallType::Video, EndReason::Completed, 60));
        let quality =
            Figures { mos_x100: Some(437), round_trip_ms: Some(34), loss_permille: Some(2), ..Figures::default() };
        assert_eq!((call.quality, call.recorded), (Some(quality), true));
        let course = call.course.as_ref().unwrap();
        assert_eq!((course.at(0), course.end()), (1_790_000_014_700.0, 1_790_000_034_700.0));
        assert_eq!(course.opinion, [Some(4.37), None]);
        assert_eq!((course.round_trip_ms[1], course.loss_percent[1]), (Some(120.0), Some(3.1)));
        let names: Vec<_> = call.parts.iter().map(|part| part.person.name.as_str()).collect();
        assert_eq!(names, ["Ann", "guest:p7q2"], "an id stands for a name that is not known any more");
        assert_eq!(call.parts[1].joined_at, Some(1_790_000_004_200.0));
    }

    #[wasm_bindgen_test]
    fn a_query_names_what_was_chosen_and_nothing_else() {
        assert_eq!(Query::default().path(), "/api/calls?limit=30");
        let query =
            Query {
                kind: Some("voice"), missed: true, text: " Bình & Co ".to_owned(), before: Some("7-1".to_owned())
            };
        assert_eq!(query.path(), "/api/calls?limit=30&kind=voice&missed=true&before=7-1&q=B%C3%ACnh%20%26%20Co");
    }
}

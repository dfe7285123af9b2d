//! What this person wants of others, at the relay: `/api/people`, `/api/status`, `/api/groups`.

use js_sys::{Array, JSON};
use protocol::Person;
use wasm_bindgen::{JsCast, JsValue};

use super::js;
use super::session::Session;
use super::task::Task;
use crate::wishes::{Group, Wanted, Wish, Wishes};

/// Something asked of the relay. Whoever drops it does not hear the answer.
pub(crate) struct Told {
    _task: Task,
}

/// Reads everything; `None` when the relay does not say.
pub(crate) fn read(session: &Session, done: impl FnOnce(Option<Wishes>) + 'static) -> Told {
    let (people, groups) = (session.read("/api/people"), session.read("/api/groups"));
    let task = Task::new(async move {
        // Both are on their way already.
        let (people, groups) = (people.await, groups.await);
        done(people.ok().zip(groups.ok()).map(|(people, groups)| to_wishes(&people, &groups)));
    });
    Told { _task: task }
}

/// Says whether this person wants to be rung; true if the relay took it.
pub(crate) fn tell_wish(session: &Session, wish: Wish, done: impl FnOnce(bool) + 'static) -> Told {
    let body = js::object(&[("status", JsValue::from_str(wish.name()))]);
    tell(session, "PUT", "/api/status", Some(&body), done)
}

/// Says what is wanted of somebody.
pub(crate) fn tell_wanted(session: &Session, wanted: &Wanted, done: impl FnOnce(bool) + 'static) -> Told {
    let id = String::from(js_sys::encode_uri_component(wanted.person.id.as_str()));
    let body = js::object(&[
        ("name", JsValue::from_str(&wanted.person.name)),
        ("blocked", wanted.blocked.into()),
        ("muted", wanted.muted.into()),
    ]);
    tell(session, "PUT", &["/api/people/", &id].concat(), Some(&body), done)
}

/// Keeps a group, new or changed.
pub(crate) fn keep_group(session: &Session, group: &Group, done: impl FnOnce(bool) + 'static) -> Told {
    let member = |person: &Person| {
        let id = JsValue::from_str(person.id.as_str());
        JsValue::from(js::object(&[("id", id), ("name", JsValue::from_str(&person.name))]))
    };
    let members: Array = group.members.iter().map(member).collect();
    let body = js::object(&[
        ("name", JsValue::from_str(&group.name)),
        ("place", group.place.into()),
        ("members", members.into()),
    ]);
    match &group.id {
        Some(id) => tell(session, "PUT", &path_of(id), Some(&body), done),
        None => tell(session, "POST", "/api/groups", Some(&body), done),
    }
}

/// Deletes a group.
pub(crate) fn delete_group(session: &Session, id: &str, done: impl FnOnce(bool) + 'static) -> Told {
    tell(session, "DELETE", &path_of(id), None, done)
}

fn path_of(group: &str) -> String {
    ["/api/groups/", group].concat()
}

fn tell(
    session: &Session,
    method: &str,
    path: &str,
    body: Option<&JsValue>,
    done: impl FnOnce(bool) + 'static,
) -> Told {
    // A plain object of texts, numbers and lists always has a text form.
    let body = body.map(|body| JSON::stringify(body).map_or(JsValue::UNDEFINED, JsValue::from));
    let coming = session.tell(method, path, body);
    Told { _task: Task::new(async move { done(coming.await.is_ok()) }) }
}

fn to_wishes(people: &JsValue, groups: &JsValue) -> Wishes {
    let list = |object: &JsValue, name: &str| Array::from(&js::field(object, name)).iter().collect::<Vec<_>>();
    Wishes {
        wish: Wish::of(&js::text(people, "status").unwrap_or_default()),
        others: list(people, "people").iter().filter_map(to_wanted).collect(),
        groups: list(groups, "groups").iter().filter_map(to_group).collect(),
    }
}

fn to_wanted(one: &JsValue) -> Option<Wanted> {
    let is = |name| js::field(one, name).is_truthy();
    Some(Wanted { person: to_person(one)?, blocked: is("blocked"), muted: is("muted") })
}

fn to_group(one: &JsValue) -> Option<Group> {
    // A place is a small whole number.
    let place = js::field(one, "place").as_f64().unwrap_or_default() as u32;
    let members = js::field(one, "members").dyn_into::<Array>().unwrap_or_default();
    let members = members.iter().filter_map(|member| to_person(&member)).collect();
    Some(Group { id: Some(js::text(one, "id")?), name: js::text(one, "name")?, place, members })
}

fn to_person(one: &JsValue) -> Option<Person> {
    let id = js::text(one, "id")?;
    // An id stands for a name that was not known.
    let name = js::text(one, "name").filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
    Some(Person { id: id.parse().ok()?, name, avatar: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn what_the_relay_tells_is_understood() {
        let people =
            r#"{"status":"away","people":[{"id":"guest:p7q2","name":"","blocked":true,"muted":false},{"id":"a b"}]}"#;
        let groups =
            r#"{"groups":[{"id":"g_1","name":"Kin","place":3,"members":[{"id":"u:1","name":"Ann"}]},{"name":"?"}]}"#;
        let parse = |text| JSON::parse(text).unwrap();
        let wishes = to_wishes(&parse(people), &parse(groups));
        assert_eq!((wishes.wish, wishes.others.len(), wishes.groups.len()), (Wish::Away, 1, 1));
        assert_eq!((wishes.others[0].person.name.as_str(), wishes.others[0].blocked), ("guest:p7q2", true));
        assert_eq!((wishes.groups[0].place, wishes.groups[0].members[0].name.as_str()), (3, "Ann"));
    }
}

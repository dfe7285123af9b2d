//! Who is here.

use protocol::{CallStatus, CallStatusChanged, Person, PersonStatus, UserId};

/// More than anybody would look through, and than a relay announces.
const MOST: usize = 1_000;

/// Everybody of a fresh `welcome`, by name.
pub(crate) fn everybody(mut people: Vec<PersonStatus>) -> Vec<PersonStatus> {
    people.truncate(MOST);
    people.retain(|p| p.status != CallStatus::Offline);
    people.sort_by_cached_key(|p| order(&p.user));
    people
}

/// Takes in what somebody does now.
pub(crate) fn change(people: &mut Vec<PersonStatus>, me: Option<&UserId>, change: CallStatusChanged) {
    if me == Some(&change.user.id) {
        return;
    }
    people.retain(|p| p.user.id != change.user.id);
    if change.status == CallStatus::Offline || people.len() >= MOST {
        return;
    }
    let key = order(&change.user);
    let place = people.partition_point(|p| order(&p.user) < key);
    people.insert(place, PersonStatus { user: change.user, status: change.status });
}

/// As people look for each other; the id keeps two of the same name in their places.
fn order(person: &Person) -> (String, UserId) {
    (person.name.to_lowercase(), person.id.clone())
}

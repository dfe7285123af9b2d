//! Who is here.

use std::cmp::Ordering;

use protocol::{CallStatus, CallStatusChanged, Person, PersonStatus, UserId};

/// More than anybody would look through, and than a relay announces.
const MOST: usize = 1_000;

/// Everybody of a fresh `welcome`, by name. Each is put in their place: a sort would cost the page more than the list.
pub(crate) fn everybody(people: Vec<PersonStatus>) -> Vec<PersonStatus> {
    let mut all = Vec::with_capacity(people.len().min(MOST));
    let here = people.into_iter().filter(|p| p.status != CallStatus::Offline);
    here.take(MOST).for_each(|p| insert(&mut all, p));
    all
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
    insert(people, PersonStatus { user: change.user, status: change.status });
}

fn insert(people: &mut Vec<PersonStatus>, person: PersonStatus) {
    let place = people.partition_point(|p| order(&p.user, &person.user) == Ordering::Less);
    people.insert(place, person);
}

/// As people look for each other; the id keeps two of the same name in their places. Capitals of ASCII only: those of all
/// the world's scripts would cost the page kilobytes.
fn order(a: &Person, b: &Person) -> Ordering {
    let (a_letters, b_letters) = (a.name.bytes().map(lower), b.name.bytes().map(lower));
    a_letters.cmp(b_letters).then_with(|| a.id.cmp(&b.id))
}

const fn lower(letter: u8) -> u8 {
    letter.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, name: &str) -> Person {
        Person { id: id.parse().unwrap(), name: name.to_owned(), avatar: None }
    }

    fn names(people: &[PersonStatus]) -> Vec<&str> {
        people.iter().map(|p| p.user.name.as_str()).collect()
    }

    #[test]
    fn people_come_and_go_by_name_and_never_twice() {
        let here = |id, name| PersonStatus { user: person(id, name), status: CallStatus::Idle };
        let gone = PersonStatus { user: person("4", "Gone"), status: CallStatus::Offline };
        let mut people = everybody(vec![here("1", "cat"), here("2", "Bob"), gone]);
        assert_eq!(names(&people), ["Bob", "cat"]);
        let me = "me".parse().unwrap();
        let mut tell = |id: &str, name: &str, status| {
            change(&mut people, Some(&me), CallStatusChanged { user: person(id, name), status });
            names(&people).join(" ")
        };
        assert_eq!(tell("3", "ann", CallStatus::Idle), "ann Bob cat");
        assert_eq!(tell("2", "Zoe", CallStatus::InCall), "ann cat Zoe");
        assert_eq!(tell("1", "cat", CallStatus::Offline), "ann Zoe");
        assert_eq!(tell("me", "Me", CallStatus::InCall), "ann Zoe");
        for number in 10..MOST + 100 {
            tell(&number.to_string(), "crowd", CallStatus::Idle);
        }
        assert_eq!(people.len(), MOST);
    }
}

//! What somebody wants of others, as the relay keeps it: plain values.

use protocol::Person;

/// Whether somebody wants to be rung.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wish {
    /// They do.
    #[default]
    Free,
    /// They do, and may not be there.
    Away,
    /// They do not.
    DoNotDisturb,
}

impl Wish {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Free, Self::Away, Self::DoNotDisturb];

    /// Its name on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Away => "away",
            Self::DoNotDisturb => "do_not_disturb",
        }
    }

    /// The one of that name; a name of a later relay means no more than that they can be rung.
    pub(crate) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|wish| wish.name() == name).unwrap_or_default()
    }
}

/// What is wanted of one other person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Who.
    pub(crate) person: Person,
    /// They cannot ring here, and do not see who is here.
    pub(crate) blocked: bool,
    /// They ring without a sound.
    pub(crate) muted: bool,
}

/// A named group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Drawn by the relay; `None` before it has.
    pub(crate) id: Option<String>,
    /// What it is called.
    pub(crate) name: String,
    /// Where it stands among the others.
    pub(crate) place: u32,
    /// Who is in it.
    pub(crate) members: Vec<Person>,
}

impl Group {
    /// Those people, who are not kept as a group.
    pub(crate) fn nameless(members: &[Person]) -> Self {
        Self { id: None, name: String::new(), place: 0, members: members.to_vec() }
    }
}

/// Everything that somebody wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Whether they want to be rung.
    pub(crate) wish: Wish,
    /// What they want of others.
    pub(crate) others: Vec<Wanted>,
    /// Their groups, in order.
    pub(crate) groups: Vec<Group>,
}

impl Wishes {
    /// Of one other person something else is wanted.
    pub(crate) fn want(&mut self, wanted: Wanted) {
        match self.others.iter_mut().find(|known| known.person.id == wanted.person.id) {
            Some(known) => *known = wanted,
            None => self.others.push(wanted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_wish_has_its_name_and_one_of_a_later_relay_is_none() {
        for wish in Wish::ALL {
            assert_eq!(Wish::of(wish.name()), wish);
        }
        assert_eq!(Wish::of("asleep"), Wish::Free);
    }

    #[test]
    fn of_one_person_one_thing_is_wanted() {
        let person = |id: &str| Person { id: id.parse().unwrap(), name: id.to_owned(), avatar: None };
        let wanted = |id, blocked| Wanted { person: person(id), blocked, muted: false };
        let mut wishes = Wishes::default();
        wishes.want(wanted("ann", true));
        wishes.want(wanted("bob", true));
        wishes.want(wanted("ann", false));
        assert_eq!(wishes.others, [wanted("ann", false), wanted("bob", true)]);
    }
}

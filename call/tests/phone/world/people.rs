//! What people do.

use call::{Command, Input};
use protocol::{CallId, CallType, DeviceId, Person, RoomCode};

use super::World;

impl World {
    pub(crate) fn person(&self, page: usize) -> Person {
        let name = self.pages[page].user.clone();
        Person { id: name.parse().unwrap(), name, avatar: None }
    }

    /// The address of a page's device.
    pub(crate) fn device(&self, page: usize) -> DeviceId {
        self.pages[page].device.clone().expect("it was welcomed")
    }

    pub(crate) fn new_call_id(&mut self) -> CallId {
        self.calls += 1;
        format!("c_{:08}{:08}", self.dice.up_to(99_999_999), self.calls).parse().unwrap()
    }

    pub(crate) fn does(&mut self, page: usize, command: Command) {
        match &command {
            Command::Accept { call_id, .. } => drop(self.pages[page].consented.insert(call_id.clone())),
            // Whoever dials somebody has said yes to talking to them.
            Command::Call { to, .. } => {
                let rung = self.view(page).incoming.as_ref().filter(|incoming| incoming.from.id == to.id);
                let rung = rung.map(|incoming| incoming.call_id.clone());
                self.pages[page].consented.extend(rung);
            }
            _ => {}
        }
        self.handle(page, Input::Command(command));
    }

    pub(crate) fn dials(&mut self, page: usize, whom: usize, kind: CallType) -> CallId {
        let (call_id, to) = (self.new_call_id(), self.person(whom));
        self.does(page, Command::Call { call_id: call_id.clone(), to, kind });
        call_id
    }

    pub(crate) fn accepts(&mut self, page: usize) {
        let call_id = self.view(page).incoming.as_ref().expect("nobody rings").call_id.clone();
        self.does(page, Command::Accept { call_id, camera: false, hold: false });
    }

    /// Puts the call there is on hold for the one that rings.
    pub(crate) fn accepts_holding(&mut self, page: usize) {
        let call_id = self.view(page).incoming.as_ref().expect("nobody rings").call_id.clone();
        self.does(page, Command::Accept { call_id, camera: false, hold: true });
    }

    pub(crate) fn declines(&mut self, page: usize) {
        let call_id = self.view(page).incoming.as_ref().expect("nobody rings").call_id.clone();
        self.does(page, Command::Decline { call_id });
    }

    pub(crate) fn hangs_up(&mut self, page: usize) {
        self.does(page, Command::HangUp);
    }

    pub(crate) fn joins(&mut self, page: usize, room: &RoomCode) {
        self.does(page, Command::JoinRoom { room: room.clone(), camera: false });
    }

    /// Two people in a call that runs.
    pub(crate) fn in_call(seed: u64, names: &[&str]) -> (Self, CallId) {
        let mut world = Self::new(seed, names);
        let call = world.dials(0, 1, CallType::Voice);
        world.run(500);
        world.accepts(1);
        world.run(2_000);
        world.assert_active(&[0, 1], &call);
        (world, call)
    }

    /// Everybody in one room.
    pub(crate) fn in_room(seed: u64, names: &[&str]) -> (Self, CallId) {
        let mut world = Self::new(seed, names);
        world.does(0, Command::CreateRoom { name: None, camera: false });
        world.run(300);
        let room = world.call(0).room.clone().expect("it was made").code;
        let everybody: Vec<usize> = (0..names.len()).collect();
        for page in everybody.iter().skip(1) {
            world.joins(*page, &room);
            world.run(1_000);
        }
        let call = world.call(0).call_id.clone();
        world.assert_active(&everybody, &call);
        (world, call)
    }
}

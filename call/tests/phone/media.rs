//! Microphones and cameras: wanted, opened, denied, lost.

use call::{Command, Device, Input, MediaEvent, MediaProblem, Microphone};
use protocol::{CallType, MaxFs, MediaState};

use crate::world::{Permission, World};

fn seen(world: &World, by: usize) -> MediaState {
    world.call(by).others[0].media
}

#[test]
fn while_it_rings_only_what_needs_no_question_is_opened() {
    for permission in [Permission::Granted, Permission::Asked, Permission::Denied, Permission::Missing] {
        let mut world = World::new(1, &["ann", "bob"]);
        world.pages[1].browser.microphone = permission;
        world.dials(0, 1, CallType::Video);
        world.run(2_000);
        let media = world.pages[1].browser.media;
        assert_eq!((media.microphone, media.camera, media.may_ask), (Microphone::Muted, false, false));
        world.declines(1);
        world.run(300);
        world.assert_quiet();
    }
}

#[test]
fn a_denied_microphone_joins_as_a_listener() {
    for (permission, problem) in
        [(Permission::Denied, MediaProblem::Denied), (Permission::Missing, MediaProblem::Missing)]
    {
        for who in 0..2 {
            let mut world = World::new(2, &["ann", "bob"]);
            world.pages[who].browser.microphone = permission;
            let call = world.dials(0, 1, CallType::Voice);
            world.run(1_500);
            world.accepts(1);
            world.run(1_500);
            world.assert_active(&[0, 1], &call);
            let own = world.call(who).own;
            assert_eq!((own.microphone, own.microphone_problem), (true, Some(problem)));
            assert!(!seen(&world, 1 - who).microphone, "the other sees that there is no sound\n{}", world.story());
            assert!(seen(&world, who).microphone);

            // Muting and unmuting opens nothing.
            world.does(who, Command::SetMicrophone(false));
            assert_eq!(world.call(who).own.microphone_problem, None, "it is not wanted");
            world.does(who, Command::SetMicrophone(true));
            world.run(1_000);
            assert_eq!(world.call(who).own.microphone_problem, Some(problem), "{}", world.story());
            assert!(!seen(&world, 1 - who).microphone);

            // The person allows it after all, and tries again.
            world.pages[who].browser.microphone = Permission::Granted;
            world.does(who, Command::SetMicrophone(true));
            world.run(500);
            assert_eq!(world.call(who).own.microphone_problem, None);
            assert!(seen(&world, 1 - who).microphone);
            world.hangs_up(who);
            world.run(300);
            world.assert_quiet();
        }
    }
}

#[test]
fn a_voice_call_becomes_a_video_call_and_back_without_a_negotiation() {
    let (mut world, call) = World::in_call(3, &["ann", "bob"]);
    world.does(1, Command::SetCamera(true));
    assert!(!seen(&world, 0).camera, "not before there is a picture");
    world.run(300);
    assert!(seen(&world, 0).camera);
    world.does(1, Command::SetCamera(false));
    world.run(300);
    assert!(!seen(&world, 0).camera);
    world.assert_active(&[0, 1], &call);
    assert_eq!(world.said(0, "call:offer") + world.said(1, "call:offer"), 0);
    assert_eq!(world.said(1, "call:update_media"), 2);
}

#[test]
fn each_of_the_others_hears_how_large_they_are_shown() {
    let mut world = World::new(8, &["ann", "bob", "cat"]);
    world.does(0, Command::CreateRoom { name: None, camera: true });
    world.run(300);
    let code = world.call(0).room.clone().unwrap().code;
    for page in 1..3 {
        world.joins(page, &code);
        world.run(1_000);
    }
    let max_fs = MaxFs { camera: 57_600, screen: 0 };
    let bob = world.call(0).others[0].device.clone();
    world.handle(0, Input::WantMedia { to: bob, max_fs });
    world.run(300);
    let wanted = |page: usize| world.call(page).others.iter().map(|other| other.wanted).collect::<Vec<_>>();
    assert_eq!(wanted(1), [Some(max_fs), None]);
    assert_eq!((wanted(0), wanted(2)), (vec![None, None], vec![None, None]));
}

#[test]
fn a_shared_screen_is_told_to_all_and_ends_with_the_call() {
    let (mut world, call) = World::in_call(9, &["ann", "bob"]);
    world.handle(0, Input::Screen(true));
    world.run(300);
    assert!(seen(&world, 1).screen && world.call(0).own.screen);
    world.handle(0, Input::Screen(false));
    world.run(300);
    assert!(!seen(&world, 1).screen);
    world.handle(0, Input::Screen(true));
    world.run(300);
    world.assert_active(&[0, 1], &call);
    world.hangs_up(1);
    world.run(300);
    world.handle(0, Input::Screen(true));
    world.assert_quiet();
    world.dials(0, 1, CallType::Video);
    world.run(500);
    assert!(!world.call(0).own.screen, "it was for those who were there");
}

#[test]
fn a_recording_is_told_to_all_and_to_whoever_comes_later() {
    let (mut world, call) = World::in_call(10, &["ann", "bob", "cuc"]);
    world.handle(0, Input::Record(true));
    assert!(world.call(0).own.recording);
    world.run(300);
    assert!(seen(&world, 1).recording);
    world.does(0, Command::Invite { to: vec![world.person(2)] });
    world.run(1_500);
    world.accepts(2);
    world.run(1_500);
    let of_ann = world.call(2).others.iter().find(|other| other.device == world.device(0)).unwrap();
    assert!(of_ann.media.recording, "{}", world.story());
    world.handle(0, Input::Record(false));
    world.run(300);
    assert!(world.call(2).others.iter().chain(&world.call(1).others).all(|other| !other.media.recording));
    for page in 0..3 {
        world.hangs_up(page);
    }
    world.run(300);
    assert!(world.relay.calls[&call].ended().is_some());
    world.handle(0, Input::Record(true));
    world.assert_quiet();
}

#[test]
fn nobody_records_what_the_others_cannot_be_told_of() {
    let (mut world, _) = World::in_call(11, &["ann", "bob"]);
    world.unplugs(0);
    world.run(11_000);
    world.handle(0, Input::Record(true));
    assert!(!world.call(0).own.recording, "the relay is away");
    world.plugs_in(0);
    world.run(5_000);
    assert!(!world.call(0).own.recording && !seen(&world, 1).recording);
    world.handle(0, Input::Record(true));
    world.run(300);
    assert!(seen(&world, 1).recording);
    world.reloads(0);
    world.run(3_000);
    assert!(!world.call(0).own.recording && !seen(&world, 1).recording, "{}", world.story());
}

#[test]
fn muting_is_told_and_nothing_is_told_twice() {
    let (mut world, _) = World::in_call(4, &["ann", "bob"]);
    world.does(0, Command::SetMicrophone(false));
    world.does(0, Command::SetMicrophone(false));
    world.run(300);
    assert!(!seen(&world, 1).microphone);
    assert_eq!(world.pages[0].browser.media.microphone, Microphone::Muted, "open, so that unmuting is instant");
    world.does(0, Command::SetMicrophone(true));
    world.run(300);
    assert!(seen(&world, 1).microphone);
    assert_eq!(world.said(0, "call:update_media"), 2);
}

#[test]
fn a_camera_that_is_unplugged_and_plugged_in_again() {
    let mut world = World::new(5, &["ann", "bob"]);
    let call = world.dials(0, 1, CallType::Video);
    world.run(500);
    let call_id = call.clone();
    world.does(1, Command::Accept { call_id, camera: true, hold: false });
    world.run(1_000);
    assert!(seen(&world, 0).camera && seen(&world, 1).camera);
    world.handle(1, Input::Media(MediaEvent::Problem(Device::Camera, MediaProblem::Lost)));
    world.run(100);
    assert!(!seen(&world, 0).camera);
    assert_eq!(world.call(1).own.camera_problem, Some(MediaProblem::Lost));
    world.assert_active(&[0, 1], &call);
    world.handle(1, Input::Media(MediaEvent::Opened(Device::Camera)));
    world.run(100);
    assert!(seen(&world, 0).camera);
    assert_eq!(world.call(1).own.camera_problem, None);
}

#[test]
fn a_microphone_denied_while_it_rings_there_is_known_before_the_acceptance() {
    let mut world = World::new(6, &["ann", "bob"]);
    world.pages[0].browser.microphone = Permission::Denied;
    world.dials(0, 1, CallType::Voice);
    world.run(2_000);
    world.accepts(1);
    assert!(!seen(&world, 1).microphone);
}

#[test]
fn what_the_person_chose_in_one_call_does_not_follow_into_the_next() {
    let (mut world, _) = World::in_call(7, &["ann", "bob"]);
    world.does(0, Command::SetMicrophone(false));
    world.hangs_up(0);
    world.run(300);
    world.dials(0, 1, CallType::Voice);
    assert!(world.call(0).own.microphone);
}

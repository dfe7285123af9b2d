//! The engine with the browser's own pretended microphone and camera.

use call::{Device, Input, MediaEvent, Microphone, WantedMedia};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{MediaStreamTrack, MediaStreamTrackState};

use super::super::test::{self, Heard};
use crate::platform::queue::{Event, Queue};

const BOTH: WantedMedia = WantedMedia { microphone: Microphone::Open, camera: true, may_ask: true };
const NONE: WantedMedia = WantedMedia { microphone: Microphone::Closed, camera: false, may_ask: false };

fn told(heard: &Heard, news: MediaEvent) -> usize {
    heard.inputs().into_iter().filter(|input| **input == Input::Media(news)).count()
}

/// The track in use as the last event has it.
fn track(heard: &Heard, of: Device) -> Option<MediaStreamTrack> {
    let last = heard.0.iter().rev().find_map(|event| match event {
        Event::LocalTrack(device, track) if *device == of => Some(track.clone()),
        _ => None,
    });
    last.flatten()
}

async fn opened(queue: &Queue) -> Heard {
    let mut heard = Heard::default();
    let both = [MediaEvent::Opened(Device::Microphone), MediaEvent::Opened(Device::Camera)];
    heard.until(queue, "both to open", |heard| both.iter().all(|news| told(heard, *news) == 1)).await;
    heard
}

#[wasm_bindgen_test]
async fn both_are_opened_and_closed_as_wanted() {
    let (queue, engine) = test::engine();
    engine.want(BOTH);
    let mut heard = opened(&queue).await;
    let (voice, picture) = (track(&heard, Device::Microphone).unwrap(), track(&heard, Device::Camera).unwrap());
    assert_eq!((voice.kind(), picture.kind()), ("audio".to_owned(), "video".to_owned()));
    assert_eq!(picture.ready_state(), MediaStreamTrackState::Live);

    engine.want(WantedMedia { camera: false, ..BOTH });
    heard.until(&queue, "the camera to close", |heard| told(heard, MediaEvent::Closed(Device::Camera)) == 1).await;
    assert_eq!(picture.ready_state(), MediaStreamTrackState::Ended, "its light is off");
    assert_eq!(voice.ready_state(), MediaStreamTrackState::Live);
    assert_eq!(track(&heard, Device::Camera), None);

    engine.want(NONE);
    heard.until(&queue, "all to close", |heard| told(heard, MediaEvent::Closed(Device::Microphone)) == 1).await;
    assert_eq!(voice.ready_state(), MediaStreamTrackState::Ended);
}

#[wasm_bindgen_test]
async fn a_track_is_told_before_the_phone_is() {
    let (queue, engine) = test::engine();
    engine.want(BOTH);
    let heard = opened(&queue).await;
    let position = |is: &dyn Fn(&Event) -> bool| heard.0.iter().position(is).unwrap();
    let attached = position(&|event| matches!(event, Event::LocalTrack(Device::Microphone, Some(_))));
    let opened = Input::Media(MediaEvent::Opened(Device::Microphone));
    assert!(attached < position(&|event| matches!(event, Event::Input(input) if *input == opened)));
}

#[wasm_bindgen_test]
async fn a_muted_microphone_stays_open_and_sends_silence() {
    let (queue, engine) = test::engine();
    engine.want(WantedMedia { microphone: Microphone::Muted, ..BOTH });
    let heard = opened(&queue).await;
    let voice = track(&heard, Device::Microphone).unwrap();
    assert!(!voice.enabled());
    engine.want(BOTH);
    assert!(voice.enabled());
    engine.want(WantedMedia { microphone: Microphone::Muted, ..BOTH });
    assert!(!voice.enabled());
    assert_eq!(voice.ready_state(), MediaStreamTrackState::Live);
}

#[wasm_bindgen_test]
async fn what_opens_too_late_is_never_used() {
    let (queue, engine) = test::engine();
    engine.want(BOTH);
    engine.want(NONE);
    engine.want(WantedMedia { camera: false, ..BOTH });
    let mut heard = Heard::default();
    heard.until(&queue, "the microphone", |heard| told(heard, MediaEvent::Opened(Device::Microphone)) == 1).await;
    assert_eq!(told(&heard, MediaEvent::Opened(Device::Camera)), 0);
    assert!(engine.state.borrow().camera.open().is_none());
}

#[wasm_bindgen_test]
async fn a_call_takes_over_what_a_preview_has_opened() {
    let (queue, engine) = test::engine();
    engine.preview(true, true);
    let mut heard = Heard(Vec::new());
    heard.until(&queue, "the preview", |heard| track(heard, Device::Camera).is_some()).await;
    heard.until(&queue, "the preview", |heard| track(heard, Device::Microphone).is_some()).await;
    assert!(heard.inputs().is_empty(), "the phone asked for nothing");
    let picture = track(&heard, Device::Camera).unwrap();
    engine.want(BOTH);
    engine.preview(false, false);
    heard.until(&queue, "the call to have them", |heard| told(heard, MediaEvent::Opened(Device::Camera)) == 1).await;
    assert_eq!(track(&heard, Device::Camera), Some(Clone::clone(&picture)));
    assert_eq!(picture.ready_state(), MediaStreamTrackState::Live);
    engine.want(NONE);
    assert_eq!(picture.ready_state(), MediaStreamTrackState::Ended);
}

#[wasm_bindgen_test]
async fn another_camera_takes_the_place_of_the_first() {
    let (queue, engine) = test::engine();
    engine.want(BOTH);
    let mut heard = opened(&queue).await;
    let first = track(&heard, Device::Camera).unwrap();
    engine.choose(super::DeviceKind::Camera, Some("of no device".to_owned()));
    heard.until(&queue, "the other one", |heard| track(heard, Device::Camera) != Some(Clone::clone(&first))).await;
    assert!(track(&heard, Device::Camera).is_some(), "an unknown id falls back to the default");
    assert_eq!(first.ready_state(), MediaStreamTrackState::Ended);
    assert_eq!(told(&heard, MediaEvent::Closed(Device::Camera)), 0);
    engine.choose(super::DeviceKind::Camera, None);
}

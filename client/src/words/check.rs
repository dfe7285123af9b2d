//! The texts of "Can I call?".

use super::each::texts;

texts! {
/// What is tried, what came of it, and what to make of it.
pub(crate) struct CheckWords {
    pub(crate) title: &'static str,
    pub(crate) about: &'static str,
    pub(crate) start: &'static str,
    pub(crate) again: &'static str,

    // What is tried
    pub(crate) browser: &'static str,
    pub(crate) socket: &'static str,
    pub(crate) reconnect: &'static str,
    pub(crate) microphone: &'static str,
    pub(crate) speaker: &'static str,
    pub(crate) recording: &'static str,
    pub(crate) camera: &'static str,
    pub(crate) stun: &'static str,
    pub(crate) turn: &'static str,
    pub(crate) media: &'static str,

    // What came of it
    pub(crate) waits: &'static str,
    pub(crate) runs: &'static str,
    pub(crate) passed: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) skipped: &'static str,
    pub(crate) not_set_up: &'static str,

    pub(crate) stopped: &'static str,
    pub(crate) speak_now: &'static str,
    pub(crate) listen: &'static str,
    pub(crate) heard_sound: &'static str,
    pub(crate) heard_yourself: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,

    // What to make of it: a sentence, and what to do
    pub(crate) fine: &'static str,
    pub(crate) fine_remedy: &'static str,
    pub(crate) no_browser: &'static str,
    pub(crate) no_browser_remedy: &'static str,
    pub(crate) no_relay: &'static str,
    pub(crate) no_relay_remedy: &'static str,
    pub(crate) silent: &'static str,
    pub(crate) silent_remedy: &'static str,
    pub(crate) no_media: &'static str,
    pub(crate) no_media_remedy: &'static str,
    pub(crate) no_sound: &'static str,
    pub(crate) no_sound_remedy: &'static str,
    pub(crate) no_voice: &'static str,
    pub(crate) no_voice_remedy: &'static str,
    pub(crate) no_way_out: &'static str,
    pub(crate) no_way_out_remedy: &'static str,
    pub(crate) no_relayed_media: &'static str,
    pub(crate) no_relayed_media_remedy: &'static str,
    pub(crate) turn_refuses_remedy: &'static str,
    pub(crate) copy_report: &'static str,
}
}

//! What a person sees. Views are thin: they show [`call::View`] and what the platform offers, pass commands on, and keep
//! only what concerns the look of the moment (which dialog is open, where one's own picture rests). What can be decided
//! without a browser is a plain function with a test.

mod announce;
mod aside;
mod asked;
mod bar;
mod browser;
mod call_screen;
mod choices;
mod control;
mod corner;
mod devices;
mod ended;
mod first_visit;
mod heard;
mod help;
mod history;
mod home;
mod icon;
mod incoming;
mod language;
mod later;
mod layout;
mod messages;
mod not_found;
mod parts;
mod people;
mod prejoin;
mod recent;
mod room_people;
mod rooms;
mod screen_share;
mod self_view;
mod settings;
mod several;
mod share;
mod stage;
mod text;
mod tile;
mod tile_menu;
mod ui;
mod waits;
mod window;

pub(crate) use announce::announcer;
pub(crate) use aside::{Aside, aside};
pub(crate) use browser::Browser;
pub(crate) use first_visit::first_visit;
pub(crate) use history::{History, history};
pub(crate) use home::home;
pub(crate) use incoming::incoming;
pub(crate) use later::later;
pub(crate) use messages::messages;
pub(crate) use ui::Ui;
pub(crate) use window::{several_window, window};

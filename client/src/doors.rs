//! The doors to the parts of the program that are loaded when they are first wanted (docs/decisions/012).
//!
//! With the feature `parts`, which `cargo xtask` sets, a part is compiled as if it were another program: the page imports
//! its door, and the part exports it under a name that belongs to it. The tool that takes the program to pieces finds
//! both by their names, and lets one lead to the other through the table of functions. Without the feature a door is an
//! ordinary call.
//!
//! A door may be opened only when its part is there ([`crate::platform::Parts`]); before that, calling it ends the page.
#![allow(unsafe_code, reason = "symbols that are linked by their names: both sides of a door are made by one macro")]
#![allow(
    improper_ctypes,
    improper_ctypes_definitions,
    reason = "both sides are compiled together, from the same types"
)]

use crate::platform::{El, Reach, Ringer, reach, ringer as chosen_ringer};
use crate::shell::{self, Connections, Setup};
use crate::views;
use crate::words::{self, Texts};

/// A door: its name, what is handed through and what comes back, what stands behind it, and the names that the tool knows
/// it by.
macro_rules! door {
    ($(#[$about:meta])* $name:ident($what:ty) -> $given:ty => $inside:path, $import:literal, $export:literal) => {
        $(#[$about])*
        pub(crate) fn $name(what: &$what) -> $given {
            #[cfg(feature = "parts")]
            {
                #[link(wasm_import_module = "__wasm_split_placeholder__")]
                unsafe extern "C" {
                    #[link_name = $import]
                    safe fn outside(what: &$what) -> $given;
                }
                #[unsafe(export_name = $export)]
                extern "C" fn inside(what: &$what) -> $given {
                    $inside(what)
                }
                outside(what)
            }
            #[cfg(not(feature = "parts"))]
            $inside(what)
        }
    };
}

door! {
    /// A call and what is around it.
    aside(views::Aside) -> El => views::aside,
    "__wasm_split_00aside00_import_00000000000000000000000000000001",
    "__wasm_split_00aside00_export_00000000000000000000000000000001"
}

door! {
    /// The peer connections.
    connections(Setup) -> Box<dyn Connections> => shell::connections,
    "__wasm_split_00aside00_import_00000000000000000000000000000002",
    "__wasm_split_00aside00_export_00000000000000000000000000000002"
}

door! {
    /// Being told of calls while no page is open.
    reaching(Reach) -> () => reach,
    "__wasm_split_00aside00_import_00000000000000000000000000000019",
    "__wasm_split_00aside00_export_00000000000000000000000000000019"
}

door! {
    /// The ring that was chosen, and what plays it.
    ringer(()) -> Ringer => chosen_ringer,
    "__wasm_split_00aside00_import_00000000000000000000000000000020",
    "__wasm_split_00aside00_export_00000000000000000000000000000020"
}

door! {
    /// The history of calls.
    history(views::History) -> El => views::history,
    "__wasm_split_00history00_import_00000000000000000000000000000003",
    "__wasm_split_00history00_export_00000000000000000000000000000003"
}

door! {
    /// All texts in Vietnamese.
    vietnamese(()) -> &'static Texts => words::vietnamese,
    "__wasm_split_00vi00_import_00000000000000000000000000000017",
    "__wasm_split_00vi00_export_00000000000000000000000000000017"
}

door! {
    /// What people in a call exchange beside voice and picture.
    along(views::Along) -> El => views::along,
    "__wasm_split_00along00_import_00000000000000000000000000000004",
    "__wasm_split_00along00_export_00000000000000000000000000000004"
}

door! {
    /// "Can I call?".
    check(()) -> El => views::check,
    "__wasm_split_00check00_import_00000000000000000000000000000018",
    "__wasm_split_00check00_export_00000000000000000000000000000018"
}

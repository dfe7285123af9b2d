//! The icons: one family, drawn on a grid of 24, round ends, one weight; the weight and colour come from the style.

use crate::platform::{El, drawing};

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A microphone.
    Microphone,
    /// A microphone, crossed out.
    MicrophoneOff,
    /// A camera.
    Camera,
    /// A camera, crossed out.
    CameraOff,
    /// Two arrows around a lens: the other camera.
    Flip,
    /// A handset.
    Phone,
    /// A loudspeaker.
    Speaker,
    /// Sliders.
    Settings,
    /// A cross.
    Close,
    /// A plus.
    Plus,
    /// Two sheets.
    Copy,
    /// A tick.
    Check,
    /// An arrow to the left.
    Back,
    /// An arrow that goes out.
    Outgoing,
    /// An arrow that comes in.
    Incoming,
    /// Several people.
    People,
    /// Four arrows.
    Move,
    /// An eye, crossed out.
    Hide,
    /// A sign that wants attention.
    Attention,
    /// A clock that goes back.
    Past,
    /// A speech bubble.
    Chat,
    /// A face that smiles.
    Smile,
    /// A raised hand.
    Hand,
    /// A paper clip.
    Clip,
    /// An arrow that leaves.
    Send,
    /// A sheet.
    File,
    /// An arrow into a tray.
    Install,
}

impl Icon {
    /// The shape, as the `d` of an SVG path (SVG 2 section 9.3).
    const fn path(self) -> &'static str {
        match self {
            Self::Microphone => {
                "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21"
            }
            Self::MicrophoneOff => {
                "M9.1 5.2A3 3 0 0 1 15 6v5.1M9 9.4V11a3 3 0 0 0 4.5 2.6M5.5 11a6.5 6.5 0 0 0 10.6 5M18.5 11a6.5 6.5 0 0 1-.6 2.7M12 17.5V21M3.5 3.5l17 17"
            }
            Self::Camera => {
                "M5 6.5h7.5a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3v-5a3 3 0 0 1 3-3ZM15.5 11l5-2.8a1 1 0 0 1 1.5.9v5.8a1 1 0 0 1-1.5.9l-5-2.8"
            }
            Self::CameraOff => {
                "M9.5 6.5h3a3 3 0 0 1 3 3v3M14.8 16.6a3 3 0 0 1-2.3.9H5a3 3 0 0 1-3-3v-5a3 3 0 0 1 3-3h.2M15.5 11l5-2.8a1 1 0 0 1 1.5.9v5.8a1 1 0 0 1-1.5.9l-.4-.2M3.5 3.5l17 17"
            }
            Self::Flip => {
                "M20.5 12a8.5 8.5 0 0 0-15.2-5.2M3.5 12a8.5 8.5 0 0 0 15.2 5.2M5 3v4h4M19 21v-4h-4M14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z"
            }
            Self::Phone => {
                "M5.2 3.5h2.9a1.2 1.2 0 0 1 1.2 1l.6 3a1.2 1.2 0 0 1-.4 1.1l-1.8 1.6a13.5 13.5 0 0 0 6.1 6.1l1.6-1.8a1.2 1.2 0 0 1 1.1-.4l3 .6a1.2 1.2 0 0 1 1 1.2v2.9a1.7 1.7 0 0 1-1.8 1.7C10.6 20 4 13.4 3.5 5.3a1.7 1.7 0 0 1 1.7-1.8Z"
            }
            Self::Speaker => {
                "M4.5 9.5h3l4.5-4v13l-4.5-4h-3a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1ZM15.5 9a4.2 4.2 0 0 1 0 6M18.3 6.2a8.2 8.2 0 0 1 0 11.6"
            }
            Self::Settings => {
                "M3.5 7.5H12M17 7.5h3.5M3.5 16.5H7M12 16.5h8.5M17 7.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM12 16.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z"
            }
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Copy => {
                "M11 8.5h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 8.5 18v-7A2.5 2.5 0 0 1 11 8.5ZM5.5 15.4A2.5 2.5 0 0 1 3.5 13V6A2.5 2.5 0 0 1 6 3.5h7a2.5 2.5 0 0 1 2.4 2"
            }
            Self::Check => "M4.5 12.5l5 5 10-11",
            Self::Back => "M19.5 12h-15M11 5.5L4.5 12l6.5 6.5",
            Self::Outgoing => "M7 17L17 7M8.5 7H17v8.5",
            Self::Incoming => "M17 7L7 17M15.5 17H7V8.5",
            Self::People => {
                "M12.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0ZM2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.3a6.5 6.5 0 0 1 3.5 5.2"
            }
            Self::Move => {
                "M12 3v18M3 12h18M9.5 5.5L12 3l2.5 2.5M9.5 18.5L12 21l2.5-2.5M5.5 9.5L3 12l2.5 2.5M18.5 9.5L21 12l-2.5 2.5"
            }
            Self::Hide => {
                "M9.9 5.7A9.5 9.5 0 0 1 12 5.5c5.5 0 9 5.2 9.5 6.5-.3.8-1.5 2.6-3.4 4.2M6.3 7.5C4.2 9 2.8 11.1 2.5 12c.5 1.3 4 6.5 9.5 6.5 1.4 0 2.7-.3 3.8-.9M10 10a2.8 2.8 0 0 0 4 4M3.5 3.5l17 17"
            }
            Self::Past => "M3.5 12a8.5 8.5 0 1 0 2.7-6.2L3.5 8.5M3.5 3.8v4.7h4.7M12 7.5V12l3 2",
            Self::Install => "M12 3.5v11M7.5 10l4.5 4.5 4.5-4.5M4.5 16v2.5a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2V16",
            Self::Chat => {
                "M12 4.5c4.9 0 8.5 3 8.5 7s-3.6 7-8.5 7c-1 0-2-.1-2.9-.4L4.5 20l1-3.6c-1.3-1.3-2-3-2-4.9 0-4 3.6-7 8.5-7Z"
            }
            Self::Smile => {
                "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0ZM8.3 14.2a4.3 4.3 0 0 0 7.4 0M9.2 9.6v.1M14.8 9.6v.1"
            }
            Self::Hand => {
                "M8 12V5.8a1.4 1.4 0 0 1 2.8 0V11M10.8 10.5V4.4a1.4 1.4 0 0 1 2.8 0V11M13.6 11V5.8a1.4 1.4 0 0 1 2.8 0v8.7a6 6 0 0 1-6 6c-2.6 0-3.9-1.2-5-3.2l-2-3.7a1.4 1.4 0 0 1 2.4-1.4L8 14.5"
            }
            Self::Clip => {
                "M19 11.5l-7.3 7.3a4.3 4.3 0 0 1-6.1-6.1l7.8-7.8a2.9 2.9 0 0 1 4.1 4.1l-7.6 7.6a1.4 1.4 0 0 1-2-2l6.6-6.6"
            }
            Self::Send => "M12 19V5M6 11l6-6 6 6",
            Self::File => "M13.5 3.5H7a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V9l-5.5-5.5ZM13.5 3.5V9H19",
            Self::Attention => "M12 7.5v5M12 16.2v.1M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z",
        }
    }
}

/// The icon, silent for screen readers: the words are the button's business.
pub(crate) fn icon(icon: Icon) -> El {
    drawing("icon", icon.path())
}

/// The icon in the size of the text beside it.
pub(crate) fn little_icon(icon: Icon) -> El {
    drawing("icon little", icon.path())
}

/// The handset laid down.
pub(crate) fn hang_up_icon() -> El {
    drawing("icon down", Icon::Phone.path())
}

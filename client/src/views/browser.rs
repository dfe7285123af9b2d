//! Which family of browsers this is, for words about its own buttons and menus; nothing else depends on it.

use crate::find;

/// A family of browsers that explain permissions alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chrome, Edge and their relatives on a desktop.
    Chromium,
    /// Firefox on a desktop.
    Firefox,
    /// Safari on a Mac.
    Safari,
    /// Any browser on Android.
    Android,
    /// Any browser on an iPhone or iPad.
    Ios,
    /// Something else.
    Other,
}

impl Browser {
    /// The family that the text of `navigator.userAgent` names (RFC 9110 section 10.1.5). Every browser claims to be
    /// others as well, so the order of the questions matters.
    pub(crate) fn of(user_agent: &str) -> Self {
        let has = |mark| find::has(user_agent, mark);
        if has("iPhone") || has("iPad") {
            Self::Ios
        } else if has("Android") {
            Self::Android
        } else if has("Firefox/") {
            Self::Firefox
        } else if has("Chrome/") || has("Chromium/") {
            Self::Chromium
        } else if has("Safari/") {
            Self::Safari
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_family_is_told_from_those_it_claims_to_be() {
        for (browser, user_agent) in [
            (
                Browser::Chromium,
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            ),
            (
                Browser::Chromium,
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            ),
            (Browser::Firefox, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            (
                Browser::Safari,
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
            ),
            (
                Browser::Android,
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
            ),
            (
                Browser::Ios,
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
            ),
            (Browser::Other, "Lynx/2.9"),
        ] {
            assert_eq!(Browser::of(user_agent), browser, "{user_agent}");
        }
    }
}

//! Going through all texts of a language, for the tests that compare languages.

/// Keeps a struct of texts as it is written, and has the tests find each of its texts. What is inside stands as it would
/// without it.
macro_rules! texts {
    ($($(#[$about:meta])* pub(crate) struct $name:ident { $($(#[$also:meta])* pub(crate) $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        pub(crate) struct $name { $($(#[$also])* pub(crate) $field: $kind,)* }

        #[cfg(test)]
        impl $crate::words::each::Each for $name {
            fn each(&self, path: &str, see: &mut dyn FnMut(String, &'static str)) {
                $($crate::words::each::Each::each(&self.$field, &[path, ".", stringify!($field)].concat(), see);)*
            }
        }
    )*};
}
pub(super) use texts;

/// Texts that can be gone through.
#[cfg(test)]
pub(crate) trait Each {
    /// Shows each text with where it stands.
    fn each(&self, path: &str, see: &mut dyn FnMut(String, &'static str));
}

#[cfg(test)]
impl Each for &'static str {
    fn each(&self, path: &str, see: &mut dyn FnMut(String, &'static str)) {
        see(path.to_owned(), self);
    }
}

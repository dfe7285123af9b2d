//! Takes out of a linked program what it exports for nobody, before it is taken to pieces.
//!
//! A class that some dependency offers to JavaScript (`#[wasm_bindgen]` on a `struct`) is exported whole, whoever uses it,
//! and what is exported cannot be left out by the linker. Done here, between the linker and the tool that follows the
//! linker's relocations, the methods go, and with them what only they need, up to what stands in the table of functions;
//! later nobody could tell any more which places of the table are still asked for. wasm-bindgen passes over what it
//! finds no export for.
//!
//! The format is WebAssembly 1.0, sections 5.2.2 (LEB128), 5.5.2 (sections) and 5.5.10 (exports).

use crate::error::{Error, Result};

/// The two words a module begins with: the magic number and the version.
const PREAMBLE: usize = 8;
/// The id of the section of exports.
const EXPORTS: u8 = 7;
/// What wasm-bindgen calls the export that frees an object of a class: this, the class, [`FREE`] and a hash.
const CLASS: &str = "__wbg_";
const FREE: &str = "_free_";
/// Describes an export to wasm-bindgen: this, and the export's name.
const DESCRIBES: &str = "__wbindgen_describe_";

/// The program without the classes that it exports.
///
/// # Errors
/// When `wasm` is no WebAssembly module.
pub(crate) fn without_classes(wasm: &[u8]) -> Result<Vec<u8>> {
    rewritten(wasm).ok_or_else(|| Error::new("the linker's program cannot be read"))
}

fn rewritten(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut kept = wasm.get(..PREAMBLE)?.to_vec();
    let mut rest = Bytes(wasm.get(PREAMBLE..)?);
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let size = rest.number()?;
        let section = rest.take(size)?;
        kept.push(id);
        let shorter = if id == EXPORTS { Some(without(section)?) } else { None };
        let section = shorter.as_deref().unwrap_or(section);
        kept.extend(number(section.len()));
        kept.extend(section);
    }
    Some(kept)
}

/// A section of exports without those of classes.
fn without(section: &[u8]) -> Option<Vec<u8>> {
    let exports = exports(section)?;
    let classes: Vec<String> = exports.iter().filter_map(|(name, _)| class(name)).collect();
    let of_class = |name: &str| {
        let name = name.strip_prefix(DESCRIBES).unwrap_or(name);
        classes.iter().any(|class| {
            name.starts_with(class) || name.strip_prefix(CLASS).is_some_and(|name| name.starts_with(class))
        })
    };
    let kept: Vec<&[u8]> = exports.iter().filter(|(name, _)| !of_class(name)).map(|(_, bytes)| *bytes).collect();
    let mut section = number(kept.len());
    section.extend(kept.concat());
    Some(section)
}

/// Every export: its name, and its bytes.
fn exports(section: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    let mut rest = Bytes(section);
    let count = rest.number()?;
    let mut found = Vec::new();
    for _ in 0..count {
        let begin = rest.0;
        let size = rest.number()?;
        let name = std::str::from_utf8(rest.take(size)?).ok()?;
        let _kind = rest.byte()?;
        let _index = rest.number()?;
        found.push((name, begin.get(..begin.len() - rest.0.len())?));
    }
    Some(found)
}

/// What the exports of a class begin with, from the one that frees its objects.
fn class(name: &str) -> Option<String> {
    let (class, _hash) = name.strip_prefix(CLASS)?.split_once(FREE)?;
    Some(format!("{class}_"))
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// An unsigned LEB128 number of 32 bits.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

/// As unsigned LEB128.
fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with a custom section of 200 bytes, whose size takes two bytes, around a section of exports.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut section = number(names.len());
        for name in names {
            section.extend(number(name.len()));
            section.extend(name.bytes());
            section.extend([0, 0x85, 0x01]);
        }
        let custom = [&[0], number(200).as_slice(), &[1; 200]].concat();
        [b"\0asm\x01\0\0\0", custom.as_slice(), &[EXPORTS], &number(section.len()), &section, &custom].concat()
    }

    #[test]
    fn the_exports_of_classes_are_left_out() {
        let before = module(&[
            "memory",
            "__wbg_sink_free_58a9",
            "sink_close_58a9",
            "__wbindgen_describe___wbg_sink_free_58a9",
            "__wbindgen_describe_sink_close_58a9",
            "sinking",
            "__wbindgen_free",
        ]);
        assert_eq!(without_classes(&before).unwrap(), module(&["memory", "sinking", "__wbindgen_free"]));
    }

    #[test]
    fn a_program_without_classes_stays_as_it_is() {
        let before = module(&["memory", "main", "__wbg_jspi_task_poll"]);
        assert_eq!(without_classes(&before).unwrap(), before);
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let whole = module(&["memory", "__wbg_sink_free_58a9"]);
        // Where a section ends, the module may end.
        let custom = PREAMBLE + 203;
        let ends = [PREAMBLE, custom, whole.len() - 203];
        for end in (0..whole.len()).filter(|end| !ends.contains(end)) {
            assert!(without_classes(&whole[..end]).is_err(), "{end} bytes");
        }
    }
}

//! What wasm-bindgen makes for others to use and that nobody of this page does.
//!
//! A class that some dependency offers to JavaScript is exported by the program, so the program keeps all that the class
//! can do: of what is loaded first that was more than a hundredth, for streams that the page does not know. Here the
//! classes are taken out of the JavaScript, as [`crate::exports`] took them out of the program; then wasm-metadce leaves
//! out what else the program exports for nobody, and in the end the functions go that the program does not import any more.

use std::collections::BTreeSet;

use crate::error::{Error, Result};

/// What begins a class in wasm-bindgen's JavaScript.
const CLASS: &str = "export class ";

/// wasm-bindgen's JavaScript without the classes that it exports.
///
/// # Errors
/// When something else uses one of them.
pub(crate) fn without_classes(js: &str) -> Result<String> {
    let names: Vec<&str> = js.lines().filter_map(|line| line.strip_prefix(CLASS)?.split(' ').next()).collect();
    let begins = |line: &str| {
        let of = |name: &&str| {
            line.starts_with(&format!("{CLASS}{name} "))
                || line.starts_with(&format!("const {name}Finalization = "))
                || line.starts_with(&format!("if (Symbol.dispose) {name}."))
        };
        names.iter().any(of)
    };
    // A class ends with a brace at the margin, a statement with a semicolon.
    let kept =
        without(js, begins, |first, line| if first.starts_with(CLASS) { line == "}" } else { line.ends_with(';') });
    match names.into_iter().find(|name| kept.contains(*name)) {
        Some(name) => Err(Error::new(format!("the page uses the class {name}, which it is thought not to"))),
        None => Ok(kept),
    }
}

/// wasm-bindgen's JavaScript without the functions for the program that it does not import.
pub(crate) fn without_functions(js: &str, is_imported: impl Fn(&str) -> bool) -> String {
    let begins = |line: &str| {
        let function = line.strip_prefix("        ").and_then(|line| line.split_once(": function("));
        function.is_some_and(|(name, _)| name.starts_with("__wb") && !is_imported(name))
    };
    without(js, begins, |_, line| line == "        },")
}

/// The lines but those from one that `begins` to the one that ends it, which may be the same.
fn without(js: &str, begins: impl Fn(&str) -> bool, ends: impl Fn(&str, &str) -> bool) -> String {
    let mut kept = String::with_capacity(js.len());
    let mut leaves_out: Option<&str> = None;
    for line in js.lines() {
        if leaves_out.is_none() && begins(line) {
            leaves_out = Some(line);
        }
        match leaves_out {
            Some(first) if ends(first, line) => leaves_out = None,
            Some(_) => {}
            None => kept.extend([line, "\n"]),
        }
    }
    kept
}

/// What wasm-metadce is told (its `--graph-file`): the program's exports that the JavaScript uses as `wasm.NAME`, and
/// `others`, are wanted.
pub(crate) fn wanted<'a>(js: &'a str, others: impl Iterator<Item = &'a str>) -> String {
    let name = |text: &'a str| text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$')).next();
    let used = js.split("wasm.").skip(1).filter_map(name);
    let names: BTreeSet<&str> = used.chain(others).filter(|name| !name.is_empty()).collect();
    let reaches: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let nodes: Vec<String> = names.iter().map(|name| format!(",{{\"name\":{name:?},\"export\":{name:?}}}")).collect();
    format!("[{{\"name\":\"the page\",\"root\":true,\"reaches\":[{}]}}{}]", reaches.join(","), nodes.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JS: &str = "\
export class Sink {
    close() {
        wasm.sink_close(this.__wbg_ptr);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
    const import0 = {
        __wbg_open_1: function(arg0) {
            arg0.open(wasm.memory.buffer);
        },
        __wbg_respond_2: function(arg0) {
            arg0.respond();
        },
    };
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.sink_free(ptr, 1));
let other;
";

    #[test]
    fn what_nobody_uses_is_left_out() {
        let js = without_classes(JS).unwrap();
        let js = without_functions(&js, |name| name == "__wbg_open_1");
        let expected = "    const import0 = {
        __wbg_open_1: function(arg0) {
            arg0.open(wasm.memory.buffer);
        },
    };
let other;
";
        assert_eq!(js, expected);
        assert!(without_classes(&format!("{JS}\nnew Sink();")).is_err());
    }

    #[test]
    fn what_is_used_is_wanted() {
        let wanted = wanted("wasm.memory.buffer; wasm.main(wasm.memory)", ["table"].into_iter());
        let expected = r#"[{"name":"the page","root":true,"reaches":["main","memory","table"]},{"name":"main","export":"main"},{"name":"memory","export":"memory"},{"name":"table","export":"table"}]"#;
        assert_eq!(wanted, expected);
    }
}

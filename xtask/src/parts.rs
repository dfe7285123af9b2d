//! The parts of the page's program that are loaded when they are first wanted (docs/decisions/012).
//!
//! The program is compiled and linked as one, with the linker's relocations kept. From those the tool follows who needs
//! whom, beginning at the parts' doors (client/src/doors.rs), and moves what only a part needs into a file of its own:
//! functions, and the data they alone refer to. All files share the memory, the stack and the table of functions, and
//! what they call of each other they call through the table.

use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};
use crate::exports;
use crate::files;
use crate::process;
use crate::short_names::Names;
use crate::toolchain::Toolchain;

/// What the client is told by its feature `parts`, and the linker by an argument.
pub(crate) const CARGO: [&str; 2] = ["--features", "parts"];
/// For `cargo rustc`, behind `--`: only the last step, linking, is another one than without parts.
pub(crate) const RUSTC: [&str; 1] = ["-Clink-arg=--emit-relocs"];

/// The module that the parts import from what they share.
const SHARED: &str = "__wasm_split";

/// A program in pieces.
#[derive(Debug)]
pub(crate) struct Split {
    /// What is loaded first, for wasm-bindgen.
    pub(crate) main: PathBuf,
    parts: Vec<Part>,
    /// What the main program exports for the parts.
    shared: Vec<String>,
}

/// One part: its name, and the names of its pieces. A piece that several parts need stands with each.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    name: String,
    pieces: Vec<String>,
}

/// A part with the files it was published in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Published {
    /// As the client calls it.
    pub(crate) name: String,
    /// What has to be there before its door is opened.
    pub(crate) files: Vec<String>,
}

impl Split {
    /// Takes the program in `wasm` to pieces, which go into the empty folder `dir`.
    ///
    /// # Errors
    /// When the tool does not understand the program.
    pub(crate) fn new(toolchain: &Toolchain, wasm: &Path, dir: &Path) -> Result<Self> {
        files::empty(dir)?;
        let whole = dir.join("whole.wasm");
        let linked = std::fs::read(wasm).context(|| wasm.display().to_string())?;
        std::fs::write(&whole, exports::without_classes(&linked)?).context(|| whole.display().to_string())?;
        process::run(toolchain.program("wasm-split-cli").arg(&whole).arg(dir))?;
        std::fs::remove_file(&whole).context(|| whole.display().to_string())?;
        let loader = files::read(&dir.join("__wasm_split.js"))?;
        Ok(Self { main: dir.join("main.wasm"), parts: parts(&loader), shared: shared(&loader)? })
    }

    /// What the main program has to export for its parts.
    pub(crate) fn shared(&self) -> impl Iterator<Item = &str> {
        self.shared.iter().map(String::as_str)
    }

    /// Every piece once, in order of their names: the name, and the file it lies in.
    pub(crate) fn pieces(&self) -> Vec<(String, PathBuf)> {
        let mut names: Vec<&String> = self.parts.iter().flat_map(|part| &part.pieces).collect();
        names.sort();
        names.dedup();
        names.into_iter().map(|name| (name.clone(), self.main.with_file_name(format!("{name}.wasm")))).collect()
    }

    /// The parts with their files, by what each piece was published as.
    pub(crate) fn published(&self, file_of: impl Fn(&str) -> Option<String>) -> Vec<Published> {
        let files = |part: &Part| part.pieces.iter().filter_map(|piece| file_of(piece)).collect();
        self.parts.iter().map(|part| Published { name: part.name.clone(), files: files(part) }).collect()
    }

    /// The object that the parts are given to import from, in JavaScript; `program` is what the main program exports,
    /// under the names it has now.
    pub(crate) fn imports(&self, names: &Names<'_>) -> String {
        let fields = self.shared.iter().map(|name| format!("{name}:program.{}", names.export(name)));
        format!("{{{SHARED}:{{{}}}}}", fields.collect::<Vec<_>>().join(","))
    }
}

/// What the tool's own loader says that the parts need of the main program: `const { a, b,  } = initSync(…)`.
fn shared(loader: &str) -> Result<Vec<String>> {
    let line = loader.lines().find(|line| line.contains("} = initSync("));
    let names = line.and_then(|line| line.split(['{', '}']).nth(1));
    let names = names.ok_or_else(|| Error::new("the split program's loader does not say what its parts share"))?;
    Ok(names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}

/// The parts the tool's own loader would load: `export const __wasm_split_load_NAME = …`, up to the pieces it shares with
/// others, `[__chunk_1, …]`.
fn parts(loader: &str) -> Vec<Part> {
    let parts = loader.split("export const __wasm_split_load_").skip(1).filter_map(|text| {
        let (name, text) = text.split_once(" = ")?;
        let own = format!("split_{name}");
        let mut pieces: Vec<String> = text
            .split(|c| !in_name(c))
            .filter_map(|word| word.strip_prefix("__"))
            .filter(|word| word.starts_with("chunk_"))
            .map(str::to_owned)
            .collect();
        // A part may have nothing that no other part has.
        pieces.extend(text.contains(&format!("\"./{own}.wasm\"")).then_some(own));
        Some(Part { name: name.to_owned(), pieces })
    });
    parts.collect()
}

/// May be part of a name in JavaScript.
const fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The module that starts the program and knows where its parts are. A file of its own, because the
/// Content-Security-Policy allows no inline script. What could not be loaded is tried again when it is wanted again.
/// A part named by a language's tag is loaded beside the program when the page will speak that language: the one that was
/// chosen, else the first of the browser's that there is (client/src/platform/language.rs). English is in the program.
pub(crate) fn boot_module(js: &str, wasm: &str, parts: &[Published], imports: &str) -> String {
    let list: Vec<String> = parts.iter().map(|part| format!("{}: {:?}", part.name, part.files)).collect();
    format!(
        r#"import init from "/{js}";
const parts = {{ {list} }}, begun = {{}};
const ready = init({{ module_or_path: "/{wasm}" }});
const style = (href) => new Promise((loaded, failed) => {{
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  link.onload = loaded;
  link.onerror = (event) => (link.remove(), failed(event));
  document.head.append(link);
}});
const code = async (href) => {{
  const [answer, program] = await Promise.all([fetch(href), ready]);
  return WebAssembly.instantiateStreaming(answer, {imports});
}};
const load = (file) =>
  (begun[file] ??= (file.endsWith("css") ? style : code)("/" + file).catch((error) => {{
    delete begun[file];
    throw error;
  }}));
window.aloPart = (name) => Promise.all(parts[name].map(load));
let chosen;
try {{
  chosen = localStorage.getItem("alo-language");
}} catch {{}}
const languages = [chosen, ...navigator.languages].map((tag) => tag?.slice(0, 2));
const language = languages.find((tag) => tag === "en" || tag in parts);
if (language in parts) window.aloPart(language).catch(() => {{}});
await ready;
"#,
        list = list.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADER: &str = r#"import { initSync } from "./main.js";
function getSharedImports() {
        const { __indirect_function_table, __wasm_split_shared0, memory,  } = initSync(undefined, undefined);
}
/* aside, history */
const __chunk_1 = makeLoad(() => {
    const src = fetch(new URL("./chunk_1.wasm", import.meta.url));
}, []);
export const __wasm_split_load_history = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_history.wasm", import.meta.url));
}
, [__chunk_1]));
export const __wasm_split_load_aside = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), [__chunk_1]));
"#;

    fn split() -> Split {
        Split { main: PathBuf::from("/x/main.wasm"), parts: parts(LOADER), shared: shared(LOADER).unwrap() }
    }

    #[test]
    fn parts_and_their_pieces_are_understood() {
        let pieces: Vec<_> = split().pieces().into_iter().map(|(name, _)| name).collect();
        assert_eq!(pieces, ["chunk_1", "split_history"], "each once, and none that is empty");
        let published = split().published(|piece| Some(format!("{piece}.x")));
        let files: Vec<_> = published.iter().map(|part| (part.name.as_str(), part.files.join(" "))).collect();
        let expected = [("history", "chunk_1.x split_history.x".to_owned()), ("aside", "chunk_1.x".to_owned())];
        assert_eq!(files, expected);
    }

    #[test]
    fn parts_import_what_is_shared_under_its_short_names() {
        let names = Names::parse("[\"memory\", \"c\"],\n[\"__indirect_function_table\", \"d\"]").unwrap();
        let imports = split().imports(&names);
        let fields = "__indirect_function_table:program.d,__wasm_split_shared0:program.__wasm_split_shared0";
        assert_eq!(imports, format!("{{__wasm_split:{{{fields},memory:program.c}}}}"));
        assert!(shared("export const nothing = 1;").is_err());
    }

    #[test]
    fn the_page_knows_where_its_parts_are() {
        let parts = [Published { name: "history".to_owned(), files: vec!["a.wasm".to_owned(), "b.css".to_owned()] }];
        let boot = boot_module("client-1.js", "client-1_bg.wasm", &parts, "{}");
        assert!(boot.contains(r#"const parts = { history: ["a.wasm", "b.css"] }"#), "{boot}");
        assert!(boot.contains(r#"init({ module_or_path: "/client-1_bg.wasm" })"#), "{boot}");
    }
}

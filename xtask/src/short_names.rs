//! Short names for what the page's program and its JavaScript call each other by.
//!
//! wasm-bindgen names each import after what it does, with a hash; nobody reads that in a finished page, and it is 3 % of
//! what is loaded. wasm-opt shortens the names in the program and prints which became which; here the JavaScript
//! follows.

use std::collections::HashMap;

use crate::error::{Error, Result};

/// The wasm-opt pass that shortens the names and prints what [`Names::parse`] reads.
pub(crate) const PASS: &str = "--minify-imports-and-exports-and-modules";

/// What that pass calls the one module that everything is imported from.
const MODULE: &str = "a";

/// What the program's names became.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    module: &'a str,
    imports: HashMap<&'a str, &'a str>,
    exports: HashMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    /// Reads what the pass prints: on a line each, `["module", "import", "short"]` and `["export", "short"]`.
    ///
    /// # Errors
    /// When the program imports from more than one module, whose names could then not be told apart.
    pub(crate) fn parse(printed: &'a str) -> Result<Self> {
        let mut names = Self::default();
        for line in printed.lines().map(str::trim).filter(|line| line.starts_with('[')) {
            let texts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            match texts.as_slice() {
                [module, _, _] if !names.module.is_empty() && names.module != *module => {
                    return Err(Error::new(format!("the program imports from {module:?} and {:?}", names.module)));
                }
                [module, import, short] => {
                    names.module = module;
                    names.imports.insert(import, short);
                }
                [export, short] => drop(names.exports.insert(export, short)),
                _ => {}
            }
        }
        Ok(names)
    }

    /// The program imports this.
    pub(crate) fn imports(&self, name: &str) -> bool {
        self.imports.contains_key(name)
    }

    /// What an export is called now.
    pub(crate) fn export(&self, name: &'a str) -> &'a str {
        self.exports.get(name).copied().unwrap_or(name)
    }

    /// wasm-bindgen's JavaScript with the short names: `import:` where the imports are listed, and `wasm.export`.
    ///
    /// # Errors
    /// When it does not provide an import exactly once: the page would not start.
    pub(crate) fn apply(&self, js: &str) -> Result<String> {
        let mut provided = 0;
        let mut out = String::with_capacity(js.len());
        let mut rest = js;
        while let Some(at) = rest.find(in_name) {
            let (before, from) = rest.split_at(at);
            let (name, after) = from.split_at(from.find(|c| !in_name(c)).unwrap_or(from.len()));
            out.push_str(before);
            let import = self.imports.get(name).filter(|_| after.starts_with(':'));
            provided += usize::from(import.is_some());
            let export = self.exports.get(name).filter(|_| out.ends_with("wasm."));
            out.push_str(import.or(export).unwrap_or(&name));
            rest = after;
        }
        out.push_str(rest);
        if provided == self.imports.len() {
            Ok(out.replace(&format!("\"{}\":", self.module), &format!("\"{MODULE}\":")))
        } else {
            let wanted = self.imports.len();
            Err(Error::new(format!("the program wants {wanted} imports, its JavaScript provides {provided}")))
        }
    }
}

/// May be part of a name in wasm-bindgen's JavaScript.
const fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
 "imports": [
  ["./page_bg.js", "__wbg_open_12", "a"],
  ["./page_bg.js", "__wbg_open_1", "b"]
 ],
"exports": [
  ["memory", "c"],
  ["main", "d"]
 ]
}"#;

    const JS: &str = r#"const import0 = {
    __wbg_open_1: function(arg0) { arg0.open(wasm.memory.buffer); },
    __wbg_open_12: function() { const memory = 1; },
};
return { "./page_bg.js": import0 };
wasm.main();"#;

    #[test]
    fn each_name_becomes_its_short_one_and_nothing_else_does() {
        let short = Names::parse(PRINTED).unwrap().apply(JS).unwrap();
        assert_eq!(
            short,
            r#"const import0 = {
    b: function(arg0) { arg0.open(wasm.c.buffer); },
    a: function() { const memory = 1; },
};
return { "a": import0 };
wasm.d();"#
        );
    }

    #[test]
    fn a_page_that_would_not_start_is_not_made() {
        let names = Names::parse(PRINTED).unwrap();
        assert!(names.apply("{ __wbg_open_1: 0 }").is_err());
        assert!(Names::parse("[\"./a.js\", \"x\", \"a\"],\n[\"./b.js\", \"x\", \"b\"]").is_err());
    }
}

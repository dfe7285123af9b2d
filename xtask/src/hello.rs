//! The smallest page that Leptos makes (client/examples/hello.rs), built as such a page usually is: what the loading of
//! Alo's page is compared with.

use std::path::PathBuf;

use crate::error::{Context, Result};
use crate::files;
use crate::process;
use crate::project::Project;
use crate::toolchain::Toolchain;
use crate::tools;

const NAME: &str = "hello";
const TARGET: &str = "wasm32-unknown-unknown";
/// The page's own profile: small before fast.
const PROFILE: &str = "page";

/// With the preloads that Trunk would write.
const INDEX: &str = r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Hello</title>
<link rel="modulepreload" href="/hello.js">
<link rel="preload" href="/hello_bg.wasm" as="fetch" type="application/wasm" crossorigin="anonymous">
<script type="module">import init from "/hello.js"; init({ module_or_path: "/hello_bg.wasm" });</script>
</head><body></body></html>
"#;

/// Builds it; the folder it is in.
///
/// # Errors
/// When it does not compile.
pub(crate) fn build(project: &Project, toolchain: &mut Toolchain) -> Result<PathBuf> {
    tools::add_wasm_bindgen(project, toolchain)?;
    tools::add_wasm_opt(project, toolchain)?;
    let dir = project.target().join(NAME);
    files::empty(&dir)?;
    let mut cargo = toolchain.cargo();
    cargo.args(["build", "--package", "client", "--example", NAME, "--target", TARGET, "--profile", PROFILE]);
    process::run(&mut cargo)?;
    let wasm = project.target().join(TARGET).join(PROFILE).join("examples").join(format!("{NAME}.wasm"));
    let mut bindgen = toolchain.program("wasm-bindgen");
    process::run(
        bindgen.args(["--target", "web", "--no-typescript", "--out-name", NAME, "--out-dir"]).arg(&dir).arg(wasm),
    )?;
    let wasm = dir.join(format!("{NAME}_bg.wasm"));
    let mut wasm_opt = toolchain.program("wasm-opt");
    wasm_opt.args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"]);
    wasm_opt.args(["--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue", "--output"]);
    process::run(wasm_opt.arg(&wasm).arg(&wasm))?;
    let index = dir.join("index.html");
    std::fs::write(&index, INDEX).context(|| index.display().to_string())?;
    Ok(dir)
}

//! Building the page without Trunk: what `trunk build --release` makes, from the same index.html, a little smaller, for
//! none of the minutes that compiling Trunk takes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};
use crate::files;
use crate::hash::{self, Hasher};
use crate::index_html::{Asset, Index, Published, RustAsset};
use crate::own_std;
use crate::parts::{self, Split};
use crate::process;
use crate::project::Project;
use crate::short_names::{self, Names};
use crate::stamp::Stamp;
use crate::steps;
use crate::toolchain::Toolchain;
use crate::{tools, unused, worker};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "client";

/// What the page is made of; a change in any of these builds it again.
const INPUTS: [&str; 9] = [
    "client",
    "call",
    "protocol",
    "static",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo/config.toml",
    // How it is built is decided there.
    "xtask/src",
];

/// Brings dist/ up to date; installs the tools for it first, where needed.
///
/// # Errors
/// When a tool cannot be installed or a part of the page cannot be built. dist/ is then as before.
pub(crate) fn build(project: &Project, toolchain: &mut Toolchain) -> Result<()> {
    let own_std = own_std::can_be_built(toolchain)?;
    let stamp = stamp(project, toolchain, own_std)?;
    if stamp.is_fresh(&project.dist()) {
        println!("==> the page in dist/ is up to date");
        return Ok(());
    }
    tools::add_wasm_bindgen(project, toolchain)?;
    tools::add_wasm_split(project, toolchain)?;
    tools::add_wasm_opt(project, toolchain)?;
    tools::add_esbuild(project, toolchain)?;
    let may_take = "3 to 7 minutes the first time, then about half a minute";
    steps::step("building the page", may_take, || {
        Builder::new(project, toolchain, own_std)?.build()?;
        stamp.remember(&project.dist())
    })
}

fn stamp(project: &Project, toolchain: &Toolchain, own_std: bool) -> Result<Stamp> {
    let inputs: Vec<_> = INPUTS.iter().map(|name| project.path(name)).filter(|path| path.exists()).collect();
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let identity = toolchain.identity()?;
    let file = project.target().join("page.stamp");
    std::fs::create_dir_all(project.target()).context(|| project.target().display().to_string())?;
    let own_std = if own_std { "own std" } else { "" };
    Stamp::new(file, &inputs, &[&identity, &flags, own_std, tools::WASM_SPLIT, tools::BINARYEN, tools::ESBUILD])
}

/// What is done with the linked program, and in which way.
const RECIPE: [&str; 4] =
    [include_str!("page.rs"), include_str!("parts.rs"), include_str!("short_names.rs"), include_str!("unused.rs")];

/// The same input, the same tools and the same way give the same output, so their hash can name it.
fn seed(asset: RustAsset<'_>, wasm: &Path) -> Result<String> {
    let mut seed = Hasher::new();
    let tools = [asset.optimise, asset.optimise_params, tools::WASM_SPLIT, tools::BINARYEN, tools::ESBUILD];
    for piece in tools.into_iter().chain(RECIPE) {
        seed.add(piece.as_bytes());
    }
    seed.add(&std::fs::read(wasm).context(|| wasm.display().to_string())?);
    Ok(seed.hex())
}

/// One build: everything goes into `staged`, which becomes dist/ when all of it is there.
struct Builder<'a> {
    project: &'a Project,
    toolchain: &'a Toolchain,
    /// With a standard library of its own.
    own_std: bool,
    /// The folder of index.html, which its links start from.
    base: PathBuf,
    staged: PathBuf,
    /// All style sheets, in order: those of the page, and those of each part.
    style: String,
    part_styles: Vec<(String, String)>,
    published: Published,
}

impl<'a> Builder<'a> {
    fn new(project: &'a Project, toolchain: &'a Toolchain, own_std: bool) -> Result<Self> {
        let staged = project.target().join("page-staged");
        files::empty(&staged)?;
        let base = project.path(PACKAGE);
        let (style, part_styles, published) = (String::new(), Vec::new(), Published::default());
        Ok(Self { project, toolchain, own_std, base, staged, style, part_styles, published })
    }

    fn build(mut self) -> Result<()> {
        let html = files::read(&self.base.join("index.html"))?;
        let index = Index::parse(&html)?;
        for asset in index.assets() {
            match asset {
                Asset::Rust(_) | Asset::Worker { .. } => {}
                Asset::Css { href, part } => self.style_sheet(href, part)?,
                Asset::CopyFile { href, target } | Asset::CopyDir { href, target } => self.copy(href, target)?,
            }
        }
        self.publish_style()?;
        self.program(index.program()?)?;
        let page = index.render(&self.published);
        self.write("index.html", page.as_bytes())?;
        for asset in index.assets() {
            if let Asset::Worker { href } = asset {
                self.worker(href, &page)?;
            }
        }
        self.put_in_place()
    }

    /// Compiles the client, takes it to pieces, makes its JavaScript, shrinks all of it.
    fn program(&mut self, asset: RustAsset<'_>) -> Result<()> {
        let wasm = self.compile(asset.profile)?;
        let split = Split::new(self.toolchain, &wasm, &self.project.target().join("page-parts"))?;
        let name = format!("{PACKAGE}-{}", seed(asset, &wasm)?);
        self.bind(&split.main, &name)?;
        self.published.js = format!("{name}.js");
        self.published.wasm = format!("{name}_bg.wasm");
        let js = unused::without_classes(&files::read(&self.staged.join(&self.published.js))?)?;
        self.leave_out_unused(&unused::wanted(&js, split.shared()), asset)?;
        let printed = self.optimise(&self.staged.join(&self.published.wasm), asset, &[short_names::PASS])?;
        let names = Names::parse(&printed)?;
        let js = if printed.is_empty() { js } else { unused::without_functions(&js, |name| names.imports(name)) };
        self.write(&self.published.js, names.apply(&js)?.as_bytes())?;
        let js = self.minified(&self.staged.join(&self.published.js))?;
        self.write(&self.published.js, js.as_bytes())?;
        let parts = self.publish_parts(&split, asset)?;
        let boot = self.staged.join("boot.js");
        let text = parts::boot_module(&self.published.js, &self.published.wasm, &parts, &split.imports(&names));
        std::fs::write(&boot, text).context(|| boot.display().to_string())?;
        let text = self.minified(&boot)?;
        std::fs::remove_file(&boot).context(|| boot.display().to_string())?;
        self.published.boot = format!("boot-{}.js", hash::hex(text.as_bytes()));
        self.write(&self.published.boot, text.as_bytes())
    }

    fn compile(&self, profile: &str) -> Result<PathBuf> {
        let build = || {
            let mut cargo = self.toolchain.cargo();
            cargo.args(["rustc", "--package", PACKAGE, "--bin", PACKAGE, "--target", TARGET, "--profile", profile]);
            cargo.args(parts::CARGO);
            cargo
        };
        if !self.own_std {
            own_std::is_missing();
        }
        if !self.own_std || !own_std::build(build(), profile, &parts::RUSTC) {
            process::run(build().arg("--").args(parts::RUSTC))?;
        }
        let dir = self.project.target().join(TARGET).join(profile);
        Ok(dir.join(format!("{PACKAGE}.wasm")))
    }

    fn bind(&self, wasm: &Path, name: &str) -> Result<()> {
        let mut bindgen = self.toolchain.program("wasm-bindgen");
        // The parts need the table of functions, which is otherwise left out.
        bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", name, "--out-dir"]);
        process::run(bindgen.arg(&self.staged).arg(wasm))
    }

    /// Takes out of the program what only exports need that `graph` does not want. The names stay: wasm-opt sorts by them.
    fn leave_out_unused(&self, graph: &str, asset: RustAsset<'_>) -> Result<()> {
        let (file, wasm) = (self.project.target().join("page-exports.json"), self.staged.join(&self.published.wasm));
        std::fs::write(&file, graph).context(|| file.display().to_string())?;
        let mut metadce = self.toolchain.program("wasm-metadce");
        // It writes in every way that it is allowed to: only what browsers can read.
        metadce.args(asset.optimise_params.split_whitespace().filter(|param| param.starts_with("--enable-")));
        metadce.args(["--debuginfo", "--graph-file"]).arg(file).arg(&wasm).arg("--output").arg(&wasm);
        process::output(&mut metadce).map(drop)
    }

    /// Shrinks a program, with further passes of wasm-opt in the end; what they print.
    fn optimise(&self, wasm: &Path, asset: RustAsset<'_>, passes: &[&str]) -> Result<String> {
        if asset.optimise == "0" {
            return Ok(String::new());
        }
        let mut wasm_opt = self.toolchain.program("wasm-opt");
        wasm_opt.arg(format!("-O{}", asset.optimise)).args(asset.optimise_params.split_whitespace());
        process::output(wasm_opt.args(passes).arg("--output").arg(wasm).arg(wasm))
    }

    /// Shrinks each piece and publishes it under a name with its hash, and each part's style sheet.
    fn publish_parts(&self, split: &Split, asset: RustAsset<'_>) -> Result<Vec<parts::Published>> {
        let mut files = HashMap::new();
        for (piece, path) in split.pieces() {
            self.optimise(&path, asset, &[])?;
            let contents = std::fs::read(&path).context(|| path.display().to_string())?;
            let name = format!("{}-{}.wasm", piece.strip_prefix("split_").unwrap_or(&piece), hash::hex(&contents));
            self.write(&name, &contents)?;
            files.insert(piece, name);
        }
        let mut parts = split.published(|piece| files.get(piece).cloned());
        for (name, style) in &self.part_styles {
            let part = parts.iter_mut().find(|part| part.name == *name);
            let part = part.ok_or_else(|| Error::new(format!("index.html: the program has no part {name:?}")))?;
            let file = format!("{name}-{}.css", hash::hex(style.as_bytes()));
            self.write(&file, style.as_bytes())?;
            part.files.push(file);
        }
        Ok(parts)
    }

    /// JavaScript or a style sheet without what only its readers need. It keeps the modern syntax it has.
    fn minified(&self, path: &Path) -> Result<String> {
        let mut esbuild = self.toolchain.program("esbuild");
        process::output(esbuild.arg(path).args(["--minify", "--charset=utf8", "--log-level=warning"]))
    }

    fn style_sheet(&mut self, href: &str, part: Option<&str>) -> Result<()> {
        let css = self.minified(&self.base.join(href))?;
        match part.map(|part| (part, self.part_styles.iter_mut().find(|(name, _)| name == part))) {
            None => self.style.push_str(&css),
            Some((_, Some((_, style)))) => style.push_str(&css),
            Some((part, None)) => self.part_styles.push((part.to_owned(), css)),
        }
        Ok(())
    }

    /// One file for all style sheets: together they compress better, and it is one request.
    fn publish_style(&mut self) -> Result<()> {
        self.published.css = format!("style-{}.css", hash::hex(self.style.as_bytes()));
        self.write(&self.published.css, self.style.as_bytes())
    }

    /// The service worker, which knows what the page begins with. Another page makes another worker of it.
    fn worker(&self, href: &str, page: &str) -> Result<()> {
        let name = href.rsplit('/').next().unwrap_or(href);
        let Published { js, wasm, boot, css } = &self.published;
        let text = worker::with_shell(&files::read(&self.base.join(href))?, page, &[js, wasm, boot, css])?;
        self.write(name, text.as_bytes())?;
        let text = self.minified(&self.staged.join(name))?;
        self.write(name, text.as_bytes())
    }

    fn copy(&self, href: &str, target: &str) -> Result<()> {
        let from = self.base.join(href);
        let name = from.file_name().ok_or_else(|| Error::new(format!("index.html: {href:?} names no file")))?;
        let dir = self.staged.join(target);
        std::fs::create_dir_all(&dir).context(|| dir.display().to_string())?;
        files::copy_tree(&from, &dir.join(name))
    }

    fn write(&self, name: &str, contents: &[u8]) -> Result<()> {
        let path = self.staged.join(name);
        std::fs::write(&path, contents).context(|| path.display().to_string())
    }

    /// Replaces what is in dist/. The folder itself stays: a relay in development may be serving it.
    /// index.html goes last, so that whoever reads meanwhile finds everything it names.
    fn put_in_place(&self) -> Result<()> {
        let dist = self.project.dist();
        files::empty(&dist)?;
        let index = self.staged.join("index.html");
        for path in files::children(&self.staged)?.iter().filter(|path| **path != index) {
            files::copy_tree(path, &dist.join(path.file_name().unwrap_or_default()))?;
        }
        files::copy_tree(&index, &dist.join("index.html"))?;
        std::fs::remove_dir_all(&self.staged).context(|| self.staged.display().to_string())
    }
}

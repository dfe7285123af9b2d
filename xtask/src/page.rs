//! Building the page without Trunk: what `trunk build --release` makes, from the same index.html, a little smaller, for
//! none of the minutes that compiling Trunk takes.

use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};
use crate::files;
use crate::hash::{self, Hasher};
use crate::index_html::{self, Asset, Index, Published, RustAsset};
use crate::own_std;
use crate::process;
use crate::project::Project;
use crate::short_names::{self, Names};
use crate::stamp::Stamp;
use crate::steps;
use crate::toolchain::Toolchain;
use crate::tools;

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
    Stamp::new(file, &inputs, &[&identity, &flags, own_std, tools::BINARYEN, tools::ESBUILD])
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
    /// All style sheets, in order.
    style: String,
    published: Published,
}

impl<'a> Builder<'a> {
    fn new(project: &'a Project, toolchain: &'a Toolchain, own_std: bool) -> Result<Self> {
        let staged = project.target().join("page-staged");
        files::empty(&staged)?;
        let base = project.path(PACKAGE);
        Ok(Self { project, toolchain, own_std, base, staged, style: String::new(), published: Published::default() })
    }

    fn build(mut self) -> Result<()> {
        let html = files::read(&self.base.join("index.html"))?;
        let index = Index::parse(&html)?;
        self.program(index.program()?)?;
        for asset in index.assets() {
            match asset {
                Asset::Rust(_) => {}
                Asset::Css { href } => self.style_sheet(href)?,
                Asset::CopyFile { href, target } | Asset::CopyDir { href, target } => self.copy(href, target)?,
            }
        }
        self.publish_style()?;
        self.write("index.html", index.render(&self.published).as_bytes())?;
        self.put_in_place()
    }

    /// Compiles the client, makes its JavaScript, shrinks it.
    fn program(&mut self, asset: RustAsset<'_>) -> Result<()> {
        let wasm = self.compile(asset.profile)?;
        let contents = std::fs::read(&wasm).context(|| wasm.display().to_string())?;
        // The same input and the same tools give the same output, so the input's hash can name it.
        let mut seed = Hasher::new();
        for piece in [asset.optimise, asset.optimise_params, tools::BINARYEN, tools::ESBUILD] {
            seed.add(piece.as_bytes());
        }
        seed.add(&contents);
        let name = format!("{PACKAGE}-{}", seed.hex());
        self.bind(&wasm, &name)?;
        self.published.js = format!("{name}.js");
        self.published.wasm = format!("{name}_bg.wasm");
        self.optimise(asset)?;
        let js = self.minified(&self.staged.join(&self.published.js))?;
        self.write(&self.published.js, js.as_bytes())?;
        let boot = index_html::boot_module(&self.published.js, &self.published.wasm);
        self.published.boot = format!("boot-{}.js", hash::hex(boot.as_bytes()));
        self.write(&self.published.boot, boot.as_bytes())
    }

    fn compile(&self, profile: &str) -> Result<PathBuf> {
        let build = || {
            let mut cargo = self.toolchain.cargo();
            cargo.args(["build", "--package", PACKAGE, "--target", TARGET, "--profile", profile]);
            cargo
        };
        if !self.own_std {
            own_std::is_missing();
        }
        if !self.own_std || !own_std::build(build(), profile) {
            process::run(&mut build())?;
        }
        let dir = self.project.target().join(TARGET).join(profile);
        Ok(dir.join(format!("{PACKAGE}.wasm")))
    }

    fn bind(&self, wasm: &Path, name: &str) -> Result<()> {
        let mut bindgen = self.toolchain.program("wasm-bindgen");
        bindgen.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]);
        process::run(bindgen.arg(&self.staged).arg(wasm))
    }

    /// Shrinks the program and gives short names to what it and its JavaScript know each other by.
    fn optimise(&self, asset: RustAsset<'_>) -> Result<()> {
        if asset.optimise == "0" {
            return Ok(());
        }
        let wasm = self.staged.join(&self.published.wasm);
        let mut wasm_opt = self.toolchain.program("wasm-opt");
        wasm_opt.arg(format!("-O{}", asset.optimise)).args(asset.optimise_params.split_whitespace());
        let printed = process::output(wasm_opt.args([short_names::PASS, "--output"]).arg(&wasm).arg(&wasm))?;
        let js = files::read(&self.staged.join(&self.published.js))?;
        let js = Names::parse(&printed)?.apply(&js)?;
        self.write(&self.published.js, js.as_bytes())
    }

    /// JavaScript or a style sheet without what only its readers need. It keeps the modern syntax it has.
    fn minified(&self, path: &Path) -> Result<String> {
        let mut esbuild = self.toolchain.program("esbuild");
        process::output(esbuild.arg(path).args(["--minify", "--charset=utf8", "--log-level=warning"]))
    }

    fn style_sheet(&mut self, href: &str) -> Result<()> {
        let css = self.minified(&self.base.join(href))?;
        self.style.push_str(&css);
        Ok(())
    }

    /// One file for all style sheets: together they compress better, and it is one request.
    fn publish_style(&mut self) -> Result<()> {
        self.published.css = format!("style-{}.css", hash::hex(self.style.as_bytes()));
        self.write(&self.published.css, self.style.as_bytes())
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

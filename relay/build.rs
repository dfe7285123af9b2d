//! Puts the page into the relay: every file of dist/, also compressed with brotli and gzip.
//!
//! Only release builds carry the page; others serve a folder (`--page dist`), so that a change of the page rebuilds no
//! relay. `ALO_DIST` names another folder than dist/, and `ALO_NO_PAGE=1` builds a release without a page.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// What compressing a smaller file would save is less than the header that says so.
const WORTH_COMPRESSING: usize = 256;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    for variable in ["ALO_DIST", "ALO_NO_PAGE"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let files = match dist()? {
        Some(dist) => embed(&dist, &out)?,
        None => String::new(),
    };
    let table =
        format!("/// The files of the page, sorted by path.\npub(super) static FILES: &[File] = &[\n{files}];\n");
    Ok(fs::write(out.join("page.rs"), table)?)
}

/// The folder with the built page, if this build carries it.
fn dist() -> Result<Option<PathBuf>> {
    let release = std::env::var("PROFILE")? == "release";
    if !release || std::env::var("ALO_NO_PAGE").is_ok_and(|value| value == "1") {
        return Ok(None);
    }
    let manifest = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let dist = std::env::var_os("ALO_DIST").map_or_else(|| manifest.join("../dist"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", dist.display());
    if !dist.join("index.html").is_file() {
        println!(
            "cargo::error=a release build carries the page, and {} has no index.html. Build both with `cargo xtask run`, \
             the page alone with `trunk build --release`, or set ALO_NO_PAGE=1 for a relay without a page.",
            dist.display()
        );
        return Ok(None);
    }
    Ok(Some(dist.canonicalize()?))
}

/// One line of the table for each file.
fn embed(dist: &Path, out: &Path) -> Result<String> {
    let mut paths = Vec::new();
    walk(dist, &mut paths)?;
    paths.sort();
    let mut table = String::new();
    for path in &paths {
        let content = fs::read(path)?;
        let name = path.strip_prefix(dist)?.components().map(|part| part.as_os_str().to_string_lossy());
        let name = name.collect::<Vec<_>>().join("/");
        let digest: String = Sha256::digest(&content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let brotli = keep(&out.join(format!("{digest}.br")), &content, brotli)?;
        let gzip = keep(&out.join(format!("{digest}.gz")), &content, gzip)?;
        writeln!(
            table,
            "    File {{ path: {name:?}, digest: {digest:?}, plain: include_bytes!({path:?}), brotli: {brotli}, gzip: {gzip} }},"
        )?;
    }
    Ok(table)
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// Compresses a file and keeps the result where it saves something: the expression for the table. The path is named
/// after the content, so what an earlier build compressed is not compressed again.
fn keep(path: &Path, content: &[u8], compress: fn(&[u8]) -> Result<Vec<u8>>) -> Result<String> {
    if content.len() < WORTH_COMPRESSING {
        return Ok(String::from("None"));
    }
    if !path.exists() {
        let compressed = compress(content)?;
        // Pictures and fonts are compressed already; a few bytes less are not worth undoing it.
        if compressed.len() * 10 > content.len() * 9 {
            return Ok(String::from("None"));
        }
        // Moved into place whole: a build that was stopped leaves nothing half written under that name.
        let beside = path.with_extension("part");
        fs::write(&beside, compressed)?;
        fs::rename(&beside, path)?;
    }
    Ok(format!("Some(include_bytes!({path:?}))"))
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    // The slowest quality and the largest window (16 MiB): it is done once, and everyone loads it.
    let (quality, window) = (11, 24);
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, quality, window);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

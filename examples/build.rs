//! Lists the portal page's files, so that the demo carries them and a new one needs no line anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> std::io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("portal");
    println!("cargo::rerun-if-changed=portal");
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for (path, full) in files {
        let Some(kind) = content_type(&path) else { continue };
        let _ = writeln!(
            list,
            "SiteFile {{ path: {path:?}, content_type: {kind:?}, body: include_bytes!({full:?}) }},"
        );
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("site.rs"), list)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let (Ok(relative), Some(full)) = (path.strip_prefix(root), path.to_str()) {
            files.push((relative.to_string_lossy().replace('\\', "/"), full.to_owned()));
        }
    }
    Ok(())
}

/// What a browser must be told; files of other kinds, such as the README, are not served.
fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit('.').next()? {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "json" => Some("application/json"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

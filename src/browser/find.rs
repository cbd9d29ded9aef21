//! Where an installed browser is found.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::BrowserError;

/// Names on PATH, the free ones first.
const NAMES: [&str; 8] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
];

/// Where installers put them without touching PATH.
const PLACES: [&str; 9] = [
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/// The program at `named`, or the first that is found.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, BrowserError> {
    match named {
        Some(named) if named.is_file() => Ok(named.to_owned()),
        Some(named) => Err(BrowserError::NotThere(named.to_owned())),
        None => found(env::var_os("PATH").as_deref(), &PLACES).ok_or(BrowserError::NotFound),
    }
}

fn found(path: Option<&OsStr>, places: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = path
        .map(|path| env::split_paths(path).collect())
        .unwrap_or_default();
    let on_path = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let usual = places.iter().map(PathBuf::from);
    on_path.chain(usual).find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_first_name_on_path_is_taken_then_the_usual_places() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        for (place, name) in [(&one, "msedge"), (&other, "chromium")] {
            fs::create_dir(place).unwrap();
            fs::write(place.join(name), "").unwrap();
        }
        let path = env::join_paths([&one, &other]).unwrap();
        assert_eq!(found(Some(&path), &[]), Some(other.join("chromium")));
        let usual = one.join("msedge");
        assert_eq!(found(None, &[usual.to_str().unwrap()]), Some(usual));
        assert_eq!(found(None, &["/nowhere/at/all"]), None);
    }

    #[test]
    fn a_named_browser_must_be_there() {
        let error = find(Some(Path::new("/nowhere/chromium"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "--browser: there is no program at /nowhere/chromium"
        );
        assert!(
            BrowserError::NotFound
                .to_string()
                .contains("apt-get install chromium")
        );
    }
}

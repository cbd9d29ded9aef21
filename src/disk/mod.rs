//! Files that others on this machine cannot read, and that lead nowhere else.
//!
//! What a run leaves behind tells of letters. So everything that this program makes is for its
//! owner alone, from the first byte, whatever the umask it was started with: [`close_to_others`]
//! sees to that once. What is meant to be read by others is given to them with [`share`].

mod access;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

pub use access::{close_to_others, others_may_look, share, share_folder};

/// Opens the file at `path` to read and write it, or makes it. A link that somebody laid there is
/// not followed.
///
/// # Errors
/// If it is a link, or cannot be opened.
pub fn open_own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    access::keep_own(&mut options);
    open(&options, path)
}

/// Opens the file at `path` to write at its end, or makes it. A link is not followed.
///
/// # Errors
/// If it is a link, or cannot be opened.
pub fn append_to_own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    access::keep_own(&mut options);
    open(&options, path)
}

fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    if is_link(path) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a link lies there, and it is not followed",
        ));
    }
    let file = options.open(path)?;
    access::tighten(&file);
    Ok(file)
}

/// True if `path` itself is a link, wherever that leads.
pub fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink())
}

/// Writes a file that was not there. Nothing that lies there is written over or followed.
///
/// # Errors
/// If anything of that name is there, or it cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    access::keep_own(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(file)
}

/// Puts a whole file in place of what lies at `path`. A link that lies there is replaced, not
/// followed.
///
/// # Errors
/// If it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".letterproof-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        for made in [false, true] {
            if made {
                fs::write(&target, "of somebody else").unwrap();
            }
            drop(fs::remove_file(&link));
            symlink(&target, &link).unwrap();
            open_own(&link).unwrap_err();
            append_to_own(&link).unwrap_err();
            write_new(&link, b"x").unwrap_err();
            assert_eq!(target.exists(), made);
            replace(&link, b"ours").unwrap();
            assert!(!is_link(&link));
            assert_eq!(fs::read(&link).unwrap(), b"ours");
            let left = fs::read_to_string(&target).unwrap_or_default();
            assert!(left.is_empty() || left == "of somebody else", "{left}");
        }
    }

    #[test]
    fn a_file_that_is_replaced_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "wide open").unwrap();
        replace(&path, b"closed").unwrap();
        assert_eq!(others_may_look(&path), None);
        assert_eq!(fs::read(&path).unwrap(), b"closed");
    }
}

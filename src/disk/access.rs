//! Who may read a file: everything of this crate that only Unix knows of it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

#[cfg(unix)]
pub use unix::{close_to_others, others_may_look, share, share_folder};

#[cfg(unix)]
pub(super) use unix::{keep_own, tighten};

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    use std::sync::OnceLock;

    use rustix::fs::{Mode, OFlags};
    use rustix::process::umask;

    use super::{File, OpenOptions, Path, io};

    /// What the caller's umask keeps from others.
    static OF_THE_CALLER: OnceLock<u32> = OnceLock::new();

    /// What a caller that says nothing keeps from others.
    const USUAL: u32 = 0o022;

    /// From now on files and folders of this process, and of those it starts, are for their owner
    /// alone. For the program's first line: threads that make files at the same time would not
    /// know.
    pub fn close_to_others() {
        let before = umask(Mode::RWXG | Mode::RWXO);
        OF_THE_CALLER.get_or_init(|| before.bits());
    }

    fn shared(mode: u32) -> Permissions {
        let kept = OF_THE_CALLER.get().copied().unwrap_or(USUAL);
        Permissions::from_mode(mode & !kept)
    }

    /// Lets those read `file` whom the umask of the caller lets.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn share(file: &File) -> io::Result<()> {
        file.set_permissions(shared(0o666))
    }

    /// Makes the folder `path`, and those above it, for all whom the umask of the caller lets. A
    /// folder that is there keeps its mode.
    ///
    /// # Errors
    /// If one cannot be made.
    pub fn share_folder(path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            share_folder(above)?;
        }
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => {
                Err(error)
            }
            Err(_) => Ok(()),
            Ok(()) => fs::set_permissions(path, shared(0o777)),
        }
    }

    /// The mode of `path`, if others than its owner may look into it.
    pub fn others_may_look(path: &Path) -> Option<u32> {
        let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then_some(mode)
    }

    /// Closes a file that an earlier version left open to others.
    pub(in super::super) fn tighten(file: &File) {
        let mode = file.metadata().map(|facts| facts.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            // Of somebody else's file nobody but they can change it.
            drop(file.set_permissions(Permissions::from_mode(0o600)));
        }
    }

    /// A file that is made so is its owner's alone, and one that is a link is not opened.
    pub(in super::super) fn keep_own(options: &mut OpenOptions) {
        let flag = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        options.mode(0o600).custom_flags(flag);
    }
}

#[cfg(not(unix))]
pub use other::{close_to_others, others_may_look, share, share_folder};

#[cfg(not(unix))]
pub(super) use other::{keep_own, tighten};

/// Where a file's owner decides by lists that its folder hands down, nothing is changed of them.
#[cfg(not(unix))]
mod other {
    use super::{File, OpenOptions, Path, io};

    /// Does nothing here.
    pub fn close_to_others() {}

    /// Does nothing here.
    ///
    /// # Errors
    /// Never.
    pub fn share(_: &File) -> io::Result<()> {
        Ok(())
    }

    /// Makes the folder and those above it.
    ///
    /// # Errors
    /// If one cannot be made.
    pub fn share_folder(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    /// Not known here.
    pub fn others_may_look(_: &Path) -> Option<u32> {
        None
    }

    pub(in super::super) fn keep_own(_: &mut OpenOptions) {}

    pub(in super::super) fn tighten(_: &File) {}
}

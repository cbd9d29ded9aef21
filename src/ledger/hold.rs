//! Who holds a ledger: a file beside it, locked by one run at a time.
//!
//! SQLite's own lock would keep readers out too, and says nothing of who holds it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::disk::open_own;

use super::LedgerError;

/// How long a run that is just ending is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Let go of when dropped, and by the system when the process ends.
pub(super) struct Hold(File);

impl Hold {
    /// Takes hold of the ledger at `path`; `None` where the file system knows no locks.
    ///
    /// # Errors
    /// If another run holds it, or the file beside it cannot be written.
    pub fn take(path: &Path) -> Result<Option<Self>, LedgerError> {
        let beside = beside(path);
        let lock = |source| LedgerError::Lock {
            path: beside.clone(),
            source,
        };
        let file = open_own(&beside).map_err(lock)?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(_)) => return Ok(None),
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    std::thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => return Err(in_use(path)),
            }
        }
        let mut hold = Self(file);
        hold.tell(&format!("process {}", std::process::id()))
            .map_err(lock)?;
        Ok(Some(hold))
    }

    /// Says who holds it, for those who are refused.
    pub fn tell(&mut self, holder: &str) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(0))?;
        self.0.set_len(0)?;
        writeln!(self.0, "{holder}")
    }
}

/// The ledger at `path` is in use by whoever the file beside it names.
pub(super) fn in_use(path: &Path) -> LedgerError {
    let said = fs::read_to_string(beside(path)).unwrap_or_default();
    let said: String = said.trim().chars().take(200).collect();
    LedgerError::InUse {
        path: path.to_owned(),
        holder: match said.is_empty() {
            true => "it does not say which".to_owned(),
            false => said,
        },
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    path.with_file_name(name)
}

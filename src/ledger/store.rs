//! One file of memory, held by one run at a time; others may look at it meanwhile.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};

use crate::disk::open_own;

use super::hold::{Hold, in_use};
use super::{LedgerError, lease, letters, mi};

/// How long somebody who looks at the file may keep a run from writing it, and the other way
/// round.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS job (
        letter  TEXT PRIMARY KEY,
        job     TEXT NOT NULL,
        run     TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS run (
        run  TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
";

/// A job of the reference supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The job's id.
    pub id: String,
    /// The run that made it.
    pub run: String,
}

/// What processing a listed letter came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Processed {
    /// The letter was new: this job was made.
    Created(Job),
    /// The letter has this job already.
    Known(Job),
}

/// The memory itself.
pub struct Ledger {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    hold: Option<Hold>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({})", self.path.display())
    }
}

impl Ledger {
    /// Opens the ledger at `path` for this run alone, or makes it.
    ///
    /// # Errors
    /// If another run holds it, or the file cannot be used.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|source| LedgerError::Folder {
            path: path.to_owned(),
            source,
        })?;
        let hold = Hold::take(path)?;
        // SQLite would follow a link; the files beside it get the mode of this one.
        open_own(path).map_err(|source| LedgerError::File {
            path: path.to_owned(),
            source,
        })?;
        let connection = Connection::open(path).map_err(sqlite(path))?;
        prepare(&connection, hold.is_some()).map_err(sqlite(path))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            hold,
        })
    }

    /// Opens the ledger at `path` to look at it, also while a run holds it.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be read.
    pub fn look(path: &Path) -> Result<Self, LedgerError> {
        // Not read-only: a killed run may have left a change that must be undone first.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(sqlite(path))?;
        connection.busy_timeout(PATIENCE).map_err(sqlite(path))?;
        let tables = connection.execute_batch(&tables());
        tables.map_err(sqlite(path))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            hold: None,
        })
    }

    /// Says which run holds it, for those who are refused meanwhile.
    ///
    /// # Errors
    /// If the file beside the ledger cannot be written.
    pub fn held_by(mut self, run: &str) -> Result<Self, LedgerError> {
        let holder = format!("run {run} (process {})", std::process::id());
        if let Some(hold) = &mut self.hold {
            hold.tell(&holder).map_err(|source| LedgerError::Lock {
                path: self.path.clone(),
                source,
            })?;
        }
        Ok(self)
    }

    /// Remembers that `run` was made with this ledger.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn note_run(&mut self, run: &str) -> Result<(), LedgerError> {
        let noted = self
            .connection
            .execute("INSERT OR IGNORE INTO run (run) VALUES (?1)", [run]);
        noted.map(drop).map_err(sqlite(&self.path))
    }

    /// True if `run` was made with this ledger.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn knows_run(&self, run: &str) -> Result<bool, LedgerError> {
        let found =
            self.connection
                .query_row("SELECT 1 FROM run WHERE run = ?1", [run], |_| Ok(()));
        let found = found.optional().map_err(sqlite(&self.path))?;
        Ok(found.is_some())
    }

    /// Forgets everything: the letters of an in-process simulator die with it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn clear(&mut self) -> Result<(), LedgerError> {
        let cleared = self
            .connection
            .execute_batch("BEGIN; DELETE FROM job; DELETE FROM letter; DELETE FROM mi; DELETE FROM mi_announced; DELETE FROM lease; DELETE FROM run; COMMIT;");
        cleared.map_err(sqlite(&self.path))
    }

    /// Processes a list: one job for every letter that has none, whatever list it is on. All of
    /// it is kept, or nothing.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn process(
        &mut self,
        run: &str,
        letters: &[String],
    ) -> Result<Vec<Processed>, LedgerError> {
        let path = self.path.clone();
        self.process_in_transaction(run, letters)
            .map_err(sqlite(&path))
    }

    fn process_in_transaction(
        &mut self,
        run: &str,
        letters: &[String],
    ) -> rusqlite::Result<Vec<Processed>> {
        let transaction = self.connection.transaction()?;
        let processed = letters
            .iter()
            .map(|letter| process_one(&transaction, run, letter))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        transaction.commit()?;
        Ok(processed)
    }

    /// The job of `letter`, if it has one.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn job(&self, letter: &str) -> Result<Option<Job>, LedgerError> {
        job_of(&self.connection, letter).map_err(sqlite(&self.path))
    }
}

/// Makes the tables. Where nothing else keeps other runs away, the first write takes SQLite's lock
/// and keeps it until the connection closes.
fn prepare(connection: &Connection, held: bool) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    if !held {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(&format!("BEGIN EXCLUSIVE; {} COMMIT;", tables()))
}

/// Makes those that are not there; a ledger that has all of them stays as it is.
fn tables() -> String {
    let (letters, mi, lease) = (letters::SCHEMA, mi::SCHEMA, lease::SCHEMA);
    format!("{SCHEMA} {letters} {mi} {lease}")
}

fn process_one(connection: &Connection, run: &str, letter: &str) -> rusqlite::Result<Processed> {
    if let Some(known) = job_of(connection, letter)? {
        return Ok(Processed::Known(known));
    }
    let job = Job {
        id: uuid::Uuid::new_v4().to_string(),
        run: run.to_owned(),
    };
    connection
        .prepare_cached("INSERT INTO job (letter, job, run) VALUES (?1, ?2, ?3)")?
        .execute(params![letter, job.id, job.run])?;
    Ok(Processed::Created(job))
}

fn job_of(connection: &Connection, letter: &str) -> rusqlite::Result<Option<Job>> {
    connection
        .prepare_cached("SELECT job, run FROM job WHERE letter = ?1")?
        .query_row([letter], |row| {
            Ok(Job {
                id: row.get(0)?,
                run: row.get(1)?,
            })
        })
        .optional()
}

pub(super) fn sqlite(path: &Path) -> impl FnOnce(rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => in_use(&path),
        _ => LedgerError::Sqlite { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_letter_gets_one_job_also_across_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let first = Ledger::open(&path)
            .unwrap()
            .process("run-1", &letters(&["A", "B", "A"]))
            .unwrap();
        assert!(
            matches!(&first[..], [Processed::Created(a), Processed::Created(_), Processed::Known(b)] if a == b)
        );
        let mut later = Ledger::open(&path).unwrap();
        let again = later.process("run-2", &letters(&["A", "C"])).unwrap();
        assert!(matches!(&again[0], Processed::Known(job) if job.run == "run-1"));
        assert!(matches!(&again[1], Processed::Created(job) if job.run == "run-2"));
    }

    #[test]
    fn a_second_run_is_refused_while_the_first_holds_the_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let held = Ledger::open(&path).unwrap().held_by("run-1").unwrap();
        let refused = Ledger::open(&path).unwrap_err();
        assert!(matches!(refused, LedgerError::InUse { .. }), "{refused}");
        assert!(refused.to_string().contains("run run-1"), "{refused}");
        drop(held);
        Ledger::open(&path).unwrap();
    }

    #[test]
    fn it_can_be_looked_at_while_a_run_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        assert!(Ledger::look(&path).is_err() && !path.exists());
        let mut held = Ledger::open(&path).unwrap();
        held.process("run-1", &letters(&["A"])).unwrap();
        let looking = Ledger::look(&path).unwrap();
        assert!(looking.job("A").unwrap().is_some());
        held.process("run-1", &letters(&["B"])).unwrap();
        assert!(looking.job("B").unwrap().is_some());
    }

    #[test]
    fn a_ledger_of_an_earlier_version_gets_the_new_tables() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(SCHEMA).unwrap();
        old.execute("INSERT INTO job VALUES ('A', 'job', 'run-0')", [])
            .unwrap();
        drop(old);
        assert!(Ledger::look(&path).unwrap().letters().unwrap().is_empty());
        let mut ledger = Ledger::open(&path).unwrap();
        assert!(ledger.letters().unwrap().is_empty());
        assert!(ledger.job("A").unwrap().is_some());
        ledger.clear().unwrap();
        assert!(ledger.job("A").unwrap().is_none());
    }

    #[test]
    fn it_knows_the_runs_that_were_made_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        assert!(!ledger.knows_run("run-1").unwrap());
        ledger.note_run("run-1").unwrap();
        ledger.note_run("run-1").unwrap();
        assert!(ledger.knows_run("run-1").unwrap());
        assert!(!ledger.knows_run("run-2").unwrap());
    }

    #[test]
    fn a_damaged_ledger_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        std::fs::write(&path, vec![b'x'; 4096]).unwrap();
        let error = Ledger::open(&path).unwrap_err().to_string();
        assert!(
            error.contains("ledger.sqlite") && error.contains("move it away"),
            "{error}"
        );
    }
}

//! One file of memory, held by one run at a time.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::{LedgerError, letters, mi};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS job (
        letter  TEXT PRIMARY KEY,
        job     TEXT NOT NULL,
        run     TEXT NOT NULL
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
        let connection = Connection::open(path).map_err(sqlite(path))?;
        take_hold(&connection).map_err(sqlite(path))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
        })
    }

    /// Forgets everything: the letters of an in-process simulator die with it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn clear(&mut self) -> Result<(), LedgerError> {
        let cleared = self
            .connection
            .execute_batch("BEGIN; DELETE FROM job; DELETE FROM letter; DELETE FROM mi; COMMIT;");
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

/// The first write takes the file's lock and keeps it until the connection closes.
fn take_hold(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_millis(500))?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let (letters, mi) = (letters::SCHEMA, mi::SCHEMA);
    connection.execute_batch(&format!("BEGIN EXCLUSIVE; {SCHEMA} {letters} {mi} COMMIT;"))
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
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::InUse(path),
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
        let _held = Ledger::open(&path).unwrap();
        let refused = Ledger::open(&path).unwrap_err();
        assert!(matches!(refused, LedgerError::InUse(_)), "{refused}");
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
        let mut ledger = Ledger::open(&path).unwrap();
        assert!(ledger.letters().unwrap().is_empty());
        assert!(ledger.job("A").unwrap().is_some());
        ledger.clear().unwrap();
        assert!(ledger.job("A").unwrap().is_none());
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

//! The letters that the reference supplier knows, and where each stood when last seen.
//!
//! GET `/letters` lists PENDING letters only (service behaviour, section 2), so every test after
//! AT4 works on letters that the supplier remembers.

use rusqlite::{Connection, Row, params};

use crate::model::{LetterFacts, Status, Timestamp};

use super::LedgerError;
use super::store::{Ledger, sqlite};

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS letter (
        letter         TEXT PRIMARY KEY,
        specification  TEXT,
        group_id       TEXT,
        has_hash       INTEGER NOT NULL,
        status         TEXT NOT NULL,
        dispatched_on  TEXT,
        run            TEXT NOT NULL
    ) STRICT;
";

// An answer that leaves specification or group out takes nothing back: neither ever changes.
const NOTE: &str = "
    INSERT INTO letter (letter, specification, group_id, has_hash, status, dispatched_on, run)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (letter) DO UPDATE SET
        specification = COALESCE(excluded.specification, specification),
        group_id = COALESCE(excluded.group_id, group_id),
        has_hash = excluded.has_hash,
        status = excluded.status,
        dispatched_on = COALESCE(dispatched_on, excluded.dispatched_on),
        run = excluded.run
";

const COLUMNS: &str = "letter, specification, group_id, has_hash, status, dispatched_on, run";

/// A letter as the supplier remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLetter {
    /// The letter's id.
    pub id: String,
    /// `attributes.specificationId`.
    pub specification: Option<String>,
    /// `attributes.groupId`.
    pub group_id: Option<String>,
    /// The service named a hash of its PDF; without one there is no PDF.
    pub has_hash: bool,
    /// Its status when it was last seen, as the service spells it.
    pub status: String,
    /// The UTC day on which it was first known as DISPATCHED, `2026-12-08`. Where a letter that
    /// is noted as DISPATCHED has none, it is today.
    pub dispatched_on: Option<String>,
    /// The run that saw it last; noting a letter overwrites it.
    pub run: String,
}

impl From<&LetterFacts> for KnownLetter {
    fn from(facts: &LetterFacts) -> Self {
        Self {
            id: facts.id.clone(),
            specification: facts.specification_id.clone(),
            group_id: facts.group_id.clone(),
            has_hash: facts.sha256_hash.is_some(),
            status: facts.status.clone(),
            dispatched_on: None,
            run: String::new(),
        }
    }
}

impl Ledger {
    /// Remembers `letters` as `run` saw them: all of them, or nothing. A letter keeps the day on
    /// which it was first noted as DISPATCHED, whatever becomes of it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn note_letters(&mut self, run: &str, letters: &[KnownLetter]) -> Result<(), LedgerError> {
        let noted = note_all(&mut self.connection, run, letters);
        noted.map_err(sqlite(&self.path))
    }

    /// Forgets every letter: the target was seeded anew, and the old ones are gone.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn forget_letters(&mut self) -> Result<(), LedgerError> {
        let forgotten = self.connection.execute("DELETE FROM letter", []);
        forgotten.map(drop).map_err(sqlite(&self.path))
    }

    /// Every letter, in the order in which they were first noted.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn letters(&self) -> Result<Vec<KnownLetter>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM letter ORDER BY rowid");
        select(&self.connection, &query, []).map_err(sqlite(&self.path))
    }

    /// The letters that were first known as DISPATCHED on `day` (UTC, `2026-12-08`).
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn dispatched_on(&self, day: &str) -> Result<Vec<KnownLetter>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM letter WHERE dispatched_on = ?1 ORDER BY rowid");
        select(&self.connection, &query, [day]).map_err(sqlite(&self.path))
    }

    /// Remembers the day on which letters were dispatched, for those that have none: letter and
    /// day.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn note_dispatches(&mut self, days: &[(String, String)]) -> Result<(), LedgerError> {
        note_days(&mut self.connection, days).map_err(sqlite(&self.path))
    }

    /// The days (UTC, `2026-12-08`) on which letters that `run` saw last were dispatched, the
    /// first first.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn days_of_dispatch(&self, run: &str) -> Result<Vec<String>, LedgerError> {
        days(&self.connection, run).map_err(sqlite(&self.path))
    }
}

fn note_days(connection: &mut Connection, days: &[(String, String)]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (letter, day) in days {
        transaction
            .prepare_cached(
                "UPDATE letter SET dispatched_on = ?2
                 WHERE letter = ?1 AND dispatched_on IS NULL",
            )?
            .execute([letter, day])?;
    }
    transaction.commit()
}

fn days(connection: &Connection, run: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT dispatched_on FROM letter
         WHERE run = ?1 AND dispatched_on IS NOT NULL ORDER BY dispatched_on",
    )?;
    statement.query_map([run], |row| row.get(0))?.collect()
}

fn note_all(
    connection: &mut Connection,
    run: &str,
    letters: &[KnownLetter],
) -> rusqlite::Result<()> {
    let today = Timestamp::now().date();
    let transaction = connection.transaction()?;
    for letter in letters {
        note(&transaction, run, letter, &today)?;
    }
    transaction.commit()
}

fn note(
    connection: &Connection,
    run: &str,
    letter: &KnownLetter,
    today: &str,
) -> rusqlite::Result<()> {
    let dispatched = letter.status == Status::Dispatched.as_str();
    let day = letter.dispatched_on.as_deref();
    connection.prepare_cached(NOTE)?.execute(params![
        letter.id,
        letter.specification,
        letter.group_id,
        letter.has_hash,
        letter.status,
        day.or(dispatched.then_some(today)),
        run,
    ])?;
    Ok(())
}

fn select(
    connection: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<KnownLetter>> {
    let mut statement = connection.prepare_cached(query)?;
    statement.query_map(parameters, known)?.collect()
}

fn known(row: &Row<'_>) -> rusqlite::Result<KnownLetter> {
    Ok(KnownLetter {
        id: row.get(0)?,
        specification: row.get(1)?,
        group_id: row.get(2)?,
        has_hash: row.get(3)?,
        status: row.get(4)?,
        dispatched_on: row.get(5)?,
        run: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(id: &str, status: Status) -> KnownLetter {
        KnownLetter {
            id: id.to_owned(),
            specification: Some("integration-specification-english".to_owned()),
            group_id: None,
            has_hash: true,
            status: status.to_string(),
            dispatched_on: None,
            run: String::new(),
        }
    }

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        (folder, ledger)
    }

    #[test]
    fn a_day_of_dispatch_is_noted_once_and_known_by_run() {
        let (_folder, mut ledger) = ledger();
        let letter = |id: &str, day: Option<&str>| KnownLetter {
            dispatched_on: day.map(str::to_owned),
            ..letter(id, Status::Returned)
        };
        let known = [letter("1", Some("2026-12-07")), letter("2", None)];
        ledger.note_letters("run", &known[..1]).unwrap();
        ledger.note_letters("other", &known[1..]).unwrap();
        let days = ["1", "2", "3"].map(|id| (id.to_owned(), "2026-12-01".to_owned()));
        ledger.note_dispatches(&days).unwrap();
        assert_eq!(ledger.days_of_dispatch("run").unwrap(), ["2026-12-07"]);
        assert_eq!(ledger.letters().unwrap().len(), 2);
    }

    #[test]
    fn letters_keep_their_order_and_their_first_day() {
        let (_folder, mut ledger) = ledger();
        let pending = [letter("B", Status::Pending), letter("A", Status::Pending)];
        ledger.note_letters("run-1", &pending).unwrap();
        let early = KnownLetter {
            dispatched_on: Some("2026-12-08".to_owned()),
            ..letter("B", Status::Dispatched)
        };
        ledger.note_letters("run-1", &[early]).unwrap();
        let later = [
            letter("B", Status::Dispatched),
            letter("B", Status::Returned),
        ];
        ledger.note_letters("run-2", &later).unwrap();
        let known = ledger.letters().unwrap();
        let ids: Vec<&str> = known.iter().map(|known| known.id.as_str()).collect();
        assert_eq!(ids, ["B", "A"]);
        assert_eq!(known[0].status, "RETURNED");
        assert_eq!(known[0].run, "run-2");
        assert_eq!(ledger.dispatched_on("2026-12-08").unwrap(), known[..1]);
        assert_eq!(known[1].dispatched_on, None);
    }

    #[test]
    fn a_dispatch_without_a_day_is_of_today() {
        let (_folder, mut ledger) = ledger();
        let before = Timestamp::now().date();
        ledger
            .note_letters("run-1", &[letter("A", Status::Dispatched)])
            .unwrap();
        let after = Timestamp::now().date();
        let day = ledger.letters().unwrap()[0].dispatched_on.clone();
        assert!(day == Some(before) || day == Some(after));
    }
}

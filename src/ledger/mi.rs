//! The management information that the reference supplier submitted.
//!
//! The service accepts the same entry twice (service behaviour, section 4, row 6), so the
//! supplier itself must know what it has submitted for a day.

use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use crate::model::MiFacts;

use super::LedgerError;
use super::store::{Ledger, sqlite};

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS mi (
        id             TEXT PRIMARY KEY,
        run            TEXT NOT NULL,
        date           TEXT NOT NULL,
        specification  TEXT NOT NULL,
        group_id       TEXT NOT NULL,
        line_item      TEXT NOT NULL,
        quantity       INTEGER NOT NULL,
        letters        TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS mi_announced (
        run    TEXT NOT NULL,
        date   TEXT NOT NULL,
        facts  TEXT NOT NULL
    ) STRICT;
";

const NOTE: &str = "
    INSERT OR REPLACE INTO mi
        (id, run, date, specification, group_id, line_item, quantity, letters)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
";

const OF_DAY: &str = "
    SELECT id, run, date, specification, group_id, line_item, quantity, letters
    FROM mi WHERE date = ?1 ORDER BY rowid
";

impl Ledger {
    /// Remembers that `run` submitted `facts` and that the service called it `id`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn note_mi(&mut self, run: &str, id: &str, facts: &MiFacts) -> Result<(), LedgerError> {
        note(&self.connection, run, id, facts).map_err(sqlite(&self.path))?;
        self.withdraw_mi(facts)
    }

    /// Remembers that `run` is about to submit `facts`: until it is noted or withdrawn, nobody knows
    /// whether it arrived.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn announce_mi(&mut self, run: &str, facts: &MiFacts) -> Result<(), LedgerError> {
        let written = as_text(facts).and_then(|text| {
            let announced = "INSERT INTO mi_announced (run, date, facts) VALUES (?1, ?2, ?3)";
            self.connection
                .execute(announced, [run, &facts.date, &text])
        });
        written.map(drop).map_err(sqlite(&self.path))
    }

    /// Forgets that `facts` was announced: its answer is known.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn withdraw_mi(&mut self, facts: &MiFacts) -> Result<(), LedgerError> {
        let withdrawn = as_text(facts).and_then(|text| {
            let gone = "DELETE FROM mi_announced WHERE facts = ?1";
            self.connection.execute(gone, [text])
        });
        withdrawn.map(drop).map_err(sqlite(&self.path))
    }

    /// What was announced for `day` and is of unknown fate, with the run that sent it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn unclear_mi_of(&self, day: &str) -> Result<Vec<(String, MiFacts)>, LedgerError> {
        unclear(&self.connection, day).map_err(sqlite(&self.path))
    }

    /// What was submitted for `day` (UTC, `2026-12-08`), in order: the id that the service gave
    /// it, the run that submitted it, and the entry.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn mi_of(&self, day: &str) -> Result<Vec<(String, String, MiFacts)>, LedgerError> {
        of_day(&self.connection, day).map_err(sqlite(&self.path))
    }
}

fn note(connection: &Connection, run: &str, id: &str, facts: &MiFacts) -> rusqlite::Result<()> {
    let letters = serde_json::to_string(&facts.letters)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection.execute(
        NOTE,
        params![
            id,
            run,
            facts.date,
            facts.specification_id,
            facts.group_id,
            facts.line_item,
            i64::try_from(facts.quantity).unwrap_or(i64::MAX),
            letters,
        ],
    )?;
    Ok(())
}

fn as_text(facts: &MiFacts) -> rusqlite::Result<String> {
    serde_json::to_string(facts)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn unclear(connection: &Connection, day: &str) -> rusqlite::Result<Vec<(String, MiFacts)>> {
    let mut statement = connection
        .prepare_cached("SELECT run, facts FROM mi_announced WHERE date = ?1 ORDER BY rowid")?;
    let rows = statement.query_map([day], |row| {
        let text: String = row.get(1)?;
        let facts = serde_json::from_str(&text).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
        });
        Ok((row.get(0)?, facts?))
    })?;
    rows.collect()
}

fn of_day(connection: &Connection, day: &str) -> rusqlite::Result<Vec<(String, String, MiFacts)>> {
    let mut statement = connection.prepare_cached(OF_DAY)?;
    statement.query_map([day], entry)?.collect()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(String, String, MiFacts)> {
    let letters: String = row.get(7)?;
    let unreadable = |error: serde_json::Error| {
        rusqlite::Error::FromSqlConversionFailure(7, Type::Text, error.into())
    };
    let quantity: i64 = row.get(6)?;
    let facts = MiFacts {
        date: row.get(2)?,
        specification_id: row.get(3)?,
        group_id: row.get(4)?,
        line_item: row.get(5)?,
        quantity: u64::try_from(quantity).unwrap_or_default(),
        letters: serde_json::from_str(&letters).map_err(unreadable)?,
    };
    Ok((row.get(0)?, row.get(1)?, facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(date: &str) -> MiFacts {
        MiFacts {
            date: date.to_owned(),
            specification_id: "integration-specification-english".to_owned(),
            group_id: "group-english-a".to_owned(),
            line_item: "envelope-business-standard".to_owned(),
            quantity: 2,
            letters: vec!["A".to_owned(), "B".to_owned()],
        }
    }

    #[test]
    fn a_day_remembers_its_entries_also_across_runs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let mut first = Ledger::open(&path).unwrap();
        first
            .note_mi("run-1", "mi-1", &facts("2026-12-08"))
            .unwrap();
        first
            .note_mi("run-1", "mi-2", &facts("2026-12-09"))
            .unwrap();
        drop(first);
        let mut later = Ledger::open(&path).unwrap();
        let expected = ("mi-1".to_owned(), "run-1".to_owned(), facts("2026-12-08"));
        assert_eq!(later.mi_of("2026-12-08").unwrap(), [expected]);
        later.clear().unwrap();
        assert!(later.mi_of("2026-12-08").unwrap().is_empty());
    }

    #[test]
    fn what_was_announced_is_unclear_until_its_answer_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        let (one, other) = (facts("2026-12-08"), facts("2026-12-09"));
        let unclear = |ledger: &Ledger| ledger.unclear_mi_of("2026-12-08").unwrap();
        for facts in [&one, &other] {
            ledger.announce_mi("run-1", facts).unwrap();
        }
        assert_eq!(unclear(&ledger), [("run-1".to_owned(), one.clone())]);
        ledger.note_mi("run-1", "mi-1", &one).unwrap();
        assert!(unclear(&ledger).is_empty());
        ledger.withdraw_mi(&other).unwrap();
        assert!(ledger.unclear_mi_of("2026-12-09").unwrap().is_empty());
        ledger.announce_mi("run-2", &one).unwrap();
        ledger.clear().unwrap();
        assert!(unclear(&ledger).is_empty());
    }
}

//! Until when the letters of the latest list are leased, for the run that comes after this one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::OptionalExtension;

use super::store::sqlite;
use super::{Ledger, LedgerError};

pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS lease (
        place     INTEGER PRIMARY KEY CHECK (place = 1),
        until_ms  INTEGER NOT NULL
    ) STRICT;
";

impl Ledger {
    /// Remembers that the letters just listed are leased for `time` from now: a later run, which
    /// is another process, must wait for them too.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn remember_lease(&mut self, time: Duration) -> Result<(), LedgerError> {
        let until = millis(now() + time);
        let written = self.connection.execute(
            "INSERT OR REPLACE INTO lease (place, until_ms) VALUES (1, ?1)",
            [until],
        );
        written.map(drop).map_err(sqlite(&self.path))
    }

    /// For how long letters of the latest list are still leased.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn leased_for(&self) -> Result<Duration, LedgerError> {
        let until = self
            .connection
            .query_row("SELECT until_ms FROM lease", [], |row| row.get(0))
            .optional()
            .map_err(sqlite(&self.path))?;
        let until: i64 = until.unwrap_or_default();
        let left = until.saturating_sub(millis(now()));
        Ok(Duration::from_millis(u64::try_from(left).unwrap_or(0)))
    }
}

/// Since the Unix epoch, by the wall clock: it is compared with the times of other processes.
fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_remembered_across_runs_until_it_has_passed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let mut first = Ledger::open(&path).unwrap();
        assert_eq!(first.leased_for().unwrap(), Duration::ZERO);
        first.remember_lease(Duration::from_secs(300)).unwrap();
        drop(first);
        let mut later = Ledger::open(&path).unwrap();
        let left = later.leased_for().unwrap();
        assert!(left > Duration::from_secs(200) && left <= Duration::from_secs(300));
        later.clear().unwrap();
        assert_eq!(later.leased_for().unwrap(), Duration::ZERO);
    }
}

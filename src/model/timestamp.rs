//! A moment, as every file of a run writes it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const MICROSECONDS: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// The first moment that the form can write, in microseconds: the year 0 begins.
const FIRST: i64 = -62_167_219_200_000_000;

/// The last one: the year 9999 ends.
const LAST: i64 = 253_402_300_799_999_999;

/// Microseconds since the Unix epoch, in the years 0 to 9999: a journal may hold any number, and
/// every moment that follows from it can be written. Written as RFC 3339 UTC with exactly six decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The wall clock now.
    pub fn now() -> Self {
        Self::from_micros((OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000) as i64)
    }

    /// From microseconds since the Unix epoch; the first or the last moment for one beyond.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < FIRST {
            Self(FIRST)
        } else if micros > LAST {
            Self(LAST)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This moment and `micros` later, at most the last one.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment; negative if `earlier` is later.
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The calendar day in UTC, `2026-11-21`.
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// `20261121T143000Z`, as run ids carry it.
    pub fn compact(self) -> String {
        let text: String = self.to_string().chars().take(19).collect();
        format!("{}Z", text.replace(['-', ':'], ""))
    }

    /// Reads RFC 3339 with a `Z` and microseconds; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = time::PrimitiveDateTime::parse(text, MICROSECONDS).ok()?;
        let nanos = moment.assume_offset(UtcOffset::UTC).unix_timestamp_nanos();
        let micros = i64::try_from(nanos / 1_000).ok()?;
        (FIRST..=LAST).contains(&micros).then_some(Self(micros))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .map_err(|_| fmt::Error)?;
        f.write_str(&moment.format(MICROSECONDS).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "{text:?} is not a UTC time with six decimals and a Z"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_six_decimals() {
        let moment = Timestamp::from_micros(1_763_735_400_000_042);
        assert_eq!(moment.to_string(), "2025-11-21T14:30:00.000042Z");
        assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        assert_eq!(moment.compact(), "20251121T143000Z");
        assert_eq!(moment.date(), "2025-11-21");
    }

    #[test]
    fn every_moment_can_be_written_and_read() {
        let first = Timestamp::from_micros(i64::MIN);
        let last = Timestamp::from_micros(1).plus_micros(i64::MAX);
        assert_eq!(first.to_string(), "0000-01-01T00:00:00.000000Z");
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999999Z");
        for moment in [first, last] {
            assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }
        assert!(last.micros_since(first) > 0);
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "2025-11-21T14:30:00Z",
            "2025-11-21T14:30:00.000042+00:00",
            "",
            "now",
            "-0001-11-21T14:30:00.000042Z",
            "+12025-11-21T14:30:00.000042Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}

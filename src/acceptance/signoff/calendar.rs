//! The 90 days of onboarding and the two test windows in them.

use serde::Serialize;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration};

/// Calendar days of onboarding (acceptance pack, "What a supplier hands in").
pub const ONBOARDING_DAYS: i64 = 90;

/// Days of a test window: one week (the same place).
pub const WINDOW_DAYS: i64 = 7;

const DAY: &[BorrowedFormatItem<'static>] = format_description!("[year]-[month]-[day]");

/// The days that matter, as `2026-12-07`; one that is no such day counts as not given.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Today, in UTC.
    pub today: String,
    /// The first of the 90 days.
    pub onboarding_starts: Option<String>,
    /// The first day of each window.
    pub windows: [Option<String>; 2],
}

/// How the days stand today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Days {
    /// Days of onboarding that are left, today included; absent if its start is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
    /// The last day of onboarding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// The windows whose first day is known.
    pub windows: Vec<Window>,
}

/// A test window today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// 1 or 2.
    pub number: u8,
    /// Its first day.
    pub first: String,
    /// Its last day.
    pub last: String,
    /// Days of it that are left, today included; 0 if it is over.
    pub days_left: i64,
    /// True if it has begun.
    pub begun: bool,
}

impl Calendar {
    /// How the days stand today.
    pub fn days(&self) -> Days {
        let today = day(&self.today);
        let starts = self.onboarding_starts.as_deref().and_then(day);
        let last =
            starts.and_then(|starts| starts.checked_add(Duration::days(ONBOARDING_DAYS - 1)));
        let left = today
            .zip(last)
            .map(|(today, last)| remaining(today, last, ONBOARDING_DAYS));
        let windows = self.windows.iter().zip(1..);
        Days {
            left,
            last: last.map(shown),
            windows: windows
                .filter_map(|(first, number)| window(number, today?, first.as_deref()?))
                .collect(),
        }
    }
}

impl Days {
    /// The windows that are not over.
    pub fn open_windows(&self) -> impl Iterator<Item = &Window> {
        self.windows.iter().filter(|window| window.days_left > 0)
    }

    /// True if onboarding is known to be over.
    pub fn is_over(&self) -> bool {
        self.left == Some(0)
    }
}

fn window(number: u8, today: Date, first: &str) -> Option<Window> {
    let first = day(first)?;
    let last = first.checked_add(Duration::days(WINDOW_DAYS - 1))?;
    Some(Window {
        number,
        first: shown(first),
        last: shown(last),
        days_left: remaining(today, last, WINDOW_DAYS),
        begun: today >= first,
    })
}

/// Days from `today` to `last`, both included; at most `all`, at least none.
fn remaining(today: Date, last: Date, all: i64) -> i64 {
    ((last - today).whole_days() + 1).clamp(0, all)
}

fn day(text: &str) -> Option<Date> {
    Date::parse(text, DAY).ok()
}

fn shown(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(today: &str) -> Days {
        let calendar = Calendar {
            today: today.to_owned(),
            onboarding_starts: Some("2026-11-30".to_owned()),
            windows: [Some("2026-12-07".to_owned()), Some("2027-01-18".to_owned())],
        };
        calendar.days()
    }

    #[test]
    fn the_first_and_the_last_day_count() {
        let left = |today: &str| days(today).left;
        assert_eq!(left("2026-11-01"), Some(90), "not begun");
        assert_eq!(left("2026-11-30"), Some(90));
        assert_eq!(left("2027-02-27"), Some(1));
        assert_eq!(left("2027-02-28"), Some(0));
        assert_eq!(days("2026-11-30").last.as_deref(), Some("2027-02-27"));
        assert!(days("2027-06-01").is_over());
        assert_eq!(Calendar::default().days().left, None);
    }

    #[test]
    fn a_window_is_a_week() {
        let first = |today: &str| days(today).windows[0].clone();
        assert_eq!(
            (first("2026-12-06").begun, first("2026-12-06").days_left),
            (false, 7)
        );
        assert_eq!(
            (first("2026-12-13").begun, first("2026-12-13").days_left),
            (true, 1)
        );
        assert_eq!(first("2026-12-14").days_left, 0);
        assert_eq!(days("2026-12-14").open_windows().count(), 1);
    }
}

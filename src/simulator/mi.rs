//! Management information: what a supplier reports, and what is kept of it.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::{Serialize, Serializer};
use time::{Date, Month, Time};
use uuid::Uuid;

use super::api_error::ApiError;
use super::lock::hold;
use super::strict::{self, Strict};

/// The largest whole number that the service's database client takes.
const LARGEST_NUMBER: f64 = 9_007_199_254_740_991.0;

/// Bytes of one database item; a larger one is an unexpected error.
const ITEM_BYTES: usize = 400 * 1024;

/// The attributes of one record, in the order in which they are returned.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attributes {
    line_item: String,
    timestamp: String,
    #[serde(serialize_with = "as_javascript")]
    quantity: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    specification_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "as_javascript_if_any"
    )]
    stock_remaining: Option<f64>,
}

/// A whole number is written without a point.
fn as_javascript<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 && value.abs() <= LARGEST_NUMBER {
        to.serialize_i64(*value as i64)
    } else {
        to.serialize_f64(*value)
    }
}

fn as_javascript_if_any<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => as_javascript(value, to),
        None => to.serialize_none(),
    }
}

impl Attributes {
    /// Reads a `POST /mi` body.
    ///
    /// # Errors
    /// A body that is missing or not exactly a record; then a timestamp that
    /// is not UTC with a `Z`; then numbers or texts that the database refuses.
    pub(crate) fn parse(body: &[u8]) -> Result<Attributes, ApiError> {
        let document = strict::parse(body)?;
        let data = Strict::of(&document, &["data"])?.member("data")?;
        let data = Strict::of(data, &["type", "attributes"])?;
        if data.text("type")? != "ManagementInformation" {
            return Err(ApiError::Body);
        }
        let attributes = Attributes::of(data)?;
        if !is_utc(&attributes.timestamp) {
            return Err(ApiError::Timestamp);
        }
        if attributes.fits() {
            Ok(attributes)
        } else {
            Err(ApiError::Internal)
        }
    }

    fn of(data: Strict<'_>) -> Result<Attributes, ApiError> {
        let known = [
            "lineItem",
            "timestamp",
            "quantity",
            "specificationId",
            "groupId",
            "stockRemaining",
        ];
        let attributes = Strict::of(data.member("attributes")?, &known)?;
        Ok(Attributes {
            line_item: attributes.text("lineItem")?.to_owned(),
            timestamp: attributes.text("timestamp")?.to_owned(),
            quantity: attributes.number("quantity")?,
            specification_id: attributes.optional_text("specificationId")?,
            group_id: attributes.optional_text("groupId")?,
            stock_remaining: attributes.optional_number("stockRemaining")?,
        })
    }

    /// The record with one letter too many.
    pub(crate) fn with_one_more(self) -> Attributes {
        Attributes {
            quantity: self.quantity + 1.0,
            ..self
        }
    }

    /// The record as another group's.
    pub(crate) fn of_another_group(self) -> Attributes {
        Attributes {
            group_id: Some("group-of-somebody-else".to_owned()),
            ..self
        }
    }

    fn fits(&self) -> bool {
        let numbers = [self.quantity, self.stock_remaining.unwrap_or_default()];
        let optional = [&self.specification_id, &self.group_id];
        let bytes: usize = optional.into_iter().flatten().map(String::len).sum();
        numbers.iter().all(|number| number.abs() <= LARGEST_NUMBER)
            && bytes + self.line_item.len() < ITEM_BYTES
    }
}

/// Whether a timestamp is a real moment written `YYYY-MM-DDThh:mm:ss[.f…]Z`. The year may have six
/// digits and a plus, as JavaScript's expanded years do, but no other value for it: the handler
/// looks for four digits (service-behaviour §5 row 5).
fn is_utc(text: &str) -> bool {
    let Some(moment) = text.strip_suffix('Z') else {
        return false;
    };
    let (main, fraction) = moment.split_once('.').unwrap_or((moment, "0"));
    let main = main.strip_prefix("+00").unwrap_or(main);
    is_digits(fraction) && is_moment(main).is_some()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_moment(main: &str) -> Option<Time> {
    let (date, time) = main.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?.map(|part| part as u8);
    Time::from_hms(hour, minute, second).ok()
}

/// Three numbers of exactly these widths.
fn numbers(text: &str, between: char, widths: [usize; 3]) -> Option<[u16; 3]> {
    let parts: Vec<&str> = text.split(between).collect();
    let parts: [&str; 3] = parts.try_into().ok()?;
    let mut numbers = [0; 3];
    for ((number, part), width) in numbers.iter_mut().zip(parts).zip(widths) {
        if part.len() != width || !is_digits(part) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    Some(numbers)
}

/// All records of all suppliers. The service keeps them 90 days, the simulator
/// as long as it runs.
#[derive(Debug, Default)]
pub(crate) struct Records(Mutex<HashMap<(usize, String), Attributes>>);

impl Records {
    /// Keeps a record under a new id. The same record twice is two records.
    pub(crate) fn keep(&self, supplier: usize, attributes: Attributes) -> String {
        let id = Uuid::new_v4().to_string();
        hold(&self.0).insert((supplier, id.clone()), attributes);
        id
    }

    /// A supplier's record.
    pub(crate) fn get(&self, supplier: usize, id: &str) -> Option<Attributes> {
        hold(&self.0).get(&(supplier, id.to_owned())).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn utc_moments_with_a_z_are_taken() {
        for text in [
            "2026-11-22T10:00:00Z",
            "2026-11-22T10:00:00.1Z",
            "2026-11-22T10:00:00.123456Z",
            "2999-12-31T23:59:59Z",
            "2028-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "+002026-11-22T10:00:00Z",
            "+002026-11-22T10:00:00.5Z",
            "+000000-01-01T00:00:00Z",
        ] {
            assert!(is_utc(text), "{text}");
        }
    }

    #[test]
    fn every_other_way_to_write_a_moment_is_refused() {
        for text in [
            "",
            "Z",
            "2026-11-22T10:00:00",
            "2026-11-22T10:00:00+00:00",
            "2026-11-22t10:00:00Z",
            "2026-11-22T10:00:00z",
            "2026-02-30T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T10:00:60Z",
            "2026-11-22T10:00Z",
            "2026-11-22T10:00:00.Z",
            "2026-11-22 10:00:00Z",
            "26-11-22T10:00:00Z",
            "-002026-11-22T10:00:00Z",
            "+012026-11-22T10:00:00Z",
            "-000000-01-01T00:00:00Z",
            "+2026-11-22T10:00:00Z",
            "002026-11-22T10:00:00Z",
            "+0002026-11-22T10:00:00Z",
            "+00+002026-11-22T10:00:00Z",
            "+002026-02-30T10:00:00Z",
        ] {
            assert!(!is_utc(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Attributes::parse(&body);
        }

        #[test]
        fn no_timestamp_panics(text in "\\PC*") {
            let _ = is_utc(&text);
        }
    }
}

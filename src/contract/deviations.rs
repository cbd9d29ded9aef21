//! Which known deviation a place in an answer can show.

use crate::model::KnownDeviation;
use crate::targets::{Target, TargetKind};

use super::place;

/// Where the error code of an answer stands.
pub(super) const ERROR_CODE: &str = "body.errors[].code";

/// The deviation that can be seen at `place` of an answer.
pub(super) fn id_at(operation: &str, status: u16, place: &str) -> Option<&'static str> {
    match place {
        place::MEDIA_TYPE => Some("response-media-type"),
        place::STATUS if operation == "POST /mi" => Some("mi-status"),
        ERROR_CODE if status == 404 => Some("not-found-code"),
        _ => None,
    }
}

/// The deviations that are known of targets of `kind`; none of a kind that this version does not
/// know.
pub(super) fn known_of(kind: &str) -> Vec<KnownDeviation> {
    let kind = kind.parse::<TargetKind>().ok();
    let target = kind.and_then(|kind| Target::documented(kind).ok());
    let known = target.map(|target| target.deviations).unwrap_or_default();
    let known = known.into_iter().map(|one| KnownDeviation {
        id: one.id,
        documented: one.documented,
        observed: one.observed,
        source: one.source,
        since: one.since,
    });
    known.collect()
}

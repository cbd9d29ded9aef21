//! The legal ways from PENDING to the statuses that tests start from (acceptance-pack, "Status
//! flows").

use crate::model::Status;

/// The statuses on the way to `status`, itself included; optional ones only if `claimed`.
pub(super) fn path_to(status: Status, claimed: &[Status]) -> Vec<Status> {
    let way: &[Status] = match status {
        Status::Pending => &[],
        Status::Accepted => &[Status::Accepted],
        Status::Printed => &[Status::Accepted, Status::Printed],
        Status::Enclosed => &[Status::Accepted, Status::Printed, Status::Enclosed],
        Status::Dispatched => &[Status::Accepted, Status::Dispatched],
        Status::Delivered => &[Status::Accepted, Status::Dispatched, Status::Delivered],
        Status::Forwarded => &[Status::Accepted, Status::Forwarded],
        Status::Rejected => &[Status::Rejected],
        Status::Cancelled => &[Status::Accepted, Status::Cancelled],
        Status::Failed => &[Status::Accepted, Status::Failed],
        Status::Returned => &[Status::Accepted, Status::Dispatched, Status::Returned],
    };
    let wanted =
        |stage: &Status| *stage == status || *stage != Status::Printed || claimed.contains(stage);
    way.iter().copied().filter(wanted).collect()
}

/// The stages of `way` that a letter in `now` has still to go through; `None` if it cannot.
pub(super) fn still_to_go(way: &[Status], now: Status) -> Option<&[Status]> {
    if now == Status::Pending {
        return Some(way);
    }
    let done = way.iter().position(|stage| *stage == now)?;
    way.get(done + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_goes_on_from_where_it_is() {
        let way = path_to(Status::Delivered, &[]);
        assert_eq!(still_to_go(&way, Status::Pending), Some(&way[..]));
        assert_eq!(
            still_to_go(&way, Status::Dispatched),
            Some(&[Status::Delivered][..])
        );
        assert_eq!(still_to_go(&way, Status::Delivered), Some(&[][..]));
        assert_eq!(still_to_go(&way, Status::Returned), None);
    }

    #[test]
    fn a_status_that_is_not_claimed_is_no_stage() {
        assert_eq!(
            path_to(Status::Enclosed, &[]),
            [Status::Accepted, Status::Enclosed]
        );
        let claimed = [Status::Printed];
        assert_eq!(
            path_to(Status::Enclosed, &claimed),
            [Status::Accepted, Status::Printed, Status::Enclosed]
        );
    }
}

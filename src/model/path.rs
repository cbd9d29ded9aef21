//! The legal paths of a letter (acceptance pack, "Status flows the pack lists").

use super::Status;

/// The statuses between posting in and handing over, in order.
const CHAIN: [Status; 6] = [
    Status::Pending,
    Status::Accepted,
    Status::Printed,
    Status::Enclosed,
    Status::Dispatched,
    Status::Delivered,
];

/// The statuses that a letter that is `now` must go through to become `wanted`, `wanted` last;
/// empty if it is that already, `None` if no legal path leads there.
///
/// PRINTED and ENCLOSED stand on the way where the supplier claims them: such a path is in every
/// flow of the pack. DELIVERED is reached through DISPATCHED, FORWARDED from ACCEPTED.
pub fn path(now: Status, wanted: Status, claimed: &[Status]) -> Option<Vec<Status>> {
    if wanted == Status::Forwarded {
        return forwarding(now);
    }
    let (start, end) = (stage(now)?, stage(wanted)?);
    let taken =
        |status: &Status| *status == wanted || !is_optional(*status) || claimed.contains(status);
    let between = CHAIN.get(start + 1..=end).unwrap_or_default();
    (start <= end).then(|| between.iter().copied().filter(taken).collect())
}

fn forwarding(now: Status) -> Option<Vec<Status>> {
    match now {
        Status::Pending => Some(vec![Status::Accepted, Status::Forwarded]),
        Status::Accepted => Some(vec![Status::Forwarded]),
        Status::Forwarded => Some(Vec::new()),
        _ => None,
    }
}

/// How far along its life a letter is; `None` off the way to DELIVERED.
pub fn stage(status: Status) -> Option<usize> {
    CHAIN.iter().position(|stage| *stage == status)
}

/// True for the statuses that a supplier may leave unclaimed on the way to DISPATCHED.
fn is_optional(status: Status) -> bool {
    matches!(status, Status::Printed | Status::Enclosed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::*;

    #[test]
    fn a_path_goes_forward_through_what_is_claimed() {
        let all = [Printed, Enclosed, Delivered];
        assert_eq!(
            path(Pending, Delivered, &all),
            Some(vec![Accepted, Printed, Enclosed, Dispatched, Delivered])
        );
        assert_eq!(path(Accepted, Dispatched, &[]), Some(vec![Dispatched]));
        assert_eq!(path(Accepted, Enclosed, &[Enclosed]), Some(vec![Enclosed]));
        assert_eq!(path(Printed, Printed, &all), Some(Vec::new()));
        assert_eq!(path(Dispatched, Accepted, &all), None);
        assert_eq!(path(Rejected, Accepted, &all), None);
    }

    #[test]
    fn only_an_accepted_letter_is_forwarded() {
        assert_eq!(
            path(Pending, Forwarded, &[]),
            Some(vec![Accepted, Forwarded])
        );
        assert_eq!(path(Printed, Forwarded, &[Printed]), None);
        assert_eq!(path(Forwarded, Dispatched, &[]), None);
    }
}

//! What each acceptance test needs, in the pack's order.
//!
//! AT4 shares its letters and AT13 takes what is invalid, so neither stands here; AT12 asks for
//! defects and is dealt apart, and so is AT11 with a list of letters to cancel.

use crate::model::RETURN_REASONS;
use crate::model::Status;

use super::{REFUSED, Request};
use crate::model::stage;

/// Which letters will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Valid letters of a specification that needs an accessible format: scarce, so dealt first.
    Accessible,
    /// Any valid letters.
    Plain,
}

/// Letters that a test needs in one status and one role.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub test: &'static str,
    pub from: Status,
    pub kind: Kind,
    pub role: Option<String>,
    pub count: usize,
}

impl Need {
    fn plain(test: &'static str, from: Status, count: usize) -> Self {
        Self {
            test,
            from,
            kind: Kind::Plain,
            role: None,
            count,
        }
    }

    fn accessible(test: &'static str, from: Status, count: usize) -> Self {
        Self {
            kind: Kind::Accessible,
            ..Self::plain(test, from, count)
        }
    }

    fn in_role(self, role: &str) -> Self {
        Self {
            role: Some(role.to_owned()),
            ..self
        }
    }

    /// What is scarce comes first: accessible letters, then needs that few statuses can meet.
    /// An ACCEPTED letter can become DISPATCHED, but never the other way round.
    pub fn rank(&self) -> (Kind, usize) {
        (self.kind, stage(self.from).unwrap_or_default())
    }
}

/// What AT5 to AT11 need of `request`.
pub(super) fn needs(request: &Request) -> Vec<Need> {
    let by_test = [
        batch(request, "AT5", Status::Printed, &[]),
        batch(request, "AT6", Status::Enclosed, &[Status::Printed]),
        batch(
            request,
            "AT7",
            Status::Dispatched,
            &[Status::Printed, Status::Enclosed],
        ),
        batch(
            request,
            "AT8",
            Status::Delivered,
            &[Status::Printed, Status::Enclosed, Status::Dispatched],
        ),
        vec![Need::accessible(
            "AT9",
            Status::Accepted,
            request.size("at9"),
        )],
        returns(request),
        cancellations(request),
    ];
    let needs = by_test.into_iter().flatten();
    needs.filter(|need| request.covers(need.test)).collect()
}

/// AT5 to AT8: a fifth of the size from each eligible status other than ACCEPTED, at least one,
/// and the rest from ACCEPTED, at least one; nothing if the supplier does not claim `status`.
fn batch(request: &Request, test: &'static str, status: Status, others: &[Status]) -> Vec<Need> {
    if request.of_claimed(&[status]).is_empty() {
        return Vec::new();
    }
    let (size, others) = (request.size("at5_to_at8"), request.of_claimed(others));
    let fifth = (size / 5).max(1);
    let rest = size.saturating_sub(fifth * others.len()).max(1);
    let accepted = Need::plain(test, Status::Accepted, rest);
    let others = others.into_iter();
    let others = others.map(|from| Need::plain(test, from, fifth));
    std::iter::once(accepted).chain(others).collect()
}

/// AT10: every code from every status that a letter can be returned from.
fn returns(request: &Request) -> Vec<Need> {
    let statuses = request.of_claimed(&[Status::Dispatched, Status::Delivered]);
    let codes = |from| RETURN_REASONS.map(|(code, _)| Need::plain("AT10", from, 1).in_role(code));
    statuses.into_iter().flat_map(codes).collect()
}

/// AT11 without a list: some from every eligible status, and one that must be refused.
fn cancellations(request: &Request) -> Vec<Need> {
    if request.cancel_list.is_some() {
        return vec![refused()];
    }
    if !request.planner_may_cancel {
        return Vec::new();
    }
    let each = request.size("at11_each");
    let statuses = request.of_claimed(&[Status::Accepted, Status::Printed, Status::Enclosed]);
    let mut needs: Vec<Need> = statuses
        .into_iter()
        .map(|from| Need::plain("AT11", from, each))
        .collect();
    needs.push(Need::accessible("AT11", Status::Forwarded, each));
    needs.push(refused());
    needs
}

fn refused() -> Need {
    Need::plain("AT11", Status::Dispatched, 1).in_role(REFUSED)
}

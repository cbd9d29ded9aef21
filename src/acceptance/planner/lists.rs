//! AT11 with a list of letters to cancel: the letters are given, only their statuses are dealt.

use crate::model::Status;

use super::super::text::{count, named};
use super::deal::{Dealer, Dealt};
use super::{Impossible, REFUSED, ids};

const TEST: &str = "AT11";

/// The other tests need none of these letters, so they go on.
const SPENT: &str = "needs letters that can still be cancelled, and the cancel list names none: \
                     ask NHS Notify for a new list";

/// Deals the letters of the list, before any other test can take one of them.
pub(super) fn deal(dealer: &mut Dealer<'_>, list: &[String]) {
    let found = ids::find("cancel list", list, dealer.pool.stock.letters);
    dealer.plan.remarks.extend(found.remarks);
    let listed: Vec<usize> = found
        .places
        .into_iter()
        .filter(|at| dealer.pool.take(*at))
        .collect();
    let (late, rest) = listed.into_iter().partition(|at| is_late(dealer, *at));
    let rest = leave_out_ended(dealer, rest);
    if rest.is_empty() {
        dealer.plan.not_possible.push(Impossible {
            test: TEST.to_owned(),
            reason: SPENT.to_owned(),
        });
        return;
    }
    refuse(dealer, late);
    spread(dealer, rest);
}

fn refuse(dealer: &mut Dealer<'_>, late: Vec<usize>) {
    let status = |at: &usize| dealer.pool.letter(*at).status;
    let (delivered, dispatched) = late
        .into_iter()
        .partition(|at| status(at) == Status::Delivered);
    dealer.give(TEST, Status::Dispatched, Some(REFUSED), dispatched);
    dealer.give(TEST, Status::Delivered, Some(REFUSED), delivered);
}

/// A listed letter that has left already is one that the tool must refuse to cancel.
fn is_late(dealer: &Dealer<'_>, place: usize) -> bool {
    let status = dealer.pool.letter(place).status;
    matches!(status, Status::Dispatched | Status::Delivered)
}

/// Letters that ended some other way can no longer be cancelled.
fn leave_out_ended(dealer: &mut Dealer<'_>, places: Vec<usize>) -> Vec<usize> {
    let eligible = [
        Status::Pending,
        Status::Accepted,
        Status::Printed,
        Status::Enclosed,
        Status::Forwarded,
    ];
    let letter = |place: &usize| dealer.pool.letter(*place);
    let (rest, ended): (Vec<usize>, Vec<usize>) = places
        .into_iter()
        .partition(|place| eligible.contains(&letter(place).status));
    if !ended.is_empty() {
        let told = ended
            .iter()
            .map(|at| format!("{} is {}", letter(at).id, letter(at).status));
        let remark = format!("cancel list: {}: too late to cancel", named(told));
        dealer.plan.remarks.push(remark);
    }
    rest
}

/// Spreads the letters over the eligible statuses: some from each, the rest from the first that
/// it can have, which is ACCEPTED unless it is past that.
fn spread(dealer: &mut Dealer<'_>, mut places: Vec<usize>) {
    let each = dealer.request.size("at11_each");
    let rare = [Status::Forwarded, Status::Enclosed, Status::Printed];
    for from in dealer.request.of_claimed(&rare) {
        let share = each.min(places.len() / 2);
        let fitting = places.iter().copied().filter(|at| fits(dealer, *at, from));
        let chosen: Vec<usize> = fitting.take(share).collect();
        places.retain(|place| !chosen.contains(place));
        if chosen.is_empty() {
            let left_out =
                format!("AT11 leaves out {from}: no letter of the cancel list is left for it");
            dealer.plan.remarks.push(left_out);
        }
        dealer.give(TEST, from, None, chosen);
    }
    for from in [
        Status::Accepted,
        Status::Printed,
        Status::Enclosed,
        Status::Forwarded,
    ] {
        let (here, rest) = places.into_iter().partition(|at| fits(dealer, *at, from));
        dealer.give(TEST, from, None, here);
        places = rest;
    }
    if !places.is_empty() {
        let left = count(places.len(), "letter");
        let remark = format!("cancel list: {left} cannot be cancelled from where they are");
        dealer.plan.remarks.push(remark);
    }
}

/// Only letters that need an accessible format are forwarded first.
fn fits(dealer: &Dealer<'_>, place: usize, from: Status) -> bool {
    let is_there = dealer.pool.letter(place).status == from;
    let may = from != Status::Forwarded || is_there || dealer.pool.is_accessible(place);
    may && dealer.pool.distance(place, from).is_some()
}

impl Dealt {
    /// True if the tool must refuse what is asked of these letters.
    pub fn is_refused(&self) -> bool {
        self.role.as_deref() == Some(REFUSED)
    }
}

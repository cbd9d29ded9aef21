//! AT12 and AT13: letters with defects.

use std::collections::BTreeMap;

use crate::model::Status;

use super::super::text::{count, named};
use super::deal::Dealer;
use super::ids;
use super::pool::Pool;
use super::stock::{Defect, Trigger, trigger};

/// Keeps the letters that the tester declares to be defective.
pub(super) fn declare(dealer: &mut Dealer<'_>) {
    let list = &dealer.request.fail_list;
    if list.is_empty() {
        return;
    }
    if !dealer.request.covers("AT12") {
        let unused = "fail list: not used, because AT12 is not in scope";
        return dealer.plan.remarks.push(unused.to_owned());
    }
    let found = ids::find("fail list", list, dealer.pool.stock.letters);
    dealer.plan.remarks.extend(found.remarks);
    dealer.pool.declare(found.places);
}

/// AT12: the same number from each eligible status, one after the other, so that a few triggers
/// show as many statuses as they can.
pub(super) fn deal_failures(dealer: &mut Dealer<'_>) {
    let eligible = [
        Status::Forwarded,
        Status::Accepted,
        Status::Printed,
        Status::Enclosed,
    ];
    let statuses = dealer.request.of_claimed(&eligible);
    let each = dealer.request.size("at12_each");
    let mut to_forward = each;
    let mut share = share_of_defects(dealer);
    let mut dealt: BTreeMap<Status, Vec<usize>> = BTreeMap::new();
    for _ in 0..each {
        for from in &statuses {
            let taken = take_one(dealer, *from, share, to_forward);
            to_forward -= usize::from(*from == Status::Forwarded && taken.is_some());
            let shared = taken.is_some_and(|at| is_shared(&dealer.pool, at));
            share -= usize::from(shared);
            dealt.entry(*from).or_default().extend(taken);
        }
    }
    tell_what_is_left_out(dealer, &dealt, each);
    tell_simulated_triggers(dealer, &dealt);
    for (from, places) in dealt {
        give_by_trigger(dealer, from, places);
    }
}

/// How many of the PENDING letters with a defective PDF AT12 may take: half of them, if AT13 is
/// to show the same defects.
fn share_of_defects(dealer: &Dealer<'_>) -> usize {
    if !dealer.request.will_reject() {
        return usize::MAX;
    }
    let pool = &dealer.pool;
    let shared = pool.free().filter(|at| is_shared(pool, *at));
    shared.count().div_ceil(2)
}

/// True for letters whose PDF serves AT12 and AT13 alike.
fn is_shared(pool: &Pool<'_>, place: usize) -> bool {
    pool.is_rejectable(place) && pool.trigger(place) == Some(Trigger::DefectivePdf)
}

/// Takes the best letter to be failed from `from`. Only letters of an accessible specification can
/// be forwarded: where no more are left than `to_forward` needs, others go first elsewhere.
fn take_one(
    dealer: &mut Dealer<'_>,
    from: Status,
    share: usize,
    to_forward: usize,
) -> Option<usize> {
    let may_take_rejectable = !dealer.request.will_reject() || rejectable(&dealer.pool) > 1;
    let scarce = from != Status::Forwarded && forwardable(&dealer.pool) <= to_forward;
    let key = |pool: &Pool<'_>, place: usize, distance: usize| {
        let trigger = pool.trigger(place)?;
        let accessible = pool.is_accessible(place);
        let may_take = may_take_rejectable && (share > 0 || !is_shared(pool, place));
        let fits = (from != Status::Forwarded || accessible)
            && (pool.is_declared(place) || has_no_other_defect(pool.defect(place)))
            && (may_take || !pool.is_rejectable(place));
        let guessed = pool.is_guessed(place);
        fits.then_some((scarce && accessible, trigger, guessed, accessible, distance))
    };
    dealer.pool.best(1, from, key).first().copied()
}

/// Letters that may be failed after they were forwarded.
fn forwardable(pool: &Pool<'_>) -> usize {
    let accessible = pool.free().filter(|at| pool.is_accessible(*at));
    accessible.filter(|at| pool.trigger(*at).is_some()).count()
}

/// A declared letter without a defect is a simulated trigger, which costs AT12.3 its pass.
fn tell_simulated_triggers(dealer: &mut Dealer<'_>, dealt: &BTreeMap<Status, Vec<usize>>) {
    let sound = |at: &&usize| trigger(dealer.pool.letter(**at)).is_none();
    let simulated = dealt.values().flatten().filter(sound).count();
    if simulated > 0 {
        let letters = count(simulated, "letter");
        dealer.plan.remarks.push(format!(
            "fail list: AT12 takes {letters} without a known defect; unless their PDFs show one, \
             AT12.3 is a warning (simulated trigger) and no pass"
        ));
    }
}

/// A letter of an unknown specification belongs to AT13, whatever its PDF holds.
fn has_no_other_defect(defect: Option<Defect>) -> bool {
    use Defect::{DefectivePdf, ErrorGroup, NoPdf};
    matches!(defect, None | Some(NoPdf | DefectivePdf | ErrorGroup))
}

fn rejectable(pool: &Pool<'_>) -> usize {
    pool.free()
        .filter(|place| pool.is_rejectable(*place))
        .count()
}

fn tell_what_is_left_out(
    dealer: &mut Dealer<'_>,
    dealt: &BTreeMap<Status, Vec<usize>>,
    each: usize,
) {
    let total: usize = dealt.values().map(Vec::len).sum();
    if total == 0 {
        let kind = "letters with a trigger (no PDF, a defective one, over 5 pages, or declared with --fail-list)";
        return dealer.lacks("AT12", kind, each.max(1), 0);
    }
    for (from, places) in dealt {
        let letters = match from {
            Status::Forwarded => "letter of an accessible specification with a trigger",
            _ => "letter with a trigger",
        };
        let found = places.len();
        let remark = match found {
            0 => format!(
                "AT12 leaves out {from}: no {letters} is left for it (--fail-list FILE can declare some)"
            ),
            _ if found < each => {
                format!("AT12 has {found} of {each} letters for {from}: no other {letters} is left")
            }
            _ => continue,
        };
        dealer.plan.remarks.push(remark);
    }
}

fn give_by_trigger(dealer: &mut Dealer<'_>, from: Status, places: Vec<usize>) {
    use Trigger::{Declared, DefectivePdf, NoPdf, OverFivePages};
    for trigger in [Declared, DefectivePdf, OverFivePages, NoPdf] {
        let here = places.iter().copied();
        let here = here
            .filter(|at| dealer.pool.trigger(*at) == Some(trigger))
            .collect();
        dealer.give("AT12", from, Some(trigger.as_str()), here);
    }
}

/// AT13: every invalid PENDING letter that AT12 left.
pub(super) fn deal_rejections(dealer: &mut Dealer<'_>) {
    tell_sound_ones(dealer);
    let places: Vec<usize> = dealer
        .pool
        .free()
        .filter(|at| dealer.pool.is_rejectable(*at))
        .collect();
    if places.is_empty() {
        let kind = "invalid letters that are PENDING (no PDF, a defective one, unknown specification, or no group)";
        return dealer.lacks("AT13", kind, 1, 0);
    }
    let mut by_defect: BTreeMap<Option<Defect>, Vec<usize>> = BTreeMap::new();
    for place in places {
        dealer.pool.take(place);
        by_defect
            .entry(dealer.pool.defect(place))
            .or_default()
            .push(place);
    }
    for (defect, places) in by_defect {
        dealer.give("AT13", Status::Pending, defect.map(Defect::as_str), places);
    }
}

/// Whoever finds letters in a group for errors that AT13 leaves alone should read why.
fn tell_sound_ones(dealer: &mut Dealer<'_>) {
    let letters = dealer.pool.stock.letters.iter().enumerate();
    let sound: Vec<&str> = letters
        .filter(|(place, letter)| {
            letter.status == Status::Pending
                && letter.is_sound_among_errors()
                && dealer.pool.defect(*place).is_none()
        })
        .map(|(_, letter)| letter.id.as_str())
        .collect();
    if !sound.is_empty() {
        dealer.plan.remarks.push(format!(
            "AT13 leaves {} of a group for errors alone, whose PDF has no defect: {}",
            count(sound.len(), "letter"),
            named(&sound)
        ));
    }
}

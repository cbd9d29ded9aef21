//! How many leases, requests and minutes a plan takes, about.
//!
//! | part | requests | waits |
//! |---|---|---|
//! | first lists | one for 2,500 PENDING letters or part of them, and the empty one; one read for any other letter | |
//! | candidates | one for each PDF (the signed download counts against no quota) | |
//! | AT1 | 1 (its list is one of the first) | |
//! | AT2 | 1 list | 1 lease |
//! | AT3 | 3 lists | 2 leases |
//! | AT4 | 2 lists, 1 POST, 1.3 reads a letter | 2 leases, 1 settling |
//! | bringing letters to a test | for each status on the way 1 POST, 1.5 reads a letter | 1 settling for each status |
//! | AT5 to AT13 | 1 read a letter before, PATCH for the first min(10, n/2), 1 POST for the others, 1.5 reads a letter after, 20 letters (or all) every 100 ms while they settle | 1 settling |
//! | AT14 | 2 for each specification and group of dispatched letters | |
//!
//! The time is the leases, the settlings, and the requests at one per cent under the target's
//! rate; the samples are polled while a settling is waited for, so they cost no further time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::Status;

use super::Request;
use super::deal::{Dealer, Dealt, dispatches};
use crate::model::path;

/// Letters that one list can bring (service behaviour, section 1).
const LONGEST_LIST: usize = 2_500;

/// Letters of a test that are polled while they settle, and how often.
const SAMPLES: usize = 20;
const SAMPLE_EVERY: Duration = Duration::from_millis(100);

/// Letters of a test that are updated one by one.
const SINGLE_UPDATES: usize = 10;

/// What something costs.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    leases: usize,
    settlings: usize,
    /// Requests that wait their turn.
    paced: usize,
    /// Requests that fall into a wait.
    sampled: usize,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.leases += other.leases;
        self.settlings += other.settlings;
        self.paced += other.paced;
        self.sampled += other.sampled;
    }
}

/// Fills in what the dealt letters cost.
pub(super) fn reckon(dealer: &mut Dealer<'_>) {
    let candidates = candidates(dealer);
    let mut cost = Cost {
        paced: candidates.len(),
        ..Cost::default()
    };
    cost.add(first_lists(dealer));
    cost.add(lists(dealer.request));
    for (test, dealt) in by_test(&dealer.dealt) {
        match test {
            "AT4" => cost.add(acceptance(&dealt)),
            _ => {
                cost.add(preparation(dealer, &dealt));
                cost.add(updates(&dealt, dealer.request.settle));
            }
        }
    }
    cost.add(management_information(dealer));
    let plan = &mut dealer.plan;
    plan.candidates = candidates;
    plan.leases = cost.leases;
    plan.waits = times(dealer.request.lease, cost.leases);
    plan.requests = (cost.paced + cost.sampled) as u64;
    plan.estimate = plan.waits
        + times(dealer.request.settle, cost.settlings)
        + pace(cost.paced, dealer.request.requests_per_second);
}

/// AT12 and AT13 rest on PDFs, so those are looked at before the first update.
fn candidates(dealer: &Dealer<'_>) -> Vec<String> {
    let defective = dealer
        .dealt
        .iter()
        .filter(|dealt| matches!(dealt.test, "AT12" | "AT13"));
    let places: BTreeSet<usize> = defective
        .flat_map(|dealt| dealt.places.iter().copied())
        .collect();
    places
        .into_iter()
        .map(|place| dealer.pool.letter(place).id.clone())
        .collect()
}

fn first_lists(dealer: &Dealer<'_>) -> Cost {
    let letters = dealer.pool.stock.letters;
    let pending = letters
        .iter()
        .filter(|letter| letter.status == Status::Pending)
        .count();
    Cost {
        paced: pending.div_ceil(LONGEST_LIST) + 1 + (letters.len() - pending),
        ..Cost::default()
    }
}

/// The lists of AT1 to AT4: each but the first lists come after a lease.
fn lists(request: &Request) -> Cost {
    let of = [("AT1", 0, 1), ("AT2", 1, 1), ("AT3", 2, 3), ("AT4", 2, 2)];
    let mut cost = Cost::default();
    for (_, leases, paced) in of.iter().filter(|(test, ..)| request.covers(test)) {
        cost.leases += leases;
        cost.paced += paced;
    }
    cost
}

fn by_test(dealt: &[Dealt]) -> BTreeMap<&'static str, Vec<&Dealt>> {
    let mut tests: BTreeMap<&'static str, Vec<&Dealt>> = BTreeMap::new();
    for dealt in dealt {
        tests.entry(dealt.test).or_default().push(dealt);
    }
    tests
}

/// The update of AT4 and its reads.
fn acceptance(dealt: &[&Dealt]) -> Cost {
    let letters = letters_of(dealt);
    Cost {
        settlings: 1,
        paced: 1 + (letters * 13).div_ceil(10),
        ..Cost::default()
    }
}

/// Bringing the letters of a test to where it needs them, all that take the same step together.
fn preparation(dealer: &Dealer<'_>, dealt: &[&Dealt]) -> Cost {
    let (mut steps, mut moves) = (BTreeSet::new(), 0);
    let accepted = accepted_before(dealer);
    for dealt in dealt {
        for place in &dealt.places {
            let status = dealer.pool.letter(*place).status;
            let now = if accepted.contains(place) {
                Status::Accepted
            } else {
                status
            };
            let way = path(now, dealt.from, &dealer.request.claimed).unwrap_or_default();
            moves += way.len();
            steps.extend(way);
        }
    }
    Cost {
        settlings: steps.len(),
        paced: steps.len() + (moves * 3).div_ceil(2),
        ..Cost::default()
    }
}

fn accepted_before(dealer: &Dealer<'_>) -> BTreeSet<usize> {
    let at4 = dealer.dealt.iter().filter(|dealt| dealt.test == "AT4");
    at4.flat_map(|dealt| dealt.places.iter().copied()).collect()
}

/// The updates that a test is about.
fn updates(dealt: &[&Dealt], settle: Duration) -> Cost {
    let letters = letters_of(dealt);
    let single = SINGLE_UPDATES.min(letters / 2);
    let polls = settle.as_millis().div_ceil(SAMPLE_EVERY.as_millis());
    let polls = usize::try_from(polls).unwrap_or(usize::MAX);
    Cost {
        settlings: 1,
        paced: letters + single + 1 + (letters * 3).div_ceil(2),
        sampled: SAMPLES.min(letters).saturating_mul(polls),
        ..Cost::default()
    }
}

/// A letter whose update is refused before it is sent costs none.
fn letters_of(dealt: &[&Dealt]) -> usize {
    let updated = dealt.iter().filter(|dealt| !dealt.is_refused());
    updated.map(|dealt| dealt.places.len()).sum()
}

fn management_information(dealer: &Dealer<'_>) -> Cost {
    if !dealer.request.covers("AT14") {
        return Cost::default();
    }
    let dispatched = dealer.dealt.iter().filter(|dealt| dispatches(dealt));
    let letters = dispatched.flat_map(|dealt| dealt.places.iter());
    let groups: BTreeSet<_> = letters
        .map(|place| dealer.pool.letter(*place))
        .map(|letter| (&letter.specification_id, &letter.group_id))
        .collect();
    Cost {
        paced: 2 * groups.len(),
        ..Cost::default()
    }
}

/// How long `requests` take at one per cent under `rate` a second; 0 lifts the pace.
fn pace(requests: usize, rate: u32) -> Duration {
    match u64::from(rate) * 99 {
        0 => Duration::ZERO,
        hundredths => Duration::from_millis((requests as u64 * 100_000).div_ceil(hundredths)),
    }
}

fn times(time: Duration, number: usize) -> Duration {
    time.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX))
}

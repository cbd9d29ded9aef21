//! Letters are given out, what is scarce first.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Allocation, Status};

use super::super::text::count;
use super::needs::{Kind, Need, needs};
use super::pool::Pool;
use super::stock::StockLetter;
use super::{Impossible, Plan, Request, Shortage, budget, failures, lists};
use crate::model::stage;

/// Reserves letters of `stock` for the tests of `request`, and says what is missing.
///
/// Scarce kinds go first: the letters that people listed, letters with defects (AT12, AT13),
/// letters of an accessible specification (AT9, AT11), then needs that fewer statuses can meet.
/// Within a need the nearest status goes first; then ordinary letters before long or accessible
/// ones; then the order of the list.
pub fn plan(stock: &[StockLetter], request: &Request) -> Plan {
    let mut dealer = Dealer::of(stock, request);
    failures::declare(&mut dealer);
    deal_cancellations(&mut dealer);
    if request.covers("AT12") {
        failures::deal_failures(&mut dealer);
    }
    if request.will_reject() {
        failures::deal_rejections(&mut dealer);
    }
    deal_needs(&mut dealer);
    deal_at4(&mut dealer);
    hold_against_lists(&mut dealer);
    hold_against_mi(&mut dealer);
    dealer.finish()
}

/// Letters that were given to a test, as places in the stock.
#[derive(Clone, Debug)]
pub(super) struct Dealt {
    pub test: &'static str,
    pub from: Status,
    pub role: Option<String>,
    pub places: Vec<usize>,
}

/// What is given out, and what is left.
pub(super) struct Dealer<'a> {
    pub pool: Pool<'a>,
    pub request: &'a Request,
    pub plan: Plan,
    pub dealt: Vec<Dealt>,
}

impl<'a> Dealer<'a> {
    fn of(stock: &'a [StockLetter], request: &'a Request) -> Self {
        Self {
            pool: Pool::of(stock, request),
            request,
            plan: Plan::default(),
            dealt: Vec::new(),
        }
    }

    /// Notes that the letters at `places` are for `test`.
    pub fn give(
        &mut self,
        test: &'static str,
        from: Status,
        role: Option<&str>,
        places: Vec<usize>,
    ) {
        if !places.is_empty() {
            self.dealt.push(Dealt {
                test,
                from,
                role: role.map(str::to_owned),
                places,
            });
        }
    }

    /// Notes that `test` lacks letters.
    pub fn lacks(&mut self, test: &str, kind: impl Into<String>, need: usize, have: usize) {
        self.plan.shortages.push(Shortage {
            test: test.to_owned(),
            kind: kind.into(),
            need,
            have,
        });
    }

    fn finish(mut self) -> Plan {
        remark_on_scope(&mut self);
        self.dealt
            .sort_by_key(|dealt| (number(dealt.test), stage(dealt.from)));
        self.plan.shortages.sort_by_key(|lack| number(&lack.test));
        budget::reckon(&mut self);
        let dealt = std::mem::take(&mut self.dealt);
        let allocations = dealt.iter().map(|dealt| self.allocation(dealt));
        self.plan.allocations = allocations.collect();
        self.plan
    }

    fn allocation(&self, dealt: &Dealt) -> Allocation {
        let id = |place: &usize| self.pool.letter(*place).id.clone();
        Allocation {
            test: dealt.test.to_owned(),
            from: dealt.from.to_string(),
            letters: dealt.places.iter().map(id).collect(),
            role: dealt.role.clone(),
        }
    }
}

/// The number of a test: 4 of `AT4`.
fn number(test: &str) -> u32 {
    let digits = test.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(u32::MAX)
}

fn deal_cancellations(dealer: &mut Dealer<'_>) {
    let request = dealer.request;
    match &request.cancel_list {
        Some(_) if !request.covers("AT11") => {
            let unused = "cancel list: not used, because AT11 is not in scope";
            dealer.plan.remarks.push(unused.to_owned());
        }
        Some(list) => lists::deal(dealer, list),
        None if request.covers("AT11") && !request.planner_may_cancel => {
            let reason =
                "needs the list of letters to cancel that NHS Notify sends: --cancel-list FILE";
            dealer.plan.remarks.push(format!("AT11 {reason}"));
            dealer.plan.not_possible.push(Impossible {
                test: "AT11".to_owned(),
                reason: reason.to_owned(),
            });
        }
        None => {}
    }
}

/// AT5 to AT11.
fn deal_needs(dealer: &mut Dealer<'_>) {
    let mut needs = needs(dealer.request);
    let impossible = &dealer.plan.not_possible;
    needs.retain(|need| impossible.iter().all(|it| it.test != need.test));
    remark_on_growth(dealer, &needs);
    let mut ranked: Vec<&Need> = needs.iter().collect();
    ranked.sort_by_key(|need| need.rank());
    let mut sums: BTreeMap<(u32, Kind), Sum> = BTreeMap::new();
    for need in ranked {
        let given = satisfy(dealer, need);
        let sum = sums.entry((number(need.test), need.kind)).or_default();
        sum.add(need, given);
    }
    for ((_, kind), sum) in sums {
        if sum.have < sum.need {
            dealer.lacks(sum.test, sum.letters(kind), sum.need, sum.have);
        }
    }
}

fn satisfy(dealer: &mut Dealer<'_>, need: &Need) -> usize {
    if is_refusal_on_the_list(dealer, need) {
        return need.count;
    }
    let places = dealer
        .pool
        .best(need.count, need.from, |pool, place, distance| {
            let fits = need.kind == Kind::Plain || pool.is_accessible(place);
            (fits && pool.is_valid(place)).then(|| (distance, pool.worth(place)))
        });
    let given = places.len();
    dealer.give(need.test, need.from, need.role.as_deref(), places);
    given
}

/// A cancel list that names a dispatched letter brings the one that must be refused.
fn is_refusal_on_the_list(dealer: &Dealer<'_>, need: &Need) -> bool {
    need.test == "AT11"
        && need.role.as_deref() == Some(super::REFUSED)
        && dealer.dealt.iter().any(Dealt::is_refused)
}

/// What one test needs of one kind, and what it got.
#[derive(Default)]
struct Sum {
    test: &'static str,
    from: BTreeSet<Status>,
    need: usize,
    have: usize,
}

impl Sum {
    fn add(&mut self, need: &Need, given: usize) {
        self.test = need.test;
        self.from.insert(need.from);
        self.need += need.count;
        self.have += given;
    }

    fn letters(&self, kind: Kind) -> String {
        let names: Vec<&str> = self.from.iter().map(|status| status.as_str()).collect();
        let statuses = match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, first)) => format!("{} or {last}", first.join(", ")),
            None => String::new(),
        };
        let kind = match kind {
            Kind::Plain => "letters",
            Kind::Accessible => "letters of an accessible specification",
        };
        format!("{kind} that can become {statuses}")
    }
}

/// Sizes do not change silently: a test that shows every eligible status may need more letters.
fn remark_on_growth(dealer: &mut Dealer<'_>, needs: &[Need]) {
    let size = dealer.request.size("at5_to_at8");
    for test in ["AT6", "AT7", "AT8"] {
        let of_test = needs.iter().filter(|need| need.test == test);
        let total: usize = of_test.map(|need| need.count).sum();
        if total > size {
            let remark = format!(
                "{test} takes {total} letters instead of {size}: one from every eligible status"
            );
            dealer.plan.remarks.push(remark);
        }
    }
}

/// AT4 accepts the PENDING letters that AT5 to AT12 need, as far as they fit, and others in the
/// order of the list; never an invalid one, and never one that is kept for something else.
fn deal_at4(dealer: &mut Dealer<'_>) {
    if !dealer.request.covers("AT4") {
        return;
    }
    let size = dealer.request.size("at4");
    let acceptable = |place: &usize| {
        dealer.pool.letter(*place).status == Status::Pending && dealer.pool.defect(*place).is_none()
    };
    let needed = dealer
        .dealt
        .iter()
        .flat_map(|dealt| dealt.places.iter().copied());
    let others = dealer
        .pool
        .free()
        .filter(|place| !dealer.pool.is_declared(*place));
    let mut places: Vec<usize> = needed.chain(others).filter(acceptable).take(size).collect();
    places.sort_unstable();
    if places.len() < size {
        dealer.lacks("AT4", "valid letters that are PENDING", size, places.len());
    }
    dealer.give("AT4", Status::Pending, None, places);
}

/// AT2 and AT3 list letters, so there must be one.
fn hold_against_lists(dealer: &mut Dealer<'_>) {
    let mut letters = dealer.pool.stock.letters.iter();
    if letters.any(|letter| letter.status == Status::Pending) {
        return;
    }
    for test in ["AT2", "AT3"] {
        if dealer.request.covers(test) {
            dealer.lacks(test, "letters that are PENDING", 1, 0);
        }
    }
}

/// AT14 reports letters that were DISPATCHED, today or by an earlier test of this run.
fn hold_against_mi(dealer: &mut Dealer<'_>) {
    if !dealer.request.covers("AT14") {
        return;
    }
    let mut letters = dealer.pool.stock.letters.iter();
    let there_are = letters.any(|letter| letter.status == Status::Dispatched);
    let there_will_be = dealer.dealt.iter().any(dispatches);
    if !there_are && !there_will_be {
        dealer.lacks(
            "AT14",
            "letters that are DISPATCHED or that AT7 dispatches",
            1,
            0,
        );
    }
}

/// True if the letters are DISPATCHED on the way to their test, or by it.
pub(super) fn dispatches(dealt: &Dealt) -> bool {
    dealt.test == "AT7" || matches!(dealt.from, Status::Dispatched | Status::Delivered)
}

fn remark_on_scope(dealer: &mut Dealer<'_>) {
    let request = dealer.request;
    let mut remarks = Vec::new();
    if request.covers("AT15") {
        remarks.push("AT15 is budgeted apart: its three passes need the letters seeded three times, 2,500 each".to_owned());
    }
    if request.covers("AT13") && !request.rejects {
        remarks.push("AT13 takes no letters: the supplier rejects none".to_owned());
    }
    let declared = dealer
        .pool
        .free()
        .filter(|at| dealer.pool.is_declared(*at))
        .count();
    if declared > 0 {
        remarks.push(format!(
            "fail list: {} not needed for AT12 and left alone",
            count(declared, "letter")
        ));
    }
    dealer.plan.remarks.extend(remarks);
}

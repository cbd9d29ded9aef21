//! AT2 Receive and prepare letters.

use std::collections::HashSet;

use super::agreed::{expect_the_packs_letters, expected_letters};
use crate::acceptance::facts::{ListFact, Route};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::{count, grouped, named};
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const TEST: &str = "AT2";

/// AT2.1 2,500 unique letter ids are retrieved.
pub fn enough_unique_ids(view: &RunView) -> Judgement {
    let wanted = expected_letters(view);
    let mut finding = Finding::of(TEST, format!("{} unique letter ids", grouped(wanted)));
    let lists = lists(view);
    if lists.is_empty() {
        finding.missing("no list of letters was answered");
        return finding.judge(view, "");
    }
    let unique = unique_ids(&lists).len();
    finding.proof(lists.iter().map(|list| list.seq));
    if unique < wanted {
        finding.unmet(format!(
            "{} unique ids, {} too few",
            grouped(unique),
            grouped(wanted - unique)
        ));
    }
    expect_the_packs_letters(view, &mut finding);
    let entries = grouped(lists.iter().map(|list| list.letters.len()).sum());
    let told = match lists.as_slice() {
        [_] => format!("a list of {entries}"),
        several => format!("{} lists of {entries} in all", several.len()),
    };
    finding.judge(view, format!("{} unique ids in {told}", grouped(unique)))
}

/// AT2.2 no id is missing or duplicated.
pub fn none_missing_or_duplicated(view: &RunView) -> Judgement {
    let wanted = expected_letters(view);
    let expected = format!(
        "{} entries, every id once, every letter PENDING",
        grouped(wanted)
    );
    let mut finding = Finding::of(TEST, expected);
    let lists = lists(view);
    if lists.is_empty() {
        finding.missing("no list of letters was answered");
        return finding.judge(view, "");
    }
    finding.proof(lists.iter().map(|list| list.seq));
    let doubled = doubled_ids(&lists);
    if !doubled.is_empty() {
        finding.unmet(format!(
            "{} more than once: {}",
            count(doubled.len(), "id"),
            named(&doubled)
        ));
    }
    let unique = unique_ids(&lists).len();
    if unique < wanted {
        finding.unmet(format!("{} missing", count(wanted - unique, "id")));
    }
    let others: Vec<&str> = lists
        .iter()
        .flat_map(|list| &list.letters)
        .filter(|letter| !letter.is(Status::Pending))
        .map(|letter| letter.id.as_str())
        .collect();
    finding.unmet_letters(&others, "not PENDING in the list");
    finding.judge(
        view,
        format!(
            "{} entries, {} unique, all PENDING",
            grouped(lists.iter().map(|list| list.letters.len()).sum()),
            grouped(unique)
        ),
    )
}

/// AT2.3 the letters are retrieved in a single call.
pub fn in_a_single_call(view: &RunView) -> Judgement {
    let wanted = expected_letters(view);
    let expected = format!("one GET /letters brings all {} letters", grouped(wanted));
    let mut finding = Finding::of(TEST, expected);
    let lists = lists(view);
    finding.proof(lists.iter().map(|list| list.seq));
    finding.proof(
        view.exchanges(TEST)
            .filter(|call| call.route == Route::List)
            .map(|call| call.seq),
    );
    match lists.as_slice() {
        [] => {
            finding.missing("no list of letters was answered");
        }
        [one] if unique_ids(&[one]).len() < wanted => {
            finding.unmet(format!(
                "the one call brought {} letters",
                grouped(one.letters.len())
            ));
        }
        [_] => {}
        several => {
            finding.unmet(format!("{} were needed", count(several.len(), "call")));
        }
    }
    finding.judge(view, "one call brought them all")
}

/// The lists of AT2. A scenario that was interrupted begins anew, and so do its lists.
fn lists(view: &RunView) -> Vec<&ListFact> {
    let begun = view.begun(TEST);
    view.lists(TEST).filter(|list| list.seq > begun).collect()
}

fn ids<'a>(lists: &[&'a ListFact]) -> impl Iterator<Item = &'a str> {
    let letters = lists.iter().flat_map(|list| &list.letters);
    letters.map(|letter| letter.id.as_str())
}

fn unique_ids<'a>(lists: &[&'a ListFact]) -> HashSet<&'a str> {
    ids(lists).collect()
}

fn doubled_ids<'a>(lists: &[&'a ListFact]) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    let mut doubled: Vec<&str> = ids(lists).filter(|id| !seen.insert(*id)).collect();
    doubled.dedup();
    doubled
}

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
    let Some(list) = largest_list(view) else {
        finding.missing("no list of letters was answered");
        return finding.judge(view, "");
    };
    let unique = unique_ids(list).len();
    finding.proof([list.seq]);
    if unique < wanted {
        finding.unmet(format!(
            "{} unique ids, {} too few",
            grouped(unique),
            grouped(wanted - unique)
        ));
    }
    expect_the_packs_letters(view, &mut finding);
    let entries = grouped(list.letters.len());
    finding.judge(
        view,
        format!("{} unique ids in a list of {entries}", grouped(unique)),
    )
}

/// AT2.2 no id is missing or duplicated.
pub fn none_missing_or_duplicated(view: &RunView) -> Judgement {
    let wanted = expected_letters(view);
    let expected = format!(
        "{} entries, every id once, every letter PENDING",
        grouped(wanted)
    );
    let mut finding = Finding::of(TEST, expected);
    let Some(list) = largest_list(view) else {
        finding.missing("no list of letters was answered");
        return finding.judge(view, "");
    };
    finding.proof([list.seq]);
    let doubled = doubled_ids(list);
    if !doubled.is_empty() {
        finding.unmet(format!(
            "{} more than once: {}",
            count(doubled.len(), "id"),
            named(&doubled)
        ));
    }
    let unique = unique_ids(list).len();
    if unique < wanted {
        finding.unmet(format!("{} missing", count(wanted - unique, "id")));
    }
    let others: Vec<&str> = list
        .letters
        .iter()
        .filter(|letter| !letter.is(Status::Pending))
        .map(|letter| letter.id.as_str())
        .collect();
    finding.unmet_letters(&others, "not PENDING in the list");
    finding.judge(
        view,
        format!(
            "{} entries, {} unique, all PENDING",
            grouped(list.letters.len()),
            grouped(unique)
        ),
    )
}

/// AT2.3 the letters are retrieved in a single call.
pub fn in_a_single_call(view: &RunView) -> Judgement {
    let wanted = expected_letters(view);
    let expected = format!("one GET /letters brings all {} letters", grouped(wanted));
    let mut finding = Finding::of(TEST, expected);
    // A scenario that was interrupted begins anew, and so does its list.
    let begun = view.begun(TEST);
    let lists: Vec<&ListFact> = view.lists(TEST).filter(|list| list.seq > begun).collect();
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
        [one] if unique_ids(one).len() < wanted => {
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

/// The list with the most letters: the one that AT2 is about.
fn largest_list(view: &RunView) -> Option<&ListFact> {
    let most = view.lists(TEST).map(|list| list.letters.len()).max()?;
    view.lists(TEST).find(|list| list.letters.len() == most)
}

fn unique_ids(list: &ListFact) -> HashSet<&str> {
    list.letters
        .iter()
        .map(|letter| letter.id.as_str())
        .collect()
}

fn doubled_ids(list: &ListFact) -> Vec<&str> {
    let mut seen = HashSet::new();
    let mut doubled: Vec<&str> = list
        .letters
        .iter()
        .map(|letter| letter.id.as_str())
        .filter(|id| !seen.insert(*id))
        .collect();
    doubled.dedup();
    doubled
}

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
    if let Lacking::Spent(why) = lacking(view, &lists, &mut finding) {
        return finding.not_tested(why);
    }
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
    let others: Vec<&str> = lists
        .iter()
        .flat_map(|list| &list.letters)
        .filter(|letter| !letter.is(Status::Pending))
        .map(|letter| letter.id.as_str())
        .collect();
    finding.unmet_letters(&others, "not PENDING in the list");
    let unique = unique_ids(&lists).len();
    match lacking(view, &lists, &mut finding) {
        Lacking::Spent(why) if finding.is_clean() => return finding.not_tested(why),
        Lacking::Missing(what) => drop(finding.unmet(what)),
        Lacking::Spent(_) | Lacking::Nothing => {}
    }
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
    let expected = format!("one GET /letters brings all {}", count(wanted, "letter"));
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
            if let Lacking::Spent(why) = lacking(view, &lists, &mut finding) {
                return finding.not_tested(why);
            }
            finding.unmet(format!(
                "the one call brought {}",
                count(one.letters.len(), "letter")
            ));
        }
        [_] => {}
        several => {
            finding.unmet(format!("{} were needed", count(several.len(), "call")));
        }
    }
    finding.judge(view, "one call brought them all")
}

/// What the lists lack of the letters that are expected.
enum Lacking {
    Nothing,
    /// Letters that the supplier took out of PENDING before, which the service read so in this
    /// run: the whole number cannot be shown any more, and nothing is wrong with the list.
    Spent(String),
    /// Others, or others too.
    Missing(String),
}

fn lacking(view: &RunView, lists: &[&ListFact], finding: &mut Finding) -> Lacking {
    let (wanted, listed) = (expected_letters(view), unique_ids(lists));
    if listed.len() >= wanted {
        return Lacking::Nothing;
    }
    let claimed = view.spent().iter().flat_map(|spent| &spent.letters);
    let claimed: HashSet<&str> = claimed.map(String::as_str).collect();
    let gone = claimed.difference(&listed).copied();
    let gone: Vec<u64> = gone.filter_map(|id| read_gone(view, id)).collect();
    let missing = wanted.saturating_sub(listed.len() + gone.len());
    let (here, spent) = (grouped(listed.len()), count(gone.len(), "letter"));
    finding.proof(view.spent().iter().map(|spent| spent.seq));
    finding.proof(gone.iter().copied());
    match (gone.len(), missing) {
        (0, _) => Lacking::Missing(format!("{} missing", count(missing, "id"))),
        (_, 0) => Lacking::Spent(format!(
            "{here} of {} letters are PENDING: the supplier took {spent} out of PENDING before, \
             and the service reads them so; ask for the letters to be seeded anew to show all in \
             one list",
            grouped(wanted)
        )),
        _ => Lacking::Missing(format!(
            "{} missing: {here} listed, and {spent} that the supplier took out of PENDING before",
            count(missing, "id")
        )),
    }
}

/// Where the letter was last read in another status than PENDING.
fn read_gone(view: &RunView, letter: &str) -> Option<u64> {
    let last = view.observations(letter).last()?;
    (!last.letter.is(Status::Pending)).then_some(last.seq)
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

//! AT3 Process the letter list twice.
//!
//! A list leases what it returns, so an immediate second one cannot show the same letters
//! (service-behaviour §3): the lists are compared over the whole test.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::acceptance::facts::{JobFact, ListFact};
use crate::acceptance::finding::Finding;
use crate::acceptance::text::{count, grouped};
use crate::acceptance::view::RunView;
use crate::model::Judgement;

const TEST: &str = "AT3";

/// AT3.1 each letter is processed once.
pub fn each_letter_once(view: &RunView) -> Judgement {
    let mut finding = Finding::of(
        TEST,
        "one job for every letter listed, made in this run or an earlier one",
    );
    let listed = listed_letters(view);
    finding.proof(view.lists(TEST).map(|list| list.seq));
    finding.proof(view.jobs(TEST).map(|job| job.seq));
    if listed.is_empty() {
        finding.missing("no letter was listed");
    }
    let made = jobs_by_letter(view);
    let count_of = |letter: &str| made.get(letter).map_or(0, HashSet::len);
    let without: Vec<&str> = listed
        .iter()
        .copied()
        .filter(|id| count_of(id) == 0)
        .collect();
    let several: Vec<&str> = listed
        .iter()
        .copied()
        .filter(|id| count_of(id) > 1)
        .collect();
    finding.missing_letters(&without, "listed without a job");
    finding.unmet_letters(&several, "with more than one job");
    finding.about_the_suppliers_system(view);
    finding.judge(
        view,
        format!("{}, one job each", count(listed.len(), "letter")),
    )
}

/// AT3.2 a repeated retrieval causes no re-print, no re-queue and no duplicate API update.
pub fn repetition_causes_nothing(view: &RunView) -> Judgement {
    let expected = "letters listed again make no second job and no update";
    let mut finding = Finding::of(TEST, expected);
    let lists: Vec<&ListFact> = view.lists(TEST).collect();
    finding.proof(lists.iter().map(|list| list.seq));
    let repeated = repeated_letters(&lists);
    if repeated.is_empty() {
        finding.missing("no letter was listed a second time");
    }
    let again: Vec<&JobFact> = requeued(view);
    finding.proof(again.iter().map(|job| job.seq));
    let names: Vec<&str> = again.iter().map(|job| job.letter.as_str()).collect();
    finding.unmet_letters(&names, "queued again when listed again");
    let updates: Vec<u64> = updates(view);
    if !updates.is_empty() {
        finding.proof(updates.iter().copied());
        finding.unmet(format!(
            "{} sent while the lists were compared",
            count(updates.len(), "update")
        ));
    }
    finding.about_the_suppliers_system(view);
    finding.judge(view, comparison(&lists, repeated.len()))
}

/// The comparison of the lists that the pack asks to see.
fn comparison(lists: &[&ListFact], repeated: usize) -> String {
    let sizes: Vec<String> = lists
        .iter()
        .map(|list| grouped(list.letters.len()))
        .collect();
    let at_once = match lists {
        [first, second, ..] => common(first, second),
        _ => 0,
    };
    format!(
        "lists of {} letters; {} of the first came again at once (the lease hides them), {} came again in all",
        sizes.join(", "),
        grouped(at_once),
        grouped(repeated),
    )
}

fn common(first: &ListFact, second: &ListFact) -> usize {
    let ids: HashSet<&str> = first
        .letters
        .iter()
        .map(|letter| letter.id.as_str())
        .collect();
    second
        .letters
        .iter()
        .filter(|letter| ids.contains(letter.id.as_str()))
        .count()
}

fn listed_letters(view: &RunView) -> Vec<&str> {
    let mut seen = HashSet::new();
    view.lists(TEST)
        .flat_map(|list| &list.letters)
        .map(|letter| letter.id.as_str())
        .filter(|id| seen.insert(*id))
        .collect()
}

/// The jobs each letter has, whether made here or known from an earlier run.
fn jobs_by_letter(view: &RunView) -> HashMap<&str, HashSet<&str>> {
    let mut jobs: HashMap<&str, HashSet<&str>> = HashMap::new();
    for job in view.all_jobs() {
        jobs.entry(&job.letter).or_default().insert(&job.job);
    }
    jobs
}

/// Letters that more than one list of the test brought.
fn repeated_letters(lists: &[&ListFact]) -> Vec<String> {
    let mut lists_of: BTreeMap<&str, usize> = BTreeMap::new();
    for list in lists {
        let once: HashSet<&str> = list
            .letters
            .iter()
            .map(|letter| letter.id.as_str())
            .collect();
        for id in once {
            *lists_of.entry(id).or_default() += 1;
        }
    }
    lists_of
        .into_iter()
        .filter(|(_, lists)| *lists > 1)
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// Jobs made from a list for a letter that had a job from an earlier list.
fn requeued(view: &RunView) -> Vec<&JobFact> {
    let mut first_list: HashMap<&str, u64> = HashMap::new();
    let mut again = Vec::new();
    for job in view.all_jobs() {
        let first = *first_list.entry(&job.letter).or_insert(job.list);
        if job.created && first < job.list && job.test.as_deref() == Some(TEST) {
            again.push(job);
        }
    }
    again
}

fn updates(view: &RunView) -> Vec<u64> {
    let sent = view
        .exchanges(TEST)
        .filter(|call| call.route.is_update())
        .map(|call| call.seq);
    sent.chain(view.intents(TEST).map(|intent| intent.seq))
        .collect()
}

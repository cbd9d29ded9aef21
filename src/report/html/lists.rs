//! Lists of letters: counts, unique ids, comparison with the lists before, jobs made.

use std::collections::{BTreeMap, HashSet};

use maud::{Markup, html};

use crate::acceptance::ListFact;

use super::context::Context;
use super::say::{cell, count, grouped, moment, scrolling};

/// The lists of `test`; nothing if it asked for none.
pub(super) fn lists(context: &Context, test: &str) -> Markup {
    let of_test: Vec<&ListFact> = context.part.view.lists(test).collect();
    if of_test.is_empty() || test == "AT15" {
        return html! {};
    }
    let id = format!("lists-{}-{test}", context.number);
    html! {
        section class="block" {
            h3 id=(id) { "Lists of letters" }
            (table(context, test, &of_test))
            (kinds(&of_test))
        }
    }
}

fn table(context: &Context, test: &str, lists: &[&ListFact]) -> Markup {
    let jobs = jobs(context, test);
    let label = format!("Lists of {test}: records, unique ids, comparison");
    let mut seen: HashSet<&str> = HashSet::new();
    let rows = html! {
        table {
            caption class="visually-hidden" { (label) }
            thead { tr {
                th scope="col" { "List" } th scope="col" { "Sent (UTC)" } th scope="col" { "Limit" }
                th scope="col" class="number" { "Records" }
                th scope="col" class="number" { "Unique ids" }
                th scope="col" class="number" { "Listed before" }
                th scope="col" class="number" { "New" }
                @if !jobs.is_empty() {
                    th scope="col" class="number" { "Jobs made" }
                    th scope="col" class="number" { "Jobs not made again" }
                }
            } }
            tbody { @for list in lists {
                @let ids: HashSet<&str> = list.letters.iter().map(|letter| letter.id.as_str()).collect();
                @let again = ids.iter().filter(|id| seen.contains(*id)).count();
                tr {
                    td { (context.link(list.seq)) }
                    td { (moment(list.sent)) }
                    td { (cell(list.limit.as_deref().unwrap_or("none"))) }
                    td class="number" { (grouped(list.letters.len())) }
                    td class="number" { (grouped(ids.len())) }
                    td class="number" { (grouped(again)) }
                    td class="number" { (grouped(ids.len() - again)) }
                    @if !jobs.is_empty() {
                        @let (made, ignored) = jobs.get(&list.seq).copied().unwrap_or_default();
                        td class="number" { (grouped(made)) }
                        td class="number" { (grouped(ignored)) }
                    }
                }
                (remember(&mut seen, &ids))
            } }
        }
    };
    html! {
        (scrolling(&label, &rows))
        @if !jobs.is_empty() {
            p class="hint" {
                "A job is the processing that a letter starts. A letter that is listed again finds "
                "its job and makes no other."
            }
        }
    }
}

fn remember<'a>(seen: &mut HashSet<&'a str>, ids: &HashSet<&'a str>) -> Markup {
    seen.extend(ids);
    html! {}
}

/// Jobs made and not made again, by the list that brought the letters.
fn jobs(context: &Context, test: &str) -> BTreeMap<u64, (usize, usize)> {
    let mut jobs: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for job in context.part.view.jobs(test) {
        let of_list = jobs.entry(job.list).or_default();
        of_list.0 += usize::from(job.created);
        of_list.1 += usize::from(!job.created);
    }
    jobs
}

/// What kinds of letters the first list brought.
fn kinds(lists: &[&ListFact]) -> Markup {
    const MOST: usize = 30;
    let mut kinds: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for letter in lists.first().into_iter().flat_map(|list| &list.letters) {
        let specification = letter.specification_id.as_deref().unwrap_or("none");
        let group = letter.group_id.as_deref().unwrap_or("none");
        *kinds
            .entry((specification, group, &letter.status))
            .or_default() += 1;
    }
    let rows = html! {
        table {
            caption class="visually-hidden" { "Letters of the first list by specification and group" }
            thead { tr {
                th scope="col" { "Specification" } th scope="col" { "Group" }
                th scope="col" { "Status" } th scope="col" class="number" { "Letters" }
            } }
            tbody { @for ((specification, group, status), letters) in kinds.iter().take(MOST) { tr {
                td { (cell(specification)) } td { (cell(group)) } td { (cell(status)) }
                td class="number" { (grouped(*letters)) }
            } } }
        }
    };
    html! {
        h4 { "What the first list brought" }
        (scrolling("Letters of the first list by specification and group", &rows))
        @if kinds.len() > MOST { p class="hint" { "… and " (count(kinds.len() - MOST, "more kind")) } }
    }
}

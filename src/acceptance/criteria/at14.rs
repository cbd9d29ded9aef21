//! AT14 Management information.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::dispatched::{Dispatch, Key, dispatched};
use crate::acceptance::facts::{ExchangeFact, IntentFact, MiFact, MiOnTheWire, Route};
use crate::acceptance::finding::{Finding, is_refusal};
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, MiFacts, Status};

const TEST: &str = "AT14";

/// AT14.1 entries appear in NHS Notify within the expected time.
pub fn entries_appear(view: &RunView) -> Judgement {
    let expected = "every submission is taken, and reads back with its day, specification, group \
                    and quantity";
    let mut finding = Finding::of(TEST, expected);
    let entries = submissions(view, &mut finding);
    expect_taken(view, &entries, &mut finding);
    let reads: Vec<&ExchangeFact> = calls(view, Route::ReadMi).collect();
    finding.proof(reads.iter().map(|call| call.seq));
    let told = count(entries.len(), "submission");
    if cannot_read_back(view, &reads) {
        finding.warning("the target cannot read MI back");
        return finding.judge(view, format!("{told} taken"));
    }
    for entry in &entries {
        expect_read_back(view, entry, &reads, &mut finding);
    }
    let slowest = slowest_ms(view, &entries, &reads);
    finding.judge(
        view,
        format!("{told} read back as sent, {slowest} ms after at most"),
    )
}

/// AT14.2 counts match the processed letters.
pub fn counts_match(view: &RunView) -> Judgement {
    let expected = "every quantity is the number of its letters, and every letter dispatched that \
                    day is counted once, under its specification and group";
    let mut finding = Finding::of(TEST, expected);
    let entries = submissions(view, &mut finding);
    let letters = dispatched(view);
    for entry in &entries {
        expect_quantity(view, entry, &mut finding);
        expect_dispatched(view, entry, &letters, &mut finding);
    }
    expect_counted_once(&letters, &entries, &mut finding);
    let named: usize = entries.iter().map(|entry| entry.facts.letters.len()).sum();
    let (entries, named) = (count(entries.len(), "submission"), count(named, "letter"));
    finding.judge(view, format!("{entries} for {named}, as dispatched"))
}

/// AT14.3 no duplicate entry for a date, no missing record.
pub fn none_twice_none_missing(view: &RunView) -> Judgement {
    let expected = "one entry for each day, specification and group with dispatched letters";
    let mut finding = Finding::of(TEST, expected);
    let entries = submissions(view, &mut finding);
    let submitted = submitted_keys(view, &entries);
    for (key, ids) in submitted.iter().filter(|(_, ids)| ids.len() > 1) {
        let ids: Vec<&str> = ids.iter().copied().collect();
        let times = ids.len();
        finding.unmet(format!(
            "submitted {times} times for {}: {}",
            named(key),
            ids.join(", ")
        ));
    }
    let letters = dispatched(view);
    let groups: BTreeSet<&Key> = letters.iter().map(|letter| &letter.key).collect();
    let grouped = groups.len();
    let unclear = unclear(view);
    let unclear: BTreeSet<Key> = unclear.iter().map(|mi| facts_key(mi.facts)).collect();
    let reported = |key: &Key| submitted.contains_key(key) || unclear.contains(key);
    for key in groups.into_iter().filter(|key| !reported(key)) {
        finding.missing(format!("nothing was submitted for {}", named(key)));
    }
    let (entries, groups) = (count(entries.len(), "submission"), count(grouped, "group"));
    finding.judge(
        view,
        format!("{entries}, {groups} with letters dispatched in this run"),
    )
}

/// What was submitted, in this run and in earlier ones of the day; says so if nothing was, and of
/// what nobody knows whether it arrived.
fn submissions<'a>(view: &'a RunView, finding: &mut Finding) -> Vec<&'a MiFact> {
    let entries: Vec<&MiFact> = view.submissions(TEST).collect();
    finding.proof(entries.iter().map(|entry| entry.seq));
    finding.proof(entries.iter().filter_map(|entry| entry.exchange));
    expect_known_fates(view, finding);
    if entries.is_empty() && unclear(view).is_empty() {
        finding.missing("no management information was submitted");
    }
    entries
}

fn calls(view: &RunView, route: Route) -> impl Iterator<Item = &ExchangeFact> {
    let calls = view.calls(TEST).into_iter();
    calls.filter(move |call| call.route == route)
}

/// No submission is refused, and each that this run claims is on the wire as claimed.
fn expect_taken(view: &RunView, entries: &[&MiFact], finding: &mut Finding) {
    for call in calls(view, Route::SubmitMi).filter(|call| is_refusal(call)) {
        finding.proof([call.seq]);
        finding.unmet(format!("{} (seq {})", call.outcome(), call.seq));
    }
    for entry in entries {
        let Some(seq) = entry.exchange else {
            continue;
        };
        let sent = on_the_wire(view, seq).filter(|sent| sent.id == entry.mi);
        if sent.is_none_or(|sent| wire_key(sent) != entry_key(entry)) {
            finding.unmet(format!(
                "seq {seq} does not submit MI {} as claimed",
                entry.mi
            ));
        }
    }
}

fn expect_read_back(
    view: &RunView,
    entry: &MiFact,
    reads: &[&ExchangeFact],
    finding: &mut Finding,
) {
    let quantity = entry.facts.quantity as f64;
    match last_read(entry, reads).and_then(|call| call.mi.as_ref()) {
        None => expect_a_reason(view, entry, reads, finding),
        Some(read) if wire_key(read) == entry_key(entry) && read.quantity == quantity => {}
        Some(read) => drop(finding.unmet(format!(
            "MI {} reads back as {} for {}, submitted were {quantity} for {}",
            entry.mi,
            read.quantity,
            named(&wire_key(read)),
            named(&entry_key(entry)),
        ))),
    }
}

/// Why an entry was not read back. A simulator that was started anew has lost what earlier runs
/// submitted; the service may not.
fn expect_a_reason(view: &RunView, entry: &MiFact, reads: &[&ExchangeFact], finding: &mut Finding) {
    let asked = |call: &&&ExchangeFact| call.mi_id.as_ref() == Some(&entry.mi);
    let Some(read) = reads.iter().rfind(asked) else {
        finding.missing(format!(
            "MI {} was not read back: it was never asked for",
            entry.mi
        ));
        return;
    };
    let (mi, outcome, seq) = (&entry.mi, read.outcome(), read.seq);
    let forgotten = entry.exchange.is_none() && read.status == Some(404) && is_simulator(view);
    if forgotten {
        let run = &entry.run;
        finding.warning(format!(
            "MI {mi}, submitted by run {run}, is not there any more: {outcome} (seq {seq}); a \
             simulator that was started anew has no earlier MI"
        ));
    } else {
        finding.missing(format!("MI {mi} was not read back: {outcome} (seq {seq})"));
    }
}

/// The quantity is the number of letters, in what was noted and on the wire.
fn expect_quantity(view: &RunView, entry: &MiFact, finding: &mut Finding) {
    let letters: HashSet<&String> = entry.facts.letters.iter().collect();
    if entry.facts.quantity != letters.len() as u64 {
        let letters = count(letters.len(), "letter");
        let quantity = entry.facts.quantity;
        finding.unmet(format!(
            "MI {} counts {quantity} and names {letters}",
            entry.mi
        ));
    }
    let sent = entry.exchange.and_then(|seq| on_the_wire(view, seq));
    if let Some(sent) = sent.filter(|sent| sent.quantity != entry.facts.quantity as f64) {
        let (said, quantity) = (sent.quantity, entry.facts.quantity);
        finding.unmet(format!(
            "MI {} was sent with {said}, not {quantity}",
            entry.mi
        ));
    }
}

/// What this run submits was dispatched in this run, or before it and is seen so; of entries of
/// earlier runs only their word is known.
fn expect_dispatched(view: &RunView, entry: &MiFact, letters: &[Dispatch], finding: &mut Finding) {
    if entry.exchange.is_none() {
        return;
    }
    let known: HashSet<&str> = letters.iter().map(|letter| letter.letter).collect();
    let counted = entry.facts.letters.iter();
    let others = counted.filter(|id| !known.contains(id.as_str()));
    let (before, never): (Vec<&String>, Vec<&String>) =
        others.partition(|id| dispatched_before(view, id).is_some());
    let proof = before.iter().filter_map(|id| dispatched_before(view, id));
    finding.proof(proof);
    let what = format!(
        "counted by MI {} and dispatched by an earlier run",
        entry.mi
    );
    finding.warning_letters(&before, &what);
    let what = format!(
        "counted by MI {} but never read DISPATCHED in this run",
        entry.mi
    );
    finding.unmet_letters(&never, &what);
}

/// The reading that shows a letter dispatched, or gone on from there, before this run sent any
/// update for it.
fn dispatched_before(view: &RunView, letter: &str) -> Option<u64> {
    const GONE: [Status; 3] = [Status::Dispatched, Status::Delivered, Status::Returned];
    let names = |intent: &&IntentFact| intent.changes.iter().any(|change| change.letter == letter);
    let touched = view.all_intents().iter().find(names);
    let before = |seq: u64| touched.is_none_or(|intent| seq < intent.seq);
    let mut seen = view.observations(letter).iter();
    let seen = seen.find(|seen| GONE.iter().any(|status| seen.letter.is(*status)))?;
    before(seen.seq).then_some(seen.seq)
}

/// Every dispatched letter is in one entry, that of its group; a group without an entry and an
/// entry that stands twice are AT14.3's findings.
fn expect_counted_once(letters: &[Dispatch], entries: &[&MiFact], finding: &mut Finding) {
    let mut by_letter: BTreeMap<&str, BTreeSet<Key>> = BTreeMap::new();
    for entry in entries {
        for letter in &entry.facts.letters {
            by_letter
                .entry(letter)
                .or_default()
                .insert(entry_key(entry));
        }
    }
    let (mut uncounted, mut elsewhere, mut late) = (Vec::new(), Vec::new(), Vec::new());
    for dispatch in letters {
        let own = || {
            entries
                .iter()
                .filter(|entry| entry_key(entry) == dispatch.key)
        };
        let counted = by_letter.get(dispatch.letter);
        match counted.map(|keys| (keys.len(), keys.contains(&dispatch.key))) {
            Some((1, true)) => {}
            Some(_) => elsewhere.push(dispatch.letter),
            None if own().next().is_none() => {}
            None if own().all(|entry| submitted_before(entry, dispatch)) => {
                late.push(dispatch.letter)
            }
            None => uncounted.push(dispatch.letter),
        }
    }
    finding.unmet_letters(&uncounted, "dispatched and counted by no submission");
    finding.unmet_letters(
        &elsewhere,
        "counted under another day, specification or group",
    );
    finding.warning_letters(
        &late,
        "dispatched after the day's MI of their group; they belong to the next day's MI",
    );
}

fn submitted_before(entry: &MiFact, dispatch: &Dispatch) -> bool {
    entry.exchange.is_none() || entry.seq < dispatch.seq
}

/// A submission whose answer is lost may have been taken: the service does not notice a second.
/// Every point says so in the same words.
fn expect_known_fates(view: &RunView, finding: &mut Finding) {
    for Unclear { seq, facts, why } in unclear(view) {
        let answer = view.answer_to(seq);
        finding.proof([seq]).proof(answer.map(|call| call.seq));
        finding.review(format!(
            "nobody knows whether the management information for {} arrived (seq {seq}): {why}; \
             ask NHS Notify",
            named(&facts_key(facts))
        ));
    }
}

/// A submission of which neither an answer nor a refusal is known.
struct Unclear<'a> {
    seq: u64,
    facts: &'a MiFacts,
    why: String,
}

/// Those of this run, then those of earlier runs, which are not sent again.
fn unclear(view: &RunView) -> Vec<Unclear<'_>> {
    let announced = view.intents(TEST);
    let own = announced.filter_map(|intent| {
        let why = fate(view, intent.seq)?;
        let (seq, facts) = (intent.seq, intent.mi.as_ref()?);
        Some(Unclear { seq, facts, why })
    });
    let earlier = view.unclear_mi().iter().map(|mi| Unclear {
        seq: mi.seq,
        facts: &mi.facts,
        why: format!("run {} sent it and got no answer", mi.run),
    });
    own.chain(earlier).collect()
}

/// Why nobody knows what became of a submission; `None` if it is known.
fn fate(view: &RunView, intent: u64) -> Option<String> {
    let Some(call) = view.answer_to(intent) else {
        return Some("the run was interrupted before an answer was written".to_owned());
    };
    let known = match call.status.filter(|_| call.error.is_none()) {
        Some(200..400) => call.mi.is_some(),
        Some(400..500) => true, // clearly not taken
        _ => false,
    };
    (!known).then(|| call.outcome())
}

/// The entries that this run's answers and the notes of all runs tell of, by key.
fn submitted_keys<'a>(
    view: &'a RunView,
    entries: &[&'a MiFact],
) -> BTreeMap<Key, BTreeSet<&'a str>> {
    let noted = entries.iter().map(|entry| (entry_key(entry), &*entry.mi));
    let sent = calls(view, Route::SubmitMi).filter(|call| call.succeeded());
    let sent = sent.filter_map(|call| call.mi.as_ref());
    let mut keys: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
    for (key, id) in noted.chain(sent.map(|mi| (wire_key(mi), &*mi.id))) {
        keys.entry(key).or_default().insert(id);
    }
    keys
}

/// True if every reading was answered that there is no such thing. The simulator can read back,
/// so there it means that the entries are gone.
fn cannot_read_back(view: &RunView, reads: &[&ExchangeFact]) -> bool {
    let absent = |call: &&ExchangeFact| matches!(call.status, Some(404 | 405));
    !is_simulator(view) && !reads.is_empty() && reads.iter().all(absent)
}

fn is_simulator(view: &RunView) -> bool {
    let started = view.started();
    started.is_some_and(|started| started.target.kind == "local")
}

fn last_read<'a>(entry: &MiFact, reads: &[&'a ExchangeFact]) -> Option<&'a ExchangeFact> {
    let is_it = |call: &&&ExchangeFact| {
        let read = call.mi.as_ref();
        call.succeeded() && read.is_some_and(|read| read.id == entry.mi)
    };
    reads.iter().rfind(is_it).copied()
}

/// The longest time from an answered submission of this run to its reading.
fn slowest_ms(view: &RunView, entries: &[&MiFact], reads: &[&ExchangeFact]) -> i64 {
    let waited = |entry: &&&MiFact| {
        let submitted = view.exchange(TEST, entry.exchange?)?;
        let read = last_read(entry, reads)?;
        Some(read.done.micros_since(submitted.done) / 1_000)
    };
    entries
        .iter()
        .filter_map(|entry| waited(&entry))
        .max()
        .unwrap_or(0)
}

fn on_the_wire(view: &RunView, seq: u64) -> Option<&MiOnTheWire> {
    let call = view.exchange(TEST, seq)?;
    let taken = call.route == Route::SubmitMi && call.succeeded();
    call.mi.as_ref().filter(|_| taken)
}

fn wire_key(mi: &MiOnTheWire) -> Key {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    (
        mi.date.clone(),
        text(&mi.specification_id),
        text(&mi.group_id),
    )
}

fn entry_key(entry: &MiFact) -> Key {
    facts_key(&entry.facts)
}

fn facts_key(facts: &MiFacts) -> Key {
    let (date, specification, group) = facts.key();
    (date.to_owned(), specification.to_owned(), group.to_owned())
}

fn named((date, specification, group): &Key) -> String {
    format!("{date}, {specification}, {group}")
}

//! Runs the checks in the order of causes, and keeps one PDF's trouble to itself.
//!
//! A check that needs what an earlier one did not find is not run: a file that is cut off has
//! one defect, not twelve. A check that panics, or that is still waiting when the PDF's time is
//! up, is not judged: that is about this PDF and this tool, and no defect of the letter.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lopdf::{Document, ObjectId};

use super::check::{CheckId, CheckResult, Finding, Outcome};
use super::clock::Deadline;
use super::letter::Letter;
use super::policy::Policy;
use super::report::{Depth, Report};
use super::survey::{Interest, Survey};
use super::{active, address, content, delivery, frame, load, paper, survey, used};

/// What a PDF is, whosever letter it belongs to: it can be remembered by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    checks: Vec<CheckResult>,
    pages: Option<u32>,
}

/// Judges one letter, taking the verdict on its contents from `contents`.
pub(super) fn judge(
    letter: &Letter,
    policy: &Policy,
    depth: Depth,
    contents: impl FnOnce(&str, &str) -> Arc<Contents>,
) -> Report {
    let started = Instant::now();
    let pack = policy.pack_name(letter.specification);
    let mut checks = Checks::new(policy.time_budget);
    let sha256 = deliver(letter, &mut checks);
    let mut pages = None;
    if checks.failed(&[CheckId::Document, CheckId::Size]) || sha256.is_empty() {
        checks.skip_rest("there is no PDF to look at");
    } else {
        let contents = contents(&sha256, pack);
        checks.done.extend(contents.checks.iter().cloned());
        pages = contents.pages;
    }
    Report {
        depth,
        checks: checks.sorted(),
        bytes: letter.bytes.len() as u64,
        pages,
        pack: pack.to_owned(),
        micros: micros(started.elapsed()),
        ask_again: letter.fetched.is_some_and(delivery::ask_again),
        sha256,
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// PF-001 to PF-003; hands back the hash of what was delivered, if anything was.
fn deliver(letter: &Letter, checks: &mut Checks) -> String {
    checks.run(CheckId::Document, || delivery::document(letter.fetched));
    let undelivered = checks.failed(&[CheckId::Document]);
    if undelivered || letter.fetched.is_some_and(delivery::ask_again) {
        return String::new();
    }
    checks.run(CheckId::Size, || delivery::size(letter));
    if letter.bytes.is_empty() {
        return String::new();
    }
    let sha256 = delivery::sha256_hex(letter.bytes);
    checks.run(CheckId::Hash, || delivery::hash(letter, &sha256));
    sha256
}

/// PF-004 and everything after it.
pub(super) fn contents(bytes: &[u8], pack: &str, policy: &Policy, depth: Depth) -> Contents {
    let mut checks = Checks::new(policy.time_budget);
    let pages = structure(bytes, pack, policy, depth, &mut checks);
    if depth == Depth::Cheap {
        checks.skip(|id| !id.is_cheap(), "not one of the cheap checks");
    }
    checks.skip_rest("an earlier check did not come to its end");
    Contents {
        checks: checks.from(CheckId::Frame),
        pages,
    }
}

fn structure(
    bytes: &[u8],
    pack: &str,
    policy: &Policy,
    depth: Depth,
    checks: &mut Checks,
) -> Option<u32> {
    if bytes.len() > delivery::MAX_BYTES {
        checks.skip_rest("too large to look at");
        return None;
    }
    checks.run(CheckId::Frame, || frame::frame(bytes));
    if checks.failed(&[CheckId::Frame]) {
        checks.skip_rest("the file is no complete PDF");
        return None;
    }
    let deadline = checks.deadline;
    let document = checks.find(CheckId::Load, || load::load(bytes, deadline))?;
    checks.run(CheckId::Encryption, || load::encryption(&document));
    if checks.failed(&[CheckId::Encryption]) {
        checks.skip_rest("the PDF cannot be opened");
        return None;
    }
    let pages = checks.find(CheckId::PageTree, || load::pages(&document))?;
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    layout(&document, &pages, count, pack, policy, checks);
    if depth == Depth::Full {
        printed(&document, &pages, policy, checks);
    }
    Some(count)
}

/// What the page tree alone tells.
fn layout(
    document: &Document,
    pages: &[ObjectId],
    count: u32,
    pack: &str,
    policy: &Policy,
    checks: &mut Checks,
) {
    checks.run(CheckId::Sheets, || {
        paper::sheets(count, pack, policy.pack(pack))
    });
    checks.run(CheckId::MorePages, || {
        paper::more_pages(count, policy.more_pages)
    });
    checks.run(CheckId::PaperSize, || paper::size(document, pages));
}

/// What takes reading the contents.
fn printed(document: &Document, pages: &[ObjectId], policy: &Policy, checks: &mut Checks) {
    let deadline = checks.deadline;
    let interest = address::interest(policy.window, policy.margins);
    let survey = checks.find(CheckId::Streams, || {
        contents_read(document, pages, interest, deadline)
    });
    checks.run(CheckId::Active, || active::active(document));
    let Some(survey) = survey else {
        return;
    };
    checks.run(CheckId::Fonts, || content::fonts(&survey));
    checks.run(CheckId::Type3, || content::type3(&survey));
    checks.run(CheckId::Resolution, || content::resolution(&survey));
    addressed(&survey, policy, checks);
    checks.run(CheckId::Margins, || {
        address::margins(&survey, policy.margins)
    });
}

fn addressed(survey: &Survey, policy: &Policy, checks: &mut Checks) {
    let address = address::find(survey, policy.window);
    checks.run(CheckId::AddressPresent, || address::present(&address));
    checks.run(CheckId::AddressLines, || address::complete(&address));
    checks.run(CheckId::AddressWindow, || address::fits(&address));
}

/// PF-008: what prints is there and decodes to its end. What is damaged is looked at no further;
/// what met a bound is, as far as it could be read.
fn contents_read(
    document: &Document,
    pages: &[ObjectId],
    interest: Interest,
    deadline: Deadline,
) -> Result<(Finding, Survey), Finding> {
    let found = used::look(document, pages, deadline);
    if found.outcome == Outcome::Fail {
        return Err(found);
    }
    let survey = survey::survey(document, pages, interest, deadline);
    let survey = survey.map_err(|fault| fault.finding())?;
    Ok((found, survey))
}

/// The results so far, and the time that is left.
struct Checks {
    done: Vec<CheckResult>,
    deadline: Deadline,
    budget: Duration,
    gave_up: bool,
}

impl Checks {
    fn new(budget: Duration) -> Self {
        Self {
            done: Vec::with_capacity(CheckId::ALL.len()),
            deadline: Deadline::after(budget),
            budget,
            gave_up: false,
        }
    }

    fn run(&mut self, id: CheckId, check: impl FnOnce() -> Finding) {
        self.find(id, || Ok((check(), ())));
    }

    /// Runs a check that also finds something which later checks need.
    fn find<T>(
        &mut self,
        id: CheckId,
        check: impl FnOnce() -> Result<(Finding, T), Finding>,
    ) -> Option<T> {
        if self.gave_up {
            return None;
        }
        if self.deadline.passed() {
            self.gave_up = true;
            let waited = format!("gave up after {} ms", self.budget.as_millis());
            self.enter(id, Finding::not_judged(waited));
            return None;
        }
        // The closures own nothing that outlives them half done.
        let outcome = catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|_| {
            Err(Finding::not_judged(
                "the check itself broke down on this PDF",
            ))
        });
        match outcome {
            Ok((finding, found)) => {
                self.enter(id, finding);
                Some(found)
            }
            Err(finding) => {
                self.enter(id, finding);
                None
            }
        }
    }

    fn enter(&mut self, id: CheckId, finding: Finding) {
        self.done.push(CheckResult::new(id, finding));
    }

    fn failed(&self, ids: &[CheckId]) -> bool {
        self.done
            .iter()
            .any(|check| check.outcome == Outcome::Fail && ids.contains(&check.id))
    }

    /// Enters every check that has no result yet as not run.
    fn skip_rest(&mut self, why: &str) {
        self.skip(|_| true, why);
    }

    fn skip(&mut self, which: impl Fn(CheckId) -> bool, why: &str) {
        for id in CheckId::ALL.into_iter().filter(|id| which(*id)) {
            if self.done.iter().all(|check| check.id != id) {
                self.enter(id, Finding::not_run(why));
            }
        }
    }

    fn sorted(mut self) -> Vec<CheckResult> {
        self.done.sort_by_key(|check| check.id);
        self.done
    }

    fn from(self, first: CheckId) -> Vec<CheckResult> {
        let mut checks = self.sorted();
        checks.retain(|check| check.id >= first);
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_the_verdict_of_its_own_check() {
        let mut checks = Checks::new(Duration::from_secs(60));
        let found: Option<()> =
            checks.find(CheckId::Load, || panic!("as damaged files make parsers do"));
        checks.run(CheckId::PageTree, || Finding::pass("still running"));
        let outcomes: Vec<_> = checks.done.iter().map(|check| check.outcome).collect();
        assert!(found.is_none());
        assert_eq!(outcomes, [Outcome::NotJudged, Outcome::Pass]);
    }

    #[test]
    fn who_is_out_of_time_is_not_judged_and_that_is_said_once() {
        let mut checks = Checks::new(Duration::ZERO);
        checks.run(CheckId::Load, || Finding::pass("never asked"));
        checks.run(CheckId::PageTree, || Finding::pass("never asked"));
        checks.skip_rest("gave up");
        let unjudged = checks
            .done
            .iter()
            .filter(|check| check.outcome == Outcome::NotJudged);
        assert_eq!(
            unjudged.map(|check| check.id).collect::<Vec<_>>(),
            [CheckId::Load]
        );
    }
}

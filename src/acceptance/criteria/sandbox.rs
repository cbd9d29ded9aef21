//! What the sandbox answers to one request, right or wrong.

use std::collections::HashSet;

use crate::acceptance::facts::{ExchangeFact, Wire};
use crate::acceptance::finding::{Finding, is_lost};
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, KnownDeviation};

/// A request, and what its answer must be.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    method: &'static str,
    path: &'static str,
    documented: u16,
    code: Option<&'static str>,
    otherwise: Otherwise,
    holds: Holds,
}

/// What another status than the documented one may mean.
#[derive(Clone, Copy, Debug)]
enum Otherwise {
    /// Nothing good.
    Unmet,
    /// A known deviation of the target, by its id.
    Deviation(&'static str, u16),
    /// That the sandbox cannot show it, and why.
    CannotShow(u16, &'static str),
}

/// What must hold beside the status.
#[derive(Clone, Copy, Debug)]
enum Holds {
    Nothing,
    /// Letters, each once, at most so many.
    Letters(usize),
    /// Where to look instead.
    Elsewhere,
    /// A second list has none of the first list's letters; else the reason why not.
    Hidden(&'static str),
    /// The letter was read in this status afterwards; else the reason why not.
    Shown(&'static str, &'static str),
}

/// The beginning of a check: the request.
pub const fn asks(method: &'static str, path: &'static str) -> Check {
    Check {
        method,
        path,
        documented: 200,
        code: None,
        otherwise: Otherwise::Unmet,
        holds: Holds::Nothing,
    }
}

impl Check {
    /// The documented status.
    pub const fn answers(mut self, status: u16) -> Self {
        self.documented = status;
        self
    }

    /// The documented error code.
    pub const fn coded(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The status of a known deviation.
    pub const fn or_deviates(mut self, known: &'static str, status: u16) -> Self {
        self.otherwise = Otherwise::Deviation(known, status);
        self
    }

    /// The status that says that this cannot be shown here.
    pub const fn or_cannot_show(mut self, status: u16, why: &'static str) -> Self {
        self.otherwise = Otherwise::CannotShow(status, why);
        self
    }

    /// Letters come, each once.
    pub const fn with_letters(mut self, most: usize) -> Self {
        self.holds = Holds::Letters(most);
        self
    }

    /// The answer says where to look instead.
    pub const fn leading_elsewhere(mut self) -> Self {
        self.holds = Holds::Elsewhere;
        self
    }

    /// A second list has other letters.
    pub const fn hiding_letters(mut self, why_not: &'static str) -> Self {
        self.holds = Holds::Hidden(why_not);
        self
    }

    /// The update shows when the letter is read.
    pub const fn showing(mut self, status: &'static str, why_not: &'static str) -> Self {
        self.holds = Holds::Shown(status, why_not);
        self
    }

    /// Judges the point `id` on the exchanges that were made for it.
    pub fn judge(&self, id: &'static str, view: &RunView) -> Judgement {
        let mut finding = Finding::of(id, self.expected());
        let asked: Vec<&ExchangeFact> = view
            .calls(id)
            .into_iter()
            .filter(|call| call.wire.as_deref().is_some_and(|wire| self.is_of(wire)))
            .collect();
        finding.proof(asked.iter().map(|call| call.seq));
        if asked.is_empty() {
            finding.missing(format!("{} {} was not asked", self.method, self.path));
        }
        for call in asked.iter().filter(|call| is_lost(call)) {
            finding.missing(format!("{} (seq {})", call.outcome(), call.seq));
        }
        let mut cannot = None;
        for call in asked.iter().filter(|call| !is_lost(call)) {
            cannot = cannot.or(self.hold_answer(call, view, &mut finding));
        }
        cannot = cannot.or_else(|| self.hold_facts(id, view, &asked, &mut finding));
        match cannot {
            Some(why) if finding.is_clean() => finding.not_tested(why),
            _ => finding.judge(view, told(&asked)),
        }
    }

    fn expected(&self) -> String {
        let code = self.code.map(|code| format!(" {code}"));
        let code = code.unwrap_or_default();
        let (method, path) = (self.method, self.path);
        format!("{method} {path} is answered {}{code}", self.documented)
    }

    /// True if `wire` carries this check's request; `{id}` at the end of a path is any id.
    fn is_of(&self, wire: &Wire) -> bool {
        let same_path = match self.path.strip_suffix("{id}") {
            Some(start) => wire.url.contains(start),
            None => wire.url.ends_with(self.path),
        };
        wire.method == self.method && same_path
    }

    /// Holds the status of one answer; says why if it means that this cannot be shown.
    fn hold_answer(
        &self,
        call: &ExchangeFact,
        view: &RunView,
        finding: &mut Finding,
    ) -> Option<&'static str> {
        let status = call.status.unwrap_or_default();
        let seq = call.seq;
        match self.otherwise {
            _ if status == self.documented => self.hold_code(call, finding),
            Otherwise::CannotShow(known, why) if status == known => return Some(why),
            Otherwise::Deviation(id, known) if status == known => match view.deviation(id) {
                Some(known) => drop(finding.warning(as_known(known))),
                None => drop(finding.unmet(format!(
                    "answered {status} (seq {seq}), and the target knows no deviation {id:?}"
                ))),
            },
            _ => drop(finding.unmet(format!(
                "answered {status} where {} is documented (seq {seq})",
                self.documented
            ))),
        }
        if status == self.documented {
            let stale = self.deviation().and_then(|id| view.deviation(id));
            if let Some(known) = stale {
                finding.warning(no_longer(known));
            }
        }
        None
    }

    fn deviation(&self) -> Option<&'static str> {
        match self.otherwise {
            Otherwise::Deviation(id, _) => Some(id),
            Otherwise::Unmet | Otherwise::CannotShow(..) => None,
        }
    }

    fn hold_code(&self, call: &ExchangeFact, finding: &mut Finding) {
        let said = call.wire.as_deref().and_then(|wire| wire.code.as_deref());
        if let Some(code) = self.code.filter(|code| said != Some(*code)) {
            let said = said.unwrap_or("none");
            finding.unmet(format!(
                "the error code is {said}, not {code} (seq {})",
                call.seq
            ));
        }
    }

    /// What must hold beside the status; says why if it cannot be shown.
    fn hold_facts(
        &self,
        id: &'static str,
        view: &RunView,
        asked: &[&ExchangeFact],
        finding: &mut Finding,
    ) -> Option<&'static str> {
        match self.holds {
            Holds::Nothing => None,
            Holds::Letters(most) => {
                expect_letters(view, id, most, finding);
                None
            }
            Holds::Elsewhere => {
                let leads = |call: &&&ExchangeFact| {
                    call.wire
                        .as_deref()
                        .is_some_and(|wire| wire.leads_elsewhere)
                };
                if asked.iter().filter(leads).count() < asked.len() {
                    finding.unmet("the answer has no Location");
                }
                None
            }
            Holds::Hidden(why) => comes_again(view, id, finding).then_some(why),
            Holds::Shown(status, why) => (!is_shown(view, id, status, finding)).then_some(why),
        }
    }
}

fn expect_letters(view: &RunView, id: &str, most: usize, finding: &mut Finding) {
    let mut lists = view.lists(id).peekable();
    if lists.peek().is_none() {
        finding.missing("no list was answered");
    }
    for list in lists {
        finding.proof([list.seq]);
        let mut seen = HashSet::new();
        let twice = list
            .letters
            .iter()
            .filter(|letter| !seen.insert(&letter.id))
            .count();
        let letters = list.letters.len();
        if letters == 0 || letters > most {
            let letters = count(letters, "letter");
            finding.unmet(format!("{letters} came (seq {})", list.seq));
        }
        if twice > 0 {
            let twice = count(twice, "letter");
            finding.unmet(format!("{twice} came twice (seq {})", list.seq));
        }
    }
}

/// True if a later list brought a letter of an earlier one.
fn comes_again(view: &RunView, id: &str, finding: &mut Finding) -> bool {
    let lists: Vec<_> = view.lists(id).collect();
    finding.proof(lists.iter().map(|list| list.seq));
    let [first, .., last] = lists.as_slice() else {
        finding.missing("two lists are needed");
        return false;
    };
    let known: HashSet<&str> = first.letters.iter().map(|letter| &*letter.id).collect();
    last.letters
        .iter()
        .any(|letter| known.contains(&*letter.id))
}

/// True if a letter was read in `status` after the first update.
fn is_shown(view: &RunView, id: &str, status: &str, finding: &mut Finding) -> bool {
    let mut reads = view.observed_in(id).peekable();
    if reads.peek().is_none() {
        finding.missing("the letter was not read afterwards");
        return true;
    }
    let mut shown = false;
    for read in reads {
        finding.proof([read.seq]);
        shown |= read.letter.status == status;
    }
    shown
}

fn as_known(known: &KnownDeviation) -> String {
    let KnownDeviation {
        about,
        documented,
        source,
        since,
        ..
    } = known;
    format!("{about} is documented as {documented}: a deviation known since {since} ({source})")
}

fn no_longer(known: &KnownDeviation) -> String {
    let KnownDeviation {
        id, since, source, ..
    } = known;
    format!("the deviation {id}, known since {since} ({source}), no longer happens: it is stale")
}

fn told(asked: &[&ExchangeFact]) -> String {
    let mut statuses: Vec<String> = asked
        .iter()
        .filter_map(|call| Some(call.status?.to_string()))
        .collect();
    statuses.dedup();
    match asked.len() {
        1 => format!("answered {}", statuses.join(", ")),
        times => format!("{times} requests, answered {}", statuses.join(", ")),
    }
}

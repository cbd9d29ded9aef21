//! Holds what a `pdf.checked` says against what its exchange brought, and checks kept PDFs again.

use std::collections::HashMap;
use std::sync::Arc;

use crate::acceptance::RunView;
use crate::evidence::{BodyStore, EvidenceError, sha256_hex};
use crate::model::{PdfCheck, PdfOutcome};
use crate::preflight::{CheckId, CheckResult, Fetched, Letter, Outcome, Policy, PolicyError, full};

use super::mentions::Answered;

/// What a line states of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Download {
    pub letter: String,
    pub exchange: u64,
    /// None if no PDF came.
    pub sha256: Option<String>,
    pub bytes: u64,
    pub expected_sha256: Option<String>,
}

impl Download {
    /// Status, hash and length must be the answer's.
    pub fn hold_answer(&self, answered: &Answered) -> Result<(), String> {
        let seq = self.exchange;
        let wanted = if self.sha256.is_some() { 200 } else { 404 };
        if answered.status != Some(wanted) || !answered.whole {
            let came = answered
                .status
                .map_or("nothing".to_owned(), |it| it.to_string());
            return Err(format!(
                "states what follows from a {wanted}, and the download of seq {seq} was answered with {came}"
            ));
        }
        let same = match (&self.sha256, &answered.body) {
            (None, _) => self.bytes == 0,
            // What redaction changed is no PDF, and its hash is that of the redacted bytes.
            (Some(_), Some(body)) if body.redacted => true,
            (Some(sha256), Some(body)) => *sha256 == body.sha256 && self.bytes == body.bytes,
            (Some(sha256), None) => *sha256 == sha256_hex(b"") && self.bytes == 0,
        };
        match same {
            true => Ok(()),
            false => Err(format!(
                "states another hash or length than the download of seq {seq} has"
            )),
        }
    }

    /// The hash that was expected must be one that the service stated for this letter, if it
    /// stated any in this run.
    pub fn hold_expectation(&self, view: &RunView) -> Result<(), String> {
        let Some(expected) = &self.expected_sha256 else {
            return Ok(());
        };
        let listed = view.listings(&self.letter).map(|(_, facts)| facts);
        let observed = view.observations(&self.letter).iter().map(|it| &it.letter);
        let stated: Vec<&String> = listed
            .chain(observed)
            .filter_map(|facts| facts.sha256_hash.as_ref())
            .collect();
        match stated.is_empty() || stated.contains(&expected) {
            true => Ok(()),
            false => Err("expects a hash that the service never stated for this letter".to_owned()),
        }
    }

    /// What can be seen of the checks without the PDF.
    pub fn hold_checks(&self, checks: &[PdfCheck], redacted: bool) -> Result<(), String> {
        let outcome = |id: CheckId| {
            let mut checks = checks.iter();
            let found = checks.find(|check| check.id == id.as_str());
            found.map(|check| check.outcome)
        };
        let came = self.sha256.is_some();
        // A PDF is kept as it is: what held a secret was none, and a check must say so.
        let failed = checks.iter().any(|check| check.outcome == PdfOutcome::Fail);
        if came && redacted && !failed {
            return Err(
                "finds nothing wrong with a download that held a secret, and so was no PDF"
                    .to_owned(),
            );
        }
        let as_stated = match (&self.sha256, &self.expected_sha256) {
            (Some(came), Some(stated)) => came.eq_ignore_ascii_case(stated),
            _ => false,
        };
        if outcome(CheckId::Document) == Some(PdfOutcome::Pass) && !came {
            return Err("says that a PDF came (PF-001), and none did".to_owned());
        }
        if outcome(CheckId::Hash) == Some(PdfOutcome::Pass) && !as_stated {
            return Err("says that the hash is the one stated (PF-003), and it is not".to_owned());
        }
        Ok(())
    }
}

/// The PDFs that a run kept, which can be checked again.
pub(super) struct Kept {
    bodies: BodyStore,
    policy: Policy,
    /// By hash and specification.
    known: HashMap<(String, Option<String>), Arc<Vec<CheckResult>>>,
    rechecked: u64,
}

impl Kept {
    /// Those of `bodies`.
    ///
    /// # Errors
    /// If the built-in policy does not read, which is a fault of the tool.
    pub fn of(bodies: BodyStore) -> Result<Self, PolicyError> {
        Ok(Self {
            bodies,
            policy: Policy::built_in()?,
            known: HashMap::new(),
            rechecked: 0,
        })
    }

    /// How many were.
    pub fn rechecked(&self) -> u64 {
        self.rechecked
    }

    /// Makes the checks again that `stated` tells, if the PDF was kept: this version's checks of
    /// a run that this version made must find the same, but for those that ran out of time.
    pub fn check_again(
        &mut self,
        download: &Download,
        stated: &[PdfCheck],
        view: &RunView,
    ) -> Result<(), String> {
        let own = |version: &str| version == env!("CARGO_PKG_VERSION");
        let own = view.started().is_some_and(|run| own(&run.tool.version));
        let Some(sha256) = download.sha256.as_deref().filter(|_| own) else {
            return Ok(());
        };
        let mut differ = None;
        for specification in specifications(view, &download.letter) {
            let of_paper = |id| matches!(id, CheckId::Sheets | CheckId::MorePages);
            let known = specification.is_some();
            let Some(again) = self.checks(sha256, specification)? else {
                return Ok(());
            };
            let comparable = |it: &&CheckResult| known || !of_paper(it.id);
            let mut met = again.iter().map(|it| outcome(it.outcome));
            let cut_short =
                met.any(is_cut_short) || stated.iter().any(|it| is_cut_short(it.outcome));
            let mut checks = again.iter().filter(comparable);
            differ = checks.find_map(|check| difference(check, stated, cut_short));
            if differ.is_none() {
                break;
            }
        }
        self.rechecked += 1;
        let Some(differ) = differ else {
            return Ok(());
        };
        Err(format!(
            "states other checks than the kept PDF gives: {differ}"
        ))
    }

    /// The checks of the kept PDF with this hash, but for those about how it was delivered; none
    /// if it was not kept. A PDF that many letters have is read and checked once.
    fn checks(
        &mut self,
        sha256: &str,
        specification: Option<String>,
    ) -> Result<Option<Arc<Vec<CheckResult>>>, String> {
        let key = (sha256.to_owned(), specification);
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(bytes) = self.read(sha256)? else {
            return Ok(None);
        };
        let letter = Letter {
            specification: key.1.as_deref(),
            fetched: Some(BROUGHT),
            ..Letter::new(&bytes)
        };
        let mut checks = full(&letter, &self.policy).checks;
        checks.retain(|it| !matches!(it.id, CheckId::Size | CheckId::Hash));
        let checks = Arc::new(checks);
        self.known.insert(key, Arc::clone(&checks));
        Ok(Some(checks))
    }

    /// The kept bytes with this hash; none if they were not kept.
    fn read(&self, sha256: &str) -> Result<Option<Vec<u8>>, String> {
        let told = |error: EvidenceError| error.to_string();
        let path = self.bodies.path_of(sha256).map_err(told)?;
        if path.symlink_metadata().is_err() {
            return Ok(None);
        }
        let bytes = self.bodies.read_kept(sha256).map_err(told)?;
        match sha256_hex(&bytes) == sha256 {
            true => Ok(Some(bytes)),
            false => Err(format!("the kept PDF {sha256} is not what its name says")),
        }
    }
}

/// The storage's answer to a download that brought a document.
const BROUGHT: Fetched = Fetched {
    status: 200,
    xml_code: None,
};

/// What the service said that the letter's specification is; what the run did not hear itself may
/// stand in the supplier's ledger, so without any the checks of paper are not compared.
fn specifications(view: &RunView, letter: &str) -> Vec<Option<String>> {
    let listed = view.listings(letter).map(|(_, facts)| facts);
    let observed = view.observations(letter).iter().map(|it| &it.letter);
    let mut found: Vec<Option<String>> = Vec::new();
    for facts in listed.chain(observed) {
        if !found.contains(&facts.specification_id) {
            found.push(facts.specification_id.clone());
        }
    }
    if found.is_empty() {
        found.push(None);
    }
    found
}

/// How `again` differs from what is stated of the same check, if it does. Where a check met a bound
/// of the tool, such as its time, that one and those after it may end otherwise: they are passed over.
fn difference(again: &CheckResult, stated: &[PdfCheck], cut_short: bool) -> Option<String> {
    let id = again.id.as_str();
    let outcome = outcome(again.outcome);
    let stated = stated.iter().find(|check| check.id == id)?;
    let open = |outcome| matches!(outcome, PdfOutcome::NotJudged | PdfOutcome::NotRun);
    let comparable = !cut_short || !(open(outcome) || open(stated.outcome));
    let same = stated.outcome == outcome && stated.observed == again.observed;
    (!same && comparable).then(|| {
        format!(
            "{id} is {:?} ({}), stated is {:?} ({})",
            outcome, again.observed, stated.outcome, stated.observed
        )
    })
}

fn is_cut_short(outcome: PdfOutcome) -> bool {
    outcome == PdfOutcome::NotJudged
}

fn outcome(outcome: Outcome) -> PdfOutcome {
    match outcome {
        Outcome::Pass => PdfOutcome::Pass,
        Outcome::Warn => PdfOutcome::Warn,
        Outcome::Fail => PdfOutcome::Fail,
        Outcome::NotRun => PdfOutcome::NotRun,
        Outcome::NotJudged => PdfOutcome::NotJudged,
    }
}

//! Is everything in place for a run? Checks, each with cause and remedy.
//!
//! Nothing here changes anything at the target, and nothing leases a letter: tokens are asked
//! for, `/_ping` and `/_status` are called, a letter that does not exist is read (NHS Notify's
//! own 404 proves that the call was let in), and PDFs of letters that are known already may be fetched.

mod access;
mod answer;
mod clock;
mod deviations;
mod finding;
mod key;
mod network;
mod place;
mod rate;
mod surroundings;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use crate::client::{Settings, Supplier};
use crate::evidence::Journal;
use crate::targets::Deviation;

pub use finding::{Finding, Outcome};
pub use key::{Published, published};
pub use place::places;
pub use surroundings::{Variables, surroundings};

/// What the checks that ask the target need to know.
#[derive(Debug)]
pub struct Subject {
    /// How the client is to speak to the target.
    pub settings: Settings,
    /// Where the exchanges go; a folder that is thrown away.
    pub journal: Journal,
    /// Base paths that the documentation names, the likeliest first.
    pub base_paths: Vec<String>,
    /// Deviations that are known of the target.
    pub deviations: Vec<Deviation>,
    /// The documented quota in requests a second.
    pub documented_rate: u32,
    /// In how long AT15 must fetch everything.
    pub within: Duration,
    /// Letters of one seeding, as AT15 fetches them.
    pub letters: u64,
    /// Letters whose PDFs may be fetched to measure the speed.
    pub known_letters: Vec<String>,
    /// Variables that name a proxy.
    pub proxies: Vec<String>,
}

/// Where a run writes, and which PDFs it keeps there.
#[derive(Clone, Debug)]
pub struct Places {
    /// The evidence folder.
    pub evidence: PathBuf,
    /// The folder of the reports.
    pub reports: PathBuf,
    /// True if every letter PDF is kept.
    pub keeps_all_pdfs: bool,
}

/// Asks the target, one check after the other; `told` hears of each as it ends.
pub async fn ask(subject: &Subject, told: &mut (dyn FnMut(&Finding) + Send)) -> Vec<Finding> {
    let mut heard = Heard {
        findings: Vec::new(),
        told,
    };
    let supplier = match Supplier::new(subject.settings.clone(), subject.journal.clone()) {
        Ok(supplier) => supplier,
        Err(error) => {
            heard.take(key::unusable(&error));
            heard.skip(&ALL, "the client cannot be made");
            return heard.findings;
        }
    };
    let reached = network::check(subject, &supplier, &mut heard).await;
    if reached {
        access::check(subject, &supplier, &mut heard).await;
    } else {
        heard.skip(&ALL[BEFORE_ANSWERS..], "the target cannot be reached");
    }
    heard.findings
}

/// Every check of [`ask`], in order.
const ALL: [&str; 12] = [
    "dns",
    "tls",
    "clock",
    "base-path",
    "token",
    "registration",
    "letters",
    "status",
    "rate",
    "bandwidth",
    "response-media-type",
    "not-found-code",
];

/// How many of them come before the target answers.
const BEFORE_ANSWERS: usize = 2;

/// Collects findings, and passes each on as it comes.
struct Heard<'t> {
    findings: Vec<Finding>,
    told: &'t mut (dyn FnMut(&Finding) + Send),
}

impl Heard<'_> {
    fn take(&mut self, finding: Finding) {
        (self.told)(&finding);
        self.findings.push(finding);
    }

    fn skip(&mut self, checks: &[&'static str], why: &str) {
        for check in checks {
            self.take(Finding::skipped(check, why));
        }
    }
}

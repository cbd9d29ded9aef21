//! `pack.json`: what a pack holds, for programs. README and checklist say the same for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::acceptance::signoff::{gravest, is_green};
use crate::acceptance::{AcceptanceTest, PACK_REVISION, PointResult, RunResult, mitigation};
use crate::evidence::{Additions, EvidenceError, attachment_name};
use crate::model::{
    Addition, Level, NoHash, RunId, Sha256Hex, Shown, Timestamp, Verdict, unique_keys,
};
use crate::report::{called_at, is_simulated};

use super::PackError;

/// The signature of `pack.json`, if the pack is signed; the one file besides it that it does not
/// name.
pub(super) const SIGNATURE: &str = "signatures/pack.json.sig";

/// Version of the form.
pub(super) const SCHEMA: u32 = 1;

/// The table of contents of a pack. Everything in it follows from the packed runs but `draft`,
/// `part`, `sealed_runs` and `tool_version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the form: 1.
    pub schema: u32,
    /// The version of letterproof that packed.
    pub tool_version: String,
    /// The revision of the Acceptance Test Pack that the checklist mirrors.
    pub pack_revision: String,
    /// Who was tested.
    pub supplier: String,
    /// The supplier's system, if named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The target's name in the supplier's configuration.
    pub target: String,
    /// The target's kind.
    pub kind: String,
    /// Where API and token endpoint were called, of all packed runs.
    pub called: String,
    /// True if nothing here was shown on the real service.
    pub simulator: bool,
    /// True if it was packed as a draft: mandatory points may be open.
    pub draft: bool,
    /// When the last of the packed runs ended.
    pub evidence_until: Timestamp,
    /// Which of how many zips this is, if the evidence was split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The acceptance tests that the packed runs count for.
    pub tests: Vec<TestEntry>,
    /// The packed runs.
    pub runs: Vec<RunEntry>,
    /// Every sealed run of the target that there was, packed or not.
    pub sealed_runs: Vec<SealedEntry>,
    /// Letter PDFs that were fetched and not kept, by run: their SHA-256.
    #[serde(deserialize_with = "unique_keys")]
    pub withheld_pdfs: BTreeMap<RunId, Vec<String>>,
    /// SHA-256 of every other file of the pack.
    #[serde(deserialize_with = "unique_keys")]
    pub files: BTreeMap<String, String>,
}

/// Which of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// From 1.
    pub number: usize,
    /// How many.
    pub of: usize,
}

/// An acceptance test and the run that counts for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestEntry {
    /// `AT4`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its level.
    pub level: Level,
    /// The gravest verdict of its points, reviews included.
    pub verdict: Verdict,
    /// The run; none if no run had it in scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Its points.
    pub points: Vec<PointEntry>,
    /// Files that people attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentEntry>,
    /// What people vouch for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<AttestationEntry>,
}

/// An acceptance point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointEntry {
    /// `AT4.2`.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its verdict, a review included.
    pub verdict: Verdict,
    /// What was seen, and who reviewed it; nothing for a plain pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// What was agreed with NHS Notify about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<MitigationEntry>,
}

/// What was agreed, and with whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MitigationEntry {
    /// What.
    pub note: String,
    /// With whom.
    pub agreed_with: String,
    /// When it was noted.
    pub at: Timestamp,
}

/// A file that somebody attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentEntry {
    /// Its name.
    pub name: String,
    /// Where it lies in the pack.
    pub path: String,
    /// What it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What somebody vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationEntry {
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// For what.
    pub note: String,
}

/// A packed run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEntry {
    /// Its id.
    pub run_id: RunId,
    /// Hash of its journal's last line.
    pub head: Sha256Hex,
    /// Hash of the last line of its `review.jsonl`, if people added something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additions_head: Option<Sha256Hex>,
    /// Number of its journal's lines.
    pub events: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Who was driven.
    pub driven: String,
    /// The test window that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u8>,
    /// The version of letterproof that made it.
    pub tool_version: String,
    /// The fingerprint of the key that signed its seal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
}

/// A sealed run of the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEntry {
    /// Its id.
    pub run_id: RunId,
    /// Hash of its journal's last line.
    pub head: Sha256Hex,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// True if it is in the pack (in another part, if the evidence was split).
    pub packed: bool,
}

/// A run that goes into a pack, read whole.
pub(super) struct Packed<'r> {
    pub result: &'r RunResult,
    pub additions: &'r Additions,
    pub signed_by: Option<String>,
    pub withheld: Vec<String>,
}

/// What does not follow from the packed runs.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub draft: bool,
    pub part: Option<Part>,
    pub sealed_runs: Vec<SealedEntry>,
    pub tool_version: String,
}

impl Manifest {
    /// What follows from `runs`; `tests` says which run counts for which test.
    pub(super) fn of(
        runs: &[Packed<'_>],
        tests: &[(&'static AcceptanceTest, Option<&RunId>)],
        given: Given,
    ) -> Result<Self, PackError> {
        let last = runs.iter().max_by_key(|run| run.result.ended_at);
        let started = match last {
            Some(run) => &run.result.started,
            None => return Err(PackError::Refused(Shown::of("the pack holds no run"))),
        };
        let entry = |(test, run): &(&'static AcceptanceTest, Option<&RunId>)| {
            let found = run.and_then(|id| runs.iter().find(|run| run.result.started.run_id == *id));
            TestEntry::of(test, found)
        };
        let withheld = runs.iter().filter(|run| !run.withheld.is_empty());
        let entries: Result<_, NoHash> = runs.iter().map(RunEntry::of).collect();
        Ok(Self {
            schema: SCHEMA,
            tool_version: given.tool_version,
            pack_revision: PACK_REVISION.to_owned(),
            supplier: started.supplier.clone(),
            system: started.system.clone(),
            target: started.target.name.clone(),
            kind: started.target.kind.clone(),
            called: called(runs),
            simulator: runs.iter().any(|run| is_simulated(run.result)),
            draft: given.draft,
            evidence_until: last.map(|run| run.result.ended_at).unwrap_or_default(),
            part: given.part,
            tests: tests.iter().map(entry).collect(),
            runs: entries.map_err(EvidenceError::from)?,
            sealed_runs: given.sealed_runs,
            withheld_pdfs: withheld
                .map(|run| (run.result.started.run_id.clone(), run.withheld.clone()))
                .collect(),
            files: BTreeMap::new(),
        })
    }

    /// As it stands in the pack.
    pub(super) fn json(&self) -> Result<Vec<u8>, PackError> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The mandatory points that are neither green nor mitigated.
    pub fn open(&self) -> impl Iterator<Item = &PointEntry> {
        self.mandatory().map(|(_, point)| point)
    }

    /// A line for each of [`Manifest::open`].
    pub(super) fn open_points(&self) -> Vec<String> {
        let told = |(test, point): (&TestEntry, &PointEntry)| {
            let run = test.run.as_deref().unwrap_or("no run");
            format!("  {} is {} ({run})", point.id, point.verdict)
        };
        self.mandatory().map(told).collect()
    }

    fn mandatory(&self) -> impl Iterator<Item = (&TestEntry, &PointEntry)> {
        let mandatory = self.tests.iter();
        let mandatory = mandatory.filter(|test| test.level == Level::Mandatory);
        let points = mandatory.flat_map(|test| test.points.iter().map(move |point| (test, point)));
        points.filter(|(_, point)| !is_green(point.verdict) && point.mitigation.is_none())
    }

    /// Runs that are named and not packed.
    pub fn omitted(&self) -> impl Iterator<Item = &SealedEntry> {
        self.sealed_runs.iter().filter(|run| !run.packed)
    }
}

fn called(runs: &[Packed<'_>]) -> String {
    let mut told: Vec<String> = runs.iter().map(|run| called_at(run.result)).collect();
    told.sort_unstable();
    told.dedup();
    told.join(", ")
}

impl TestEntry {
    fn of(test: &'static AcceptanceTest, run: Option<&Packed<'_>>) -> Self {
        let points = test.points.iter().map(|point| {
            let result = run.and_then(|run| {
                let mut points = run.result.points.iter();
                points.find(|found| found.id == point.id)
            });
            PointEntry::of(point.id, point.text, result, run)
        });
        let points: Vec<PointEntry> = points.collect();
        let (attachments, attestations) = run.map(|run| added(run, test.id)).unwrap_or_default();
        Self {
            id: test.id.to_owned(),
            title: test.title.to_owned(),
            level: test.level,
            verdict: gravest(points.iter().map(|point| point.verdict)),
            run: run.map(|run| run.result.started.run_id.clone()),
            points,
            attachments,
            attestations,
        }
    }
}

impl PointEntry {
    fn of(id: &str, text: &str, result: Option<&PointResult>, run: Option<&Packed<'_>>) -> Self {
        let verdict = result.map_or(Verdict::NotTested, |point| point.judgement.verdict);
        let observed = result
            .filter(|point| verdict != Verdict::Pass || !point.judgement.measurements.is_empty());
        let agreed = run.and_then(|run| mitigation(&run.additions.lines, id));
        Self {
            id: id.to_owned(),
            text: text.to_owned(),
            verdict,
            observed: observed.map(|point| point.judgement.observed.clone()),
            mitigation: agreed.map(|(note, agreed_with, line)| MitigationEntry {
                note: note.to_owned(),
                agreed_with: agreed_with.to_owned(),
                at: line.at,
            }),
        }
    }
}

/// What people attached to `test` and vouch for.
fn added(run: &Packed<'_>, test: &str) -> (Vec<AttachmentEntry>, Vec<AttestationEntry>) {
    let (mut attachments, mut attestations) = (Vec::new(), Vec::new());
    let run_id = &run.result.started.run_id;
    let lines = run.additions.lines.iter();
    for line in lines.filter(|line| line.addition.about() == test) {
        match &line.addition {
            Addition::Attachment {
                file, sha256, note, ..
            } => {
                let name = attachment_name(sha256, file);
                attachments.push(AttachmentEntry {
                    name: file.clone(),
                    path: format!("evidence/{run_id}/attachments/{name}"),
                    note: note.clone(),
                });
            }
            Addition::Attestation { by, role, note, .. } => attestations.push(AttestationEntry {
                by: by.clone(),
                role: role.clone(),
                note: note.clone(),
            }),
            _ => {}
        }
    }
    (attachments, attestations)
}

impl RunEntry {
    fn of(run: &Packed<'_>) -> Result<Self, NoHash> {
        let result = run.result;
        let started = &result.started;
        let added = !run.additions.lines.is_empty();
        let additions_head = added.then(|| Sha256Hex::parse(&run.additions.head));
        Ok(Self {
            run_id: started.run_id.clone(),
            head: Sha256Hex::parse(&result.head)?,
            additions_head: additions_head.transpose()?,
            events: result.events,
            started_at: result.started_at,
            ended_at: result.ended_at,
            driven: started.driven.clone(),
            window: started.settings.window,
            tool_version: started.tool.version.clone(),
            signed_by: run.signed_by.clone(),
        })
    }
}

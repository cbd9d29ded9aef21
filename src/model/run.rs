//! How a run introduces itself and how it ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{RunId, Verdict, unique_keys};

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Version of the journal's form: 1.
    pub schema: u32,
    /// The run's id, which is also the name of its folder.
    pub run_id: RunId,
    /// The tool.
    pub tool: ToolFacts,
    /// What was tested against.
    pub target: TargetFacts,
    /// The supplier's name.
    pub supplier: String,
    /// The supplier's system, if named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// `reference client`, or the name of the observed system.
    pub driven: String,
    /// The revision of the acceptance pack that the catalogue restates.
    pub pack_revision: String,
    /// Acceptance points in scope, in the pack's order.
    pub scope: Vec<String>,
    /// Deliberate faults that were made in this run; with any, it is no evidence of anything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// What the criteria need to know of the configuration.
    pub settings: Settings,
}

/// Name and version of the tool that wrote the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFacts {
    /// `letterproof`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The target of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetFacts {
    /// The target's name in the configuration.
    pub name: String,
    /// `local`, `sandbox`, `int` or `prod`.
    pub kind: String,
    /// Where its API answers.
    pub base_url: String,
    /// Where its tokens come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<String>,
    /// Hosts that the configuration lets it be at, besides the documented ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The hosts to which links to PDFs had to lead, if the configuration named any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_hosts: Option<Vec<String>>,
    /// Where it is known to do otherwise than its documentation says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<KnownDeviation>,
}

/// Where a target is known to do otherwise than its documentation says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KnownDeviation {
    /// Its name, such as `response-media-type`.
    pub id: String,
    /// What it is about.
    pub about: String,
    /// What the documentation says.
    pub documented: String,
    /// What the target does.
    pub observed: String,
    /// Who says so.
    pub source: String,
    /// The day it was first seen, `2026-11-22`.
    pub since: String,
}

/// Settings that verdicts depend on; they stand in the journal so that anyone can judge again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Letters that GET `/letters?limit=2500` must return.
    pub expected_letters: u64,
    /// Letters the embedded simulator was seeded with; absent elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seeded_letters: Option<u64>,
    /// Seed of the embedded simulator; absent elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Milliseconds that GET `/letters` hides what it returned.
    pub visibility_timeout_ms: u64,
    /// Milliseconds after which an accepted update must be visible.
    pub settle_timeout_ms: u64,
    /// The client's pace.
    pub requests_per_second: u32,
    /// Optional statuses the supplier claims.
    pub optional_statuses: Vec<String>,
    /// The supplier rejects invalid letters (AT13).
    pub rejects: bool,
    /// Specifications that need an accessible format (AT9).
    #[serde(default)]
    pub accessible_specifications: Vec<String>,
    /// Milliseconds in which AT15 must fetch everything: 10,000 unless agreed otherwise.
    pub target_ms: u64,
    /// Complete passes that AT15 needs.
    pub performance_runs: u64,
    /// Sizes of the acceptance tests.
    #[serde(deserialize_with = "unique_keys")]
    pub sizes: BTreeMap<String, u64>,
    /// Who agreed a target that differs from the pack's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_with: Option<String>,
    /// When that was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<String>,
    /// The test window that the run belongs to, 1 or 2, if the tester said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u8>,
}

/// The last line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    /// The last verdict of each point in scope.
    #[serde(deserialize_with = "unique_keys")]
    pub verdicts: BTreeMap<String, Verdict>,
    /// The exit code that follows from them (interfaces, "Exit codes").
    pub exit_code: u8,
}

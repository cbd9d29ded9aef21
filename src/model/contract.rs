//! What the answers of a run came to, held against descriptions of the API.

use serde::Serialize;

use super::KnownDeviation;

/// The answers of a run, held against each description.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContractResult {
    /// What they were held against, letterproof's own description first.
    pub descriptions: Vec<DescriptionFacts>,
    /// How many answers were held against at least one description.
    pub answers: u64,
    /// Where answers differ, findings first; each kind of difference once.
    pub observations: Vec<Observation>,
    /// Further kinds of differences that are not listed one by one.
    pub unlisted: u64,
    /// Known deviations that were looked for and no longer happen.
    pub stale: Vec<KnownDeviation>,
}

/// A description of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DescriptionFacts {
    /// `letterproof`, or the name of the file that was given.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Why answers could not be held against it, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unusable: Option<String>,
}

/// A way in which answers differ from a description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// How much it weighs.
    pub weight: Weight,
    /// What is the matter.
    pub difference: Difference,
    /// The endpoint, such as `GET /letters/{id}`.
    pub operation: String,
    /// The status of the answers.
    pub status: u16,
    /// Where in the answer: `body.data[].attributes.status`, `header Location`, `media type`.
    pub place: String,
    /// What the description says.
    pub described: String,
    /// What came; of several values the first few.
    pub observed: String,
    /// The descriptions that say so, by name.
    pub by: Vec<String>,
    /// In how many answers.
    pub answers: u64,
    /// The `seq` of the first few of them.
    pub seqs: Vec<u64>,
    /// The deviation that this is, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownDeviation>,
}

/// How much a difference weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Something that suppliers rely on is missing or was changed.
    Finding,
    /// A known deviation of the target.
    Known,
    /// Something that asks for no work, such as an additional field.
    Observation,
}

impl Weight {
    /// As files spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Weight::Finding => "finding",
            Weight::Known => "known",
            Weight::Observation => "observation",
        }
    }
}

/// What is the matter with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Described, and not there.
    Missing,
    /// There, and otherwise than described.
    Changed,
    /// There, and not described.
    Added,
}

impl Difference {
    /// As files spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Difference::Missing => "missing",
            Difference::Changed => "changed",
            Difference::Added => "added",
        }
    }
}

impl ContractResult {
    /// How many observations weigh `weight`.
    pub fn count(&self, weight: Weight) -> usize {
        let weighs = |one: &&Observation| one.weight == weight;
        self.observations.iter().filter(weighs).count()
    }
}

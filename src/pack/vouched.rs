//! How much of a pack is what somebody knows from elsewhere.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::audit::{Finding, Known};
use crate::model::RunId;

use super::manifest::Manifest;

/// How much of a pack the hashes vouch for that were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Vouched {
    /// None was given.
    #[default]
    Nothing,
    /// The zip's SHA-256: for every byte.
    Whole,
    /// The heads of all its runs; not for what people added, nor for pictures.
    Runs,
    /// The heads of some of its runs; these are the others.
    AllBut(Vec<RunId>),
}

impl Vouched {
    /// What `known` vouches for in the pack with the SHA-256 `zip`.
    pub(super) fn of(known: &Known, manifest: &Manifest, zip: &str) -> Self {
        let heads: BTreeSet<&str> = known.heads.iter().map(|head| &**head).collect();
        let others = manifest
            .runs
            .iter()
            .filter(|run| !heads.contains(&*run.head));
        let others: Vec<RunId> = others.map(|run| run.run_id.clone()).collect();
        match (heads.is_empty(), heads.contains(zip), others.is_empty()) {
            (true, ..) => Self::Nothing,
            (_, true, _) => Self::Whole,
            (_, _, true) => Self::Runs,
            (_, _, false) => Self::AllBut(others),
        }
    }
}

/// The hashes given that are of nothing in the pack, and what was added that none is of.
pub(super) fn strange_hashes(known: &Known, manifest: &Manifest, zip: &str) -> Vec<Finding> {
    let runs = &manifest.runs;
    let heads = known.heads.iter().filter(|head| {
        let of_run = runs.iter().any(|run| run.head == **head);
        !of_run && ***head != *zip
    });
    let heads = heads.map(|head| {
        format!("holds no run with the head given, and is not the zip with that hash ({head}): this is not what was handed in")
    });
    let added = |hash: &_| {
        runs.iter()
            .any(|run| run.additions_head.as_ref() == Some(hash))
    };
    let additions = known.additions.iter().filter(|hash| !added(hash));
    let additions = additions.map(|hash| {
        format!("holds no additions that end with the hash given ({hash}): these are not what was handed in")
    });
    let unnamed = runs.iter().filter(|run| {
        let head = run.additions_head.as_ref();
        !known.additions.is_empty() && head.is_some_and(|head| !known.additions.contains(head))
    });
    let unnamed = unnamed.map(|run| {
        format!(
            "holds additions to run {} that end with none of the hashes given",
            run.run_id
        )
    });
    let told = heads.chain(additions).chain(unnamed);
    told.map(|message| Finding::file("the zip", message))
        .collect()
}

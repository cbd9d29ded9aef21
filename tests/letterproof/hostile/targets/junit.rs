//! The JUnit report of a run that tells nothing but the input.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use letterproof::acceptance::result::{PointResult, RunResult};
use letterproof::model::{
    ContractResult, Judgement, Level, RunStarted, Settings, TargetFacts, Timestamp, ToolFacts,
    Verdict,
};
use letterproof::report;

use crate::schema::{Schema, parse};

use super::input::texts;

pub fn try_on(data: &[u8]) {
    let words = texts(data).concat();
    let xml = xml(&run_telling(&words));
    assert_eq!(junit_schema().breaches(&xml), Vec::<String>::new());
    let root = parse(&xml).unwrap();
    let suites: Vec<usize> = root
        .each("testsuite")
        .map(|suite| suite.each("testcase").count())
        .collect();
    assert_eq!(suites, [Verdict::ALL.len(); 3]);
}

pub fn junit_schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> =
        LazyLock::new(|| Schema::read(include_str!("../../data/junit.xsd")).unwrap());
    &SCHEMA
}

pub fn xml(run: &RunResult) -> String {
    String::from_utf8(report::junit(run).unwrap()).unwrap()
}

/// A run with each verdict at each level, and `words` wherever a word can stand.
pub fn run_telling(words: &str) -> RunResult {
    let levels = [Level::Mandatory, Level::Optional, Level::Conditional];
    let mut points = Vec::new();
    for (test, level) in levels.into_iter().enumerate() {
        for (number, verdict) in Verdict::ALL.into_iter().enumerate() {
            points.push(PointResult {
                id: format!("AT{}.{}", test + 1, number + 1),
                test: format!("AT{}", test + 1),
                title: format!("title {words}"),
                text: words.into(),
                level,
                judgement: Judgement {
                    verdict,
                    expected: words.into(),
                    observed: words.into(),
                    seqs: vec![3, 7, 8],
                    measurements: BTreeMap::new(),
                },
                tested: None,
                proved: None,
            });
        }
    }
    RunResult {
        started: started(words),
        started_at: Timestamp::from_micros(1_795_271_400_000_042),
        ended_at: Timestamp::from_micros(1_795_271_400_000_042),
        events: 9,
        head: "0".repeat(64),
        finished: true,
        points,
        notes: vec![words.into()],
        exchanges: 1,
        called: Default::default(),
        contract: ContractResult::default(),
    }
}

fn started(words: &str) -> RunStarted {
    RunStarted {
        schema: 1,
        run_id: "r".parse().unwrap(),
        tool: ToolFacts {
            name: "letterproof".into(),
            version: "0".into(),
        },
        target: TargetFacts {
            name: "local".into(),
            kind: "local".into(),
            base_url: words.into(),
            token_url: None,
            hosts: Vec::new(),
            storage_hosts: None,
            deviations: Vec::new(),
        },
        supplier: words.into(),
        system: None,
        driven: words.into(),
        pack_revision: String::new(),
        scope: vec![],
        faults: vec![words.into()],
        settings: Settings {
            accessible_specifications: Vec::new(),
            target_ms: 10_000,
            performance_runs: 3,
            expected_letters: 2_500,
            seeded_letters: None,
            seed: None,
            visibility_timeout_ms: 1,
            settle_timeout_ms: 1,
            requests_per_second: 1,
            optional_statuses: vec![],
            rejects: true,
            sizes: BTreeMap::new(),
            agreed_with: None,
            agreed_on: None,
            window: None,
        },
    }
}

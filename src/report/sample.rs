//! A run with every verdict and hostile texts, for the tests of the reports.

use std::collections::BTreeMap;

use crate::acceptance::result::{PointResult, RunResult};
use crate::model::{
    ContractResult, Judgement, Level, RunStarted, Settings, TargetFacts, Timestamp, ToolFacts,
    Verdict,
};

pub(super) fn run() -> RunResult {
    let started_at = Timestamp::from_micros(1_795_271_400_000_042);
    RunResult {
        started: started(),
        started_at,
        ended_at: started_at.plus_micros(31_400_000),
        events: 5_021,
        head: "5a".repeat(32),
        finished: true,
        points: points(),
        notes: vec![
            "the simulator hides a listed letter for 3 s, INT for 300 s".into(),
            "unknown field \u{1b}[31m<b>colour</b> in an answer".into(),
        ],
        exchanges: 2_630,
        contract: ContractResult::default(),
    }
}

fn started() -> RunStarted {
    RunStarted {
        schema: 1,
        run_id: "20261121T143000Z-local-3f9a1c".into(),
        tool: ToolFacts {
            name: "letterproof".into(),
            version: "0.1.0".into(),
        },
        target: TargetFacts {
            name: "local".into(),
            kind: "local".into(),
            base_url: "http://127.0.0.1:41001".into(),
            token_url: None,
        },
        supplier: "Example <Print> & Sons".into(),
        system: None,
        driven: "reference client".into(),
        pack_revision: "2025-11-24 (518f65c1)".into(),
        scope: points().into_iter().map(|point| point.id).collect(),
        settings: settings(),
    }
}

fn settings() -> Settings {
    Settings {
        accessible_specifications: Vec::new(),
        target_ms: 10_000,
        performance_runs: 3,
        expected_letters: 2_500,
        seeded_letters: Some(2_510),
        seed: Some(1),
        visibility_timeout_ms: 3_000,
        settle_timeout_ms: 10_000,
        requests_per_second: 300,
        optional_statuses: vec!["PRINTED".into()],
        rejects: true,
        sizes: BTreeMap::new(),
        agreed_with: None,
        agreed_on: None,
        window: None,
    }
}

/// Id, verdict, level, expected, observed, seqs.
type Row = (&'static str, Verdict, Level, &'static str, String, Vec<u64>);

fn rows() -> Vec<Row> {
    use Level::{Mandatory, Optional};
    let every = "every targeted letter reads ACCEPTED";
    vec![
        (
            "AT4.1",
            Verdict::Pass,
            Mandatory,
            every,
            "1000 of 1000 read ACCEPTED".into(),
            (7..=29).collect(),
        ),
        (
            "AT4.2",
            Verdict::Warning,
            Mandatory,
            every,
            "1000 of 1000 after 2 retries".into(),
            vec![3, 7, 8, 9],
        ),
        (
            "AT4.3",
            Verdict::Fail,
            Mandatory,
            "202 to the bulk update",
            hostile(),
            vec![12],
        ),
        (
            "AT4.4",
            Verdict::Error,
            Mandatory,
            "an empty queue",
            "502 from GET /letters\nthree times".into(),
            vec![40, 42, 44],
        ),
        (
            "AT5.1",
            Verdict::NotApplicable,
            Optional,
            "only ACCEPTED letters",
            "PRINTED is not claimed".into(),
            vec![],
        ),
        (
            "AT5.2",
            Verdict::NotTested,
            Optional,
            "all become PRINTED",
            "no scenario ran".into(),
            vec![],
        ),
        (
            "AT9.1",
            Verdict::Review,
            Mandatory,
            "a reason why",
            "a person must read 40 reasons".into(),
            vec![50],
        ),
        (
            "AT9.2",
            Verdict::NotTested,
            Mandatory,
            "an answer",
            String::new(),
            vec![],
        ),
    ]
}

fn hostile() -> String {
    "<script>alert(1)</script> ]]> \u{0}\u{8}\u{1b}[2J | `x` *b* [l](javascript:1) \u{202e}drowssap\u{2066} \u{ffff} &amp; \"quoted\" https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into()
}

fn points() -> Vec<PointResult> {
    rows().into_iter().map(point).collect()
}

fn point((id, verdict, level, expected, observed, seqs): Row) -> PointResult {
    let test = id.split('.').next().unwrap_or(id);
    let title = match test {
        "AT4" => "Accept a list of letters",
        "AT5" => "PRINTED",
        _ => "Forward to a specialist",
    };
    PointResult {
        id: id.into(),
        test: test.into(),
        title: title.into(),
        text: format!("what {id} asks, in words long enough that a narrow terminal must wrap them"),
        level,
        judgement: Judgement {
            verdict,
            expected: expected.into(),
            observed,
            seqs,
        },
        judged_at: None,
    }
}

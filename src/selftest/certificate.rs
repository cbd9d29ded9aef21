//! The matrix as a file: that the checks of this program can fail.

use serde::Serialize;
use serde_json::{Value, json};

use crate::acceptance::PACK_REVISION;
use crate::faults::Caught;

use super::matrix::{Matrix, Row};

/// The certificate of the program with this `version` and SHA-256: the same matrix, the same
/// text; no times.
pub fn certificate(matrix: &Matrix, version: &str, binary_sha256: &str) -> Value {
    let rows: Vec<Value> = matrix.rows.iter().map(row).collect();
    let points: Vec<Value> = matrix
        .by_point()
        .into_iter()
        .map(|(point, faults)| json!({ "point": point, "turned_red_by": faults }))
        .collect();
    json!({
        "tool": "letterproof",
        "version": version,
        "binary_sha256": binary_sha256,
        "pack_revision": PACK_REVISION,
        "holds": matrix.holds(),
        "faults": rows,
        "points": points,
        "points_without_fault": matrix.without_fault(),
        "points_with_the_same_faults": matrix.alike(),
    })
}

#[derive(Serialize)]
struct Colours<'a> {
    fail: Vec<&'a str>,
    open: Vec<&'a str>,
    evidence_caught_by: Option<&'static str>,
}

fn row(row: &Row) -> Value {
    let case = &row.case;
    json!({
        "fault": case.name,
        "does": case.does,
        "side": case.side.as_str(),
        "must": Colours {
            fail: case.red.iter().copied().collect(),
            open: case.open.iter().copied().collect(),
            evidence_caught_by: case.caught.map(caught),
        },
        "did": Colours {
            fail: row.red.iter().copied().collect(),
            open: row.open.iter().copied().collect(),
            evidence_caught_by: row.caught.map(caught),
        },
        "with_at15": case.with_at15,
        "exactly": row.holds(),
    })
}

fn caught(by: Caught) -> &'static str {
    match by {
        Caught::Verify => "verify",
        Caught::Head => "verify --head",
    }
}

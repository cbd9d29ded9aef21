//! stand-in until the planner is merged
#![allow(missing_docs)]
use crate::model::{Allocation, Status};
use std::collections::BTreeMap;
use std::time::Duration;
#[derive(Clone, Debug)]
pub struct StockLetter {
    pub id: String,
    pub status: Status,
    pub specification_id: Option<String>,
    pub group_id: Option<String>,
    pub has_hash: bool,
    pub pages_over_five: Option<bool>,
}
#[derive(Clone, Debug)]
pub struct Request {
    pub tests: Vec<String>,
    pub sizes: BTreeMap<String, u64>,
    pub claimed: Vec<Status>,
    pub rejects: bool,
    pub accessible: Vec<String>,
    pub lease: Duration,
    pub requests_per_second: u32,
    pub settle: Duration,
    pub cancel_list: Option<Vec<String>>,
    pub planner_may_cancel: bool,
    pub fail_list: Vec<String>,
}
#[derive(Clone, Debug)]
pub struct Plan {
    pub allocations: Vec<Allocation>,
    pub shortages: Vec<String>,
    pub remarks: Vec<String>,
    pub not_possible: Vec<(String, String)>,
    pub waits: Duration,
    pub requests: u64,
    pub candidates: Vec<String>,
}
pub fn plan(stock: &[StockLetter], r: &Request) -> Plan {
    let mut al = vec![];
    let pend: Vec<&StockLetter> = stock
        .iter()
        .filter(|l| l.status == Status::Pending && l.has_hash)
        .collect();
    let n4 = r.sizes["at4"] as usize;
    let mut it = pend.iter().map(|l| l.id.clone());
    if r.tests.iter().any(|t| t == "AT4") {
        al.push(Allocation {
            test: "AT4".into(),
            from: "PENDING".into(),
            letters: pend.iter().take(n4).map(|l| l.id.clone()).collect(),
            role: None,
        });
    }
    let n5 = r.sizes["at5_to_at8"] as usize;
    for (t, f) in [
        ("AT5", "ACCEPTED"),
        ("AT6", "PRINTED"),
        ("AT7", "ENCLOSED"),
        ("AT8", "DISPATCHED"),
    ] {
        al.push(Allocation {
            test: t.into(),
            from: f.into(),
            letters: it.by_ref().take(n5).collect(),
            role: None,
        });
    }
    for (i, (c, _)) in crate::model::RETURN_REASONS.iter().enumerate() {
        let _ = i;
        for f in ["DISPATCHED", "DELIVERED"] {
            al.push(Allocation {
                test: "AT10".into(),
                from: f.into(),
                letters: it.by_ref().take(1).collect(),
                role: Some((*c).into()),
            });
        }
    }
    for f in ["ACCEPTED", "FORWARDED", "PRINTED", "ENCLOSED"] {
        al.push(Allocation {
            test: "AT11".into(),
            from: f.into(),
            letters: it.by_ref().take(4).collect(),
            role: None,
        });
    }
    al.push(Allocation {
        test: "AT11".into(),
        from: "DISPATCHED".into(),
        letters: it.by_ref().take(1).collect(),
        role: Some("refused".into()),
    });
    let br: Vec<String> = stock
        .iter()
        .filter(|l| l.specification_id.as_deref() == Some("integration-specification-braille"))
        .rev()
        .take(40)
        .map(|l| l.id.clone())
        .collect();
    al.push(Allocation {
        test: "AT9".into(),
        from: "ACCEPTED".into(),
        letters: br,
        role: None,
    });
    let arb: Vec<String> = stock
        .iter()
        .filter(|l| l.specification_id.as_deref() == Some("integration-specification-arabic"))
        .rev()
        .take(12)
        .map(|l| l.id.clone())
        .collect();
    for (k, f) in ["ACCEPTED", "PRINTED", "ENCLOSED"].iter().enumerate() {
        al.push(Allocation {
            test: "AT12".into(),
            from: (*f).into(),
            letters: arb[k * 4..k * 4 + 4].to_vec(),
            role: None,
        });
    }
    let bad: Vec<String> = stock
        .iter()
        .filter(|l| !l.has_hash)
        .map(|l| l.id.clone())
        .collect();
    al.push(Allocation {
        test: "AT13".into(),
        from: "PENDING".into(),
        letters: bad.clone(),
        role: None,
    });
    let mut cand = arb;
    cand.extend(bad);
    Plan {
        allocations: al,
        shortages: vec![],
        remarks: vec![],
        not_possible: vec![],
        waits: Duration::ZERO,
        requests: 0,
        candidates: cand,
    }
}

//! The answers beside the API's description, in sentences for NHS Notify and the tester.

use std::collections::BTreeMap;

use crate::acceptance::grouped;
use crate::model::{ContractResult, KnownDeviation, Observation, Weight};

use super::text;

/// The heading of the section.
pub(super) const HEADING: &str = "Observations for NHS Notify";

/// A sentence with the sign that it is shown with.
pub(super) type Told = (&'static str, String);

/// What there is to say, findings first; empty if answers were as described.
pub(super) fn sentences(contract: &ContractResult) -> Vec<Told> {
    let of = |weight| {
        let all = contract.observations.iter();
        all.filter(move |one: &&Observation| one.weight == weight)
    };
    let mut told: Vec<Told> = of(Weight::Finding)
        .map(|one| ("✗", sentence(one)))
        .collect();
    told.extend(of(Weight::Observation).map(|one| ("·", sentence(one))));
    told.extend(known(of(Weight::Known)));
    told.extend(contract.stale.iter().map(|known| ("·", stale(known))));
    if contract.unlisted > 0 {
        let more = number(contract.unlisted);
        told.push((
            "·",
            format!("{more} further kinds of differences are not listed"),
        ));
    }
    for description in &contract.descriptions {
        if let Some(why) = &description.unusable {
            let told_why = format!(
                "answers were not held against {}: it {why}",
                description.name
            );
            told.push(("!", told_why));
        }
    }
    told
}

fn sentence(one: &Observation) -> String {
    format!(
        "{}, answer {}, {} is {}: {}; described: {} ({}; {})",
        one.operation,
        one.status,
        one.place,
        one.difference.as_str(),
        one.observed,
        one.described,
        by(one),
        seen(one.answers, &one.seqs)
    )
}

fn by(one: &Observation) -> String {
    format!("by {}", one.by.join(" and "))
}

fn seen(answers: u64, seqs: &[u64]) -> String {
    let word = if answers == 1 { "answer" } else { "answers" };
    format!(
        "{} {word}, journal {}",
        number(answers),
        shown(answers, seqs)
    )
}

fn shown(answers: u64, seqs: &[u64]) -> String {
    let more = if answers > seqs.len() as u64 {
        " …"
    } else {
        ""
    };
    format!("{}{more}", text::seqs(seqs))
}

/// A deviation that is known shows at many endpoints and is told once.
fn known<'o>(all: impl Iterator<Item = &'o Observation>) -> Vec<Told> {
    let mut by_id: BTreeMap<&KnownDeviation, (u64, Vec<u64>)> = BTreeMap::new();
    for one in all {
        if let Some(known) = &one.known {
            let (answers, seqs) = by_id.entry(known).or_default();
            *answers += one.answers;
            seqs.extend(&one.seqs);
        }
    }
    let told = by_id.into_iter().map(|(known, (answers, mut seqs))| {
        seqs.sort_unstable();
        seqs.truncate(5);
        let told = format!(
            "known deviation {}: {}; documented: {} ({}; {}, since {})",
            known.id,
            known.observed,
            known.documented,
            seen(answers, &seqs),
            known.source,
            known.since
        );
        ("·", told)
    });
    told.collect()
}

fn stale(known: &KnownDeviation) -> String {
    format!(
        "the known deviation {} no longer happens: answers are as documented, {} ({})",
        known.id, known.documented, known.source
    )
}

fn number(count: u64) -> String {
    grouped(usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DescriptionFacts, Difference};

    fn observation(weight: Weight, place: &str, known: Option<KnownDeviation>) -> Observation {
        Observation {
            weight,
            difference: Difference::Changed,
            operation: "GET /letters".into(),
            status: 200,
            place: place.into(),
            described: "one of \"PENDING\"".into(),
            observed: "\"LOST\"".into(),
            by: vec!["letterproof".into(), "bundle.yml".into()],
            answers: 1_200,
            seqs: vec![3, 4, 9],
            known,
        }
    }

    fn media() -> KnownDeviation {
        KnownDeviation {
            id: "response-media-type".into(),
            about: "the media type of answers".to_owned(),
            documented: "application/vnd.api+json".into(),
            observed: "application/json".into(),
            source: "service-behaviour.md, section 4, number 10".into(),
            since: "2026-11-22".into(),
        }
    }

    #[test]
    fn findings_come_first_and_a_known_deviation_once() {
        let contract = ContractResult {
            observations: vec![
                observation(Weight::Known, "media type", Some(media())),
                observation(Weight::Known, "media type", Some(media())),
                observation(Weight::Observation, "body.extra", None),
                observation(Weight::Finding, "body.data[].attributes.status", None),
            ],
            descriptions: vec![DescriptionFacts {
                name: "bundle.yml".into(),
                title: String::new(),
                version: String::new(),
                unusable: Some("is no OpenAPI 3 description: it has no `paths`".into()),
            }],
            unlisted: 3,
            stale: vec![media()],
            answers: 7,
        };
        let told = sentences(&contract).into_iter();
        let lines: Vec<String> = told
            .map(|(sign, words)| format!("{sign} {words}"))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn answers_as_described_need_no_words() {
        assert_eq!(sentences(&ContractResult::default()), []);
    }
}

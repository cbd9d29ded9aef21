//! The answers beside the API's description, in sentences for NHS Notify and the tester.

use std::collections::BTreeMap;

use crate::acceptance::grouped;
use crate::model::{ContractResult, KnownDeviation, Observation, Weight};

use super::text;

/// The heading of the section.
pub(super) const HEADING: &str = "Observations for NHS Notify";

/// A sentence with the sign that it is shown with.
pub(super) type Told = (&'static str, String);

/// A difference, or all that show one known deviation.
pub(super) struct Difference {
    /// `✗` for something missing or changed, else `·`.
    pub sign: &'static str,
    /// What was seen, and where.
    pub what: String,
    /// What is documented, and by whom.
    pub documented: String,
    /// In how many answers.
    pub answers: u64,
    /// The first few of them.
    pub seqs: Vec<u64>,
}

/// Every difference, findings first; a known deviation shows at many endpoints and is told once.
pub(super) fn differences(contract: &ContractResult) -> Vec<Difference> {
    let of = |weight| {
        let all = contract.observations.iter();
        all.filter(move |one: &&Observation| one.weight == weight)
    };
    let mut all: Vec<Difference> = of(Weight::Finding).map(|one| single("✗", one)).collect();
    all.extend(of(Weight::Observation).map(|one| single("·", one)));
    all.extend(known(of(Weight::Known)));
    all
}

/// What there is to say in a sentence each; empty if answers were as described.
pub(super) fn sentences(contract: &ContractResult) -> Vec<Told> {
    let all = differences(contract).into_iter();
    let mut told: Vec<Told> = all.map(|one| (one.sign, sentence(&one))).collect();
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

fn single(sign: &'static str, one: &Observation) -> Difference {
    let difference = one.difference.as_str();
    let (operation, status, place) = (&one.operation, one.status, &one.place);
    Difference {
        sign,
        what: format!(
            "{operation}, answer {status}, {place} is {difference}: {}",
            one.observed
        ),
        documented: format!("{} (by {})", one.described, one.by.join(" and ")),
        answers: one.answers,
        seqs: one.seqs.clone(),
    }
}

fn known<'o>(all: impl Iterator<Item = &'o Observation>) -> Vec<Difference> {
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
        Difference {
            sign: "·",
            what: format!("known deviation {}: {}", known.id, known.observed),
            documented: format!(
                "{} (since {}; {})",
                known.documented, known.since, known.source
            ),
            answers,
            seqs,
        }
    });
    told.collect()
}

fn sentence(one: &Difference) -> String {
    let word = if one.answers == 1 {
        "answer"
    } else {
        "answers"
    };
    let more = if one.answers > one.seqs.len() as u64 {
        " …"
    } else {
        ""
    };
    format!(
        "{}; described: {}; {} {word}, journal {}{more}",
        one.what,
        one.documented,
        number(one.answers),
        text::seqs(&one.seqs)
    )
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
    use crate::model::DescriptionFacts;

    fn observation(weight: Weight, place: &str, known: Option<KnownDeviation>) -> Observation {
        Observation {
            weight,
            difference: crate::model::Difference::Changed,
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

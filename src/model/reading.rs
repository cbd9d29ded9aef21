//! Reads a line of a journal, or an addition, without holding more of it than its kind has
//! fields for.
//!
//! A line is gone over twice: for what every line has, and for the fields of its kind. What a kind
//! does not have is passed over and never held, so a foreign line costs no more memory than the
//! fields that it may have.
#![allow(
    non_camel_case_types,
    reason = "what a field holds is called as the field is"
)]

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Error, from_slice};

use super::{Addition, AdditionLine, Event, Exchange, Line, Scope, Timestamp};

/// What chains a line to the one before it.
#[derive(Deserialize)]
struct Link<'l> {
    seq: u64,
    at: Timestamp,
    #[serde(borrow)]
    prev: Cow<'l, str>,
}

/// What decides how the rest of a line is read.
#[derive(Deserialize)]
struct Head<'l> {
    #[serde(borrow)]
    kind: Cow<'l, str>,
    #[serde(borrow, default)]
    test: Option<&'l RawValue>,
    #[serde(borrow, default)]
    scenario: Option<&'l RawValue>,
}

impl Head<'_> {
    fn scope(&self) -> Result<Scope, Error> {
        let text = |raw: Option<&RawValue>| raw.map(|raw| serde_json::from_str(raw.get()));
        Ok(Scope {
            test: text(self.test).transpose()?,
            scenario: text(self.scenario).transpose()?,
        })
    }
}

/// Reads the named fields from `$bytes`, and the others from the expressions behind them; what the
/// fields hold follows from the variant that they make.
macro_rules! read {
    ($bytes:ident as $kind:ident::$variant:ident { $($(#[$how:meta])* $field:ident),* $(,)? }
        $(, $other:ident: $value:expr)*) => {{
        #[derive(Deserialize)]
        struct Fields<$($field),*> { $($(#[$how])* $field: $field),* }
        let Fields { $($field),* } = from_slice($bytes)?;
        $kind::$variant { $($field,)* $($other: $value),* }
    }};
}

impl Line {
    /// Reads a line without its line end.
    ///
    /// # Errors
    /// If it is not JSON, or lacks a field of its kind.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let Link { seq, at, prev } = from_slice(bytes)?;
        Ok(Self {
            seq,
            at,
            prev: prev.into_owned(),
            event: Event::read(bytes)?,
        })
    }
}

impl Event {
    /// Reads an event; what else stands on its line is passed over.
    ///
    /// # Errors
    /// If it is not JSON, or lacks a field of its kind.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let head: Head = from_slice(bytes)?;
        Ok(match &*head.kind {
            "run.started" => Self::RunStarted(from_slice(bytes)?),
            "run.resumed" => read!(bytes as Event::RunResumed { torn_bytes }),
            "run.finished" => Self::RunFinished(from_slice(bytes)?),
            "contract.given" => read!(bytes as Event::ContractGiven { name, body }),
            "fault.injected" => read!(bytes as Event::FaultInjected { fault, does }),
            "token.issued" => read!(bytes as Event::TokenIssued { exchange, token, expires_in_s }),
            "plan.made" => read!(bytes as Event::PlanMade {
                allocations,
                waits_ms,
                requests,
                #[serde(default)] shortages,
                #[serde(default)] not_possible,
            }),
            "exchange" => Self::Exchange(Box::new(Exchange {
                scope: head.scope()?,
                ..from_slice(bytes)?
            })),
            _ => Self::read_deed(&head, bytes)?,
        })
    }

    /// What was done in a scenario.
    fn read_deed(head: &Head, bytes: &[u8]) -> Result<Self, Error> {
        let scope = head.scope();
        Ok(match &*head.kind {
            "scenario.started" => {
                read!(bytes as Event::ScenarioStarted { name, feature, points }, scope: scope?)
            }
            "scenario.finished" => {
                read!(bytes as Event::ScenarioFinished { outcome }, scope: scope?)
            }
            "step.finished" => {
                read!(bytes as Event::StepFinished { step, outcome, error, cause }, scope: scope?)
            }
            "letters.targeted" => {
                read!(bytes as Event::LettersTargeted { status, letters }, scope: scope?)
            }
            "letters.spent" => read!(bytes as Event::LettersSpent { letters }, scope: scope?),
            "job.created" => read!(bytes as Event::JobCreated { letter, job, list }, scope: scope?),
            "job.ignored" => {
                read!(bytes as Event::JobIgnored { letter, job, run, list }, scope: scope?)
            }
            "wait" => read!(bytes as Event::Wait { reason, ms }, scope: scope?),
            "intent" => {
                read!(bytes as Event::Intent { #[serde(default)] changes, mi }, scope: scope?)
            }
            "mi.submitted" => read!(
                bytes as Event::MiSubmitted { run, exchange, mi },
                scope: scope?,
                facts: from_slice(bytes)?
            ),
            "mi.unclear" => read!(
                bytes as Event::MiUnclear { run },
                scope: scope?,
                facts: from_slice(bytes)?
            ),
            _ => Self::read_finding(head, bytes)?,
        })
    }

    /// What was found out in a scenario.
    fn read_finding(head: &Head, bytes: &[u8]) -> Result<Self, Error> {
        let scope = head.scope();
        Ok(match &*head.kind {
            "letters.listed" => {
                read!(bytes as Event::LettersListed { exchange, limit, letters }, scope: scope?)
            }
            "status.observed" => {
                read!(bytes as Event::StatusObserved { exchange, letter }, scope: scope?)
            }
            "pdf.checked" => read!(
                bytes as Event::PdfChecked {
                    letter, exchange, sha256, bytes, expected_sha256, checks, us, follows
                },
                scope: scope?
            ),
            "pdf.completed" => read!(bytes as Event::PdfCompleted { checks, pdfs }, scope: scope?),
            "timing" => read!(bytes as Event::Timing { name, us, from, to }, scope: scope?),
            "note" => read!(bytes as Event::Note { text }, scope: scope?),
            "criterion.judged" => read!(
                bytes as Event::CriterionJudged { point },
                scope: scope?,
                judgement: from_slice(bytes)?
            ),
            _ => Self::Unknown,
        })
    }
}

impl AdditionLine {
    /// Reads a line without its line end.
    ///
    /// # Errors
    /// If it is not JSON, or lacks a field of its kind.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let Link { seq, at, prev } = from_slice(bytes)?;
        Ok(Self {
            seq,
            at,
            prev: prev.into_owned(),
            addition: Addition::read(bytes)?,
        })
    }
}

impl Addition {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let head: Head = from_slice(bytes)?;
        Ok(match &*head.kind {
            "attachment" => {
                read!(bytes as Addition::Attachment { test, file, sha256, bytes, note })
            }
            "attestation" => read!(bytes as Addition::Attestation { test, by, role, note }),
            "review" => read!(bytes as Addition::Review { point, decision, by, note }),
            "mitigation" => read!(bytes as Addition::Mitigation { point, note, agreed_with }),
            _ => Self::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A line of each kind, with every field that it may have, as it is written.
    const LINES: &str = include_str!("lines.jsonl");

    fn kinds() -> BTreeSet<&'static str> {
        let named = include_str!("event.rs").split("#[serde(rename = \"");
        named
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect()
    }

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        let mut read = BTreeSet::new();
        for text in LINES.lines() {
            let line = Line::read(text.as_bytes()).unwrap();
            assert_ne!(line.event, Event::Unknown, "{text}");
            assert_eq!(serde_json::to_string(&line).unwrap(), text);
            let head: Head = serde_json::from_str(text).unwrap();
            read.insert(head.kind.into_owned());
        }
        let missing: Vec<_> = kinds()
            .into_iter()
            .filter(|kind| !read.contains(*kind))
            .collect();
        assert!(missing.is_empty(), "no line of {missing:?} in lines.jsonl");
    }

    #[test]
    fn what_a_kind_does_not_have_is_passed_over() {
        for text in LINES.lines() {
            let more = text.replacen('{', "{\"unheard\":[{\"test\":[1]},2],", 1);
            let read = Line::read(more.as_bytes()).unwrap();
            assert_eq!(read, Line::read(text.as_bytes()).unwrap());
        }
        let unknown = r#"{"kind":"of tomorrow","test":5,"seq":0,"prev":"","at":"2026-11-22T10:00:00.000000Z"}"#;
        assert_eq!(
            Line::read(unknown.as_bytes()).unwrap().event,
            Event::Unknown
        );
    }

    #[test]
    fn a_field_that_is_missing_doubled_or_of_another_sort_is_an_error() {
        let head = r#""seq":0,"at":"2026-11-22T10:00:00.000000Z","prev":"","kind":"note""#;
        for rest in [
            "",
            r#","text":5"#,
            r#","text":"a","text":"b""#,
            r#","text":"a","test":7"#,
            r#","text":"a","kind":"wait""#,
        ] {
            let text = format!("{{{head}{rest}}}");
            assert!(Line::read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn additions_are_read_as_they_are_written() {
        let head = r#"{"seq":0,"at":"2026-11-22T10:00:00.000000Z","prev":"p","kind":"#;
        for rest in [
            r#""attachment","test":"AT5","file":"f","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bytes":1,"note":"n"}"#,
            r#""attestation","test":"AT7","by":"b","role":"r","note":"n"}"#,
            r#""review","point":"AT7.2","decision":"accepted","by":"b"}"#,
            r#""mitigation","point":"AT8.2","note":"n","agreed_with":"a"}"#,
        ] {
            let text = format!("{head}{rest}");
            let line = AdditionLine::read(text.as_bytes()).unwrap();
            assert_ne!(line.addition, Addition::Unknown);
            assert_eq!(serde_json::to_string(&line).unwrap(), text);
        }
    }
}

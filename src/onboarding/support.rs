//! A question to the API team, with the request ids and times that it asks for.

use std::fmt::Write as _;

use crate::mail::Draft;
use crate::model::{Exchange, Timestamp, count};

use super::Parties;

/// Headers of an answer that name it in the service's logs.
const ANSWER_IDS: [&str; 4] = [
    "x-request-id",
    "x-correlation-id",
    "nhsd-correlation-id",
    "x-amzn-requestid",
];

/// What the question is about.
#[derive(Clone, Debug)]
pub struct Question {
    /// In one line.
    pub about: Option<String>,
    /// The run that holds the evidence.
    pub run: String,
    /// The target's name.
    pub target: String,
    /// The API's base URL.
    pub base_url: String,
    /// The exchanges it is about.
    pub exchanges: Vec<Asked>,
    /// How many more of their kind the run holds.
    pub left_out: usize,
}

/// One exchange as the API team looks it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The journal's `seq`.
    pub seq: u64,
    /// Method and path, without the query, which may be signed.
    pub request: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// Milliseconds to the last byte.
    pub took_ms: u64,
    /// The status, or why none came.
    pub outcome: String,
    /// Ids, each with its name.
    pub ids: Vec<(String, String)>,
}

impl Asked {
    /// What the API team needs of `exchange`, which stands at `seq`.
    pub fn of(seq: u64, exchange: &Exchange) -> Self {
        let mut ids = Vec::new();
        let sent = [
            ("X-Request-ID", &exchange.request_id),
            ("X-Correlation-ID", &exchange.correlation_id),
        ];
        for (name, id) in sent {
            ids.extend(id.iter().map(|id| (name.to_owned(), id.clone())));
        }
        let answered = exchange.response.iter().flat_map(|answer| &answer.headers);
        for (name, id) in answered {
            let known = ANSWER_IDS.contains(&name.to_ascii_lowercase().as_str());
            if known && !ids.iter().any(|(_, sent)| sent == id) {
                ids.push((format!("answer's {name}"), id.clone()));
            }
        }
        let reason = exchange.error.as_deref().unwrap_or("no answer");
        Self {
            seq,
            request: format!("{} {}", exchange.method, exchange.path()),
            sent: exchange.times.sent,
            took_ms: exchange.times.done_us / 1_000,
            outcome: exchange.status().map_or_else(
                || format!("no whole answer: {reason}"),
                |status| status.to_string(),
            ),
            ids,
        }
    }
}

/// "Raising issues and questions": request and response ids, and times.
pub fn support(parties: &Parties, question: &Question) -> Draft {
    let about = question
        .about
        .as_deref()
        .unwrap_or("[what is wrong, in a line]");
    let mut list = String::new();
    for asked in &question.exchanges {
        list.push_str(&entry(asked));
    }
    if question.left_out > 0 {
        let _ = writeln!(
            list,
            "\n({} more of this kind are in our evidence.)",
            question.left_out
        );
    }
    let text = format!(
        "we need help with the NHS Notify Supplier API: {about}

What we expected:     [ ]
What we saw:          see the requests below
How often:            [once / always / since when]
Environment:          {} ({})
Our evidence:         run {}; the numbers below are lines of its journal

Requests, times in UTC
{list}",
        question.target, question.base_url, question.run
    );
    let subject = format!(
        "question about {} on {}",
        count(question.exchanges.len(), "request"),
        question.target
    );
    parties.draft(&subject, text.trim_end())
}

fn entry(asked: &Asked) -> String {
    let mut text = format!(
        "\n#{} {}\n    sent {}, {} ms, answered {}\n",
        asked.seq, asked.request, asked.sent, asked.took_ms, asked.outcome
    );
    for (name, id) in &asked.ids {
        let _ = writeln!(text, "    {name}: {id}");
    }
    text
}

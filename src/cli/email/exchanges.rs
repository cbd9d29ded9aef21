//! Which exchanges of a run a question is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::evidence::{Reader, RunDir};
use crate::model::{Event, Exchange, Judgement, Line, RunStarted, Verdict};
use crate::onboarding::Asked;

use super::EmailError;
use crate::cli::CliError;

/// Exchanges that one question names; more would not be read.
const MOST_EXCHANGES: usize = 30;

/// What the person asks about.
pub(super) struct Choice<'c> {
    /// Lines of the journal, as ranges.
    pub lines: &'c [(u64, u64)],
    /// Acceptance points.
    pub points: &'c [String],
}

/// The exchanges of a question, and how many more there are of their kind.
pub(super) struct Chosen {
    pub exchanges: Vec<Asked>,
    pub left_out: usize,
}

/// The exchanges of the run in `dir` that `choice` means. Without a choice: those that failed or
/// were refused, and those that prove a failed point.
///
/// # Errors
/// If the journal cannot be read, or there is no such line, point or exchange.
pub(super) fn choose(
    dir: &RunDir,
    choice: &Choice<'_>,
    started: &RunStarted,
) -> Result<Chosen, CliError> {
    let record = Record::read(dir, started)?;
    let ranked = if !choice.lines.is_empty() {
        record.at_lines(choice.lines, &started.run_id)?
    } else if !choice.points.is_empty() {
        record.proving(choice.points, &started.run_id)?
    } else {
        record.failed(&started.run_id)?
    };
    Ok(cut(ranked))
}

/// The most telling ones, in the order in which they were sent.
fn cut(mut ranked: Vec<(Rank, &Asked)>) -> Chosen {
    ranked.sort_by_key(|(rank, asked)| (*rank, asked.seq));
    let left_out = ranked.len().saturating_sub(MOST_EXCHANGES);
    ranked.truncate(MOST_EXCHANGES);
    let mut exchanges: Vec<Asked> = ranked.into_iter().map(|(_, asked)| asked.clone()).collect();
    exchanges.sort_by_key(|asked| asked.seq);
    Chosen {
        exchanges,
        left_out,
    }
}

/// How much an exchange tells the API team.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It failed, was refused, or is about a letter that the point's observation names.
    Named,
    /// It changed something.
    Update,
    Other,
}

/// What a question needs of a run's journal.
#[derive(Default)]
struct Record {
    asked: BTreeMap<u64, Asked>,
    odd: BTreeSet<u64>,
    /// The exchange behind a line, by the line's `seq`.
    sources: HashMap<u64, u64>,
    /// The last judgement of each point.
    judgements: BTreeMap<String, Judgement>,
}

impl Record {
    fn read(dir: &RunDir, started: &RunStarted) -> Result<Self, CliError> {
        let mut record = Self::default();
        for read in Reader::open(&dir.journal())? {
            // A torn last line of an interrupted run holds nothing that could be asked about.
            let Ok(read) = read else { break };
            record.take(read.line, started);
        }
        Ok(record)
    }

    fn take(&mut self, line: Line, started: &RunStarted) {
        if let Some(source) = line.event.source_exchange() {
            self.sources.insert(line.seq, source);
        }
        match line.event {
            Event::Exchange(exchange) => {
                if is_odd(&exchange, started) {
                    self.odd.insert(line.seq);
                }
                if let Some(intent) = exchange.intent {
                    self.sources.insert(intent, line.seq);
                }
                self.asked.insert(line.seq, Asked::of(line.seq, &exchange));
            }
            Event::CriterionJudged {
                point, judgement, ..
            } => {
                self.judgements.insert(point, judgement);
            }
            _ => {}
        }
    }

    /// The exchange at the line `seq`, or behind it.
    fn exchange(&self, seq: u64) -> Option<&Asked> {
        let seq = self.sources.get(&seq).unwrap_or(&seq);
        self.asked.get(seq)
    }

    fn at_lines(&self, lines: &[(u64, u64)], run: &str) -> Result<Vec<(Rank, &Asked)>, CliError> {
        let mut found = BTreeMap::new();
        for (from, to) in lines {
            let exchanges = self.asked.range(from..=to).map(|(_, asked)| asked);
            let behind = self
                .sources
                .iter()
                .filter(|(seq, _)| (from..=to).contains(seq));
            let behind = behind.filter_map(|(seq, _)| self.exchange(*seq));
            let before = found.len();
            found.extend(exchanges.chain(behind).map(|asked| (asked.seq, asked)));
            if from == to && found.len() == before && self.exchange(*from).is_none() {
                return Err(EmailError::NoExchange {
                    seq: *from,
                    run: run.to_owned(),
                }
                .into());
            }
        }
        match found.is_empty() {
            true => Err(EmailError::NothingToAsk(run.to_owned()).into()),
            false => Ok(found
                .into_values()
                .map(|asked| (Rank::Other, asked))
                .collect()),
        }
    }

    fn proving(&self, points: &[String], run: &str) -> Result<Vec<(Rank, &Asked)>, CliError> {
        let mut found = BTreeMap::new();
        for point in points {
            let judgement = self
                .judgements
                .get(point)
                .ok_or_else(|| EmailError::NoPoint {
                    point: point.clone(),
                    run: run.to_owned(),
                })?;
            self.add_proof(judgement, &mut found);
        }
        match found.is_empty() {
            true => Err(EmailError::NothingToAsk(run.to_owned()).into()),
            false => Ok(found.into_values().collect()),
        }
    }

    fn failed(&self, run: &str) -> Result<Vec<(Rank, &Asked)>, CliError> {
        let odd = self.odd.iter().filter_map(|seq| self.exchange(*seq));
        let mut found: BTreeMap<u64, (Rank, &Asked)> =
            odd.map(|asked| (asked.seq, (Rank::Named, asked))).collect();
        let judgements = self.judgements.values();
        for judgement in judgements.filter(|judgement| judgement.verdict == Verdict::Fail) {
            self.add_proof(judgement, &mut found);
        }
        match found.is_empty() {
            true => Err(EmailError::NothingToAsk(run.to_owned()).into()),
            false => Ok(found.into_values().collect()),
        }
    }

    fn add_proof<'r>(
        &'r self,
        judgement: &Judgement,
        found: &mut BTreeMap<u64, (Rank, &'r Asked)>,
    ) {
        for asked in judgement.seqs.iter().filter_map(|seq| self.exchange(*seq)) {
            let rank = match self.odd.contains(&asked.seq) {
                true => Rank::Named,
                false => rank(asked, &judgement.observed),
            };
            let known = found.entry(asked.seq).or_insert((rank, asked));
            known.0 = known.0.min(rank);
        }
    }
}

fn rank(asked: &Asked, observed: &str) -> Rank {
    let (method, path) = asked
        .request
        .split_once(' ')
        .unwrap_or(("", &asked.request));
    // Only an id is long enough to be found in a sentence by no accident.
    let named = path
        .split('/')
        .any(|part| part.len() > 12 && observed.contains(part));
    match method {
        _ if named => Rank::Named,
        "POST" | "PATCH" => Rank::Update,
        _ => Rank::Other,
    }
}

/// An exchange with the API or the token endpoint that failed or was refused. A letter without
/// PDF is learned from the storage's 404, which is no failure of the API.
fn is_odd(exchange: &Exchange, started: &RunStarted) -> bool {
    let of = |url: &str| exchange.url.starts_with(url);
    let asked = of(&started.target.base_url) || started.target.token_url.as_deref().is_some_and(of);
    let signed = exchange.url.contains("X-Amz-");
    asked && !signed && exchange.status().is_none_or(|status| status >= 400)
}

//! Holds what lines say of earlier lines: a line that names an exchange, a list or a download must
//! name one that is there, that is of the right kind, and that says the same.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::acceptance::{Route, RunView};
use crate::model::{Change, Event, Exchange, Line, MiFacts};

use super::downloads::{Download, Kept};

/// What an exchange can be named for.
#[derive(Debug)]
pub(super) struct Answered {
    pub route: Route,
    pub status: Option<u16>,
    /// A whole answer came.
    pub whole: bool,
    /// Of a download: where from, without query.
    pub place: Option<String>,
    pub body: Option<Stored>,
    /// Of a submission that was taken: the id that it got, if its answer was kept in the event.
    mi: Option<String>,
}

/// The answer's body, as far as it can be held against.
#[derive(Debug)]
pub(super) struct Stored {
    pub sha256: String,
    pub bytes: u64,
    pub redacted: bool,
    withheld: bool,
}

/// Follows a journal's lines.
pub(super) struct Mentions {
    exchanges: HashMap<u64, Answered>,
    /// Letters, each with a place that a GET `/letters/{id}/data` of it leads to.
    links: HashSet<(String, String)>,
    intents: HashMap<u64, Announced>,
    downloads: HashMap<u64, Download>,
    /// Exchanges and downloads that a line told of already: there is one line for each.
    told: HashSet<u64>,
    kept: Kept,
}

/// What an intent says will be sent.
enum Announced {
    Update,
    Mi,
    /// A request of the sandbox's checks, which is no update of a letter.
    Anything,
}

impl Announced {
    fn by(changes: &[Change], mi: bool) -> Self {
        match (mi, changes) {
            (true, _) => Self::Mi,
            (false, []) => Self::Anything,
            (false, _) => Self::Update,
        }
    }
}

impl Mentions {
    pub fn over(kept: Kept) -> Self {
        Self {
            exchanges: HashMap::new(),
            links: HashSet::new(),
            intents: HashMap::new(),
            downloads: HashMap::new(),
            told: HashSet::new(),
            kept,
        }
    }

    /// Kept PDFs that were checked again.
    pub fn rechecked(&self) -> u64 {
        self.kept.rechecked()
    }

    /// Takes the next line, which is not in `view` yet, and says what does not hold about it.
    ///
    /// # Errors
    /// If something does not.
    pub fn take(&mut self, line: &Line, view: &RunView) -> Result<(), String> {
        match &line.event {
            Event::Exchange(exchange) => self.take_exchange(line.seq, exchange),
            Event::Intent { changes, mi, .. } => {
                self.intents
                    .insert(line.seq, Announced::by(changes, mi.is_some()));
                Ok(())
            }
            Event::TokenIssued { exchange, .. } => self.hold_fact(*exchange, Route::Token, view),
            Event::LettersListed { exchange, .. } => self.hold_fact(*exchange, Route::List, view),
            Event::StatusObserved { exchange, .. } => {
                self.hold_fact(*exchange, Route::Letter, view)
            }
            Event::JobCreated { letter, list, .. } | Event::JobIgnored { letter, list, .. } => {
                hold_job(letter, *list, view)
            }
            Event::Timing { name, from, to, .. } => self.hold_timing(line.seq, name, *from, *to),
            Event::MiSubmitted {
                run,
                exchange,
                mi,
                facts,
                ..
            } => self.hold_submission(run, *exchange, mi, facts, view),
            event => self.take_download(line.seq, event, view),
        }
    }

    fn take_download(&mut self, seq: u64, event: &Event, view: &RunView) -> Result<(), String> {
        match event {
            Event::PdfChecked {
                letter,
                exchange,
                sha256,
                bytes,
                expected_sha256,
                checks,
                follows,
                ..
            } => {
                let download = Download {
                    letter: letter.clone(),
                    exchange: *exchange,
                    sha256: sha256.clone(),
                    bytes: *bytes,
                    expected_sha256: expected_sha256.clone(),
                };
                if let Some(first) = follows {
                    let same = self.downloads.get(first) == Some(&download);
                    self.complete(*first, same)?;
                    return self.kept.check_again(&download, checks, view);
                }
                self.hold_download(&download, view)?;
                let answered = self.exchange(*exchange)?;
                let redacted = answered.body.as_ref().is_some_and(|body| body.redacted);
                download.hold_checks(checks, redacted)?;
                let production = view.started().is_some_and(|run| run.target.kind == "prod");
                if checks.is_empty() && !production {
                    return Err("states no check of what came".to_owned());
                }
                let again = self.kept.check_again(&download, checks, view);
                self.downloads.insert(seq, download);
                again
            }
            Event::PdfCompleted { checks, pdfs, .. } => pdfs.iter().try_for_each(|pdf| {
                let download = self.complete(pdf.follows, true)?;
                let download = download.clone();
                self.kept.check_again(&download, checks, view)
            }),
            _ => Ok(()),
        }
    }

    fn take_exchange(&mut self, seq: u64, exchange: &Exchange) -> Result<(), String> {
        let answered = Answered::of(exchange);
        if answered.route == Route::Data {
            let letter = letter_of(exchange);
            self.links.extend(letter.zip(led_to(exchange)));
        }
        let announced = match exchange.intent {
            None => Ok(()),
            Some(intent) => match self.intents.get(&intent) {
                Some(Announced::Anything) => Ok(()),
                Some(Announced::Mi) if answered.route == Route::SubmitMi => Ok(()),
                Some(Announced::Update) if answered.route.is_update() => Ok(()),
                Some(_) => Err(format!(
                    "carries out the intent of seq {intent}, which is another"
                )),
                None => Err(format!("names seq {intent}, which is no intent before it")),
            },
        };
        self.exchanges.insert(seq, answered);
        announced
    }

    fn exchange(&self, seq: u64) -> Result<&Answered, String> {
        let missing = || format!("names seq {seq}, which is no exchange before it");
        self.exchanges.get(&seq).ok_or_else(missing)
    }

    /// A fact that an answer stated: what it says is held where it is derived again; here, that
    /// there is such an answer. Only a run against production keeps none to derive it from.
    fn hold_fact(&self, seq: u64, route: Route, view: &RunView) -> Result<(), String> {
        let answered = self.exchange(seq)?;
        if answered.route != route || answered.status != Some(200) || !answered.whole {
            let name = route.name();
            return Err(format!("names seq {seq}, which is no 200 of {name}"));
        }
        let production = view.started().is_some_and(|run| run.target.kind == "prod");
        let withheld = answered.body.as_ref().is_some_and(|body| body.withheld);
        match production && !withheld {
            true => Err(format!(
                "names seq {seq}, whose answer a run against production withholds"
            )),
            false => Ok(()),
        }
    }

    /// The download must be what its exchange brought, for the letter that led there.
    fn hold_download(&mut self, download: &Download, view: &RunView) -> Result<(), String> {
        let seq = download.exchange;
        let answered = self.exchange(seq)?;
        let place = match (&answered.place, answered.route) {
            (Some(place), Route::Other) => place.clone(),
            _ => return Err(format!("names seq {seq}, which is no download")),
        };
        download.hold_answer(answered)?;
        if !self.links.contains(&(download.letter.clone(), place)) {
            return Err(format!(
                "names the download of seq {seq}, to which no GET /letters/{{id}}/data of this letter leads"
            ));
        }
        if !self.told.insert(seq) {
            return Err(format!(
                "names the download of seq {seq}, as a line before it does"
            ));
        }
        download.hold_expectation(view)
    }

    /// The `pdf.checked` of seq `first`, whose remaining checks a line tells.
    fn complete(&mut self, first: u64, same: bool) -> Result<&Download, String> {
        let known = self.downloads.get(&first).filter(|it| it.sha256.is_some());
        let Some(download) = known.filter(|_| same) else {
            return Err(format!(
                "completes seq {first}, which is no pdf.checked of that PDF before it"
            ));
        };
        match self.told.insert(first) {
            true => Ok(download),
            false => Err(format!("completes seq {first}, as a line before it does")),
        }
    }

    fn hold_submission(
        &mut self,
        run: &str,
        exchange: Option<u64>,
        mi: &str,
        facts: &MiFacts,
        view: &RunView,
    ) -> Result<(), String> {
        let own = view.started().is_some_and(|started| started.run_id == *run);
        let Some(seq) = exchange else {
            return match own {
                true => Err("was submitted by this run, and names no exchange".to_owned()),
                false => Ok(()),
            };
        };
        if !own {
            return Err(
                "was submitted by another run, and names an exchange of this one".to_owned(),
            );
        }
        let answered = self.exchange(seq)?;
        let success = answered
            .status
            .is_some_and(|status| matches!(status, 200 | 201));
        if answered.route != Route::SubmitMi || !success || !answered.whole {
            return Err(format!(
                "names seq {seq}, which is no POST /mi that was taken"
            ));
        }
        if answered.mi.as_ref().is_some_and(|id| id != mi) {
            return Err(format!("states another id than the answer of seq {seq}"));
        }
        let said = view.exchange_facts(seq).and_then(|fact| fact.mi.as_ref());
        let same = said.is_none_or(|said| {
            said.date == facts.date
                && said.specification_id.as_deref().unwrap_or_default() == facts.specification_id
                && said.group_id.as_deref().unwrap_or_default() == facts.group_id
                && said.quantity == facts.quantity as f64
        });
        match (same, self.told.insert(seq)) {
            (false, _) => Err(format!("states something else than was sent in seq {seq}")),
            (true, false) => Err(format!("names seq {seq}, as a line before it does")),
            (true, true) => Ok(()),
        }
    }

    /// What was timed lies before the line; a pass of AT15 goes from a list to a download.
    fn hold_timing(
        &self,
        seq: u64,
        name: &str,
        from: Option<u64>,
        to: Option<u64>,
    ) -> Result<(), String> {
        let (first, last) = (from.unwrap_or(0), to.or(from).unwrap_or(0));
        if first > last || (last >= seq && seq > 0) {
            return Err("does not time lines before it".to_owned());
        }
        if !name.starts_with(PASS) {
            return Ok(());
        }
        let list = from.and_then(|from| self.exchanges.get(&from));
        let listed = list.is_some_and(|list| list.route == Route::List);
        let fetched = to.is_some_and(|to| self.downloads.contains_key(&to));
        match listed && fetched {
            true => Ok(()),
            false => Err("does not time from a GET /letters to a pdf.checked".to_owned()),
        }
    }
}

/// How the timing of a pass of AT15 is named.
const PASS: &str = "AT15 pass ";

fn hold_job(letter: &str, list: u64, view: &RunView) -> Result<(), String> {
    let named = view.listings(letter).any(|(listed, _)| listed.seq == list);
    match named {
        true => Ok(()),
        false => Err(format!(
            "names seq {list}, which is no letters.listed with this letter before it"
        )),
    }
}

impl Answered {
    fn of(exchange: &Exchange) -> Self {
        let route = Route::of(exchange);
        let answer = exchange.response.as_ref();
        let body = answer.and_then(|answer| answer.body.as_ref());
        let text = body.and_then(|body| body.text.as_deref());
        let is_download = route == Route::Other && exchange.method == "GET";
        Self {
            route,
            status: exchange.status(),
            whole: exchange.error.is_none(),
            place: is_download
                .then(|| place_of(Url::parse(&exchange.url).ok()?))
                .flatten(),
            body: body.map(|body| Stored {
                sha256: body.sha256.clone(),
                bytes: body.bytes,
                redacted: body.redacted,
                withheld: body.withheld,
            }),
            mi: (route == Route::SubmitMi).then(|| id_in(text?)).flatten(),
        }
    }
}

fn id_in(answer: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(answer).ok()?;
    Some(answer.pointer("/data/id")?.as_str()?.to_owned())
}

fn header<'e>(exchange: &'e Exchange, name: &str) -> Option<&'e str> {
    let headers = &exchange.response.as_ref()?.headers;
    let found = headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// The letter that a GET `/letters/{id}/data` is about.
fn letter_of(exchange: &Exchange) -> Option<String> {
    let segment = exchange.path().rsplit('/').nth(1)?;
    Some(percent_decode_str(segment).decode_utf8_lossy().into_owned())
}

/// Where its redirect leads to.
fn led_to(exchange: &Exchange) -> Option<String> {
    let redirected = matches!(exchange.status(), Some(301 | 302 | 303 | 307 | 308));
    let asked = Url::parse(&exchange.url).ok()?;
    let led = asked.join(header(exchange, "location")?).ok()?;
    redirected.then(|| place_of(led)).flatten()
}

/// Host and path: what stands in the query of a signed link is redacted, and differs by the way.
fn place_of(mut url: Url) -> Option<String> {
    url.set_query(None);
    url.set_fragment(None);
    Some(url.into())
}

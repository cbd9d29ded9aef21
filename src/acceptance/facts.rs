//! What the criteria need of each event, and no more.

use crate::model::{Change, Exchange, LetterFacts, MiFacts, PdfCheck, Timestamp};

/// Which of the service's routes an exchange used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The token endpoint.
    Token,
    /// GET `/_status`.
    Status,
    /// GET `/letters`.
    List,
    /// GET `/letters/{id}`.
    Letter,
    /// PATCH `/letters/{id}`.
    UpdateOne,
    /// POST `/letters`.
    UpdateMany,
    /// GET `/letters/{id}/data`.
    Data,
    /// POST `/mi`.
    SubmitMi,
    /// GET `/mi/{id}`.
    ReadMi,
    /// The signed download, or anything else.
    Other,
}

impl Route {
    /// The route of an exchange, by its method and the end of its path: base paths differ.
    pub fn of(exchange: &Exchange) -> Self {
        let path = exchange.path();
        let ends: Vec<&str> = path.rsplit('/').take(3).collect();
        match (exchange.method.as_str(), ends.as_slice()) {
            ("POST", ["token", ..]) => Self::Token,
            ("GET", ["_status", ..]) => Self::Status,
            ("GET", ["letters", ..]) => Self::List,
            ("POST", ["letters", ..]) => Self::UpdateMany,
            ("GET", ["data", _, "letters"]) => Self::Data,
            ("GET", [_, "letters", ..]) => Self::Letter,
            ("PATCH", [_, "letters", ..]) => Self::UpdateOne,
            ("POST", ["mi", ..]) => Self::SubmitMi,
            ("GET", [_, "mi", ..]) => Self::ReadMi,
            _ => Self::Other,
        }
    }

    /// True for the routes that change a letter.
    pub fn is_update(self) -> bool {
        matches!(self, Self::UpdateOne | Self::UpdateMany)
    }

    /// As a sentence names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "the token endpoint",
            Self::Status => "GET /_status",
            Self::List => "GET /letters",
            Self::Letter => "GET /letters/{id}",
            Self::UpdateOne => "PATCH /letters/{id}",
            Self::UpdateMany => "POST /letters",
            Self::Data => "GET /letters/{id}/data",
            Self::SubmitMi => "POST /mi",
            Self::ReadMi => "GET /mi/{id}",
            Self::Other => "a request",
        }
    }
}

/// An exchange as criteria see it.
#[derive(Clone, Debug)]
pub struct ExchangeFact {
    /// Its place in the journal.
    pub seq: u64,
    /// Attempts of one call share this.
    pub call: String,
    /// 1 for the first try.
    pub attempt: u32,
    /// The route.
    pub route: Route,
    /// The status code, if an answer came.
    pub status: Option<u16>,
    /// Why no whole answer came.
    pub error: Option<String>,
    /// The `intent` it carried out.
    pub intent: Option<u64>,
    /// When it was sent.
    pub sent: Timestamp,
    /// When its last byte came.
    pub done: Timestamp,
    /// `error_description` of a refused token.
    pub refusal: Option<String>,
    /// What a submission or a reading of MI carried.
    pub mi: Option<MiOnTheWire>,
    /// The id that a reading of MI asked for.
    pub mi_id: Option<String>,
    /// What the answer should have stated was stated; false for an unreadable 200.
    pub readable: bool,
    /// The bytes that came, of a download.
    pub document: Option<DocumentFact>,
    /// The words of the exchange, where a check of the sandbox asks for them.
    pub wire: Option<Box<Wire>>,
}

/// The bytes of a download, as the journal keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFact {
    /// Lower-case hex SHA-256.
    pub sha256: String,
    /// How many.
    pub bytes: u64,
    /// Redaction changed them, so it was no PDF, and the hash is not of what came.
    pub redacted: bool,
}

impl DocumentFact {
    /// What `exchange` brought, if it brought anything.
    pub fn of(exchange: &Exchange) -> Option<Self> {
        let body = exchange.response.as_ref()?.body.as_ref()?;
        Some(Self {
            sha256: body.sha256.clone(),
            bytes: body.bytes,
            redacted: body.redacted,
        })
    }
}

/// What stood on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// `GET`.
    pub method: String,
    /// The URL with its query.
    pub url: String,
    /// The code of the first error in the answer's body.
    pub code: Option<String>,
    /// True if the answer says where to look instead.
    pub leads_elsewhere: bool,
}

impl Wire {
    /// What stood on the wire of `exchange`.
    pub fn of(exchange: &Exchange) -> Self {
        let answer = exchange.response.as_ref();
        let body = answer.and_then(|answer| answer.body.as_ref()?.text.as_deref());
        let body = body.and_then(|text| crate::model::limits::read_answer(text.as_bytes()).ok());
        let code = body
            .as_ref()
            .and_then(|body| body.pointer("/errors/0/code")?.as_str());
        let named = |(name, _): &(String, String)| name.eq_ignore_ascii_case("location");
        Self {
            method: exchange.method.clone(),
            url: exchange.url.clone(),
            code: code.map(str::to_owned),
            leads_elsewhere: answer.is_some_and(|answer| answer.headers.iter().any(named)),
        }
    }
}

impl ExchangeFact {
    /// True if a whole answer with a success status came and could be read.
    pub fn succeeded(&self) -> bool {
        let success = self
            .status
            .is_some_and(|status| (200..400).contains(&status));
        success && self.error.is_none() && self.readable
    }

    /// True if the answer is a clear refusal of the request itself (interfaces: 400, 404, 413, 415).
    pub fn refused(&self) -> bool {
        let clear = self
            .status
            .is_some_and(|status| (400..500).contains(&status));
        clear && !self.unauthorised() && self.status != Some(429) && self.error.is_none()
    }

    /// True for a refused token, a 401 or a 403.
    pub fn unauthorised(&self) -> bool {
        let token_refused = self.route == Route::Token
            && self
                .status
                .is_some_and(|status| (400..500).contains(&status) && status != 429);
        token_refused || matches!(self.status, Some(401 | 403))
    }

    /// The outcome in a few words, for `observed`.
    pub fn outcome(&self) -> String {
        let route = self.route.name();
        match (self.status, &self.error, &self.refusal) {
            (_, Some(error), _) => format!("{route}: {error}"),
            (Some(status), None, Some(text)) => format!("{route} answered {status}: {text}"),
            (Some(status), None, None) if !self.readable => {
                format!("{route} answered {status} with a body that is not what it should be")
            }
            (Some(status), None, None) => format!("{route} answered {status}"),
            (None, None, _) => format!("{route} gave no answer"),
        }
    }
}

/// A list of letters as it was answered.
#[derive(Clone, Debug)]
pub struct ListFact {
    /// The `letters.listed` event.
    pub seq: u64,
    /// The acceptance test it belongs to.
    pub test: Option<String>,
    /// When it was asked for.
    pub sent: Timestamp,
    /// When it had come.
    pub done: Timestamp,
    /// The limit asked for.
    pub limit: Option<String>,
    /// The letters.
    pub letters: Vec<LetterFacts>,
}

/// A letter as it was read.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The `status.observed` event.
    pub seq: u64,
    /// The acceptance test it belongs to.
    pub test: Option<String>,
    /// When it was asked for.
    pub sent: Timestamp,
    /// When it had come.
    pub done: Timestamp,
    /// What the service said.
    pub letter: LetterFacts,
}

/// Letters chosen for a test.
#[derive(Clone, Debug)]
pub struct TargetFact {
    /// The `letters.targeted` event.
    pub seq: u64,
    /// The acceptance test.
    pub test: Option<String>,
    /// Their ids.
    pub letters: Vec<String>,
}

/// Letters that the supplier took out of PENDING before.
#[derive(Clone, Debug)]
pub struct SpentFact {
    /// The `letters.spent` event.
    pub seq: u64,
    /// Their ids.
    pub letters: Vec<String>,
}

/// An update that was about to be sent.
#[derive(Clone, Debug)]
pub struct IntentFact {
    /// The `intent` event.
    pub seq: u64,
    /// The acceptance test.
    pub test: Option<String>,
    /// The changes.
    pub changes: Vec<Change>,
    /// The management information, if that is what was about to be sent.
    pub mi: Option<MiFacts>,
}

/// A PDF that was fetched and checked.
#[derive(Clone, Debug)]
pub struct PdfFact {
    /// The `pdf.checked` event.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The acceptance test; none for candidates fetched before the tests.
    pub test: Option<String>,
    /// The letter.
    pub letter: String,
    /// The exchange with the storage.
    pub exchange: u64,
    /// The hash of what came; none if there is no PDF.
    pub sha256: Option<String>,
    /// How many bytes came.
    pub bytes: u64,
    /// The hash that the service names.
    pub expected_sha256: Option<String>,
    /// Every check.
    pub checks: Vec<PdfCheck>,
}

/// The checks of a PDF that AT15's clock had no time for.
#[derive(Clone, Debug)]
pub struct LaterChecks {
    /// The `pdf.completed` event.
    pub seq: u64,
    /// Those that failed or were not judged: there are thousands of PDFs, and the others need no
    /// word.
    pub open: Vec<PdfCheck>,
}

/// Management information that was submitted.
#[derive(Clone, Debug)]
pub struct MiFact {
    /// The `mi.submitted` event.
    pub seq: u64,
    /// The acceptance test.
    pub test: Option<String>,
    /// The run that submitted it.
    pub run: String,
    /// The exchange, if it was this run.
    pub exchange: Option<u64>,
    /// The id that the service gave it.
    pub mi: String,
    /// What was submitted.
    pub facts: MiFacts,
}

/// Management information of an earlier run of which nobody knows whether it arrived.
#[derive(Clone, Debug)]
pub struct UnclearMiFact {
    /// The `mi.unclear` event.
    pub seq: u64,
    /// The run that sent it.
    pub run: String,
    /// What was sent.
    pub facts: MiFacts,
}

/// Management information as an exchange carried it.
#[derive(Clone, Debug, PartialEq)]
pub struct MiOnTheWire {
    /// Its id.
    pub id: String,
    /// The day of its timestamp.
    pub date: String,
    /// The specification.
    pub specification_id: Option<String>,
    /// The group.
    pub group_id: Option<String>,
    /// The line item.
    pub line_item: Option<String>,
    /// The quantity: the service takes fractions too.
    pub quantity: f64,
}

/// Something timed.
#[derive(Clone, Debug)]
pub struct TimingFact {
    /// The `timing` event.
    pub seq: u64,
    /// The acceptance test.
    pub test: Option<String>,
    /// What was timed.
    pub name: String,
    /// Microseconds.
    pub us: u64,
    /// The first event of what was timed.
    pub from: Option<u64>,
    /// The last.
    pub to: Option<u64>,
}

/// A job made, or not made again, for a listed letter.
#[derive(Clone, Debug)]
pub struct JobFact {
    /// The event.
    pub seq: u64,
    /// The acceptance test.
    pub test: Option<String>,
    /// The letter.
    pub letter: String,
    /// The job.
    pub job: String,
    /// True for `job.created`.
    pub created: bool,
    /// The list that brought the letter.
    pub list: u64,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub struct StepFailure {
    /// The event.
    pub seq: u64,
    /// The acceptance test.
    pub test: Option<String>,
    /// What went wrong.
    pub error: String,
    /// `environment`, `tool` or `letters`.
    pub cause: String,
}

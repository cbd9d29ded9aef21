//! Where the simulator may be told to misbehave.
//!
//! Every acceptance check must be seen red. A deliberate fault is asked for at
//! the few places where an answer is decided: what a list returns, what
//! becomes of an accepted update, what a download holds, and the answer itself.
//! Honest manners change nothing anywhere, so the code around these calls never
//! asks which fault is on.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::fault::{Fault, Since, Spoilt, Spot, Wrong};
use super::letter_pdf::letter_pdf;
use super::lock::hold;
use super::mi::Attributes;
use super::objects;
use super::spoilt;
use super::status::Status;
use super::store::{Letter, Listed, Update};

/// Longer than anybody waits for an update, also where times are short.
const LATE: Duration = Duration::from_secs(20);

/// What the status of a listed letter is called.
pub(crate) const PENDING: &str = "PENDING";

/// The deliberate faults of a simulator, and how far each has come.
#[derive(Debug, Default)]
pub(crate) struct Manners(Vec<Mutex<Armed>>);

/// One fault and what it has done so far.
#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// Whether its time has come.
    on: bool,
    left: u32,
    /// The letter, or record, that it chose.
    victim: Option<String>,
    kept: Option<Listed>,
}

/// What is queued for an accepted update, and how much later than usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queued {
    pub(crate) update: Update,
    pub(crate) later: Duration,
    /// Takes effect last, right behind it.
    pub(crate) overtaken_by: Option<Update>,
}

/// What stands behind a link.
pub(crate) enum Document {
    Pdf(Vec<u8>),
    Nothing,
    Expired,
}

impl Armed {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            on: fault.since == Since::Start,
            left: fault.strikes,
            victim: None,
            kept: None,
        }
    }

    /// Counts a strike, if one is left.
    fn strikes(&mut self) -> bool {
        let strikes = self.on && self.left > 0;
        self.left -= u32::from(strikes);
        strikes
    }

    /// True if `id` is the one that is struck; the first that is asked about becomes it.
    fn chooses(&mut self, id: &str) -> bool {
        if self.victim.is_none() && self.strikes() {
            self.victim = Some(id.to_owned());
        }
        self.on && self.victim.as_deref() == Some(id)
    }
}

impl Manners {
    /// The manners of a service with these faults.
    pub(crate) fn with(faults: &[Fault]) -> Manners {
        let armed = faults.iter().copied().map(Armed::new);
        Manners(armed.map(Mutex::new).collect())
    }

    /// Letters were seeded anew.
    pub(crate) fn reseeded(&self) {
        for armed in &self.0 {
            let mut armed = hold(armed);
            armed.on = armed.fault.since == Since::Reseeding;
        }
    }

    /// Runs `struck` for every fault whose time has come.
    fn each(&self, mut struck: impl FnMut(Wrong, &mut Armed)) {
        for armed in &self.0 {
            let mut armed = hold(armed);
            if armed.on {
                struck(armed.fault.wrong, &mut armed);
            }
        }
    }

    /// How many of `letters` a list brings.
    pub(crate) fn brought(&self, letters: usize) -> usize {
        let mut brought = letters;
        self.each(|wrong, armed| {
            if wrong == Wrong::Halves && brought > 1 && armed.strikes() {
                brought = brought.div_ceil(2);
            }
        });
        brought
    }

    /// What a list returns instead of `letters`, each with the status it shows.
    pub(crate) fn listed(&self, letters: Vec<Listed>) -> Vec<(Listed, &'static str)> {
        let mut shown: Vec<_> = letters.into_iter().map(|it| (it, PENDING)).collect();
        self.each(|wrong, armed| misname(wrong, armed, &mut shown));
        shown
    }

    /// Whether listed letters are hidden from the next list.
    pub(crate) fn leases(&self) -> bool {
        let mut leases = true;
        self.each(|wrong, armed| {
            if wrong == Wrong::Relists && armed.strikes() {
                leases = false;
            }
        });
        leases
    }

    /// How an update is answered, or what it is refused with; nothing is queued then.
    ///
    /// # Errors
    /// The answer of a refusal.
    pub(crate) fn acknowledged(&self, updates: &[Update]) -> Result<StatusCode, Box<Response>> {
        let to = |status| updates.iter().any(|update| update.status == status);
        let mut outcome = Ok(StatusCode::ACCEPTED);
        self.each(|wrong, armed| match wrong {
            Wrong::Acknowledges(status, code) if to(status) && armed.strikes() => {
                outcome = Ok(StatusCode::from_u16(code).unwrap_or(StatusCode::OK));
            }
            Wrong::Refuses(status, code) if to(status) && armed.strikes() => {
                outcome = Err(Box::new(spoilt::refusal(code)));
            }
            _ => {}
        });
        outcome
    }

    /// What is queued instead of `update` of `letter`, if anything is.
    pub(crate) fn queued(&self, mut update: Update, letter: Option<&Letter>) -> Option<Queued> {
        self.begin(update.status);
        let (mut lost, mut later, mut overtaken_by) = (false, Duration::ZERO, None);
        let to = update.status;
        self.each(|wrong, armed| match wrong {
            Wrong::Loses(status) if status == to => lost |= armed.strikes(),
            Wrong::Delays(status) if status == to && armed.strikes() => later = LATE,
            Wrong::Misapplies(status, as_if) if status == to && armed.strikes() => {
                update.status = as_if;
            }
            Wrong::Overtakes(status) if status == to && armed.strikes() => {
                overtaken_by = letter.map(|letter| earlier(&update, letter));
            }
            Wrong::Forgets(status) if status == to && armed.strikes() => {
                (update.reason_code, update.reason_text) = (None, None);
            }
            Wrong::Keeps if to == Status::Accepted && armed.kept.is_none() && armed.strikes() => {
                armed.kept = letter.map(Letter::listed);
            }
            _ => {}
        });
        let queued = Queued {
            update,
            later,
            overtaken_by,
        };
        (!lost).then_some(queued)
    }

    /// An update to `status` was sent: faults that wait for it begin.
    fn begin(&self, status: Status) {
        for armed in &self.0 {
            let mut armed = hold(armed);
            armed.on |= armed.fault.since == Since::Update(status);
        }
    }

    /// What a link leads to instead of `pdf`, which lies at `path`.
    pub(crate) fn document(&self, path: &str, pdf: Vec<u8>) -> Document {
        let mut document = Document::Pdf(pdf);
        self.each(|wrong, armed| {
            if let Document::Pdf(pdf) = &document
                && let Some(other) = misplaced(wrong, armed, path, pdf)
            {
                document = other;
            }
        });
        document
    }

    /// What is kept of a record instead of `attributes`.
    pub(crate) fn filed(&self, attributes: Attributes) -> Attributes {
        let mut kept = attributes;
        self.each(|wrong, armed| match wrong {
            Wrong::Miscounts if armed.strikes() => kept = kept.clone().with_one_more(),
            Wrong::Misfiles if armed.strikes() => kept = kept.clone().of_another_group(),
            _ => {}
        });
        kept
    }

    /// Whether the record `id` is found.
    pub(crate) fn finds(&self, id: &str) -> bool {
        let mut found = true;
        self.each(|wrong, armed| {
            if wrong == Wrong::LosesMi && armed.chooses(id) {
                found = false;
            }
        });
        found
    }

    /// The answer to a call that is not even looked at.
    pub(crate) fn refused(&self, request: &Parts) -> Option<Response> {
        let mut refusal = None;
        self.each(|wrong, armed| {
            if let Wrong::Answer(spot, Spoilt::Refused(code)) = wrong
                && is_at(spot, request)
                && armed.strikes()
            {
                refusal = Some(match spot {
                    Spot::Token if code == 401 => spoilt::unknown_application(),
                    _ => spoilt::refusal(code),
                });
            }
        });
        refusal
    }

    /// What is sent instead of `answer` to a request, and when.
    pub(crate) async fn answer(&self, request: &Parts, answer: Response) -> Response {
        let mut struck = Vec::new();
        self.each(|wrong, armed| {
            if let Wrong::Answer(spot, how) = wrong
                && !matches!(how, Spoilt::Refused(_))
                && is_at(spot, request)
                && armed.strikes()
            {
                struck.push(how);
            }
        });
        let mut answer = answer;
        for how in struck {
            answer = spoilt::answer(how, answer).await;
        }
        answer
    }
}

/// The list's own wrongs.
fn misname(wrong: Wrong, armed: &mut Armed, shown: &mut Vec<(Listed, &'static str)>) {
    match wrong {
        Wrong::Skips => shown.retain(|(letter, _)| !armed.chooses(&letter.id)),
        Wrong::Doubles => {
            if let Some(first) = shown.first().cloned().filter(|_| armed.strikes()) {
                shown.push(first);
            }
        }
        Wrong::Foreign => {
            if let Some((mut letter, status)) = shown.first().cloned().filter(|_| armed.strikes()) {
                letter.id = letter.id.chars().rev().collect();
                shown.push((letter, status));
            }
        }
        Wrong::Mislabels => {
            if let Some((_, status)) = shown.first_mut().filter(|_| armed.strikes()) {
                *status = "ACCEPTED";
            }
        }
        Wrong::Reverses if armed.strikes() => shown.reverse(),
        Wrong::Keeps => shown.extend(armed.kept.clone().map(|letter| (letter, PENDING))),
        Wrong::Mishashes => {
            let hashed = shown.iter_mut().filter(|(it, _)| it.sha256.is_some());
            for (letter, _) in hashed {
                if armed.chooses(&letter.id) {
                    letter.sha256 = Some("0".repeat(64));
                }
            }
        }
        _ => {}
    }
}

/// What the letter was before, as an update that comes late.
fn earlier(update: &Update, letter: &Letter) -> Update {
    Update {
        status: letter.status,
        reason_code: letter.reason_code.clone(),
        reason_text: letter.reason_text.clone(),
        ..update.clone()
    }
}

/// The storage's own wrongs.
fn misplaced(wrong: Wrong, armed: &mut Armed, path: &str, pdf: &[u8]) -> Option<Document> {
    let is_ours = matches!(
        wrong,
        Wrong::Truncates | Wrong::Swaps | Wrong::Misplaces | Wrong::Expires
    );
    if !(is_ours && armed.strikes()) {
        return None;
    }
    Some(match wrong {
        Wrong::Truncates => Document::Pdf(pdf[..pdf.len() / 2].to_vec()),
        Wrong::Swaps => Document::Pdf(another(path).unwrap_or_default()),
        Wrong::Misplaces => Document::Nothing,
        _ => Document::Expired,
    })
}

/// The PDF of a letter of the same specification that nobody seeded.
fn another(path: &str) -> Option<Vec<u8>> {
    let key = path.strip_prefix(objects::PREFIX)?;
    let specification = key.split('/').nth(1)?;
    letter_pdf(specification, "another-letter", "another-group").ok()
}

fn is_at(spot: Spot, request: &Parts) -> bool {
    let (method, path) = (&request.method, request.uri.path());
    let in_letters = path.strip_prefix("/letters");
    let one = in_letters.is_some_and(|rest| rest.len() > 1 && !rest.ends_with("/data"));
    match spot {
        Spot::Token => path == "/oauth2/token",
        Spot::Status => path == "/_status",
        Spot::List => method == Method::GET && in_letters == Some(""),
        Spot::Letter => method == Method::GET && one,
        Spot::Update => matches!(*method, Method::POST | Method::PATCH) && in_letters.is_some(),
        Spot::Storage => path.starts_with(objects::PREFIX),
        Spot::Submission => method == Method::POST && path == "/mi",
        Spot::Api => in_letters.is_some() || path == "/mi" || path.starts_with("/mi/"),
    }
}

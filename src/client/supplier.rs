//! The handle that calls are made through.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::evidence::{EvidenceError, Journal, Recorded, WITHHELD};
use crate::model::limits::{JsonFault, read_answer};
use crate::model::{Event, Scope, Timestamp};

use super::answer::{of_storage, of_update, refusal, unreadable};
use super::headers::{Headers, Pass, correlation_id};
use super::retry::{Manner, Next, Sent, Tries};
use super::throttle::{Lane, Throttle};
use super::token::{Held, Tokens};
use super::transport::{Answer, Delivery, Kind, Payload, Shipment, Transport};
use super::waits::Silent;
use super::wire::{KnownFields, unknown_fields};
use super::{Call, ClientError, Settings, SettingsError, TokenFacts, Waits, address};

/// Answers that name fields at random must not fill the journal.
const MOST_NOTES: usize = 100;

/// A print supplier's side of the API. Clones share connections, token and pace.
#[derive(Clone)]
pub struct Supplier {
    shared: Arc<Shared>,
    waits: Arc<dyn Waits>,
    scope: Scope,
    run: Option<Arc<str>>,
}

struct Shared {
    base: Url,
    accept: String,
    content_type: String,
    status_api_key: Option<SecretString>,
    visibility_timeout: Duration,
    journal: Journal,
    transport: Transport,
    throttle: Throttle,
    tokens: Option<Tokens>,
    noted: Mutex<HashSet<String>>,
    /// When it was last told that an answer is long in coming.
    told: Mutex<Option<Instant>>,
}

/// A call to be made, maybe in several attempts.
#[derive(Debug)]
pub(super) struct Plan {
    pub method: &'static str,
    pub url: Url,
    pub manner: Manner,
    pub body: Option<Vec<u8>>,
    pub intent: Option<u64>,
    pub to: To,
    /// The body's media type, if it is not the usual one.
    pub content_type: Option<String>,
    /// Leaves `X-Request-ID` out, to see what a service says to that.
    pub without_request_id: bool,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// The API, with a token.
    Api,
    /// `/_status`, with its own key if there is one: a token opens nothing there
    /// (service-behaviour §5, row 1).
    Status,
    /// The API, where it is open to everyone.
    Anyone,
    /// A signed URL, with nothing: it takes one way to prove oneself, and carries it.
    Storage,
}

/// The outcome of a call's last attempt.
pub(super) struct Ended {
    pub delivery: Delivery,
    pub call: Call,
    /// The whole URL, signature and all.
    pub url: Url,
    pub to: To,
    pub attempts: u32,
    pub first: Began,
}

/// The first attempt of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Began {
    /// The journal's `seq` of its exchange.
    pub exchange: u64,
    /// When it was handed to the network.
    pub sent: Timestamp,
}

/// A success.
pub(super) struct Success {
    pub first: Began,
    pub recorded: Recorded,
    pub answer: Answer,
    pub call: Call,
}

impl fmt::Debug for Supplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supplier")
            .field("base_url", &self.shared.base.as_str())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Supplier {
    /// A client for the API that `settings` describe; every exchange goes into `journal`.
    ///
    /// # Errors
    /// If a URL is none or not encrypted, or the private key cannot sign. Nothing is sent.
    pub fn new(settings: Settings, journal: Journal) -> Result<Self, SettingsError> {
        Ok(Self {
            shared: Arc::new(Shared::new(settings, journal)?),
            waits: Arc::new(Silent),
            scope: Scope::default(),
            run: None,
        })
    }

    /// The same client, whose exchanges belong to `scope`.
    #[must_use]
    pub fn scoped(&self, scope: Scope) -> Self {
        Self {
            scope,
            ..self.clone()
        }
    }

    /// The same client, whose `X-Correlation-ID` begins with `run_id`.
    #[must_use]
    pub fn with_correlation(&self, run_id: &str) -> Self {
        Self {
            run: Some(run_id.into()),
            ..self.clone()
        }
    }

    /// The same client, with `waits` doing the waiting.
    #[must_use]
    pub fn with_waits(&self, waits: Arc<dyn Waits>) -> Self {
        Self {
            waits,
            ..self.clone()
        }
    }

    /// What its exchanges belong to.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Where its exchanges are recorded.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// True if `/_status` can be expected to answer: its key is known, or the API asks nobody who
    /// they are.
    pub fn may_ask_for_status(&self) -> bool {
        self.shared.status_api_key.is_some() || self.shared.tokens.is_none()
    }

    /// How long GET `/letters` hides what it returned.
    pub fn visibility_timeout(&self) -> Duration {
        self.shared.visibility_timeout
    }

    /// Gets a token unless one is in hand, and says where it came from; `None` where the API
    /// asks for none.
    ///
    /// # Errors
    /// `TokenRefused` if the endpoint refuses, else as any call.
    pub async fn authenticate(&self) -> Result<Option<TokenFacts>, ClientError> {
        Ok(self.token().await?.map(|held| held.facts))
    }

    /// Waits for `reason` through the hook, and writes that it did.
    ///
    /// # Errors
    /// If that cannot be written.
    pub async fn pause(&self, reason: &str, time: Duration) -> Result<(), ClientError> {
        let reason = self.journal().redactor().text(reason).into_owned();
        self.waits.wait(&self.of_test(&reason), time).await;
        self.journal().append(&Event::Wait {
            scope: self.scope.clone(),
            reason,
            ms: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        })?;
        Ok(())
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// `line`, and which acceptance test it is of.
    fn of_test(&self, line: &str) -> String {
        match &self.scope.test {
            Some(test) => format!("{test}: {line}"),
            None => line.to_owned(),
        }
    }

    /// Sends `shipment` once, and tells if its answer is long in coming.
    pub(super) async fn send(&self, shipment: Shipment) -> Result<Delivery, EvidenceError> {
        let (told, whole) = self.shared.transport.patience(&shipment);
        let what = format!("{} {}", shipment.method, host_and_route(&shipment.url));
        let sending = self.shared.transport.send(shipment);
        tokio::pin!(sending);
        let mut waited = Duration::ZERO;
        loop {
            if let Ok(delivery) = tokio::time::timeout(told, &mut sending).await {
                return delivery;
            }
            waited += told;
            if self.shared.may_tell(told) {
                self.waits.tell(&self.of_test(&format!(
                    "{what} has no whole answer after {}; it is given {}",
                    humantime::format_duration(waited),
                    humantime::format_duration(whole)
                )));
            }
        }
    }

    /// A plan to ask the API for `path`, which begins with a slash.
    pub(super) fn plan(&self, method: &'static str, path: &str, manner: Manner) -> Plan {
        Plan {
            method,
            url: address::join(&self.shared.base, path),
            manner,
            body: None,
            intent: None,
            to: To::Api,
            content_type: None,
            without_request_id: false,
        }
    }

    /// Carries `plan` out to a success with a status that `wanted` names.
    pub(super) async fn succeed(
        &self,
        plan: Plan,
        wanted: fn(u16) -> bool,
    ) -> Result<Success, ClientError> {
        let ended = self.carry_out(&plan).await?;
        self.success(ended, wanted)
            .map_err(|error| of_update(error, plan.manner, plan.intent))
    }

    pub(super) fn success(
        &self,
        ended: Ended,
        wanted: fn(u16) -> bool,
    ) -> Result<Success, ClientError> {
        let Ended {
            delivery,
            call,
            url,
            to,
            attempts,
            first,
        } = ended;
        match delivery.outcome {
            Err(lost) => Err(lost.error(call)),
            Ok(answer) if wanted(answer.status) => Ok(Success {
                first,
                recorded: delivery.recorded,
                answer,
                call,
            }),
            Ok(answer) => {
                let sweep = self.journal().redactor().sweep(&[url.as_str()]);
                let error = refusal(&sweep, call, &answer, attempts);
                Err(if to == To::Storage {
                    of_storage(error)
                } else {
                    error
                })
            }
        }
    }

    /// Makes attempts until there is an outcome for the caller.
    pub(super) async fn carry_out(&self, plan: &Plan) -> Result<Ended, ClientError> {
        let id = self.journal().next_call();
        let mut tries = Tries::default();
        let mut first = None;
        loop {
            let mut held = self.token_for(plan.to).await?;
            if plan.to != To::Storage {
                self.shared.throttle.pass(plan.lane()).await;
                if held.as_ref().is_some_and(|held| !held.is_good()) {
                    held = self.token_for(plan.to).await?;
                }
            }
            let shipment = self.shipment(plan, &id, tries.begin(), held.as_ref());
            let delivery = self.send(shipment).await?;
            let first = *first.get_or_insert(delivery.began());
            let lease = self.shared.visibility_timeout;
            let sent = held.as_ref().map_or(Sent::None, Held::sent);
            match tries.next(plan.manner, sent, lease, &delivery.outcome) {
                Next::Done => return Ok(plan.ended(delivery, tries.attempts(), first)),
                Next::Wait { reason, time } => self.pause(&reason, time).await?,
                Next::Renew => self.drop_token(held.as_ref()).await,
            }
        }
    }

    async fn token_for(&self, to: To) -> Result<Option<Held>, ClientError> {
        match to {
            To::Api => self.token().await,
            To::Status | To::Anyone | To::Storage => Ok(None),
        }
    }

    async fn token(&self) -> Result<Option<Held>, ClientError> {
        match &self.shared.tokens {
            None => Ok(None),
            Some(tokens) => tokens.get(self).await.map(Some),
        }
    }

    async fn drop_token(&self, held: Option<&Held>) {
        if let (Some(tokens), Some(held)) = (&self.shared.tokens, held) {
            tokens.drop_refused(held).await;
        }
    }

    fn shipment(&self, plan: &Plan, id: &str, attempt: u32, held: Option<&Held>) -> Shipment {
        let usual = &self.shared.content_type;
        let content_type = plan.content_type.as_ref().unwrap_or(usual);
        let stated = plan.body.as_ref().map(|_| content_type.as_str());
        let mut headers = self.headers(plan.to, held).with_content_type(stated);
        if plan.without_request_id {
            headers = headers.without_request_id();
        }
        Shipment {
            id: id.to_owned(),
            scope: self.scope.clone(),
            attempt,
            method: plan.method,
            url: plan.url.clone(),
            request_id: headers.request_id,
            correlation_id: headers.correlation_id,
            intent: plan.intent,
            headers: headers.list,
            body: plan.body.clone().map(|bytes| Payload {
                bytes,
                content_type: content_type.clone(),
            }),
            kind: plan.kind(),
        }
    }

    fn headers(&self, to: To, held: Option<&Held>) -> Headers {
        if to == To::Storage {
            return Headers::of_elsewhere("application/pdf, */*");
        }
        let pass = match (held, &self.shared.status_api_key) {
            (Some(held), _) => Pass::Bearer(held.token.clone()),
            (None, Some(key)) if to == To::Status => Pass::ApiKey(key.clone()),
            (None, _) => Pass::None,
        };
        let correlation = correlation_id(self.run.as_deref(), &self.scope);
        Headers::of_api(&self.shared.accept, &pass, correlation)
    }

    /// The JSON of a success; what is unknown in it is noted once per field of `template`.
    pub(super) fn json(
        &self,
        success: &Success,
        template: &str,
        known: KnownFields,
    ) -> Result<Value, ClientError> {
        let body = read_answer(&success.answer.body.bytes);
        let body = body.map_err(|fault| match fault {
            JsonFault::Syntax(_) => self.unreadable(success),
            large => ClientError::TooLarge {
                call: success.call.clone(),
                why: large.to_string(),
            },
        })?;
        for field in unknown_fields(&body, known, MOST_NOTES) {
            self.note_once(template, &field)?;
        }
        Ok(body)
    }

    /// The error for an answer that is not what the API documents.
    pub(super) fn unreadable(&self, success: &Success) -> ClientError {
        let sweep = self.journal().redactor().sweep(&[]);
        unreadable(&sweep, success.call.clone(), &success.answer)
    }

    fn note_once(&self, template: &str, field: &str) -> Result<(), ClientError> {
        let field = match self.journal().is_of_production() {
            true => WITHHELD,
            false => field,
        };
        let text =
            format!("the answer of {template} has a field this version does not know: {field}");
        let mut noted = self
            .shared
            .noted
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        if noted.len() < MOST_NOTES && noted.insert(text.clone()) {
            let scope = self.scope.clone();
            self.journal().append(&Event::Note { scope, text })?;
        }
        Ok(())
    }
}

/// What of `url` is told: no id, no query, no signature.
fn host_and_route(url: &Url) -> String {
    let route = url.path().rsplit('/').find(|part| {
        matches!(
            *part,
            "letters" | "mi" | "data" | "token" | "_status" | "_ping"
        )
    });
    let host = url.host_str().unwrap_or_default();
    route.map_or_else(|| host.to_owned(), |route| format!("{host} …/{route}"))
}

impl Shared {
    /// True at most once in `every`: of a hundred slow answers one line tells.
    fn may_tell(&self, every: Duration) -> bool {
        let mut last = self
            .told
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        let due = last.is_none_or(|last| last.elapsed() >= every / 2);
        if due {
            *last = Some(Instant::now());
        }
        due
    }

    fn new(settings: Settings, journal: Journal) -> Result<Self, SettingsError> {
        let redactor = journal.redactor();
        let endpoint = settings.endpoint;
        let credentials = endpoint.credentials.as_ref();
        let tokens = credentials
            .map(|credentials| Tokens::new(credentials, &endpoint.hosts, redactor))
            .transpose()?;
        let status_api_key = endpoint.status_api_key.map(|key| {
            redactor.add("status-api-key", key.expose_secret());
            SecretString::from(key.expose_secret().trim())
        });
        let base = address::configured(&endpoint.base_url, &endpoint.hosts)?;
        let transport = Transport::new(
            journal.clone(),
            settings.keep_pdfs,
            settings.timeouts,
            (base.clone(), endpoint.hosts),
        )?;
        for url in tokens.iter().map(Tokens::url).chain([&base]) {
            transport.serves(url)?;
        }
        Ok(Self {
            accept: settings.accept,
            content_type: settings.content_type,
            visibility_timeout: settings.visibility_timeout,
            throttle: Throttle::under(settings.requests_per_second),
            noted: Mutex::default(),
            told: Mutex::default(),
            base,
            status_api_key,
            transport,
            tokens,
            journal,
        })
    }
}

impl Plan {
    fn kind(&self) -> Kind {
        if self.to == To::Storage {
            Kind::Document
        } else {
            Kind::Api
        }
    }

    /// Lists and updates bring the work that single reads then do: they are few, and go first.
    fn lane(&self) -> Lane {
        match self.manner {
            Manner::Safe => Lane::Ordinary,
            Manner::Leases | Manner::Once => Lane::First,
        }
    }

    fn ended(&self, delivery: Delivery, attempts: u32, first: Began) -> Ended {
        let url = match self.to {
            To::Storage => address::shown(self.url.as_str()),
            To::Api | To::Status | To::Anyone => self.url.to_string(),
        };
        let call = Call {
            method: self.method,
            url,
            exchange: Some(delivery.seq()),
        };
        Ended {
            delivery,
            call,
            url: self.url.clone(),
            to: self.to,
            attempts,
            first,
        }
    }
}

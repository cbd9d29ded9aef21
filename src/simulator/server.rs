//! A simulator that runs: a guard around its port and its tasks.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::answer;
use super::applications::OddApplication;
use super::batches::BadLetters;
use super::credentials::Credentials;
use super::error::SimulatorError;
use super::gateway;
use super::options::Options;
use super::service::Service;

/// How often updates are applied that nobody is looking at, for the log.
const TICK: Duration = Duration::from_millis(50);

/// How long a shutdown waits for a connection to close by itself.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A running simulator. Dropped or shut down, it stops listening and ends its
/// tasks; calls in hand are cut short.
#[must_use = "a simulator that is dropped stops"]
pub struct Simulator {
    service: Arc<Service>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Seeds letters, makes credentials and starts to serve.
    ///
    /// # Errors
    /// Options that make no sense, an address that cannot be listened on, or
    /// keys, letters or a log that cannot be made.
    pub async fn start(options: Options) -> Result<Simulator, SimulatorError> {
        options.validate()?;
        let addr = options.addr;
        let failed = |source| SimulatorError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let host = listener.local_addr().map_err(failed)?.to_string();
        let made = tokio::task::spawn_blocking(move || Service::new(options, host));
        let service = Arc::new(made.await.map_err(|_| SimulatorError::TaskLost)??);
        Ok(Simulator::serve(service, listener))
    }

    fn serve(service: Arc<Service>, listener: TcpListener) -> Simulator {
        let stop = CancellationToken::new();
        let answers = tokio::spawn(answer_all(service.clone(), listener, stop.clone()));
        let ticks = tokio::spawn(apply_updates(service.clone(), stop.clone()));
        let tasks = vec![answers, ticks];
        Simulator {
            service,
            stop,
            tasks,
        }
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.service.base_url
    }

    /// Where access tokens are had; also the audience of assertions.
    pub fn token_url(&self) -> &str {
        &self.service.token_url
    }

    /// The credentials of a supplier, by its place in [`Options::suppliers`];
    /// empty ones past the last.
    pub fn credentials(&self, supplier: usize) -> Credentials {
        let owned = supplier < self.service.options.suppliers.len();
        let application = self.service.applications.get(supplier).filter(|_| owned);
        application
            .map(|application| application.credentials.clone())
            .unwrap_or_default()
    }

    /// The credentials of an application that is refused for one reason.
    pub fn odd_credentials(&self, odd: OddApplication) -> Credentials {
        let application = self.service.applications.odd(odd);
        application
            .map(|application| application.credentials.clone())
            .unwrap_or_default()
    }

    /// Puts new letters with new ids in place of the old ones. Should a PDF
    /// fail to be made, the old letters stay.
    pub async fn reseed(&self) {
        self.reseed_with(self.service.options.bad_letters).await;
    }

    /// As [`Self::reseed`], with these bad letters: AT15 wants none.
    pub async fn reseed_with(&self, bad: BadLetters) {
        let service = self.service.clone();
        let _ = tokio::task::spawn_blocking(move || service.reseed(bad)).await;
    }

    /// Stops listening and waits until the simulator's tasks have ended.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        for mut task in self.tasks.drain(..) {
            if tokio::time::timeout(LAST_WORDS, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Answers every request until it is told to stop; then calls in hand are cut
/// short and connections closed.
async fn answer_all(service: Arc<Service>, listener: TcpListener, stop: CancellationToken) {
    let stopped = stop.clone();
    let answer = move |request: Request| {
        let (service, stop) = (service.clone(), stop.clone());
        async move {
            let answer = stop
                .run_until_cancelled(gateway::handle(service, request))
                .await;
            answer.unwrap_or_else(|| answer::empty(StatusCode::SERVICE_UNAVAILABLE))
        }
    };
    let router = Router::new().fallback(answer);
    let serving = axum::serve(listener, router);
    let _ = serving
        .with_graceful_shutdown(stopped.cancelled_owned())
        .await;
}

/// Applies due updates until it is told to stop.
async fn apply_updates(service: Arc<Service>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TICK);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        service.letters(|_, _| ());
    }
}

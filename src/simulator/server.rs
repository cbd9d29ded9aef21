//! A simulator that runs: a guard around its ports and its tasks.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer;
use super::applications::OddApplication;
use super::batches::BadLetters;
use super::credentials::Credentials;
use super::error::SimulatorError;
use super::gateway;
use super::objects;
use super::options::Options;
use super::service::Service;

/// How often updates are applied that nobody is looking at, for the log.
const TICK: Duration = Duration::from_millis(50);

/// How long a shutdown waits for a connection to close by itself.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often a port is tried that both loopback addresses should have free.
const PORTS_TRIED: usize = 16;

/// Whose requests a listener takes.
#[derive(Clone, Copy)]
enum Front {
    Api,
    Storage,
}

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
        let storage = listen_for_storage().await;
        let (port, storage) = storage.map_err(SimulatorError::ListenForStorage)?;
        let made = tokio::task::spawn_blocking(move || Service::new(options, &host, port));
        let service = Arc::new(made.await.map_err(|_| SimulatorError::TaskLost)??);
        Ok(Simulator::serve(service, listener, storage))
    }

    fn serve(service: Arc<Service>, api: TcpListener, storage: Vec<TcpListener>) -> Simulator {
        let stop = CancellationToken::new();
        let storage = storage.into_iter().map(|one| (Front::Storage, one));
        let listeners = storage.chain([(Front::Api, api)]);
        let answers = listeners.map(|(front, listener)| {
            tokio::spawn(answer_all(front, service.clone(), listener, stop.clone()))
        });
        let mut tasks: Vec<_> = answers.collect();
        tasks.push(tokio::spawn(apply_updates(service.clone(), stop.clone())));
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

    /// Where the links to PDFs lead, on a port of its own: `http://localhost:PORT`. A client that
    /// calls the API by the name `localhost` gets links to `127.0.0.1` instead.
    pub fn storage_url(&self) -> String {
        format!(
            "http://{}:{}",
            objects::LOCALHOST,
            self.service.storage_port
        )
    }

    /// The `apikey` that `/_status` asks for.
    pub fn status_api_key(&self) -> &str {
        &self.service.status_api_key
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
        let until = Instant::now() + LAST_WORDS;
        for mut task in self.tasks.drain(..) {
            if tokio::time::timeout_at(until, &mut task).await.is_err() {
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

/// Listens where the object store is. `localhost` may mean either loopback address, so it is the
/// same free port of both, where this machine has both.
async fn listen_for_storage() -> io::Result<(u16, Vec<TcpListener>)> {
    for _ in 0..PORTS_TRIED {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = first.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(second) => return Ok((port, vec![first, second])),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(_) => return Ok((port, vec![first])),
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

/// Answers every request until it is told to stop; then calls in hand are cut
/// short and connections closed.
async fn answer_all(
    front: Front,
    service: Arc<Service>,
    listener: TcpListener,
    stop: CancellationToken,
) {
    let stopped = stop.clone();
    let answer = move |request: Request| {
        let (service, stop) = (service.clone(), stop.clone());
        async move {
            let answer = async {
                match front {
                    Front::Api => gateway::handle(service, request).await,
                    Front::Storage => objects::handle(service, request).await,
                }
            };
            let answer = stop.run_until_cancelled(answer).await;
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

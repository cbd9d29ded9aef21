//! Everything that the calls to one simulator share.

use std::sync::Mutex;

use tokio::time::Instant;

use super::applications::Applications;
use super::batches::BadLetters;
use super::bodies::Bodies;
use super::burned::Burned;
use super::error::SimulatorError;
use super::ids;
use super::lock::hold;
use super::log::UpdateLog;
use super::manners::Manners;
use super::mi::Records;
use super::options::Options;
use super::quota::Quota;
use super::seed::{self, Generations};
use super::signed_url::UrlSigner;
use super::store::Store;
use super::tokens::Tokens;

/// The state behind one simulator's ports.
pub(crate) struct Service {
    pub(crate) options: Options,
    pub(crate) base_url: String,
    pub(crate) token_url: String,
    /// Where the object store listens.
    pub(crate) storage_port: u16,
    /// The `apikey` of `/_status`.
    pub(crate) status_api_key: String,
    pub(crate) applications: Applications,
    pub(crate) bodies: Bodies,
    pub(crate) burned: Burned,
    pub(crate) tokens: Tokens,
    pub(crate) quota: Quota,
    pub(crate) records: Records,
    pub(crate) signer: UrlSigner,
    pub(crate) manners: Manners,
    generations: Generations,
    store: Mutex<Store>,
    log: UpdateLog,
}

impl Service {
    /// Makes keys and letters for an API at `host`, which is `127.0.0.1:PORT`. Belongs on a
    /// blocking thread.
    ///
    /// # Errors
    /// Keys or PDFs that cannot be made, or a log that cannot be written.
    pub(crate) fn new(
        options: Options,
        host: &str,
        storage_port: u16,
    ) -> Result<Service, SimulatorError> {
        let base_url = format!("http://{host}");
        let generations = Generations::default();
        let (applications, shelves) = std::thread::scope(|scope| {
            let applications = scope.spawn(|| {
                Applications::register(&options.suppliers, options.private_key_pem.as_deref())
            });
            let shelves = seed::shelves(&options, options.bad_letters, generations.next());
            (applications.join(), shelves)
        });
        let applications = applications.map_err(|_| SimulatorError::TaskLost)??;
        let shelves = shelves?;
        Ok(Service {
            token_url: format!("{base_url}/oauth2/token"),
            base_url,
            storage_port,
            status_api_key: ids::secret(),
            bodies: Bodies::default(),
            burned: Burned::default(),
            tokens: Tokens::new(options.token_lifetime),
            quota: Quota::new(options.requests_per_second, applications.len()),
            records: Records::default(),
            signer: UrlSigner::new(options.url_ttl),
            store: Mutex::new(Store::new(shelves, options.settle, options.seed)),
            manners: Manners::with(&options.faults),
            log: UpdateLog::open(options.log.as_deref())?,
            applications,
            generations,
            options,
        })
    }

    /// Looks at the letters now, with every update applied that is due.
    pub(crate) fn letters<T>(&self, look: impl FnOnce(&mut Store, Instant) -> T) -> T {
        let now = Instant::now();
        let mut store = hold(&self.store);
        let applied = store.settle(now);
        self.log.write(&self.options.suppliers, &applied);
        look(&mut store, now)
    }

    /// Seeds anew, with these bad letters. Belongs on a blocking thread.
    ///
    /// # Errors
    /// A PDF that cannot be made; the old letters stay then.
    pub(crate) fn reseed(&self, bad: BadLetters) -> Result<(), SimulatorError> {
        let shelves = seed::shelves(&self.options, bad, self.generations.next())?;
        self.letters(|store, _| store.replace(shelves));
        self.manners.reseeded();
        Ok(())
    }
}

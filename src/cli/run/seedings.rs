//! New letters from a simulator: the one in this process, or one elsewhere. They are for AT15,
//! whose seedings carry no defects but missing PDFs.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::simulator::{BadLetters, Simulator};
use crate::world::{Seedings, StepError};

/// Seeding 25,000 letters takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The simulator in this process.
pub(super) struct InProcess(Arc<Simulator>);

impl InProcess {
    pub fn new(simulator: Arc<Simulator>) -> Self {
        Self(simulator)
    }
}

impl Seedings for InProcess {
    fn reseed(&self) -> BoxFuture<'_, Result<bool, StepError>> {
        Box::pin(async {
            self.0.reseed_with(BadLetters::None).await;
            Ok(true)
        })
    }
}

/// A simulator of its own (`letterproof sim`), which is asked without credentials.
pub(super) struct ExternalSimulator {
    url: String,
}

impl ExternalSimulator {
    pub fn at(base_url: &str) -> Self {
        Self {
            url: format!("{base_url}/_sim/reseed?defects=none"),
        }
    }

    async fn ask(&self) -> Result<(), reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        // Plain HTTP goes to this machine alone, and needs neither certificates nor a proxy.
        let client = match self.url.starts_with("http://") {
            true => client.no_proxy().tls_certs_only([]),
            false => client,
        };
        let answer = client.build()?.post(&self.url).send().await?;
        answer.error_for_status().map(drop)
    }
}

impl Seedings for ExternalSimulator {
    fn reseed(&self) -> BoxFuture<'_, Result<bool, StepError>> {
        Box::pin(async {
            let asked = self.ask().await;
            let failed = |error: reqwest::Error| StepError::Seeding {
                url: self.url.clone(),
                reason: error.without_url().to_string(),
            };
            asked.map(|()| true).map_err(failed)
        })
    }
}

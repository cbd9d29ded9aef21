//! The target of a run: the simulator in this process, or a service elsewhere.

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::CliError;
use crate::cli::{config, endpoint, faults};
use crate::client::{Credentials, Endpoint, Settings, Supplier};
use crate::evidence::Journal;
use crate::simulator::{BadLetters, Options, Simulator};
use crate::targets::TargetKind;
use crate::world::{SeededElsewhere, Seedings};

use super::prepare::Prepared;
use super::seedings::{ExternalSimulator, InProcess};

/// A target that answers.
pub(super) struct Driven {
    pub base_url: String,
    pub token_url: Option<String>,
    credentials: Option<Credentials>,
    status_api_key: Option<SecretString>,
    simulator: Option<Arc<Simulator>>,
}

impl Driven {
    /// Starts the simulator if the target is in this process.
    pub async fn start(prepared: &Prepared) -> Result<Self, CliError> {
        if prepared.is_in_process() {
            Self::in_process(prepared).await
        } else {
            Self::elsewhere(prepared)
        }
    }

    async fn in_process(prepared: &Prepared) -> Result<Self, CliError> {
        let simulator = Simulator::start(options(prepared)?).await?;
        let given = simulator.credentials(0);
        let token_url = simulator.token_url().to_owned();
        Ok(Self {
            base_url: simulator.base_url().to_owned(),
            credentials: Some(Credentials {
                token_url: token_url.clone(),
                api_key: given.api_key.into(),
                private_key: given.private_key_pem.into(),
                kid: given.kid,
            }),
            token_url: Some(token_url),
            status_api_key: Some(simulator.status_api_key().into()),
            simulator: Some(Arc::new(simulator)),
        })
    }

    fn elsewhere(prepared: &Prepared) -> Result<Self, CliError> {
        let target = &prepared.target;
        let no_base_url = || CliError::NoBaseUrl(target.name.clone());
        Ok(Self {
            base_url: target.base_url.clone().ok_or_else(no_base_url)?,
            token_url: target.token_url.clone(),
            credentials: credentials(target.token_url.as_deref(), &prepared.credentials),
            status_api_key: prepared.credentials.status_api_key.as_ref().map(copy),
            simulator: None,
        })
    }

    /// The client for this target, writing to `journal`.
    pub fn supplier(&self, journal: &Journal, prepared: &Prepared) -> Result<Supplier, CliError> {
        let mut settings = Settings::new(&self.base_url);
        settings.endpoint = Endpoint {
            base_url: self.base_url.clone(),
            credentials: self.credentials.clone(),
            status_api_key: self.status_api_key.clone(),
            hosts: endpoint::hosts(&prepared.target)?,
        };
        settings.requests_per_second = prepared.target.requests_per_second;
        settings.visibility_timeout = prepared.target.visibility_timeout;
        settings
            .content_type
            .clone_from(&prepared.target.media_type);
        settings.keep_pdfs = prepared.config.evidence.pdfs;
        Ok(Supplier::new(settings, journal.clone())?.with_correlation(&prepared.run_id))
    }

    /// Who can put new letters in place of spent ones.
    pub fn seedings(&self, prepared: &Prepared) -> Arc<dyn Seedings> {
        match &self.simulator {
            Some(simulator) => Arc::new(InProcess::new(Arc::clone(simulator))),
            None if prepared.target.kind == TargetKind::Local => {
                Arc::new(ExternalSimulator::at(&self.base_url))
            }
            None => Arc::new(SeededElsewhere),
        }
    }

    /// Ends the simulator, if there is one; if someone still holds it, it ends with them.
    pub async fn shutdown(self) {
        if let Some(simulator) = self.simulator.and_then(Arc::into_inner) {
            simulator.shutdown().await;
        }
    }
}

fn options(prepared: &Prepared) -> Result<Options, CliError> {
    let (local, target) = (&prepared.local, &prepared.target);
    let defaults = Options::default();
    Ok(Options {
        addr: ([127, 0, 0, 1], 0).into(),
        letters: usize::try_from(prepared.seeded_letters()).unwrap_or(defaults.letters),
        seed: local.seed.unwrap_or(defaults.seed),
        requests_per_second: target.requests_per_second,
        visibility_timeout: target.visibility_timeout,
        settle: target.simulator_settle.unwrap_or(defaults.settle),
        latency: local.latency.map_or(defaults.latency, Into::into),
        shared_pdfs: local.shared_pdfs,
        bad_letters: local.defects.map_or(BadLetters::Few, Into::into),
        faults: faults::of_the_service(&prepared.faults),
        suppliers: vec![supplier_id(&prepared.config.supplier.name)],
        private_key_pem: key(local.simulator_key.as_deref())?,
        ..defaults
    })
}

fn key(path: Option<&Path>) -> Result<Option<String>, CliError> {
    let read = path.map(std::fs::read_to_string).transpose();
    read.map_err(|source| CliError::Io {
        action: "cannot read the file of --simulator-key",
        source,
    })
}

/// The supplier's name as ids of the service are written: `Example Post` is `example-post`.
fn supplier_id(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    match words.is_empty() {
        true => "supplier1".to_owned(),
        false => words.join("-"),
    }
}

fn credentials(token_url: Option<&str>, given: &config::Credentials) -> Option<Credentials> {
    Some(Credentials {
        token_url: token_url?.to_owned(),
        api_key: copy(given.api_key.as_ref()?),
        private_key: copy(given.private_key.as_ref()?),
        kid: given.kid.clone()?,
    })
}

fn copy(secret: &SecretString) -> SecretString {
    secret.expose_secret().into()
}

#[cfg(test)]
mod tests {
    use super::supplier_id;

    #[test]
    fn a_suppliers_name_becomes_an_id() {
        assert_eq!(supplier_id("example-supplier"), "example-supplier");
        assert_eq!(
            supplier_id("Example Post & Söhne Ltd."),
            "example-post-s-hne-ltd"
        );
        assert_eq!(supplier_id("郵便"), "supplier1");
    }
}

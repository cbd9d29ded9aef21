//! What a simulator is told before it starts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::batches::BadLetters;
use super::error::SimulatorError;
use super::fault::Fault;
use super::latency::Latency;

/// How the simulator is set up. The defaults are INT as it was seeded and
/// observed (service-behaviour §2, acceptance-pack "Data").
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes any free port. Loopback only.
    pub addr: SocketAddr,
    /// Letters seeded for each supplier.
    pub letters: usize,
    /// Which bad letters a seeding holds besides those without a PDF.
    pub bad_letters: BadLetters,
    /// Decides letter ids, PDFs and the timing of updates.
    pub seed: u64,
    /// Serves calls without a token as the first supplier.
    pub no_auth: bool,
    /// Calls an application may make in a second; 0 lifts the quota.
    pub requests_per_second: u32,
    /// How long `GET /letters` hides what it returned.
    pub visibility_timeout: Duration,
    /// About how long an accepted update takes to show.
    pub settle: Duration,
    /// How long a signed URL works, in whole seconds, rounded up.
    pub url_ttl: Duration,
    /// Which answer times to imitate.
    pub latency: Latency,
    /// All letters of a batch share one PDF and one hash, as on INT.
    pub shared_pdfs: bool,
    /// Where to write every applied update, one JSON object a line.
    pub log: Option<PathBuf>,
    /// The ids of the suppliers, each with letters and credentials of its own.
    pub suppliers: Vec<String>,
    /// How many of the last seeded letters have priority 1 instead of 10, and
    /// so head the list. For tests of the order; INT's seed has none.
    pub urgent_letters: usize,
    /// How long an access token works; APIM's live 599 s.
    pub token_lifetime: Duration,
    /// How long a call may take, its body's arrival and its handler together; API Gateway gives
    /// 29 s (service-behaviour §2).
    pub longest_call: Duration,
    /// The private key of every supplier, PKCS#8 PEM; without one each gets a fresh one.
    pub private_key_pem: Option<String>,
    /// Where the simulator departs from what the service does.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            addr: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9100),
            letters: 2510,
            bad_letters: BadLetters::None,
            seed: 1,
            no_auth: false,
            requests_per_second: 300,
            visibility_timeout: Duration::from_secs(300),
            settle: Duration::from_millis(500),
            url_ttl: Duration::from_secs(60),
            latency: Latency::None,
            shared_pdfs: false,
            log: None,
            suppliers: vec!["supplier1".to_owned()],
            urgent_letters: 0,
            token_lifetime: Duration::from_secs(599),
            longest_call: Duration::from_secs(29),
            private_key_pem: None,
            faults: Vec::new(),
        }
    }
}

impl Options {
    /// Whether a simulator of these options makes sense.
    ///
    /// # Errors
    /// An address that is not loopback, a lease not longer than the settle
    /// time, or no supplier at all.
    pub fn validate(&self) -> Result<(), SimulatorError> {
        if !self.addr.ip().is_loopback() {
            return Err(SimulatorError::NotLoopback(self.addr));
        }
        if self.visibility_timeout <= self.settle {
            return Err(self.lease_too_short());
        }
        if self.suppliers.is_empty() {
            return Err(SimulatorError::NoSupplier);
        }
        Ok(())
    }

    fn lease_too_short(&self) -> SimulatorError {
        SimulatorError::LeaseTooShort {
            lease: humantime::format_duration(self.visibility_timeout),
            settle: humantime::format_duration(self.settle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert!(Options::default().validate().is_ok());
    }

    #[test]
    fn a_lease_not_longer_than_the_settle_time_is_refused() {
        let options = Options {
            visibility_timeout: Duration::from_millis(500),
            ..Options::default()
        };
        let error = options.validate().expect_err("equal times");
        assert_eq!(
            error.to_string(),
            "a lease of 500ms must be longer than the 500ms that updates take to settle"
        );
    }

    #[test]
    fn only_loopback_is_served() {
        let options = Options {
            addr: "0.0.0.0:0".parse().expect("address"),
            ..Options::default()
        };
        let error = options.validate().expect_err("every interface");
        assert!(matches!(error, SimulatorError::NotLoopback(_)));
    }
}

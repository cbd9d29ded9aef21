//! Access tokens that the simulator has handed out.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::ids;
use super::lock::hold;

/// The live tokens: which application holds each, and until when.
#[derive(Debug)]
pub(crate) struct Tokens {
    lifetime: Duration,
    issued: Mutex<HashMap<String, (usize, Instant)>>,
}

impl Tokens {
    /// No token yet; those to come live `lifetime`.
    pub(crate) fn new(lifetime: Duration) -> Tokens {
        let issued = Mutex::default();
        Tokens { lifetime, issued }
    }

    /// A new token for an application.
    pub(crate) fn issue(&self, application: usize) -> String {
        let token = ids::secret();
        let now = Instant::now();
        let mut issued = hold(&self.issued);
        issued.retain(|_, (_, expires)| now < *expires);
        issued.insert(token.clone(), (application, now + self.lifetime));
        token
    }

    /// The application that holds a token, unless it has expired.
    pub(crate) fn holder(&self, token: &str) -> Option<usize> {
        let issued = hold(&self.issued);
        let (application, expires) = issued.get(token)?;
        (Instant::now() < *expires).then_some(*application)
    }

    /// How long a token lives, in whole seconds.
    pub(crate) fn lifetime_s(&self) -> u64 {
        self.lifetime.as_secs()
    }
}

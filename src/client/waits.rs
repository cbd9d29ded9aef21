//! Waits, which the user interface may want to show.

use std::time::Duration;

use futures::future::BoxFuture;

/// Waits in the client's stead, so that a countdown can be shown meanwhile.
pub trait Waits: Send + Sync {
    /// Returns when `duration` has passed; `reason` is for people.
    fn wait<'a>(&'a self, reason: &'a str, duration: Duration) -> BoxFuture<'a, ()>;

    /// An answer is long in coming, which `line` says to people.
    fn tell(&self, _line: &str) {}
}

/// Waits in silence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Waits for Silent {
    fn wait<'a>(&'a self, _reason: &'a str, duration: Duration) -> BoxFuture<'a, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl<F> Waits for F
where
    F: Fn(&str, Duration) -> BoxFuture<'static, ()> + Send + Sync,
{
    fn wait<'a>(&'a self, reason: &'a str, duration: Duration) -> BoxFuture<'a, ()> {
        self(reason, duration)
    }
}

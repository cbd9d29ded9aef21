//! Letters for a test that spends all there are.

use futures::future::BoxFuture;

use super::StepError;

/// Who can put new letters in place of the old ones.
pub trait Seedings: Send + Sync {
    /// Seeds the letters anew; false where only NHS Notify can.
    ///
    /// # Errors
    /// If a target that can seed did not.
    fn reseed(&self) -> BoxFuture<'_, Result<bool, StepError>>;
}

/// A target whose letters only NHS Notify seeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeededElsewhere;

impl Seedings for SeededElsewhere {
    fn reseed(&self) -> BoxFuture<'_, Result<bool, StepError>> {
        Box::pin(async { Ok(false) })
    }
}

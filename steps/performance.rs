//! AT15: all letters, as fast as the quota allows.

use cucumber::gherkin::Step;
use cucumber::when;

use crate::world::{StepError, SupplierWorld};

#[when(
    expr = "the supplier lists, accepts, downloads and checks every letter, {int} times from a new seeding"
)]
async fn fetches_all(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    passes: u64,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.fetch_all_letters(passes).await)
        .await
}

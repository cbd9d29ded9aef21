//! The service and the way to it.

use cucumber::gherkin::Step;
use cucumber::{given, when};

use crate::world::{StepError, SupplierWorld};

#[given("the supplier holds an access token")]
async fn holds_a_token(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.hold_token().await)
        .await
}

#[when(
    "the supplier asks for the status of the service, or for a letter if it has no key for that"
)]
async fn asks_for_status(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.ask_for_status().await)
        .await
}

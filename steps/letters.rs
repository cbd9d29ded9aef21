//! Listing and processing letters.

use cucumber::gherkin::Step;
use cucumber::{given, when};

use crate::world::{StepError, SupplierWorld};

#[given("every earlier lease has passed")]
#[when("every earlier lease has passed")]
async fn leases_have_passed(
    world: &mut SupplierWorld,
    #[step] step: &Step,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.wait_for_leases().await)
        .await
}

#[when("the supplier lists letters until a list is empty")]
async fn lists_all(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.list_all().await)
        .await
}

#[when(expr = "the supplier lists {int} letter(s)")]
async fn lists(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    limit: u32,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            world.scene()?.list(limit).await.map(drop)
        })
        .await
}

#[when("the supplier reads the letters that it took out of the queue before")]
async fn reads_spent(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.read_spent().await)
        .await
}

#[when(regex = r"^the supplier lists and processes (\d+) letters(?: again at once| once more)?$")]
async fn lists_and_processes(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    limit: u32,
) -> Result<(), StepError> {
    let deed = async |world: &mut SupplierWorld| {
        let listed = world.scene()?.list(limit).await?;
        world.scene()?.process(&listed).await
    };
    world.perform(step, deed).await
}

#[when(expr = "the supplier lists {int} letter(s) once every lease has passed")]
async fn lists_after_the_lease(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    limit: u32,
) -> Result<(), StepError> {
    let deed = async |world: &mut SupplierWorld| {
        world.scene()?.wait_for_leases().await?;
        world.scene()?.list(limit).await.map(drop)
    };
    world.perform(step, deed).await
}

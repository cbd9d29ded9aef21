//! Listing, processing and updating letters.

use cucumber::gherkin::Step;
use cucumber::{given, when};

use crate::model::Status;
use crate::world::{StepError, SupplierWorld};

#[given("every earlier lease has passed")]
#[when("every earlier lease has passed")]
async fn leases_have_passed(
    world: &mut SupplierWorld,
    #[step] step: &Step,
) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::wait_for_leases).await
}

#[when(expr = "the supplier lists {int} letter(s)")]
async fn lists(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    limit: u32,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.list(limit).await.map(drop))
        .await
}

#[when(regex = r"^the supplier lists and processes (\d+) letters(?: again at once| once more)?$")]
async fn lists_and_processes(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    limit: u32,
) -> Result<(), StepError> {
    let deed = async |world: &mut SupplierWorld| {
        let listed = world.list(limit).await?;
        world.process(&listed).await
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
        world.wait_for_leases().await?;
        world.list(limit).await.map(drop)
    };
    world.perform(step, deed).await
}

#[given(regex = r"^(\d+) pending letters are reserved for AT\d+$")]
async fn reserves(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    wanted: usize,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.reserve(wanted).await)
        .await
}

#[when("the supplier accepts them in a single bulk update")]
async fn accepts(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            world.update_reserved(Status::Accepted).await
        })
        .await
}

#[when("the supplier reads every letter back until its status settles")]
async fn reads_back(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::read_back).await
}

//! Updating letters, and reading back what became of them.

use cucumber::gherkin::Step;
use cucumber::{given, when};

use crate::model::Status;
use crate::world::{StepError, SupplierWorld};

#[given(regex = r"^(?:\d+ )?pending letters are reserved for AT\d+$")]
#[given(regex = r"^the plan leaves letters for AT\d+$")]
async fn are_reserved(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.hold_against_the_plan())
        .await
}

#[given(regex = r"^the letters reserved for AT\d+ are brought to where they start from$")]
async fn are_made_ready(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.make_ready().await)
        .await
}

#[when("the supplier accepts them in a single bulk update")]
async fn accepts(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::accept).await
}

#[when(regex = r"^the supplier updates them to ([A-Z]+), some one by one and the rest in bulk$")]
async fn produces(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    status: Status,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.produce(status).await)
        .await
}

#[when("the supplier forwards them with a reason")]
async fn forwards(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::forward).await
}

#[when("the supplier returns them, each with a reason of the list")]
async fn returns(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, SupplierWorld::return_with_reasons)
        .await
}

#[when("the supplier cancels them with a code and a reason")]
async fn cancels(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::cancel).await
}

#[when("the supplier refuses to cancel a letter that is dispatched")]
async fn refuses_to_cancel(
    world: &mut SupplierWorld,
    #[step] step: &Step,
) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::refuse_to_cancel).await
}

#[when("the supplier fails them with the defect that was found")]
async fn fails(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::fail).await
}

#[when("the supplier rejects them with the defect that was found")]
async fn rejects(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::reject).await
}

#[when("the supplier reads every letter back until its status settles")]
async fn reads_back(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world.perform(step, SupplierWorld::read_back).await
}

#[when("the supplier submits what was dispatched today and reads it back")]
async fn submits_mi(world: &mut SupplierWorld, #[step] step: &Step) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            world.scene()?.submit_management_information().await
        })
        .await
}

//! The one `Then` of all features: it asks the criterion of the point it names.

use cucumber::gherkin::Step;
use cucumber::then;

use crate::world::{StepError, SupplierWorld};

#[then(regex = r"^(AT\d+\.\d+|SB-\d+) .+$")]
async fn is_judged(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    point: String,
) -> Result<(), StepError> {
    world.perform(step, async |world| world.judge(&point)).await
}

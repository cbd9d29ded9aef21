//! Requests as they stand, for the checks of the sandbox.

use cucumber::gherkin::Step;
use cucumber::when;

use crate::world::{StepError, SupplierWorld};

#[when(regex = r"^the supplier asks (GET|DELETE) (/\S*)$")]
async fn asks(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    method: String,
    path: String,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            world.scene()?.ask_for(&method, &path, true).await
        })
        .await
}

#[when(regex = r"^the supplier asks GET (/\S*) without X-Request-ID$")]
async fn asks_without_id(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    path: String,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            world.scene()?.ask_for("GET", &path, false).await
        })
        .await
}

#[when(regex = r"^the supplier sends (PATCH|POST) (/\S*?)(?: as (\S+/\S+))?:$")]
async fn sends(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    method: String,
    path: String,
    media_type: String,
) -> Result<(), StepError> {
    let media_type = (!media_type.is_empty()).then_some(media_type);
    let body = step.docstring.clone().unwrap_or_default();
    world
        .perform(step, async |world| {
            let scene = world.scene()?;
            scene
                .send_text(&method, &path, media_type, body.trim())
                .await
        })
        .await
}

#[when(regex = r"^the supplier updates the documented letter to ([A-Za-z]+)$")]
async fn updates(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    status: String,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            let scene = world.scene()?;
            scene.send_documented_letter(&status, None).await
        })
        .await
}

#[when(
    regex = r#"^the supplier updates the documented letter to ([A-Za-z]+) because of (\S+) "(.*)"$"#
)]
async fn updates_because(
    world: &mut SupplierWorld,
    #[step] step: &Step,
    status: String,
    code: String,
    text: String,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            let scene = world.scene()?;
            let reason = Some((code.as_str(), text.as_str()));
            scene.send_documented_letter(&status, reason).await
        })
        .await
}

#[when("the supplier sends the documented bulk update")]
async fn sends_documented_bulk(
    world: &mut SupplierWorld,
    #[step] step: &Step,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| {
            world.scene()?.send_documented_bulk().await
        })
        .await
}

#[when("the supplier sends 2,500 updates in one request")]
async fn sends_largest_bulk(
    world: &mut SupplierWorld,
    #[step] step: &Step,
) -> Result<(), StepError> {
    world
        .perform(step, async |world| world.scene()?.send_largest_bulk().await)
        .await
}

#[when("the supplier submits management information and reads it back:")]
async fn submits_and_reads_back(
    world: &mut SupplierWorld,
    #[step] step: &Step,
) -> Result<(), StepError> {
    let body = step.docstring.clone().unwrap_or_default();
    world
        .perform(step, async |world| {
            world.scene()?.submit_and_read_back(body.trim()).await
        })
        .await
}

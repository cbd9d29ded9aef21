//! The World of the supplier's features: the cucumber side of a [`Scene`].

use std::collections::HashSet;
use std::sync::Arc;

use cucumber::World;
use cucumber::gherkin::Step;

use crate::model::{Event, Scope, Status};

use super::updating::Sent;
use super::{Context, Scene, StepError, performance};

/// State of one scenario.
#[derive(Debug, Default, World)]
pub struct SupplierWorld {
    scene: Option<Scene>,
    refused: Option<StepError>,
    /// Steps that began so far.
    pub steps_begun: usize,
    /// Steps of which the journal says how they ended; one less while a step runs or if it panicked.
    pub steps_told: usize,
    /// Points that a `Then` of this scenario has had judged.
    pub judged: HashSet<String>,
    sent: Option<(Sent, Status)>,
}

impl SupplierWorld {
    /// What every step of a scenario says that could not begin.
    pub const UNBOUND: &str = "this scenario does not belong to a run";

    /// Binds this world to the run; the engine does so before a scenario's first step. With
    /// `refused`, no step but `Then` does anything: the plan lacks letters.
    pub fn bind(&mut self, context: Arc<Context>, scope: Scope, refused: Option<StepError>) {
        self.scene = Some(Scene::new(context, scope));
        self.refused = refused;
    }

    /// The scenario's hold on the run.
    ///
    /// # Errors
    /// If the engine did not bind this world.
    pub fn scene(&self) -> Result<&Scene, StepError> {
        let unbound = || StepError::Letters(Self::UNBOUND.to_owned());
        self.scene.as_ref().ok_or_else(unbound)
    }

    /// Does `deed` as the step `step` and journals how it ended.
    ///
    /// # Errors
    /// Whatever `deed` fails with, or that the journal cannot be written.
    pub async fn perform(
        &mut self,
        step: &Step,
        deed: impl AsyncFnOnce(&mut Self) -> Result<(), StepError>,
    ) -> Result<(), StepError> {
        self.steps_begun += 1;
        let done = match self.refused.take() {
            Some(why) => Err(why),
            None => deed(self).await,
        };
        let scene = self.scene()?;
        if let Some(loss) = done.as_ref().err().filter(|error| error.is_loss()) {
            // The run ends here and can go on later, where it would end with errors otherwise.
            scene.context.journal.stop(&loss.to_string());
        }
        let told = scene.journal(&Event::StepFinished {
            scope: scene.scope.clone(),
            step: step_text(step),
            outcome: if done.is_ok() { "passed" } else { "failed" }.to_owned(),
            error: done.as_ref().err().map(ToString::to_string),
            cause: done
                .as_ref()
                .err()
                .map(|error| error.cause().as_str().to_owned()),
        });
        let was_told = told.is_ok();
        let done = done.and(told.map(drop).map_err(StepError::from));
        if let Err(error) = &done {
            scene.context.tell_failure(&step_text(step), error);
        }
        self.steps_told += usize::from(was_told);
        done
    }

    /// Sends the update that `deed` makes, to be read back later as `status`.
    ///
    /// # Errors
    /// Whatever `deed` fails with.
    pub(super) async fn send(
        &mut self,
        status: Status,
        deed: impl AsyncFnOnce(&Scene) -> Result<Sent, StepError>,
    ) -> Result<(), StepError> {
        let sent = deed(self.scene()?).await?;
        self.sent = Some((sent, status));
        Ok(())
    }

    /// Accepts the reserved letters in one bulk update.
    ///
    /// # Errors
    /// As any update.
    pub async fn accept(&mut self) -> Result<(), StepError> {
        self.send(Status::Accepted, Scene::accept).await
    }

    /// Updates the reserved letters to a status of production.
    ///
    /// # Errors
    /// As any update.
    pub async fn produce(&mut self, status: Status) -> Result<(), StepError> {
        self.send(status, async |scene| scene.produce(status).await)
            .await
    }

    /// Forwards the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub async fn forward(&mut self) -> Result<(), StepError> {
        self.send(Status::Forwarded, Scene::forward).await
    }

    /// Returns the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub async fn return_with_reasons(&mut self) -> Result<(), StepError> {
        self.send(Status::Returned, Scene::return_with_reasons)
            .await
    }

    /// Cancels the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub async fn cancel(&mut self) -> Result<(), StepError> {
        self.send(Status::Cancelled, Scene::cancel).await
    }

    /// Shows that a dispatched letter is not cancelled.
    ///
    /// # Errors
    /// If that cannot be shown.
    pub async fn refuse_to_cancel(&mut self) -> Result<(), StepError> {
        self.scene()?.refuse_to_cancel().await
    }

    /// Fails the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub async fn fail(&mut self) -> Result<(), StepError> {
        self.send(Status::Failed, Scene::fail).await
    }

    /// Rejects the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub async fn reject(&mut self) -> Result<(), StepError> {
        self.send(Status::Rejected, Scene::reject).await
    }

    /// Reads what was sent back until it shows, or the time that an update may take has passed.
    ///
    /// # Errors
    /// If a letter cannot be read.
    pub async fn read_back(&mut self) -> Result<(), StepError> {
        match &self.sent {
            Some((sent, status)) => {
                let scene = self.scene()?;
                scene.settle_or_resend(sent, *status).await?;
                scene.slip_after(&sent.letters(), *status).await
            }
            None => Err(StepError::Letters(
                "no update was sent that could be read back".to_owned(),
            )),
        }
    }

    /// Makes the passes of AT15 that are still missing, each over a new seeding.
    ///
    /// # Errors
    /// If NHS Notify must seed letters first, or a pass breaks off.
    pub async fn fetch_all_letters(&mut self, passes: u64) -> Result<(), StepError> {
        let scene = self.scene()?;
        let wanted = scene.context.performance.passes;
        if wanted != passes {
            scene.note(format!(
                "AT15 makes {wanted} passes where the pack says {passes}"
            ))?;
        }
        performance::passes(&scene.context, &scene.supplier, wanted).await
    }

    /// Has `point` judged and remembers that it was.
    ///
    /// # Errors
    /// If the journal cannot be read or written.
    pub fn judge(&mut self, point: &str) -> Result<(), StepError> {
        let scene = self.scene()?;
        scene.context.assessor.assess(&scene.scope, point)?;
        self.judged.insert(point.to_owned());
        Ok(())
    }
}

/// A step as the feature spells it.
pub fn step_text(step: &Step) -> String {
    format!("{} {}", step.keyword.trim(), step.value)
}

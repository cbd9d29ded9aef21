//! Drives the selected scenarios with cucumber.

use std::path::Path;
use std::sync::{Arc, Mutex};

use cucumber::event::{ScenarioFinished, StepError as Failure};
use cucumber::gherkin::{Feature, Scenario, Step};
use cucumber::runner::basic::ScenarioType;
use cucumber::{Cucumber, World as _, cli, parser, runner};
use futures::FutureExt as _;
use futures::stream::{self, LocalBoxStream};

use crate::acceptance::sandbox;
use crate::evidence::EvidenceError;
use crate::model::{Event, Scope};
use crate::world::{Cause, Context, Scene, StepError, SupplierWorld, step_text};

use super::selection::points_of;
use super::writer::Silent;

/// Features that were read and selected already.
struct Ready(Vec<Feature>);

impl parser::Parser<()> for Ready {
    type Cli = cli::Empty;
    type Output = LocalBoxStream<'static, parser::Result<Feature>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        Box::pin(stream::iter(self.0.into_iter().map(Ok)))
    }
}

/// The first failure of the journal; scenarios end early after it.
type Trouble = Arc<Mutex<Option<EvidenceError>>>;

/// Runs `features` one scenario after another. What went wrong in a scenario is in the journal.
///
/// # Errors
/// If the journal could not be written.
pub async fn run_scenarios(
    features: Vec<Feature>,
    context: Arc<Context>,
) -> Result<(), EvidenceError> {
    let trouble: Trouble = Arc::default();
    let (begin, end) = (Arc::clone(&context), context);
    let (begin_trouble, end_trouble) = (Arc::clone(&trouble), Arc::clone(&trouble));
    let runner = runner::Basic::<SupplierWorld>::default()
        .steps(SupplierWorld::collection())
        .max_concurrent_scenarios(1)
        // Serial ones would run in reverse: their queue is filled from the front.
        .which_scenario(|_, _, _| ScenarioType::Concurrent)
        .before(move |feature, _, scenario, world| {
            let (begin, trouble) = (Arc::clone(&begin), Arc::clone(&begin_trouble));
            async move {
                let begun = begin_scenario(&begin, feature, scenario, world).await;
                if begun.is_err() {
                    begin.expect_failure(SupplierWorld::UNBOUND.to_owned());
                }
                keep(&trouble, begun);
            }
            .boxed_local()
        })
        .after(move |feature, _, scenario, finished, world| {
            let ended = end_scenario(&end, feature, scenario, finished, world);
            keep(&end_trouble, ended);
            async {}.boxed_local()
        });
    Cucumber::<_, _, _, _, _, cli::Empty>::custom(Ready(features), runner, Silent)
        .with_cli(cli::Opts::<_, _, _, cli::Empty>::default())
        .run(())
        .await;
    let first = trouble
        .lock()
        .unwrap_or_else(|poison| poison.into_inner())
        .take();
    first.map_or(Ok(()), Err)
}

fn keep(trouble: &Trouble, outcome: Result<(), EvidenceError>) {
    if let Err(error) = outcome {
        let mut first = trouble.lock().unwrap_or_else(|poison| poison.into_inner());
        first.get_or_insert(error);
    }
}

async fn begin_scenario(
    context: &Arc<Context>,
    feature: &Feature,
    scenario: &Scenario,
    world: &mut SupplierWorld,
) -> Result<(), EvidenceError> {
    let scope = scope_of(feature, scenario);
    report_panics(context);
    context.progress.line(&title(feature, scenario));
    context.journal.append(&Event::ScenarioStarted {
        scope: scope.clone(),
        name: scenario.name.clone(),
        feature: feature.name.clone(),
        points: points_of(scenario),
    })?;
    let refused = refusal(context, &scope).await;
    world.bind(Arc::clone(context), scope, refused);
    Ok(())
}

/// What a reader is told: the feature, and which of its scenarios if there are several.
fn title(feature: &Feature, scenario: &Scenario) -> String {
    match feature.scenarios.len() {
        0 | 1 => feature.name.clone(),
        _ => format!("{}: {}", feature.name, scenario.name),
    }
}

/// Tests that spend letters, and so need a plan.
const PLANNED: [&str; 11] = [
    "AT4", "AT5", "AT6", "AT7", "AT8", "AT9", "AT10", "AT11", "AT12", "AT13", "AT14",
];

/// The plan is made after AT1, whose lists are its own, and before anything else. That it cannot
/// be made, or lacks letters, stops every scenario that comes after.
async fn refusal(context: &Arc<Context>, scope: &Scope) -> Option<StepError> {
    let planned = context
        .tests
        .iter()
        .any(|test| PLANNED.contains(&test.as_str()));
    if !planned || scope.is_test("AT1") {
        return None;
    }
    match Scene::new(Arc::clone(context), Scope::default())
        .budget()
        .await
    {
        Ok(budget) => budget.refusal.clone().map(|why| StepError::NoPlan {
            why,
            cause: Cause::Letters,
        }),
        Err(error) => {
            let cause = error.cause();
            Some(StepError::NoPlan {
                why: format!("no plan could be made: {error}"),
                cause,
            })
        }
    }
}

/// cucumber silences panics to report them itself; in other tasks nobody would hear of them.
///
/// It also turns the error of a step into a panic. Such a step has failed and said so; nothing is
/// wrong with the tool.
fn report_panics(context: &Arc<Context>) {
    let (progress, redactor) = (context.progress.clone(), context.journal.redactor().clone());
    let failure = Arc::clone(&context.failure);
    std::panic::set_hook(Box::new(move |panic| {
        let told = failure.lock().unwrap_or_else(|poison| poison.into_inner());
        if told.is_some() && told.as_deref() == panic.payload_as_str() {
            return;
        }
        progress.line(&redactor.text(&format!("the tool itself failed: {panic}")));
    }));
}

fn end_scenario(
    context: &Context,
    feature: &Feature,
    scenario: &Scenario,
    finished: &ScenarioFinished,
    world: Option<&mut SupplierWorld>,
) -> Result<(), EvidenceError> {
    let scope = scope_of(feature, scenario);
    let passed = matches!(finished, ScenarioFinished::StepPassed);
    let (begun, told) = world
        .as_ref()
        .map_or((0, 0), |world| (world.steps_begun, world.steps_told));
    if !passed {
        let steps = all_steps(feature, scenario);
        let failure = unjournalled_failure(finished, begun > told);
        journal_the_rest(context, &scope, &steps[told.min(steps.len())..], failure)?;
    }
    let judged = world.map(|world| world.judged.clone()).unwrap_or_default();
    for point in points_of(scenario)
        .iter()
        .filter(|point| !judged.contains(*point))
    {
        context.assessor.assess(&scope, point)?;
    }
    context.journal.append(&Event::ScenarioFinished {
        scope,
        outcome: if passed { "passed" } else { "failed" }.to_owned(),
    })?;
    Ok(())
}

fn all_steps<'a>(feature: &'a Feature, scenario: &'a Scenario) -> Vec<&'a Step> {
    let background = feature
        .background
        .iter()
        .flat_map(|background| &background.steps);
    background.chain(&scenario.steps).collect()
}

/// Steps after a failed one run no more, and cucumber says nothing of them.
fn journal_the_rest(
    context: &Context,
    scope: &Scope,
    untold: &[&Step],
    mut failure: Option<String>,
) -> Result<(), EvidenceError> {
    for step in untold {
        let error = failure.take();
        context.journal.append(&Event::StepFinished {
            scope: scope.clone(),
            step: step_text(step),
            outcome: if error.is_some() { "failed" } else { "not_run" }.to_owned(),
            cause: error.as_ref().map(|_| Cause::Tool.as_str().to_owned()),
            error,
        })?;
    }
    Ok(())
}

/// A failure that no step has journalled: a panic, an undefined step, one that never began.
fn unjournalled_failure(finished: &ScenarioFinished, panicked: bool) -> Option<String> {
    match finished {
        ScenarioFinished::StepFailed(_, _, Failure::Panic(_)) if !panicked => None,
        ScenarioFinished::StepPassed => None,
        ScenarioFinished::StepFailed(_, _, error) => Some(error.to_string()),
        ScenarioFinished::StepSkipped => Some("the step has no definition".to_owned()),
        ScenarioFinished::BeforeHookFailed(_) => Some("the scenario could not begin".to_owned()),
    }
}

/// `AT4` from the feature's tags, or `SB-07` from the scenario's, and the scenario's place, which is unique also in outlines.
fn scope_of(feature: &Feature, scenario: &Scenario) -> Scope {
    let tags = feature.tags.iter().chain(&scenario.tags);
    let is_test = |tag: &&String| {
        let number = tag.strip_prefix("AT").or(tag.strip_prefix(sandbox::PREFIX));
        number.is_some_and(|number| number.parse::<u8>().is_ok())
    };
    Scope {
        test: tags.into_iter().find(is_test).cloned(),
        scenario: Some(place(feature.path.as_deref(), scenario)),
    }
}

/// `features/supplier/at04_accept_a_list.feature:5`: unique also in outlines.
pub(super) fn place(path: Option<&Path>, scenario: &Scenario) -> String {
    let path = path.map(|path| path.display().to_string());
    format!("{}:{}", path.unwrap_or_default(), scenario.position.line)
}

//! `plan`: the letter budget, without touching a letter and without sending anything.

mod told;

use crate::acceptance::planner::{
    Plan, Request, SeedingFacts, email_for_seedings, named_after, plan,
};
use crate::acceptance::{Profile, select};
use crate::report::visible;
use crate::targets::{Target, TargetKind};

use super::args::{Common, Format, LocalArgs, PlanArgs};
use super::config::{self, Config, Overrides, ProcessEnvironment};
use super::output::{print, print_json};
use super::run::{seeded_letters, sizes};
use super::stock::{self, Known};
use super::{CliError, ExitCode, id_list};

/// What AT1 does where the key of `/_status` is not configured.
const AT1_READS_A_LETTER: &str = "AT1 reads a listed letter (GET /letters/{id}) in place of GET /_status, whose separate key is not configured (status_api_key_env or status_api_key_file): the pack allows any endpoint";

/// A plan with what it was made from.
pub(super) struct Budget {
    target: String,
    known: Known,
    plan: Plan,
    email: Option<String>,
}

/// Prints which letters each test will use, what is missing, and how long it takes.
///
/// # Errors
/// If flags, configuration, a list or the ledger cannot be used.
pub fn run(args: &PlanArgs, common: &Common) -> Result<ExitCode, CliError> {
    let overrides = Overrides::default();
    let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
    let tests = select(Profile::Supplier, &args.only)?;
    let tests = tests.iter().map(|test| test.id.to_owned()).collect();
    let target = config.describe_target(args.target.as_deref().unwrap_or("local"))?;
    match target.kind {
        TargetKind::Prod => return Err(CliError::Production(target.name)),
        TargetKind::Sandbox => return Err(CliError::NothingToPlan(target.name)),
        TargetKind::Local | TargetKind::Int => {}
    }
    let budget = budget(args, common, &config, target, tests)?;
    match common.format {
        Format::Json => print_json(&told::json(&budget))?,
        Format::Human => print(&visible(&told::human(&budget)))?,
    }
    Ok(match budget.plan.is_complete() {
        true => ExitCode::PASSED,
        false => ExitCode::INCOMPLETE,
    })
}

fn budget(
    args: &PlanArgs,
    common: &Common,
    config: &Config,
    target: Target,
    tests: Vec<String>,
) -> Result<Budget, CliError> {
    let lists = Lists::read(args)?;
    let known = known(args, common, &target, &lists)?;
    let local = LocalArgs {
        letters: args
            .letters
            .map(|letters| usize::try_from(letters).unwrap_or(usize::MAX)),
        ..LocalArgs::default()
    };
    let request = Request {
        sizes: sizes(config, &target, &local),
        cancel_list: lists.cancel,
        fail_list: lists.fail.unwrap_or_default(),
        ..stock::request(config, &target, tests)
    };
    let email = request.covers("AT15").then(|| email(config, &target));
    let mut plan = plan(&known.letters, &request);
    if request.covers("AT1") && !config.may_ask_for_status(&target) {
        plan.remarks.push(AT1_READS_A_LETTER.to_owned());
    }
    Ok(Budget {
        plan,
        target: target.name,
        known,
        email,
    })
}

struct Lists {
    cancel: Option<Vec<String>>,
    fail: Option<Vec<String>>,
}

impl Lists {
    fn read(args: &PlanArgs) -> Result<Self, CliError> {
        Ok(Self {
            cancel: id_list::given("--cancel-list", args.cancel_list.as_deref())?,
            fail: id_list::given("--fail-list", args.fail_list.as_deref())?,
        })
    }
}

/// The ledger's letters; else as many as the flag or the target says, seeded as INT seeds them.
fn known(
    args: &PlanArgs,
    common: &Common,
    target: &Target,
    lists: &Lists,
) -> Result<Known, CliError> {
    if args.letters.is_none() {
        let path = stock::ledger_path(args.ledger.as_deref(), common, &target.name);
        if let Some(known) = stock::from_ledger(&path, target)? {
            return Ok(known);
        }
    }
    let expected = match target.is_in_process() {
        true => seeded_letters(&LocalArgs::default()),
        false => target.expected_letters,
    };
    let counted = Known::counted(args.letters.unwrap_or(expected));
    let named = [&lists.cancel, &lists.fail].map(|list| list.as_deref().unwrap_or_default());
    Ok(Known {
        letters: named_after(counted.letters, &named),
        ..counted
    })
}

fn email(config: &Config, target: &Target) -> String {
    email_for_seedings(&SeedingFacts {
        supplier: config.supplier.name.clone(),
        target: target.name.clone(),
        letters: target.expected_letters,
        passes: config.performance.runs,
        within: config.performance.target,
        contact: config.pack.contact.clone(),
    })
}

//! Everything a run needs, settled before the first byte is sent.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cucumber::gherkin::Feature;

use crate::acceptance::planner::Request;
use crate::acceptance::{PACK_REVISION, Profile, REFERENCE_CLIENT, count, select};
use crate::cli::args::{Common, LocalArgs, RunArgs};
use crate::cli::config::{self, Config, Credentials, Overrides, ProcessEnvironment};
use crate::cli::endpoint::{hold_place, host_names};
use crate::cli::openapi::{self, Given};
use crate::cli::{CliError, check, faults, id_list, stock};
use crate::contract::Checks;
use crate::engine::{PackPlanner, Selection, check_alone, select_scenarios};
use crate::evidence::{RunDir, SigningKey, new_run_id};
use crate::faults::Fault;
use crate::model::{
    KnownDeviation, RunId, RunStarted, SCHEMA, Settings, TargetFacts, Timestamp, ToolFacts,
};
use crate::targets::{Target, TargetKind};
use crate::world::{Agreed, Performance};

use super::begin;
use super::target::Driven;

/// A simulator in this process says how many letters it seeded; one elsewhere does not, and then
/// it may still be there.
fn cannot_resume(started: Option<&RunStarted>) -> CliError {
    match started {
        Some(run) if run.settings.seeded_letters.is_none() => CliError::MadeElsewhere {
            run: run.run_id.to_string(),
            base_url: run.target.base_url.clone(),
        },
        _ => CliError::CannotResume,
    }
}

/// Letters that INT is seeded with (acceptance-pack, "Data").
const SEEDED: u64 = 2_510;

/// Letters that one list can bring (service-behaviour §1).
const LONGEST_LIST: u64 = 2_500;

/// A run that is ready to begin.
pub(super) struct Prepared {
    pub run_id: RunId,
    pub config: Config,
    pub target: Target,
    pub credentials: Credentials,
    pub features: Vec<Feature>,
    pub points: Vec<String>,
    pub sizes: BTreeMap<String, u64>,
    pub ledger: PathBuf,
    pub local: LocalArgs,
    pub window: Option<u8>,
    /// The key that signs the seal, if one is set.
    pub signing_key: Option<SigningKey>,
    /// The folder of the interrupted run that goes on.
    pub resumed: Option<RunDir>,
    /// The description of the API that the tester gave.
    pub openapi: Option<Given>,
    /// Deliberate wrongs.
    pub faults: Vec<&'static Fault>,
    cancel_list: Option<Vec<String>>,
    fail_list: Vec<String>,
}

impl Prepared {
    /// Settles flags, configuration and features.
    pub fn from(args: &RunArgs, common: &Common) -> Result<Self, CliError> {
        let overrides = Overrides {
            requests_per_second: args.requests_per_second,
            visibility_timeout: args.visibility_timeout,
            settle: None,
        };
        let config = config::load(common.config.as_deref(), &ProcessEnvironment, &overrides)?;
        let resumed = args
            .resume
            .as_deref()
            .map(|run| begin::interrupted_run(run, common))
            .transpose()?;
        let started = resumed.as_ref().map(|(_, started)| started);
        let name = &target_name(args, started)?;
        let described = config.describe_target(name)?;
        hold_flags_against(&described, &args.local)?;
        if let Some(started) = started {
            hold_place(&started.target, &described)?;
        }
        let (features, points) = selected(profile_of(&described), args, started)?;
        if resumed.is_some() && described.is_in_process() {
            return Err(cannot_resume(started));
        }
        let access = config.target(name, &ProcessEnvironment)?;
        let run_id = started
            .map(|started| started.run_id.clone())
            .or_else(|| args.run_id.clone());
        Ok(Self {
            run_id: run_id.unwrap_or_else(|| new_run_id(Timestamp::now(), name)),
            ledger: args
                .ledger
                .clone()
                .unwrap_or_else(|| common.evidence_dir.join(format!("ledger-{name}.sqlite"))),
            sizes: sizes(&config, &access.target, &args.local),
            target: seeded(access.target, &args.local),
            credentials: access.credentials,
            local: args.local.clone(),
            cancel_list: id_list::given("--cancel-list", args.cancel_list.as_deref())?,
            fail_list: id_list::given("--fail-list", args.fail_list.as_deref())?
                .unwrap_or_default(),
            faults: faults::named(&args.local.fault)?,
            openapi: described_by(args)?,
            window: args.window,
            signing_key: config.signing_key()?,
            resumed: resumed.map(|(dir, _)| dir),
            config,
            features,
            points,
        })
    }

    /// True if the simulator runs in this process.
    pub fn is_in_process(&self) -> bool {
        self.target.is_in_process()
    }

    /// Letters that the simulator in this process is seeded with.
    pub fn seeded_letters(&self) -> u64 {
        seeded_letters(&self.local)
    }

    /// The journal's first line.
    pub fn introduction(&self, driven: &Driven) -> RunStarted {
        let in_process = self.is_in_process();
        RunStarted {
            schema: SCHEMA,
            run_id: self.run_id.clone(),
            tool: ToolFacts {
                name: "letterproof".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            target: TargetFacts {
                name: self.target.name.clone(),
                kind: self.target.kind.as_str().to_owned(),
                base_url: driven.base_url.clone(),
                token_url: driven.token_url.clone(),
                hosts: host_names(&self.target.hosts),
                storage_hosts: self.target.storage_hosts.as_deref().map(host_names),
                deviations: deviations(&self.target),
            },
            supplier: self.config.supplier.name.clone(),
            system: self.config.supplier.system.clone(),
            driven: REFERENCE_CLIENT.to_owned(),
            pack_revision: PACK_REVISION.to_owned(),
            scope: self.points.clone(),
            faults: self
                .faults
                .iter()
                .map(|fault| fault.id.to_owned())
                .collect(),
            settings: Settings {
                expected_letters: self.target.expected_letters,
                seeded_letters: in_process.then(|| self.seeded_letters()),
                seed: in_process.then(|| self.local.seed.unwrap_or(1)),
                visibility_timeout_ms: millis(self.target.visibility_timeout),
                settle_timeout_ms: millis(self.target.settle_timeout),
                requests_per_second: self.target.requests_per_second,
                optional_statuses: self
                    .config
                    .supplier
                    .optional_statuses
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                rejects: self.config.supplier.rejects,
                accessible_specifications: self.config.supplier.accessible_specifications.clone(),
                target_ms: millis(self.config.performance.target),
                performance_runs: self.config.performance.runs,
                sizes: self.sizes.clone(),
                agreed_with: self.config.performance.agreed_with.clone(),
                agreed_on: self.config.performance.agreed_on.clone(),
                window: self.window,
            },
        }
    }

    /// The acceptance tests in scope, in the order of the features.
    pub fn tests(&self) -> Vec<String> {
        let mut tests: Vec<String> = Vec::new();
        for point in &self.points {
            let test = point.split('.').next().unwrap_or(point);
            if !tests.iter().any(|known| known == test) {
                tests.push(test.to_owned());
            }
        }
        tests
    }

    /// What AT15 must know of the run.
    pub fn performance(&self) -> Performance {
        let of_at15 = |point: &String| point.starts_with("AT15.");
        let letters = if self.is_in_process() {
            self.seeded_letters()
        } else {
            self.target.expected_letters
        };
        Performance {
            passes: self.config.performance.runs,
            alone: self.points.iter().all(of_at15),
            letters,
        }
    }

    /// What the supplier claims and has agreed with NHS Notify.
    pub fn agreed(&self) -> Agreed {
        let (supplier, reasons) = (&self.config.supplier, &self.config.reasons);
        Agreed {
            claimed: supplier.optional_statuses.clone(),
            rejects: supplier.rejects,
            accessible: supplier.accessible_specifications.clone(),
            forwarded: reasons.forwarded.clone(),
            cancelled: reasons.cancelled.clone(),
            failed: reasons.failed.clone(),
            rejected: reasons.rejected.clone(),
            line_item: self.config.mi.line_item.clone(),
        }
    }

    /// Who plans the letters of this run.
    pub fn planner(&self) -> PackPlanner {
        PackPlanner::new(Request {
            sizes: self.sizes.clone(),
            cancel_list: self.cancel_list.clone(),
            fail_list: self.fail_list.clone(),
            ..stock::request(&self.config, &self.target, self.tests())
        })
    }

    /// What a reader must know of how this run was set up.
    pub fn notes(&self) -> Vec<String> {
        if !self.is_in_process() {
            return Vec::new();
        }
        let lease = humantime::format_duration(self.target.visibility_timeout);
        let settle = humantime::format_duration(self.target.simulator_settle.unwrap_or_default());
        let letters = usize::try_from(self.seeded_letters()).unwrap_or(usize::MAX);
        let letters = count(letters, "letter");
        vec![format!(
            "simulator in this process: {letters} seeded; a list hides its letters for {lease} \
             (INT: 5m), updates show after about {settle} (INT: up to 10s), so every wait is real but short"
        )]
    }
}

/// The target of this call; an interrupted run goes on against its own.
fn target_name(args: &RunArgs, started: Option<&RunStarted>) -> Result<String, CliError> {
    let given = args.target.as_ref();
    let Some(started) = started else {
        return Ok(given.map_or("local", String::as_str).to_owned());
    };
    let run = &started.target.name;
    match given {
        Some(given) if given != run => Err(CliError::OtherTarget {
            run_id: started.run_id.to_string(),
            run: run.clone(),
            given: given.clone(),
        }),
        _ => Ok(run.clone()),
    }
}

/// The description that `--openapi` names, which must be one that answers can be held against.
fn described_by(args: &RunArgs) -> Result<Option<Given>, CliError> {
    let Some(path) = &args.openapi else {
        return Ok(None);
    };
    let given = openapi::read(path)?;
    Checks::try_description(&given.text).map_err(|source| CliError::OpenApi {
        path: path.clone(),
        source,
    })?;
    Ok(Some(given))
}

/// The acceptance tests that the run covers: those asked for, or those of the interrupted run.
fn tests_asked_for(args: &RunArgs, started: Option<&RunStarted>) -> Vec<String> {
    let Some(started) = started else {
        return args.only.clone();
    };
    let mut tests: Vec<String> = Vec::new();
    for point in &started.scope {
        let test = point.split('.').next().unwrap_or(point);
        if !tests.iter().any(|known| known == test) {
            tests.push(test.to_owned());
        }
    }
    tests
}

/// A sandbox has canned answers and no memory: the pack cannot be run against it.
fn profile_of(target: &Target) -> Profile {
    match target.kind {
        TargetKind::Sandbox => Profile::Sandbox,
        TargetKind::Local | TargetKind::Int | TargetKind::Prod => Profile::Supplier,
    }
}

fn selected(
    profile: Profile,
    args: &RunArgs,
    started: Option<&RunStarted>,
) -> Result<(Vec<Feature>, Vec<String>), CliError> {
    let only = tests_asked_for(args, started);
    let tests = select(profile, &only)?;
    let features = check::source(&args.features, profile).read()?;
    let problems = check_alone(&features);
    if !problems.is_empty() {
        return Err(CliError::Features(problems));
    }
    let selection = Selection {
        tests: if only.is_empty() {
            Vec::new()
        } else {
            tests.iter().map(|test| test.id.to_owned()).collect()
        },
        tags: args.tags.clone(),
    };
    let selected = select_scenarios(features, &selection)?;
    if selected.points.is_empty() {
        let by = args
            .tags
            .as_ref()
            .map(|tags| format!(" by --tags {tags:?}"));
        return Err(CliError::NothingSelected(by.unwrap_or_default()));
    }
    Ok((selected.features, selected.points))
}

/// What is known of the target stands in the journal, so that anyone can judge again.
fn deviations(target: &Target) -> Vec<KnownDeviation> {
    let known = target.deviations.iter().cloned();
    known
        .map(|known| KnownDeviation {
            id: known.id,
            about: known.about,
            documented: known.documented,
            observed: known.observed,
            source: known.source,
            since: known.since,
        })
        .collect()
}

fn hold_flags_against(target: &Target, local: &LocalArgs) -> Result<(), CliError> {
    if target.kind == TargetKind::Prod {
        return Err(CliError::Production(target.name.clone()));
    }
    match local.first_given() {
        Some(flag) if !target.is_in_process() => Err(CliError::NotInProcess {
            flag,
            target: target.name.clone(),
        }),
        _ => Ok(()),
    }
}

pub(in crate::cli) fn seeded_letters(local: &LocalArgs) -> u64 {
    local.letters.map_or(SEEDED, |letters| letters as u64)
}

/// The target with what the flags say of the simulator in this process.
fn seeded(mut target: Target, local: &LocalArgs) -> Target {
    if target.is_in_process() {
        target.expected_letters = seeded_letters(local).min(LONGEST_LIST);
        target.simulator_settle = local.settle.or(target.simulator_settle);
        if local.no_throttle {
            target.requests_per_second = 0;
        }
    }
    target
}

/// With fewer letters than INT has, the tests on the simulator take their share, rounded up.
pub(in crate::cli) fn sizes(
    config: &Config,
    target: &Target,
    local: &LocalArgs,
) -> BTreeMap<String, u64> {
    let seeded = if target.is_in_process() {
        seeded_letters(local)
    } else {
        target.expected_letters
    };
    let fewer = target.kind == TargetKind::Local && seeded < LONGEST_LIST;
    let usual = config::Sizes::default().by_name();
    // A size that the configuration sets is what the tester wants, however few letters there are.
    let share = |name: &str, size: u64| {
        let shrinks = fewer && usual.get(name) == Some(&size);
        if shrinks {
            (size * seeded).div_ceil(SEEDED)
        } else {
            size
        }
    };
    config
        .sizes
        .by_name()
        .into_iter()
        .map(|(name, size)| {
            let size = share(&name, size);
            (name, size)
        })
        .collect()
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

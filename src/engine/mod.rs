//! Runs features: reads them, checks them, drives the scenarios one after another, judges.

mod budget;
mod check;
mod court;
mod error;
mod features;
mod history;
mod run;
mod selection;
mod writer;

pub use budget::PackPlanner;
pub use check::{Problem, check, check_alone, profiles_of};
pub use court::Court;
pub use error::EngineError;
pub use features::FeatureSource;
pub use history::{Announced, History};
pub use run::run_scenarios;
pub use selection::{Selected, Selection, points_of, scenarios_testing, select_scenarios};

//! The acceptance pack: its points, what judges them, and what a run came to.
//!
//! Everything here is a pure function of the journal's lines, so the same code judges a run
//! while it happens, a bundle opened a year later, and a system that was only observed.

mod additions;
pub mod catalogue;
mod criteria;
mod destination;
mod facts;
mod finding;
pub mod planner;
pub mod result;
pub mod sandbox;
mod selection;
pub mod signoff;
mod specifications;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod view;

pub use additions::{is_open, mitigation, reviewed};
pub use catalogue::{AcceptanceTest, CATALOGUE, PACK_REVISION, Point, Profile, points};
pub use criteria::Criterion;
pub use criteria::pass::{Pass, passes};
pub use criteria::update::last_seen;
pub use destination::{Destination, Destinations};
pub use facts::{ExchangeFact, ListFact, MiFact, Observation, PdfFact, Route};
pub use finding::REFERENCE_CLIENT;
pub use result::{PointResult, RunResult, exit_code};
pub use selection::{SelectionError, select};
pub use text::{count, grouped, ranges};
pub use view::RunView;

/// Judges the acceptance point called `id` on what `view` has seen; `None` if there is no such point.
pub fn judge(id: &str, view: &RunView) -> Option<crate::model::Judgement> {
    catalogue::point(id).map(|point| (point.criterion)(view))
}

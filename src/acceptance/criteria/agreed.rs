//! Where a run is set up to ask less than the pack does, somebody must have agreed to it.

use crate::acceptance::finding::Finding;
use crate::acceptance::text::count;
use crate::acceptance::view::RunView;

/// Letters that the pack wants in one list (acceptance pack, AT2).
const PACK_LETTERS: usize = 2_500;

/// How many letters the service must list: as configured, at most the pack's 2,500.
pub(super) fn expected_letters(view: &RunView) -> usize {
    let expected = view
        .settings()
        .map_or(PACK_LETTERS as u64, |settings| settings.expected_letters);
    usize::try_from(expected).unwrap_or(PACK_LETTERS)
}

/// Fewer letters than the pack's need an agreement, except on a simulator.
pub(super) fn expect_the_packs_letters(view: &RunView, finding: &mut Finding) {
    let expected = expected_letters(view);
    if expected < PACK_LETTERS {
        let letters = count(expected, "letter");
        let fewer = format!("{letters} expected where the pack says 2,500");
        expect_agreement_or_simulator(view, &fewer, finding);
    }
}

/// `less` needs an agreement, except on a simulator.
pub(super) fn expect_agreement_or_simulator(view: &RunView, less: &str, finding: &mut Finding) {
    let simulator = view
        .started()
        .is_some_and(|started| started.target.kind == "local");
    if simulator {
        finding.warning(format!("{less} (simulator)"));
    } else {
        expect_agreement(view, less, finding);
    }
}

/// `less` needs an agreement.
pub(super) fn expect_agreement(view: &RunView, less: &str, finding: &mut Finding) {
    match agreement(view) {
        Some(agreed) => finding.warning(format!("{less}, {agreed}")),
        None => finding.unmet(format!(
            "{less}, and no agreement is named (performance.agreed_with and agreed_on)"
        )),
    };
}

/// The agreement that the configuration names, as a sentence says it.
fn agreement(view: &RunView) -> Option<String> {
    let settings = view.settings()?;
    let (with, on) = (settings.agreed_with.as_ref()?, settings.agreed_on.as_ref()?);
    Some(format!("agreed with {with} on {on}"))
}

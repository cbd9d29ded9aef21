//! What each acceptance test is for and what evidence the pack asks for, restated.
//!
//! Source: the Acceptance Pack page of NHSDigital/nhs-notify-supplier-api
//! (`docs/collections/_consumers/acceptance.md`).

/// What a test shows, what the pack asks to see, and where on the sheet it stands.
pub(super) struct Purpose {
    pub purpose: &'static str,
    pub evidence: &'static str,
}

/// The purpose of `test`, of those that the pack has.
pub(super) fn of(test: &str) -> Option<Purpose> {
    let (purpose, evidence) = match test {
        "AT1" => (
            "The supplier authenticates and reaches the status endpoint and the list of letters.",
            "A screenshot or log of the successful response of both endpoints.",
        ),
        "AT2" => (
            "All seeded letters are retrieved in a single call, each once.",
            "A log with the total count of unique ids.",
        ),
        "AT3" => (
            "A letter that is listed again is not processed again.",
            "Both retrievals with a comparison of the ids, and a processing log without duplicates.",
        ),
        "AT4" => (
            "A list of letters is accepted with one bulk update and leaves the queue.",
            "The status of letters before and after, and the total number of updates.",
        ),
        "AT5" => (
            "Accepted letters are reported as printed.",
            "API responses, and samples of letters before and after.",
        ),
        "AT6" => (
            "Letters are reported as enclosed.",
            "API responses, and samples of letters before and after.",
        ),
        "AT7" => (
            "Letters are reported as dispatched.",
            "API responses, and samples of letters before and after.",
        ),
        "AT8" => (
            "Letters are reported as delivered.",
            "API responses, and samples of letters before and after.",
        ),
        "AT9" => (
            "Letters that need an accessible format are forwarded to a specialist, and not printed.",
            "API responses, and samples of letters before and after.",
        ),
        "AT10" => (
            "Returned letters are reported with one of the ten reasons, code and text.",
            "A log of state transitions with timestamps.",
        ),
        "AT11" => (
            "Letters that NHS Notify asks to cancel are cancelled before they are dispatched.",
            "An audit trail, and samples of letters before and after.",
        ),
        "AT12" => (
            "Letters that cannot be produced are reported as failed, with code and reason.",
            "A log of state transitions with timestamps.",
        ),
        "AT13" => (
            "Invalid letters are rejected while they are pending, and never produced.",
            "A log of state transitions with timestamps.",
        ),
        "AT14" => (
            "Management information counts the processed letters by specification and group, once a day.",
            "The payloads and responses of the management information.",
        ),
        "AT15" => (
            "All letters are listed, accepted and downloaded in the agreed time; the best of three runs counts.",
            "A download log with timestamps, and the total elapsed time.",
        ),
        _ => return None,
    };
    Some(Purpose { purpose, evidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acceptance::CATALOGUE;

    #[test]
    fn every_test_of_the_catalogue_has_its_purpose() {
        for test in CATALOGUE {
            assert!(of(test.id).is_some(), "{}", test.id);
        }
    }
}

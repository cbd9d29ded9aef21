//! Every acceptance point of the pack, in the pack's order.
//!
//! Restated from the Acceptance Pack page of the public repository
//! `NHSDigital/nhs-notify-supplier-api` (`docs/collections/_consumers/acceptance.md`);
//! the identifiers are ours.

use crate::model::Level;

use super::criteria::{self, Criterion};
use super::sandbox::{self, SANDBOX};

/// The revision of the Acceptance Pack that this catalogue restates.
pub const PACK_REVISION: &str = "2025-11-24 (518f65c1)";

/// One acceptance test.
#[derive(Debug)]
pub struct AcceptanceTest {
    /// `AT4`.
    pub id: &'static str,
    /// `Accept a list of letters`.
    pub title: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// Its acceptance points, in order.
    pub points: &'static [Point],
}

/// One acceptance point.
#[derive(Debug)]
pub struct Point {
    /// `AT4.2`.
    pub id: &'static str,
    /// `no letter is skipped`.
    pub text: &'static str,
    /// What judges it.
    pub criterion: Criterion,
}

impl Point {
    /// The acceptance test it belongs to: `AT4`.
    pub fn test(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}

/// All acceptance tests, in order.
pub static CATALOGUE: &[AcceptanceTest] = &[
    AcceptanceTest {
        id: "AT1",
        title: "Connect securely",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT1.1",
                text: "a connection is established to both endpoints",
                criterion: criteria::at1::both_endpoints_answer,
            },
            Point {
                id: "AT1.2",
                text: "no authentication or connectivity error is observed",
                criterion: criteria::at1::no_connection_error,
            },
        ],
    },
    AcceptanceTest {
        id: "AT2",
        title: "Receive and prepare letters",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT2.1",
                text: "2,500 unique letter ids are retrieved",
                criterion: criteria::at2::enough_unique_ids,
            },
            Point {
                id: "AT2.2",
                text: "no id is missing or duplicated",
                criterion: criteria::at2::none_missing_or_duplicated,
            },
            Point {
                id: "AT2.3",
                text: "the letters are retrieved in a single call",
                criterion: criteria::at2::in_a_single_call,
            },
        ],
    },
    AcceptanceTest {
        id: "AT3",
        title: "Process the letter list twice",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT3.1",
                text: "each letter is processed once",
                criterion: criteria::at3::each_letter_once,
            },
            Point {
                id: "AT3.2",
                text: "a repeated retrieval causes no re-print, no re-queue and no duplicate API update",
                criterion: criteria::at3::repetition_causes_nothing,
            },
        ],
    },
    AcceptanceTest {
        id: "AT4",
        title: "Accept a list of letters",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT4.1",
                text: "the targeted letters move from PENDING to ACCEPTED",
                criterion: criteria::at4::pending_to_accepted,
            },
            Point {
                id: "AT4.2",
                text: "no letter is skipped",
                criterion: criteria::at4::none_skipped,
            },
            Point {
                id: "AT4.3",
                text: "the API answers successfully",
                criterion: criteria::at4::answers_successfully,
            },
            Point {
                id: "AT4.4",
                text: "accepted letters are no longer in the pending queue",
                criterion: criteria::at4::gone_from_the_queue,
            },
        ],
    },
    AcceptanceTest {
        id: "AT5",
        title: "PRINTED",
        level: Level::Optional,
        points: &[
            Point {
                id: "AT5.1",
                text: "only letters that are ACCEPTED are targeted",
                criterion: criteria::at5::only_eligible,
            },
            Point {
                id: "AT5.2",
                text: "all targeted letters become PRINTED, none skipped, none twice",
                criterion: criteria::at5::all_become,
            },
            Point {
                id: "AT5.3",
                text: "the API answers successfully",
                criterion: criteria::at5::answers_successfully,
            },
        ],
    },
    AcceptanceTest {
        id: "AT6",
        title: "ENCLOSED",
        level: Level::Optional,
        points: &[
            Point {
                id: "AT6.1",
                text: "only eligible letters are targeted",
                criterion: criteria::at6::only_eligible,
            },
            Point {
                id: "AT6.2",
                text: "all targeted letters become ENCLOSED",
                criterion: criteria::at6::all_become,
            },
            Point {
                id: "AT6.3",
                text: "the API answers successfully",
                criterion: criteria::at6::answers_successfully,
            },
        ],
    },
    AcceptanceTest {
        id: "AT7",
        title: "DISPATCHED",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT7.1",
                text: "only eligible letters are targeted",
                criterion: criteria::at7::only_eligible,
            },
            Point {
                id: "AT7.2",
                text: "all targeted letters become DISPATCHED",
                criterion: criteria::at7::all_become,
            },
            Point {
                id: "AT7.3",
                text: "the API answers successfully",
                criterion: criteria::at7::answers_successfully,
            },
        ],
    },
    AcceptanceTest {
        id: "AT8",
        title: "DELIVERED",
        level: Level::Optional,
        points: &[
            Point {
                id: "AT8.1",
                text: "only eligible letters are targeted",
                criterion: criteria::at8::only_eligible,
            },
            Point {
                id: "AT8.2",
                text: "all targeted letters become DELIVERED",
                criterion: criteria::at8::all_become,
            },
            Point {
                id: "AT8.3",
                text: "the API answers successfully",
                criterion: criteria::at8::answers_successfully,
            },
        ],
    },
    AcceptanceTest {
        id: "AT9",
        title: "Forward to a specialist",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT9.1",
                text: "all targeted letters become FORWARDED, with the reason why",
                criterion: criteria::at9::all_forwarded_with_the_reason,
            },
            Point {
                id: "AT9.2",
                text: "the API answers successfully",
                criterion: criteria::at9::answers_successfully,
            },
            Point {
                id: "AT9.3",
                text: "forwarded letters are in no local printing, enclosing or dispatch batch",
                criterion: criteria::at9::in_no_local_batch,
            },
        ],
    },
    AcceptanceTest {
        id: "AT10",
        title: "Returns",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT10.1",
                text: "all targeted letters become RETURNED",
                criterion: criteria::at10::all_returned,
            },
            Point {
                id: "AT10.2",
                text: "the API answers successfully",
                criterion: criteria::at10::answers_successfully,
            },
            Point {
                id: "AT10.3",
                text: "each carries a valid reason code and text of the list, and a timestamp",
                criterion: criteria::at10::with_a_listed_reason,
            },
        ],
    },
    AcceptanceTest {
        id: "AT11",
        title: "Cancellations",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT11.1",
                text: "only letters not yet dispatched or delivered are cancelled",
                criterion: criteria::at11::only_those_not_dispatched,
            },
            Point {
                id: "AT11.2",
                text: "all targeted letters become CANCELLED, with code and reason",
                criterion: criteria::at11::all_cancelled_with_the_reason,
            },
            Point {
                id: "AT11.3",
                text: "the API answers successfully",
                criterion: criteria::at11::answers_successfully,
            },
            Point {
                id: "AT11.4",
                text: "no cancelled letter goes on to production, printing or dispatch",
                criterion: criteria::at11::none_goes_on,
            },
        ],
    },
    AcceptanceTest {
        id: "AT12",
        title: "Failures",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT12.1",
                text: "all targeted letters become FAILED",
                criterion: criteria::at12::all_failed,
            },
            Point {
                id: "AT12.2",
                text: "the API response confirms the update",
                criterion: criteria::at12::confirmed,
            },
            Point {
                id: "AT12.3",
                text: "failure code and reason are updated",
                criterion: criteria::at12::reason_updated,
            },
        ],
    },
    AcceptanceTest {
        id: "AT13",
        title: "Reject invalid letters",
        level: Level::Optional,
        points: &[
            Point {
                id: "AT13.1",
                text: "all targeted letters become REJECTED",
                criterion: criteria::at13::all_rejected,
            },
            Point {
                id: "AT13.2",
                text: "the API response confirms the update",
                criterion: criteria::at13::confirmed,
            },
            Point {
                id: "AT13.3",
                text: "rejection code and reason are updated",
                criterion: criteria::at13::reason_updated,
            },
            Point {
                id: "AT13.4",
                text: "no rejected letter goes on to ACCEPTED or any production status",
                criterion: criteria::at13::none_goes_on,
            },
        ],
    },
    AcceptanceTest {
        id: "AT14",
        title: "Management information",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT14.1",
                text: "entries appear in NHS Notify within the expected time",
                criterion: criteria::at14::entries_appear,
            },
            Point {
                id: "AT14.2",
                text: "counts match the processed letters",
                criterion: criteria::at14::counts_match,
            },
            Point {
                id: "AT14.3",
                text: "no duplicate entry for a date, no missing record",
                criterion: criteria::at14::none_twice_none_missing,
            },
        ],
    },
    AcceptanceTest {
        id: "AT15",
        title: "Performance",
        level: Level::Mandatory,
        points: &[
            Point {
                id: "AT15.1",
                text: "every PDF is downloaded and verified",
                criterion: criteria::at15::every_pdf_verified,
            },
            Point {
                id: "AT15.2",
                text: "all data within 10 seconds",
                criterion: criteria::at15::within_the_target,
            },
            Point {
                id: "AT15.3",
                text: "three complete runs, the best recorded",
                criterion: criteria::at15::three_passes,
            },
        ],
    },
];

/// What a run is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The Acceptance Test Pack, AT1 to AT15.
    Supplier,
    /// The checks of the sandbox.
    Sandbox,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Supplier, Self::Sandbox];

    /// The folder of its features.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Sandbox => "sandbox",
        }
    }

    /// Its tests, in order.
    pub fn tests(self) -> &'static [AcceptanceTest] {
        match self {
            Self::Supplier => CATALOGUE,
            Self::Sandbox => SANDBOX,
        }
    }

    /// Its points, in order.
    pub fn points(self) -> impl Iterator<Item = &'static Point> {
        self.tests().iter().flat_map(|test| test.points)
    }
}

impl AcceptanceTest {
    /// The suite that reports put it in, with its title: the sandbox's checks share one.
    pub fn suite(&self) -> (&'static str, &'static str) {
        if self.id.starts_with(sandbox::PREFIX) {
            sandbox::SUITE
        } else {
            (self.id, self.title)
        }
    }
}

/// The acceptance test, or the check of the sandbox, called `id`.
pub fn test(id: &str) -> Option<&'static AcceptanceTest> {
    CATALOGUE.iter().chain(SANDBOX).find(|test| test.id == id)
}

/// The acceptance point, or the check of the sandbox, called `id`.
pub fn point(id: &str) -> Option<&'static Point> {
    let mut all = Profile::ALL.into_iter().flat_map(Profile::points);
    all.find(|point| point.id == id)
}

/// Every acceptance point of the pack, in order.
pub fn points() -> impl Iterator<Item = &'static Point> {
    CATALOGUE.iter().flat_map(|test| test.points)
}

/// The level of the acceptance point called `id`: that of its test.
pub fn level(id: &str) -> Option<Level> {
    let owner = id.split('.').next()?;
    test(owner).map(|test| test.level)
}

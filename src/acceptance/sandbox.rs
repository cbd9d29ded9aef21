//! The checks of the sandbox, `SB-nn`: what a service with canned answers and no memory can show.
//!
//! What the public sandbox answers was observed by running its public code (service-behaviour §1,
//! column A). Where that is not what the documentation says, the deviation is the target's data
//! (`src/targets`), and the run's first line carries it.

use crate::model::Level;

use super::catalogue::{AcceptanceTest, Point};
use super::criteria::sandbox::{Check, asks};

/// What every id of these checks begins with.
pub const PREFIX: &str = "SB-";

/// The suite that reports put them in: its id and its title.
pub const SUITE: (&str, &str) = ("SB", "Sandbox");

/// The letter that the sandbox takes updates of.
const LETTER: &str = "/letters/2WL5eYSWGzCHlGmzNxuqVusPxDg";

const NOT_FOUND: &str = "NOTIFY_RESOURCE_NOT_FOUND";

macro_rules! checks {
    ($($id:literal $level:ident $text:literal => $check:expr;)*) => {
        /// The checks of the sandbox, in order; each is a test of its own with one point.
        pub static SANDBOX: &[AcceptanceTest] = &[$(AcceptanceTest {
            id: $id,
            title: $text,
            level: Level::$level,
            points: &[Point {
                id: $id,
                text: $text,
                criterion: |view| {
                    const CHECK: Check = $check;
                    CHECK.judge($id, view)
                },
            }],
        }),*];
    };
}

checks! {
    "SB-01" Mandatory "the service says that it is there"
        => asks("GET", "/_status").answers(200);
    "SB-02" Mandatory "letters are listed"
        => asks("GET", "/letters").answers(200).with_letters(2500);
    "SB-03" Mandatory "a limit of 1 brings one letter"
        => asks("GET", "/letters?limit=1").answers(200).with_letters(1);
    "SB-04" Mandatory "the largest limit is 2500"
        => asks("GET", "/letters?limit=2500").answers(200).with_letters(2500);
    "SB-05" Mandatory "a limit of 2501 is refused"
        => asks("GET", "/letters?limit=2501").answers(400).coded("NOTIFY_INVALID_REQUEST");
    "SB-06" Mandatory "a limit of 0 is refused"
        => asks("GET", "/letters?limit=0").answers(400).or_deviates("sandbox-limit-0", 200);
    "SB-07" Mandatory "a limit that is no number is refused"
        => asks("GET", "/letters?limit=abc").answers(400);
    "SB-08" Mandatory "an unknown query parameter is refused"
        => asks("GET", "/letters?page=2").answers(400);
    "SB-09" Mandatory "a request without X-Request-ID is refused"
        => asks("GET", "/letters").answers(400);
    "SB-10" Mandatory "a letter is read"
        => asks("GET", LETTER).answers(200);
    "SB-11" Mandatory "an unknown letter is not found"
        => asks("GET", "/letters/no-such-letter").answers(404).coded(NOT_FOUND);
    "SB-12" Mandatory "a letter's PDF is somewhere else"
        => asks("GET", "/letters/2AL5eYSWGzCHlGmzNxuqVusPxDg/data").answers(303).leading_elsewhere();
    "SB-13" Mandatory "the PDF of an unknown letter is not found"
        => asks("GET", "/letters/no-such-letter/data").answers(404).coded(NOT_FOUND);
    "SB-14" Mandatory "a letter is accepted"
        => asks("PATCH", LETTER).answers(202);
    "SB-15" Mandatory "a letter goes through production"
        => asks("PATCH", LETTER).answers(202);
    "SB-16" Mandatory "a letter is rejected, cancelled or failed with a reason"
        => asks("PATCH", LETTER).answers(202);
    "SB-17" Mandatory "an update may be sent as application/json"
        => asks("PATCH", LETTER).answers(202).or_deviates("request-media-type", 415);
    "SB-18" Mandatory "an update that is no JSON is refused"
        => asks("PATCH", LETTER).answers(400);
    "SB-19" Mandatory "an update to an unknown status is refused"
        => asks("PATCH", LETTER).answers(400);
    "SB-20" Mandatory "an update without a status is refused"
        => asks("PATCH", LETTER).answers(400).or_deviates("sandbox-no-status", 202);
    "SB-21" Mandatory "an update of another letter than the path names is refused"
        => asks("PATCH", LETTER).answers(400).or_deviates("sandbox-other-letter", 404);
    "SB-22" Mandatory "an update to PENDING is refused"
        => asks("PATCH", LETTER).answers(400).or_deviates("sandbox-pending", 202);
    "SB-23" Mandatory "an update of an unknown letter is not found"
        => asks("PATCH", "/letters/123654789").answers(404).coded(NOT_FOUND);
    "SB-24" Mandatory "letters are updated in bulk"
        => asks("POST", "/letters").answers(202);
    "SB-25" Mandatory "a bulk update that is no array is refused"
        => asks("POST", "/letters").answers(400);
    "SB-26" Mandatory "management information is taken"
        => asks("POST", "/mi").answers(201).or_deviates("mi-status", 200);
    "SB-27" Mandatory "management information without a proper time is refused"
        => asks("POST", "/mi").answers(400);
    "SB-28" Mandatory "management information without its attributes is refused"
        => asks("POST", "/mi").answers(400);
    "SB-29" Mandatory "management information of an unknown specification is not found"
        => asks("POST", "/mi").answers(404).coded(NOT_FOUND);
    "SB-30" Mandatory "a method that a path does not have is refused"
        => asks("DELETE", "/letters").answers(405);
    "SB-31" Mandatory "an unknown path is not found"
        => asks("GET", "/no-such-path").answers(404);
    "SB-32" Optional "a list hides its letters for a while"
        => asks("GET", "/letters?limit=2500").answers(200)
            .hiding_letters("the second list brought letters of the first: the sandbox leases nothing");
    "SB-33" Optional "a letter is returned"
        => asks("PATCH", LETTER).answers(202)
            .or_cannot_show(404, "the sandbox has no answer ready for RETURNED");
    "SB-34" Optional "a letter is forwarded"
        => asks("PATCH", LETTER).answers(202)
            .or_cannot_show(404, "the sandbox has no answer ready for FORWARDED");
    "SB-35" Optional "management information is read back"
        => asks("GET", "/mi/{id}").answers(200)
            .or_cannot_show(404, "the sandbox cannot read management information back");
    "SB-36" Optional "2,500 letters are updated in bulk"
        => asks("POST", "/letters").answers(202)
            .or_cannot_show(413, "the sandbox takes no body over 100 kB");
    "SB-37" Optional "an update is visible afterwards"
        => asks("PATCH", LETTER).answers(202)
            .showing("ACCEPTED", "the letter reads as before: the sandbox remembers nothing");
}

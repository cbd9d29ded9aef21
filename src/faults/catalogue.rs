//! The deliberate wrongs that there are.

use std::time::Duration;

use crate::simulator::Since::{self, Reseeding, Start, Update};
use crate::simulator::Spoilt::{Broken, Halved, Page, Refused, Slow, Without, Wordy};
use crate::simulator::Status::{
    Accepted, Cancelled, Delivered, Dispatched, Enclosed, Failed, Forwarded, Printed, Rejected,
    Returned,
};
use crate::simulator::{Fault as Wrongdoing, Spot, Wrong};
use crate::world::Slip;

use super::Forgery;
use super::fault::{Caught, Deed, Fault, Outcome};

/// A supplier's status is spelled as the service's, in a type of its own.
use crate::model::Status as To;

/// As often as there is an occasion.
const ALWAYS: u32 = u32::MAX;

/// Every point.
const ALL: &[&str] = &[
    "AT1.1", "AT1.2", "AT2.1", "AT2.2", "AT2.3", "AT3.1", "AT3.2", "AT4.1", "AT4.2", "AT4.3",
    "AT4.4", "AT5.1", "AT5.2", "AT5.3", "AT6.1", "AT6.2", "AT6.3", "AT7.1", "AT7.2", "AT7.3",
    "AT8.1", "AT8.2", "AT8.3", "AT9.1", "AT9.2", "AT9.3", "AT10.1", "AT10.2", "AT10.3", "AT11.1",
    "AT11.2", "AT11.3", "AT11.4", "AT12.1", "AT12.2", "AT12.3", "AT13.1", "AT13.2", "AT13.3",
    "AT13.4", "AT14.1", "AT14.2", "AT14.3", "AT15.1", "AT15.2", "AT15.3",
];

/// Every point but those of AT1.
const AFTER_AT1: &[&str] = &[
    "AT2.1", "AT2.2", "AT2.3", "AT3.1", "AT3.2", "AT4.1", "AT4.2", "AT4.3", "AT4.4", "AT5.1",
    "AT5.2", "AT5.3", "AT6.1", "AT6.2", "AT6.3", "AT7.1", "AT7.2", "AT7.3", "AT8.1", "AT8.2",
    "AT8.3", "AT9.1", "AT9.2", "AT9.3", "AT10.1", "AT10.2", "AT10.3", "AT11.1", "AT11.2", "AT11.3",
    "AT11.4", "AT12.1", "AT12.2", "AT12.3", "AT13.1", "AT13.2", "AT13.3", "AT13.4", "AT14.1",
    "AT14.2", "AT14.3", "AT15.1", "AT15.2", "AT15.3",
];

/// What is still to come when AT6 has sent its first update; AT15 has letters of its own.
const FROM_AT6: &[&str] = &[
    "AT6.2", "AT6.3", "AT7.1", "AT7.2", "AT7.3", "AT8.1", "AT8.2", "AT8.3", "AT9.1", "AT9.2",
    "AT9.3", "AT10.1", "AT10.2", "AT10.3", "AT11.1", "AT11.2", "AT11.3", "AT11.4", "AT12.1",
    "AT12.2", "AT12.3", "AT13.1", "AT13.2", "AT13.3", "AT13.4", "AT14.1", "AT14.2", "AT14.3",
];

/// The same, and AT15.
const FROM_AT6_TO_THE_END: &[&str] = &[
    "AT6.2", "AT6.3", "AT7.1", "AT7.2", "AT7.3", "AT8.1", "AT8.2", "AT8.3", "AT9.1", "AT9.2",
    "AT9.3", "AT10.1", "AT10.2", "AT10.3", "AT11.1", "AT11.2", "AT11.3", "AT11.4", "AT12.1",
    "AT12.2", "AT12.3", "AT13.1", "AT13.2", "AT13.3", "AT13.4", "AT14.1", "AT14.2", "AT14.3",
    "AT15.1", "AT15.2", "AT15.3",
];

/// What is still to come when AT10 has sent its first update, up to AT15.
const FROM_AT10: &[&str] = &[
    "AT10.1", "AT10.2", "AT10.3", "AT11.1", "AT11.2", "AT11.3", "AT11.4", "AT12.1", "AT12.2",
    "AT12.3", "AT13.1", "AT13.2", "AT13.3", "AT13.4", "AT14.1", "AT14.2", "AT14.3",
];

/// What is still to come when AT12 has sent its first update, up to AT15.
const FROM_AT12: &[&str] = &[
    "AT12.1", "AT12.2", "AT12.3", "AT13.1", "AT13.2", "AT13.3", "AT13.4", "AT14.1", "AT14.2",
    "AT14.3",
];

/// The points of AT15.
const AT15: &[&str] = &["AT15.1", "AT15.2", "AT15.3"];

const fn since(wrong: Wrong, since: Since, strikes: u32) -> Wrongdoing {
    Wrongdoing {
        wrong,
        since,
        strikes,
    }
}

const fn once(wrong: Wrong) -> Wrongdoing {
    since(wrong, Start, 1)
}

const fn always(wrong: Wrong) -> Wrongdoing {
    since(wrong, Start, ALWAYS)
}

const fn in_at15(wrong: Wrong, strikes: u32) -> Wrongdoing {
    since(wrong, Reseeding, strikes)
}

const fn service(
    id: &'static str,
    does: &'static str,
    wrongs: &'static [Wrongdoing],
    red: &'static [&'static str],
) -> Fault {
    Fault {
        id,
        does,
        deed: Deed::Service(wrongs),
        outcome: Outcome::red(red),
    }
}

/// Nobody gets in, and whose fault that is the answer says.
const fn refusal(id: &'static str, does: &'static str, wrongs: &'static [Wrongdoing]) -> Fault {
    Fault {
        id,
        does,
        deed: Deed::Service(wrongs),
        outcome: Outcome {
            red: &["AT1.1", "AT1.2"],
            open: AFTER_AT1,
            caught: None,
        },
    }
}

const fn outage(
    id: &'static str,
    does: &'static str,
    wrongs: &'static [Wrongdoing],
    open: &'static [&'static str],
) -> Fault {
    Fault {
        id,
        does,
        deed: Deed::Outage(wrongs),
        outcome: Outcome {
            red: &[],
            open,
            caught: None,
        },
    }
}

const fn supplier(
    id: &'static str,
    does: &'static str,
    slip: Slip,
    red: &'static [&'static str],
) -> Fault {
    Fault {
        id,
        does,
        deed: Deed::Supplier(slip),
        outcome: Outcome::red(red),
    }
}

const fn journal(id: &'static str, does: &'static str, forgery: Forgery, caught: Caught) -> Fault {
    Fault {
        id,
        does,
        deed: Deed::Journal(forgery),
        outcome: Outcome {
            red: &[],
            open: &[],
            caught: Some(caught),
        },
    }
}

/// The fault called `id`.
pub fn fault(id: &str) -> Option<&'static Fault> {
    FAULTS.iter().find(|fault| fault.id == id)
}

/// All of them: the service's, the environment's, the supplier's.
pub static FAULTS: &[Fault] = &[
    // The way in.
    service(
        "status-unknown",
        "GET /_status is answered 404",
        &[always(Wrong::Answer(Spot::Status, Refused(404)))],
        &["AT1.1"],
    ),
    refusal(
        "token-refused",
        "the token endpoint does not know the application",
        &[always(Wrong::Answer(Spot::Token, Refused(401)))],
    ),
    refusal(
        "supplier-unknown",
        "every call is forbidden: the application belongs to no supplier",
        &[always(Wrong::Answer(Spot::Api, Refused(403)))],
    ),
    // Lists.
    service(
        "letter-skipped",
        "one letter is never listed",
        &[always(Wrong::Skips)],
        &["AT2.1", "AT2.2", "AT2.3"],
    ),
    service(
        "letter-doubled",
        "every list names its first letter twice",
        &[always(Wrong::Doubles)],
        &["AT2.2"],
    ),
    service(
        "letter-of-another-supplier",
        "every list names a letter that this supplier cannot read, which the plan gives to AT10",
        &[always(Wrong::Foreign)],
        &["AT10.1", "AT10.2", "AT10.3"],
    ),
    service(
        "letter-listed-as-accepted",
        "a list shows its first letter as ACCEPTED",
        &[always(Wrong::Mislabels)],
        &["AT2.2"],
    ),
    service(
        "list-cut-in-half",
        "a list brings half of the letters that it should",
        &[always(Wrong::Halves)],
        &["AT2.1", "AT2.2", "AT2.3"],
    ),
    service(
        "list-reversed",
        "the list comes backwards; the pack asks for no order",
        &[always(Wrong::Reverses)],
        &[],
    ),
    service(
        "lease-broken",
        "listed letters are not leased: the next list shows them again, as the pack's AT3 asks for",
        &[always(Wrong::Relists)],
        &[],
    ),
    service(
        "accepted-letter-listed",
        "the first letter that was accepted stays in the queue",
        &[once(Wrong::Keeps)],
        &["AT4.4"],
    ),
    service(
        "accepted-as-printed",
        "one item of AT4's bulk update makes its letter PRINTED",
        &[once(Wrong::Misapplies(Accepted, Printed))],
        &["AT4.1"],
    ),
    // Updates that are lost, one test after the other.
    service(
        "bulk-item-lost",
        "one item of AT4's bulk update is accepted and never applied",
        &[once(Wrong::Loses(Accepted))],
        &["AT4.1", "AT4.2", "AT4.4"],
    ),
    service(
        "update-lost-printed",
        "an update to PRINTED is accepted and never applied",
        &[once(Wrong::Loses(Printed))],
        &["AT5.2"],
    ),
    service(
        "update-lost-forwarded",
        "an update to FORWARDED is accepted and never applied",
        &[once(Wrong::Loses(Forwarded))],
        &["AT9.1"],
    ),
    service(
        "update-lost-returned",
        "an update to RETURNED is accepted and never applied",
        &[once(Wrong::Loses(Returned))],
        &["AT10.1"],
    ),
    service(
        "update-lost-cancelled",
        "an update to CANCELLED is accepted and never applied",
        &[once(Wrong::Loses(Cancelled))],
        &["AT11.2"],
    ),
    service(
        "update-lost-failed",
        "an update to FAILED is accepted and never applied",
        &[once(Wrong::Loses(Failed))],
        &["AT12.1", "AT12.2"],
    ),
    service(
        "update-lost-rejected",
        "an update to REJECTED is accepted and never applied; AT13 has no other",
        &[once(Wrong::Loses(Rejected))],
        &["AT13.1", "AT13.2", "AT13.3"],
    ),
    service(
        "update-late",
        "an update to DELIVERED shows long after its time",
        &[once(Wrong::Delays(Delivered))],
        &["AT8.2"],
    ),
    service(
        "update-misapplied",
        "an update to ENCLOSED makes the letter PRINTED",
        &[once(Wrong::Misapplies(Enclosed, Printed))],
        &["AT6.2"],
    ),
    service(
        "update-overtaken",
        "an update to DISPATCHED is overtaken by the one before it",
        &[once(Wrong::Overtakes(Dispatched))],
        &["AT7.2"],
    ),
    // Reasons.
    service(
        "reason-dropped-forwarded",
        "the reason of a FORWARDED letter is dropped",
        &[once(Wrong::Forgets(Forwarded))],
        &["AT9.1"],
    ),
    service(
        "reason-dropped-returned",
        "the reason of a RETURNED letter is dropped",
        &[once(Wrong::Forgets(Returned))],
        &["AT10.3"],
    ),
    service(
        "reason-dropped-cancelled",
        "the reason of a CANCELLED letter is dropped",
        &[once(Wrong::Forgets(Cancelled))],
        &["AT11.2"],
    ),
    service(
        "reason-dropped-failed",
        "the reason of a FAILED letter is dropped",
        &[once(Wrong::Forgets(Failed))],
        &["AT12.3"],
    ),
    service(
        "reason-dropped-rejected",
        "the reason of a REJECTED letter is dropped",
        &[once(Wrong::Forgets(Rejected))],
        &["AT13.3"],
    ),
    // Answers to updates.
    service(
        "answered-200-accepted",
        "AT4's bulk update is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Accepted, 200))],
        &["AT4.3"],
    ),
    service(
        "answered-200-printed",
        "an update to PRINTED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Printed, 200))],
        &["AT5.3"],
    ),
    service(
        "answered-200-enclosed",
        "an update to ENCLOSED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Enclosed, 200))],
        &["AT6.3"],
    ),
    service(
        "answered-200-dispatched",
        "an update to DISPATCHED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Dispatched, 200))],
        &["AT7.3"],
    ),
    service(
        "answered-200-delivered",
        "an update to DELIVERED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Delivered, 200))],
        &["AT8.3"],
    ),
    service(
        "answered-200-forwarded",
        "an update to FORWARDED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Forwarded, 200))],
        &["AT9.2"],
    ),
    service(
        "answered-200-returned",
        "an update to RETURNED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Returned, 200))],
        &["AT10.2"],
    ),
    service(
        "answered-200-cancelled",
        "an update to CANCELLED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Cancelled, 200))],
        &["AT11.3"],
    ),
    service(
        "answered-200-failed",
        "an update to FAILED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Failed, 200))],
        &["AT12.2"],
    ),
    service(
        "answered-200-rejected",
        "an update to REJECTED is answered 200 in place of 202",
        &[once(Wrong::Acknowledges(Rejected, 200))],
        &["AT13.2"],
    ),
    service(
        "update-refused-400",
        "an update of AT5 is refused with 400",
        &[once(Wrong::Refuses(Printed, 400))],
        &["AT5.2", "AT5.3"],
    ),
    service(
        "update-refused-413",
        "AT10's updates are refused with 413",
        &[always(Wrong::Refuses(Returned, 413))],
        &["AT10.1", "AT10.2", "AT10.3"],
    ),
    // PDFs.
    service(
        "pdf-truncated",
        "a PDF of AT15 comes cut short",
        &[in_at15(Wrong::Truncates, 1)],
        &["AT15.1"],
    ),
    service(
        "pdf-swapped",
        "another letter's PDF comes in AT15",
        &[in_at15(Wrong::Swaps, 1)],
        &["AT15.1"],
    ),
    service(
        "pdf-missing",
        "a letter of AT15 has a hash and no PDF",
        &[in_at15(Wrong::Misplaces, 1)],
        &["AT15.1"],
    ),
    service(
        "hash-wrong",
        "a list of AT15 states another PDF's hash",
        &[in_at15(Wrong::Mishashes, 1)],
        &["AT15.1"],
    ),
    service(
        "link-expired-once",
        "one link to a PDF has expired when it is followed",
        &[in_at15(Wrong::Expires, 1)],
        &[],
    ),
    service(
        "downloads-slow",
        "every PDF of AT15 takes longer than the whole pass may",
        &[in_at15(
            Wrong::Answer(Spot::Storage, Slow(Duration::from_millis(4_500))),
            ALWAYS,
        )],
        &["AT15.2"],
    ),
    // Management information.
    service(
        "mi-lost",
        "an entry of management information cannot be read",
        &[once(Wrong::LosesMi)],
        &["AT14.1"],
    ),
    service(
        "mi-miscounted",
        "an entry of management information is kept with another quantity",
        &[once(Wrong::Miscounts)],
        &["AT14.1"],
    ),
    service(
        "mi-misfiled",
        "an entry of management information is kept for another group",
        &[once(Wrong::Misfiles)],
        &["AT14.1"],
    ),
    service(
        "mi-refused",
        "management information is refused with 400",
        &[always(Wrong::Answer(Spot::Submission, Refused(400)))],
        &["AT14.1", "AT14.2", "AT14.3"],
    ),
    // Answers of another form.
    service(
        "fields-added",
        "every answer has members that nobody knows",
        &[always(Wrong::Answer(Spot::Api, Wordy))],
        &[],
    ),
    service(
        "field-missing",
        "no letter that is read names its specification",
        &[always(Wrong::Answer(
            Spot::Letter,
            Without("specificationId"),
        ))],
        &[],
    ),
    // Out of order.
    outage(
        "token-endpoint-down",
        "the token endpoint is down from the start",
        &[always(Wrong::Answer(Spot::Token, Refused(503)))],
        ALL,
    ),
    outage(
        "token-endpoint-down-later",
        "after AT5 the token is refused and no other is to be had",
        &[
            since(
                Wrong::Answer(Spot::Api, Refused(401)),
                Update(Enclosed),
                ALWAYS,
            ),
            since(
                Wrong::Answer(Spot::Token, Refused(503)),
                Update(Enclosed),
                ALWAYS,
            ),
        ],
        FROM_AT6_TO_THE_END,
    ),
    outage(
        "unauthorised-once",
        "the token is refused once in mid-run",
        &[since(
            Wrong::Answer(Spot::Api, Refused(401)),
            Update(Printed),
            1,
        )],
        &[],
    ),
    outage(
        "unauthorised-for-good",
        "every token is refused from AT6 on",
        &[since(
            Wrong::Answer(Spot::Api, Refused(401)),
            Update(Enclosed),
            ALWAYS,
        )],
        FROM_AT6,
    ),
    outage(
        "forbidden-for-good",
        "every call is forbidden from AT6 on",
        &[since(
            Wrong::Answer(Spot::Api, Refused(403)),
            Update(Enclosed),
            ALWAYS,
        )],
        FROM_AT6,
    ),
    outage(
        "quota-storm",
        "three calls of AT5 are over the quota",
        &[since(
            Wrong::Answer(Spot::Api, Refused(429)),
            Update(Printed),
            3,
        )],
        &[],
    ),
    outage(
        "quota-for-good",
        "every call is over the quota from AT12 on",
        &[since(
            Wrong::Answer(Spot::Api, Refused(429)),
            Update(Failed),
            ALWAYS,
        )],
        FROM_AT12,
    ),
    outage(
        "unavailable-once",
        "a letter of AT5 cannot be read at first: 503",
        &[since(
            Wrong::Answer(Spot::Letter, Refused(503)),
            Update(Printed),
            1,
        )],
        &[],
    ),
    outage(
        "unavailable-for-good",
        "every call is answered 503 from AT6 on",
        &[since(
            Wrong::Answer(Spot::Api, Refused(503)),
            Update(Enclosed),
            ALWAYS,
        )],
        FROM_AT6,
    ),
    outage(
        "errors-for-good",
        "every call is answered 500 from AT10 on",
        &[since(
            Wrong::Answer(Spot::Api, Refused(500)),
            Update(Returned),
            ALWAYS,
        )],
        FROM_AT10,
    ),
    outage(
        "connection-broken-once",
        "the answer of one update breaks off",
        &[since(
            Wrong::Answer(Spot::Update, Broken),
            Update(Printed),
            1,
        )],
        &["AT5.3"],
    ),
    outage(
        "connection-broken-for-good",
        "every answer breaks off from AT6 on",
        &[since(
            Wrong::Answer(Spot::Api, Broken),
            Update(Enclosed),
            ALWAYS,
        )],
        FROM_AT6,
    ),
    outage(
        "mi-answer-lost",
        "the answer of one submission breaks off, and nobody knows whether it was taken",
        &[since(Wrong::Answer(Spot::Submission, Broken), Start, 1)],
        &["AT14.1", "AT14.2", "AT14.3"],
    ),
    outage(
        "answer-halved",
        "half of a letter comes when AT5 reads it back",
        &[since(
            Wrong::Answer(Spot::Letter, Halved),
            Update(Printed),
            1,
        )],
        &["AT5.2", "AT5.3"],
    ),
    outage(
        "page-for-a-letter",
        "a page comes in place of a letter from AT6 on",
        &[since(
            Wrong::Answer(Spot::Letter, Page),
            Update(Enclosed),
            ALWAYS,
        )],
        FROM_AT6,
    ),
    outage(
        "answers-slow",
        "every letter of AT5 is read slowly",
        &[since(
            Wrong::Answer(Spot::Letter, Slow(Duration::from_millis(300))),
            Update(Printed),
            4,
        )],
        &[],
    ),
    outage(
        "links-expired",
        "the links to PDFs have expired whenever they are followed",
        &[in_at15(Wrong::Expires, ALWAYS)],
        AT15,
    ),
    outage(
        "status-missing",
        "letters are listed without their status",
        &[always(Wrong::Answer(Spot::List, Without("status")))],
        ALL,
    ),
    outage(
        "storage-down",
        "the storage of the PDFs is down in AT15",
        &[in_at15(Wrong::Answer(Spot::Storage, Refused(503)), ALWAYS)],
        AT15,
    ),
    outage(
        "storage-down-once",
        "one PDF of AT15 cannot be had at first: 503",
        &[in_at15(Wrong::Answer(Spot::Storage, Refused(503)), 1)],
        &[],
    ),
    // The supplier.
    supplier(
        "job-twice",
        "the supplier makes two jobs for one letter",
        Slip::QueuesTwice,
        &["AT3.1"],
    ),
    supplier(
        "job-again",
        "the supplier makes another job for a letter that is listed again",
        Slip::QueuesAgain,
        &["AT3.1", "AT3.2"],
    ),
    supplier(
        "list-in-parts",
        "the supplier fetches AT2's letters in two lists",
        Slip::ListsInParts,
        &["AT2.3"],
    ),
    supplier(
        "update-while-comparing",
        "the supplier accepts a letter while AT3 compares its lists",
        Slip::UpdatesWhileComparing,
        &["AT3.2"],
    ),
    supplier(
        "letter-left-out",
        "the supplier leaves a letter out of AT4's bulk update",
        Slip::LeavesOut(To::Accepted),
        &["AT4.1", "AT4.2"],
    ),
    supplier(
        "update-repeated",
        "the supplier sends an update to PRINTED twice",
        Slip::Repeats(To::Printed),
        &["AT5.2"],
    ),
    supplier(
        "ineligible-printed",
        "the supplier prints a letter that is not ACCEPTED",
        Slip::Overreaches(To::Printed),
        &["AT5.1"],
    ),
    supplier(
        "ineligible-enclosed",
        "the supplier encloses a letter that is PENDING",
        Slip::Overreaches(To::Enclosed),
        &["AT6.1"],
    ),
    supplier(
        "ineligible-dispatched",
        "the supplier dispatches a letter that is PENDING",
        Slip::Overreaches(To::Dispatched),
        &["AT7.1"],
    ),
    supplier(
        "ineligible-delivered",
        "the supplier delivers a letter that is PENDING",
        Slip::Overreaches(To::Delivered),
        &["AT8.1"],
    ),
    supplier(
        "ineligible-forwarded",
        "the supplier forwards a letter that is PENDING",
        Slip::Overreaches(To::Forwarded),
        &["AT9.1"],
    ),
    supplier(
        "ineligible-returned",
        "the supplier returns a letter that never left",
        Slip::Overreaches(To::Returned),
        &["AT10.1"],
    ),
    supplier(
        "ineligible-cancelled",
        "the supplier cancels a letter that is on its way",
        Slip::Overreaches(To::Cancelled),
        &["AT11.1"],
    ),
    supplier(
        "ineligible-failed",
        "the supplier fails a letter that has no defect",
        Slip::Overreaches(To::Failed),
        &["AT12.1"],
    ),
    supplier(
        "ineligible-rejected",
        "the supplier rejects a letter that it accepted before",
        Slip::Overreaches(To::Rejected),
        &["AT13.1"],
    ),
    supplier(
        "forwarded-without-reason",
        "the supplier forwards a letter without a reason",
        Slip::GivesNoReason(To::Forwarded),
        &["AT9.1"],
    ),
    supplier(
        "returned-with-another-text",
        "the supplier returns a letter with the text of another code",
        Slip::MistakesReason,
        &["AT10.3"],
    ),
    supplier(
        "cancelled-without-reason",
        "the supplier cancels a letter without a reason",
        Slip::GivesNoReason(To::Cancelled),
        &["AT11.2"],
    ),
    supplier(
        "forwarded-letter-printed",
        "the supplier prints a letter that it forwarded",
        Slip::GoesOn(To::Forwarded, To::Printed),
        &["AT9.3"],
    ),
    supplier(
        "cancelled-letter-dispatched",
        "the supplier dispatches a letter that was cancelled",
        Slip::GoesOn(To::Cancelled, To::Dispatched),
        &["AT11.4"],
    ),
    supplier(
        "rejected-letter-accepted",
        "the supplier accepts a letter that it rejected",
        Slip::GoesOn(To::Rejected, To::Accepted),
        &["AT13.4"],
    ),
    supplier(
        "mi-twice",
        "the supplier sends the same management information twice",
        Slip::ReportsTwice,
        &["AT14.3"],
    ),
    supplier(
        "mi-miscounts",
        "the supplier reports a letter more than it dispatched",
        Slip::Miscounts,
        &["AT14.2"],
    ),
    supplier(
        "mi-group-forgotten",
        "the supplier leaves a group out of the management information",
        Slip::ForgetsGroup,
        &["AT14.3"],
    ),
    supplier(
        "pdf-not-fetched",
        "the supplier does not fetch one PDF of each pass, so that none is complete",
        Slip::SkipsDownload,
        &["AT15.1", "AT15.2", "AT15.3"],
    ),
    supplier(
        "letter-not-accepted",
        "the supplier fetches a letter of AT15 and does not accept it",
        Slip::SkipsAcceptance,
        &["AT15.1"],
    ),
    supplier(
        "pass-left-out",
        "the supplier makes one pass of AT15 less than it should",
        Slip::SkipsPass,
        &["AT15.3"],
    ),
    // The journal.
    journal(
        "exchange-left-out",
        "somebody takes an exchange out of the journal",
        Forgery::LeavesOut,
        Caught::Verify,
    ),
    journal(
        "id-changed",
        "somebody renames a letter that was read, and mends chain and seal",
        Forgery::ChangesId,
        Caught::Verify,
    ),
    journal(
        "times-reordered",
        "somebody swaps the times of two exchanges, and mends chain and seal",
        Forgery::Reorders,
        Caught::Verify,
    ),
    journal(
        "verdict-changed",
        "somebody turns a verdict round, and mends chain and seal",
        Forgery::ChangesVerdict,
        Caught::Verify,
    ),
    journal(
        "chain-mended",
        "somebody rewrites a note, and mends chain and seal",
        Forgery::MendsChain,
        Caught::Head,
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::faults::Side;

    #[test]
    fn every_name_is_of_one_fault() {
        let names: BTreeSet<&str> = FAULTS.iter().map(|fault| fault.id).collect();
        assert_eq!(names.len(), FAULTS.len());
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(names.iter().all(|name| name.chars().all(plain)));
    }

    #[test]
    fn an_outage_is_never_red_and_a_supplier_never_open() {
        for fault in FAULTS {
            match fault.side() {
                Side::Environment => assert!(fault.outcome.red.is_empty(), "{}", fault.id),
                Side::Supplier => assert!(fault.outcome.open.is_empty(), "{}", fault.id),
                Side::Service | Side::Journal => {}
            }
        }
    }
}

//! Deliberate wrongs of the service, as data: what goes wrong, from when on, how often.

use std::time::Duration;

use super::status::Status;

/// One deliberate wrong. Without it the simulator does what the service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub wrong: Wrong,
    /// From when on.
    pub since: Since,
    /// How often; after that the service behaves again.
    pub strikes: u32,
}

/// From when on something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// From the start, until letters are seeded anew.
    Start,
    /// From the first update to this status on, until letters are seeded anew.
    Update(Status),
    /// From the first new seeding on: AT15 has one for each pass.
    Reseeding,
}

/// Which calls an answer goes wrong for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// `POST /oauth2/token`.
    Token,
    /// `GET /_status`.
    Status,
    /// `GET /letters`.
    List,
    /// `GET /letters/{id}`.
    Letter,
    /// `PATCH /letters/{id}` and `POST /letters`.
    Update,
    /// The PDFs behind the signed URLs.
    Storage,
    /// `POST /mi`.
    Submission,
    /// Every call that asks for an access token.
    Api,
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// Nothing is done, and this status is answered.
    Refused(u16),
    /// It comes so much later.
    Slow(Duration),
    /// Its body breaks off with the connection; what was asked for was done.
    Broken,
    /// Half of its body comes, as if that were all.
    Halved,
    /// It says that it is a page.
    Page,
    /// It has members that nobody knows.
    Wordy,
    /// It lacks this member wherever it should stand.
    Without(&'static str),
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Answers to these calls.
    Answer(Spot, Spoilt),
    /// One letter is never listed.
    Skips,
    /// One letter stands twice in a list.
    Doubles,
    /// A list names a letter that this supplier cannot read.
    Foreign,
    /// A list shows one letter as ACCEPTED.
    Mislabels,
    /// A list brings half of the letters that it should.
    Halves,
    /// The list comes backwards.
    Reverses,
    /// Listed letters are not leased: the next list shows them again.
    Relists,
    /// The first letter that was accepted stays in the queue.
    Keeps,
    /// An update to this status is accepted and never applied.
    Loses(Status),
    /// An update to this status takes very long to show.
    Delays(Status),
    /// An update to the first status is applied as if it were to the second.
    Misapplies(Status, Status),
    /// An update to this status is overtaken by the one before it.
    Overtakes(Status),
    /// The reason of an update to this status is dropped.
    Forgets(Status),
    /// An update to this status is done, and answered with this code instead of 202.
    Acknowledges(Status, u16),
    /// An update to this status is refused with this code.
    Refuses(Status, u16),
    /// The hash stated in the list is another PDF's.
    Mishashes,
    /// A PDF comes cut short.
    Truncates,
    /// Another letter's PDF comes.
    Swaps,
    /// There is no PDF although a hash is stated.
    Misplaces,
    /// The link to a PDF has expired when it is followed.
    Expires,
    /// A record of management information cannot be read.
    LosesMi,
    /// A record of management information is kept with another quantity.
    Miscounts,
    /// A record of management information is kept for another group.
    Misfiles,
}

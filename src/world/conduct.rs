//! Where the reference supplier may be told to misbehave.
//!
//! Every acceptance check must be seen red, also those that no service can turn red. An honest
//! supplier makes none of these slips, so nothing here changes what it does.

use crate::model::{Change, Event, MiFacts, RETURN_REASONS, Reason, Status};

use super::updating::Aim;
use super::{Scene, StepError};

/// One deliberate wrong of the supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// The first letter of a list gets two jobs.
    QueuesTwice,
    /// A letter that is listed again gets another job.
    QueuesAgain,
    /// AT2 fetches its letters in two lists.
    ListsInParts,
    /// A letter is accepted while AT3 compares its lists.
    UpdatesWhileComparing,
    /// The first letter that an update to this status targets is not in it.
    LeavesOut(Status),
    /// An update to this status is sent twice for its last letter.
    Repeats(Status),
    /// An update to this status is sent for a letter that is not eligible.
    Overreaches(Status),
    /// The first update to this status has no reason.
    GivesNoReason(Status),
    /// A return has the text of another code.
    MistakesReason,
    /// The last letter of an update to one status is updated to another one later.
    GoesOn(Status, Status),
    /// Management information is sent twice.
    ReportsTwice,
    /// Management information counts a letter too many.
    Miscounts,
    /// The last group is left out of the management information.
    ForgetsGroup,
    /// The PDF of one letter of AT15 is not fetched.
    SkipsDownload,
    /// One letter of AT15 is fetched and not accepted.
    SkipsAcceptance,
    /// AT15 makes a pass less than it should.
    SkipsPass,
}

/// How the reference supplier behaves; the default is as it should.
#[derive(Clone, Debug, Default)]
pub struct Conduct(Vec<Slip>);

impl Conduct {
    /// A supplier that makes these slips.
    pub fn with(slips: Vec<Slip>) -> Self {
        Self(slips)
    }

    /// True if it makes this one.
    pub(super) fn has(&self, slip: Slip) -> bool {
        self.0.contains(&slip)
    }

    /// How many passes are made where `wanted` are asked for.
    pub(super) fn passes(&self, wanted: u64) -> u64 {
        wanted - u64::from(self.has(Slip::SkipsPass))
    }

    /// The entries that are sent of those that there should be.
    pub(super) fn reported(&self, mut entries: Vec<MiFacts>) -> Vec<MiFacts> {
        if self.has(Slip::ForgetsGroup) {
            entries.pop();
        }
        if self.has(Slip::Miscounts)
            && let Some(first) = entries.first_mut()
        {
            first.quantity += 1;
        }
        if self.has(Slip::ReportsTwice) {
            entries.extend(entries.first().cloned());
        }
        entries
    }

    /// Where an honest supplier goes on to nothing: statuses that follow `status`.
    fn goes_on(&self, status: Status) -> impl Iterator<Item = Status> {
        self.0.iter().filter_map(move |slip| match slip {
            Slip::GoesOn(from, to) if *from == status => Some(*to),
            _ => None,
        })
    }
}

impl Scene {
    /// Of what a test aims at, what is targeted for `status`, and what is sent.
    pub(super) async fn slip_in_aims(
        &self,
        mut fit: Vec<Aim>,
        status: Status,
        eligible: &[Status],
    ) -> Result<(Vec<Aim>, Vec<Aim>), StepError> {
        let conduct = &self.context.conduct;
        if conduct.has(Slip::Overreaches(status))
            && let Some(letter) = self.ineligible(eligible)
        {
            self.read(std::slice::from_ref(&letter)).await?;
            let reason = fit.first().and_then(|aim| aim.reason.clone());
            fit.push(Aim { letter, reason });
        }
        if conduct.has(Slip::GivesNoReason(status))
            && let Some(first) = fit.first_mut()
        {
            first.reason = None;
        }
        if conduct.has(Slip::MistakesReason)
            && status == Status::Returned
            && let Some(first) = fit.first_mut()
        {
            first.reason = first.reason.take().map(with_another_text);
        }
        let left_out = usize::from(conduct.has(Slip::LeavesOut(status)));
        let sent = fit.iter().skip(left_out).cloned().collect();
        Ok((fit, sent))
    }

    /// A letter that is in none of `eligible` and that no other test needs.
    fn ineligible(&self, eligible: &[Status]) -> Option<String> {
        let budget = self.context.budget.get()?;
        let own = self.test();
        let needed = |id: &str| {
            let others = budget.allocations.iter().filter(|it| it.test != own);
            let mut later = others.filter(|it| comes_later(&it.test, own));
            later.any(|it| it.letters.iter().any(|letter| letter == id))
        };
        let unfit = |status: Option<Status>| status.is_some_and(|now| !eligible.contains(&now));
        let all = self.context.stock.all();
        let mut spare = all.iter().rev().filter(|letter| {
            let whole = letter.sha256_hash.is_some();
            whole && unfit(letter.known_status()) && !needed(&letter.id)
        });
        spare.next().map(|letter| letter.id.clone())
    }

    /// What follows an update to `status` of which `letters` were sent.
    pub(super) async fn slip_after(
        &self,
        letters: &[String],
        status: Status,
    ) -> Result<(), StepError> {
        // The last one: the first of a test's letters may be of use to another test.
        let Some(letter) = letters.last() else {
            return Ok(());
        };
        let again = self.context.conduct.has(Slip::Repeats(status));
        let again = again.then_some(status);
        for next in self.context.conduct.goes_on(status).chain(again) {
            self.supplier.update_one(&Change::to(letter, next)).await?;
        }
        Ok(())
    }

    /// An update that has no place in the comparison of two lists.
    pub(super) async fn slip_while_comparing(&self) -> Result<(), StepError> {
        let slips = self.context.conduct.has(Slip::UpdatesWhileComparing);
        let Some(letter) = self.ineligible(&[]).filter(|_| slips) else {
            return Ok(());
        };
        self.supplier
            .update_one(&Change::to(&letter, Status::Accepted))
            .await?;
        Ok(())
    }

    /// A second job for `letter`, which the `letters.listed` at `list` brought.
    pub(super) fn slip_into_queue(&self, letter: &str, list: u64, known: bool) -> Option<Event> {
        let slip = if known {
            Slip::QueuesAgain
        } else {
            Slip::QueuesTwice
        };
        self.context.conduct.has(slip).then(|| Event::JobCreated {
            scope: self.scope.clone(),
            letter: letter.to_owned(),
            job: format!("{letter}-again"),
            list,
        })
    }

    /// AT2's first half, fetched by itself.
    pub(super) async fn slip_in_list(&self, limit: u32) -> Result<(), StepError> {
        if self.test() == "AT2" && self.context.conduct.has(Slip::ListsInParts) {
            let half = self.context.stock.all().len() / 2;
            let half = u32::try_from(half).unwrap_or(limit).max(1);
            self.supplier.list(half.min(limit)).await?;
        }
        Ok(())
    }
}

/// True if the test `one` comes after `other`, by their numbers.
fn comes_later(one: &str, other: &str) -> bool {
    let number = |test: &str| test.trim_start_matches("AT").parse::<u32>().unwrap_or(0);
    number(one) > number(other)
}

fn with_another_text(reason: Reason) -> Reason {
    let another = RETURN_REASONS.iter().find(|(code, _)| *code != reason.code);
    let text = another.map_or(reason.text, |(_, text)| (*text).to_owned());
    Reason { text, ..reason }
}

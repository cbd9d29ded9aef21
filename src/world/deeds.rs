//! The updates of AT5 to AT13, each on the letters that the plan reserved for it.

use crate::model::{LetterFacts, PdfCheck, PdfOutcome, RETURN_REASONS, Reason, Status};

use super::updating::{Aim, Manner, Sent};
use super::{Scene, StepError};

/// The role of a letter that the tool must refuse to cancel.
const REFUSED: &str = "refused";

/// Statuses in which a letter may be cancelled: it is not on its way yet.
const CANCELLABLE: [Status; 4] = [
    Status::Accepted,
    Status::Forwarded,
    Status::Printed,
    Status::Enclosed,
];

/// Statuses that a letter may come from (acceptance-pack, "eligible").
fn eligible_for(status: Status) -> &'static [Status] {
    use Status::{Accepted, Delivered, Dispatched, Enclosed, Forwarded, Pending, Printed};
    match status {
        Status::Accepted | Status::Rejected => &[Pending],
        Status::Printed | Status::Forwarded => &[Accepted],
        Status::Enclosed => &[Accepted, Printed],
        Status::Dispatched => &[Accepted, Printed, Enclosed],
        Status::Delivered => &[Accepted, Printed, Enclosed, Dispatched],
        Status::Returned => &[Delivered, Dispatched],
        Status::Cancelled => &CANCELLABLE,
        Status::Failed => &[Accepted, Printed, Enclosed, Forwarded],
        Status::Pending => &[],
    }
}

impl Scene {
    /// Accepts the letters reserved for AT4 in one bulk update.
    ///
    /// # Errors
    /// As any update.
    pub(super) async fn accept(&self) -> Result<Sent, StepError> {
        self.aim_at(Status::Accepted, Manner::Bulk, |_, _| Ok(None))
            .await
    }

    /// Updates the reserved letters to `status`, which needs no reason.
    ///
    /// # Errors
    /// If the supplier does not claim an optional status; or as any update.
    pub(super) async fn produce(&self, status: Status) -> Result<Sent, StepError> {
        self.aim_at(status, Manner::Both, |_, _| Ok(None)).await
    }

    /// Forwards the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub(super) async fn forward(&self) -> Result<Sent, StepError> {
        let reason = first(&self.context.agreed.forwarded, "FORWARDED")?;
        self.aim_at(Status::Forwarded, Manner::Both, |_, _| {
            Ok(Some(reason.clone()))
        })
        .await
    }

    /// Returns the reserved letters, each with the reason that is its role.
    ///
    /// # Errors
    /// As any update.
    pub(super) async fn return_with_reasons(&self) -> Result<Sent, StepError> {
        self.aim_at(Status::Returned, Manner::Both, |_, role| {
            return_reason(role).map(Some)
        })
        .await
    }

    /// Cancels the reserved letters.
    ///
    /// # Errors
    /// As any update.
    pub(super) async fn cancel(&self) -> Result<Sent, StepError> {
        let reason = first(&self.context.agreed.cancelled, "CANCELLED")?;
        self.aim_at(Status::Cancelled, Manner::Both, |_, _| {
            Ok(Some(reason.clone()))
        })
        .await
    }

    /// Shows that a letter on its way is not cancelled: nothing is sent for it.
    ///
    /// # Errors
    /// If it cannot be read, or could be cancelled after all.
    pub(super) async fn refuse_to_cancel(&self) -> Result<(), StepError> {
        let refused = self
            .reserved()
            .await?
            .into_iter()
            .filter(|(_, role)| role.as_deref() == Some(REFUSED));
        let letters: Vec<String> = refused.map(|(letter, _)| letter).collect();
        for (id, letter) in self.read(&letters).await? {
            if letter
                .known_status()
                .is_some_and(|status| CANCELLABLE.contains(&status))
            {
                let status = letter.status;
                return Err(StepError::Letters(format!(
                    "letter {id} is {status}, so its cancellation would not be refused"
                )));
            }
            self.note(format!(
                "cancelling letter {id} was refused before anything was sent: it is {}",
                letter.status
            ))?;
        }
        Ok(())
    }

    /// Fails the reserved letters for what was found in their PDFs.
    ///
    /// # Errors
    /// As any update.
    pub(super) async fn fail(&self) -> Result<Sent, StepError> {
        let reasons = &self.context.agreed.failed;
        self.aim_at(Status::Failed, Manner::Both, |letter, _| {
            self.defect_reason(letter, reasons, is_trigger).map(Some)
        })
        .await
    }

    /// Rejects the reserved letters for what was found in their PDFs or listed of them.
    ///
    /// # Errors
    /// As any update.
    pub(super) async fn reject(&self) -> Result<Sent, StepError> {
        let reasons = &self.context.agreed.rejected;
        self.aim_at(Status::Rejected, Manner::Both, |letter, _| {
            self.defect_reason(letter, reasons, is_defect).map(Some)
        })
        .await
    }

    async fn aim_at(
        &self,
        status: Status,
        manner: Manner,
        reason: impl Fn(&str, Option<&str>) -> Result<Option<Reason>, StepError>,
    ) -> Result<Sent, StepError> {
        self.must_be_claimed(status)?;
        let mut aims = Vec::new();
        for (letter, role) in self.reserved().await? {
            if role.as_deref() != Some(REFUSED) {
                aims.push(Aim {
                    reason: reason(&letter, role.as_deref())?,
                    letter,
                });
            }
        }
        self.target(aims, status, eligible_for(status), manner)
            .await
    }

    fn must_be_claimed(&self, status: Status) -> Result<(), StepError> {
        let agreed = &self.context.agreed;
        let optional = [Status::Printed, Status::Enclosed, Status::Delivered].contains(&status);
        if optional && !agreed.claimed.contains(&status) {
            return Err(StepError::LeftOut(format!(
                "the supplier does not claim {status} (supplier.optional_statuses)"
            )));
        }
        if status == Status::Rejected && !agreed.rejects {
            return Err(StepError::LeftOut(
                "the supplier does not reject letters (supplier.rejects)".to_owned(),
            ));
        }
        Ok(())
    }

    /// The letters reserved for this test, each with its role.
    async fn reserved(&self) -> Result<Vec<(String, Option<String>)>, StepError> {
        let allocations = self.allocations()?.into_iter();
        let with_role = allocations.flat_map(|allocation| {
            let role = allocation.role;
            allocation
                .letters
                .into_iter()
                .map(move |letter| (letter, role.clone()))
        });
        Ok(with_role.collect())
    }

    /// The reason for what the checks found, of those that count by `counts`: the one whose code
    /// is the first such check's name, else one whose text fits.
    fn defect_reason(
        &self,
        letter: &str,
        reasons: &[Reason],
        counts: fn(&PdfCheck) -> bool,
    ) -> Result<Reason, StepError> {
        let mut found = self.context.stock.checks(letter);
        found.retain(counts);
        let listed = self.context.stock.letter(letter);
        let words = words_for(&found, listed.as_ref());
        let named = found
            .iter()
            .find_map(|check| reasons.iter().find(|reason| reason.code == check.id));
        let fitting = || {
            words
                .iter()
                .find_map(|word| reasons.iter().find(|reason| speaks_of(reason, word)))
        };
        let chosen = named.or_else(fitting).or_else(|| reasons.first());
        chosen
            .cloned()
            .ok_or_else(|| no_reason("FAILED or REJECTED"))
    }
}

fn is_defect(check: &PdfCheck) -> bool {
    check.outcome == PdfOutcome::Fail
}

/// More than five pages is a trigger of AT12 although elsewhere it only warns (pdf-preflight fact 1).
fn is_trigger(check: &PdfCheck) -> bool {
    is_defect(check) || (check.id == "PF-011" && check.outcome == PdfOutcome::Warn)
}

/// A reason whose code is a check's name is for what that check found, and for nothing else.
fn speaks_of(reason: &Reason, word: &str) -> bool {
    !reason.code.starts_with("PF-") && reason.text.to_lowercase().contains(word)
}

/// Words of the reason texts that belong to what was found, the most telling first.
fn words_for(found: &[PdfCheck], listed: Option<&LetterFacts>) -> Vec<&'static str> {
    let mut words: Vec<&'static str> = found
        .iter()
        .map(|check| match check.id.as_str() {
            "PF-011" | "PF-010" => "page",
            "PF-004" | "PF-005" | "PF-006" | "PF-007" | "PF-008" => "structure",
            "PF-050" | "PF-051" | "PF-052" => "address",
            _ => "pdf",
        })
        .collect();
    if listed.is_some_and(|letter| letter.group_id.is_none()) {
        words.push("metadata");
    }
    if words.is_empty() {
        words.push("specification");
    }
    words
}

fn return_reason(role: Option<&str>) -> Result<Reason, StepError> {
    let found = RETURN_REASONS.iter().find(|(code, _)| Some(*code) == role);
    let (code, text) = found.ok_or_else(|| no_reason("RETURNED"))?;
    Ok(Reason {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
    })
}

fn first(reasons: &[Reason], status: &str) -> Result<Reason, StepError> {
    reasons.first().cloned().ok_or_else(|| no_reason(status))
}

fn no_reason(status: &str) -> StepError {
    StepError::Letters(format!(
        "there is no reason for {status}: set one under [reasons]"
    ))
}

//! Management information: what was dispatched today, counted by specification and group.

use crate::client::{ClientError, FailureKind, Mi};
use crate::ledger::KnownLetter;
use crate::model::{Event, MiFacts};

use super::{Scene, StepError};

impl Scene {
    /// Submits one entry for every specification and group with letters dispatched today, unless
    /// one was submitted for it today already; then reads every entry back.
    ///
    /// # Errors
    /// If a submission is refused or its answer is lost: it is never sent twice.
    pub async fn submit_management_information(&self) -> Result<(), StepError> {
        let today = self.context.journal.now().date();
        let day = today.clone();
        let (dispatched, earlier) = self
            .ledger(move |ledger| Ok((ledger.dispatched_on(&day)?, ledger.mi_of(&day)?)))
            .await?;
        let own = &self.context.run_id;
        for (id, run, facts) in earlier.iter().filter(|(_, run, _)| run != own) {
            self.journal(&self.submitted(run, None, id, facts))?;
        }
        let mut ids: Vec<String> = earlier.iter().map(|(id, ..)| id.clone()).collect();
        let unclear = self.context.unclear_mi.iter();
        let taken: Vec<&MiFacts> = earlier
            .iter()
            .map(|(.., facts)| facts)
            .chain(unclear)
            .collect();
        let is_taken = |entry: &MiFacts| taken.iter().any(|facts| facts.key() == entry.key());
        let entries = entries(dispatched, &today, &self.context.agreed.line_item);
        if entries.is_empty() {
            return Err(StepError::Letters(format!(
                "no letter was dispatched on {today}, so there is nothing to report"
            )));
        }
        let due = entries.into_iter().filter(|entry| !is_taken(entry));
        for entry in self.context.conduct.reported(due.collect()) {
            ids.push(self.submit(entry).await?);
        }
        self.read_back_entries(&ids).await
    }

    async fn submit(&self, facts: MiFacts) -> Result<String, StepError> {
        let taken = self.supplier.submit_mi(&Mi::from(&facts), &facts).await?;
        let (run, id, noted) = (self.context.run_id.clone(), taken.id.clone(), facts.clone());
        self.ledger(move |ledger| ledger.note_mi(&run, &id, &noted))
            .await?;
        self.journal(&self.submitted(
            &self.context.run_id,
            Some(taken.exchange),
            &taken.id,
            &facts,
        ))?;
        Ok(taken.id)
    }

    pub(super) fn submitted(
        &self,
        run: &str,
        exchange: Option<u64>,
        mi: &str,
        facts: &MiFacts,
    ) -> Event {
        Event::MiSubmitted {
            scope: self.scope.clone(),
            run: run.to_owned(),
            exchange,
            mi: mi.to_owned(),
            facts: facts.clone(),
        }
    }

    /// Not every target can read an entry back; that it cannot is for the criteria to say.
    async fn read_back_entries(&self, ids: &[String]) -> Result<(), StepError> {
        for id in ids {
            match self.supplier.read_mi(id).await {
                Ok(_) => {}
                Err(error) if is_clear_refusal(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn is_clear_refusal(error: &ClientError) -> bool {
    error.kind() == FailureKind::Answered
}

fn entries(dispatched: Vec<KnownLetter>, day: &str, line_item: &str) -> Vec<MiFacts> {
    let letters = dispatched
        .into_iter()
        .map(|letter| (letter.specification, letter.group_id, letter.id));
    MiFacts::grouped(letters, day, line_item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(id: &str, group: &str) -> KnownLetter {
        KnownLetter {
            id: id.to_owned(),
            specification: Some("english".to_owned()),
            group_id: Some(group.to_owned()),
            has_hash: true,
            status: "DISPATCHED".to_owned(),
            dispatched_on: None,
            run: String::new(),
        }
    }

    #[test]
    fn one_entry_counts_the_letters_of_a_group() {
        let entries = entries(
            vec![letter("1", "a"), letter("2", "b"), letter("3", "a")],
            "2026-12-08",
            "item",
        );
        assert_eq!(entries.len(), 2);
        assert_eq!(
            (entries[0].quantity, &entries[0].letters[..]),
            (2, &["1".to_owned(), "3".to_owned()][..])
        );
    }
}

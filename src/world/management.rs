//! Management information: what was dispatched on a day, counted by specification and group.

use std::collections::HashSet;

use crate::client::{ClientError, FailureKind, Mi};
use crate::ledger::{KnownLetter, Ledger, LedgerError};
use crate::model::{Event, MiFacts};

use super::{Scene, StepError};

impl Scene {
    /// Submits one entry for every day, specification and group with letters dispatched today, or
    /// by this run on an earlier day, unless one was submitted for it already; then reads every
    /// entry back. A run may go on after midnight.
    ///
    /// # Errors
    /// If a submission is refused or its answer is lost: it is never sent twice.
    pub async fn submit_management_information(&self) -> Result<(), StepError> {
        let today = self.context.journal.now().date();
        let (own, line_item) = (self.context.run_id.clone(), &self.context.agreed.line_item);
        let first = self.context.first_day.clone();
        let mut days = self
            .ledger(move |ledger| reported(ledger, &own, &first, today))
            .await?;
        for day in &mut days {
            self.look_at_letters_of_earlier_runs(day).await?;
        }
        if days.iter().all(|day| day.dispatched.is_empty()) {
            let named: Vec<&str> = days.iter().map(|day| day.date.as_str()).collect();
            return Err(StepError::LeftOut(format!(
                "no letter was dispatched on {}, so there is nothing to report",
                named.join(" or ")
            )));
        }
        let own = &self.context.run_id;
        let earlier = || days.iter().flat_map(|day| &day.earlier);
        for (id, run, facts) in earlier().filter(|(_, run, _)| run != own) {
            self.journal(&self.submitted(run, None, id, facts))?;
        }
        let mut ids: Vec<String> = earlier().map(|(id, ..)| id.clone()).collect();
        let taken: HashSet<_> = earlier()
            .map(|(.., facts)| facts.key())
            .chain(self.context.unclear_mi.iter().map(MiFacts::key))
            .collect();
        let entries = days.iter().flat_map(|day| day.entries(line_item));
        let due = entries.filter(|entry| !taken.contains(&entry.key()));
        for entry in self.context.conduct.reported(due.collect()) {
            ids.push(self.submit(entry).await?);
        }
        self.read_back_entries(&ids).await
    }

    /// Of a letter that an earlier run dispatched only the ledger knows; what is counted must be
    /// seen in this run. One that the service knows no more, after a seeding, is not counted.
    async fn look_at_letters_of_earlier_runs(&self, day: &mut Day) -> Result<(), StepError> {
        let own = &self.context.run_id;
        let mut gone = HashSet::new();
        for letter in day.unreported().filter(|letter| letter.run != *own) {
            match self.supplier.letter(&letter.id).await {
                Ok(_) => {}
                Err(error) if error.status() == Some(404) => {
                    gone.insert(letter.id.clone());
                }
                Err(error) => return Err(error.into()),
            }
        }
        day.dispatched.retain(|letter| !gone.contains(&letter.id));
        Ok(())
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

/// What the ledger knows of one day.
struct Day {
    date: String,
    dispatched: Vec<KnownLetter>,
    /// Entries of the day: id, run, facts.
    earlier: Vec<(String, String, MiFacts)>,
}

impl Day {
    /// The letters of specifications and groups without an entry.
    fn unreported(&self) -> impl Iterator<Item = &KnownLetter> {
        let reported = |letter: &KnownLetter| {
            let mut entries = self.earlier.iter().map(|(.., facts)| facts);
            entries.any(|facts| {
                letter.specification.as_deref().unwrap_or_default() == facts.specification_id
                    && letter.group_id.as_deref().unwrap_or_default() == facts.group_id
            })
        };
        self.dispatched
            .iter()
            .filter(move |letter| !reported(letter))
    }

    fn entries(&self, line_item: &str) -> Vec<MiFacts> {
        let letters = self.dispatched.iter().cloned();
        let letters = letters.map(|letter| (letter.specification, letter.group_id, letter.id));
        MiFacts::grouped(letters, &self.date, line_item)
    }
}

/// The days that `run`, which began on the day `first`, has to report: those of its dispatches, and
/// today. It may have seen letters since that an earlier run dispatched on an earlier day.
fn reported(
    ledger: &mut Ledger,
    run: &str,
    first: &str,
    today: String,
) -> Result<Vec<Day>, LedgerError> {
    let mut dates = ledger.days_of_dispatch(run)?;
    dates.retain(|day| day.as_str() >= first);
    if !dates.contains(&today) {
        dates.push(today);
    }
    let known = dates.into_iter().map(|date| {
        Ok(Day {
            dispatched: ledger.dispatched_on(&date)?,
            earlier: ledger.mi_of(&date)?,
            date,
        })
    });
    known.collect()
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
    fn a_run_reports_no_day_before_its_first() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("ledger.sqlite")).unwrap();
        let on = |id: &str, day: &str| KnownLetter {
            dispatched_on: Some(day.to_owned()),
            ..letter(id, "a")
        };
        let known = [on("1", "2026-12-07"), on("2", "2026-12-08")];
        ledger.note_letters("run", &known).unwrap();
        let dates = |first: &str, today: &str, ledger: &mut Ledger| -> Vec<String> {
            let days = reported(ledger, "run", first, today.to_owned()).unwrap();
            days.into_iter().map(|day| day.date).collect()
        };
        let both = dates("2026-12-07", "2026-12-08", &mut ledger);
        assert_eq!(both, ["2026-12-07", "2026-12-08"]);
        assert_eq!(
            dates("2026-12-08", "2026-12-08", &mut ledger),
            ["2026-12-08"]
        );
        let later = dates("2026-12-08", "2026-12-09", &mut ledger);
        assert_eq!(later, ["2026-12-08", "2026-12-09"]);
    }

    #[test]
    fn one_entry_counts_the_letters_of_a_group() {
        let day = Day {
            date: "2026-12-08".to_owned(),
            dispatched: vec![letter("1", "a"), letter("2", "b"), letter("3", "a")],
            earlier: Vec::new(),
        };
        let entries = day.entries("item");
        assert_eq!(entries.len(), 2);
        assert_eq!(
            (entries[0].quantity, &entries[0].letters[..]),
            (2, &["1".to_owned(), "3".to_owned()][..])
        );
    }
}

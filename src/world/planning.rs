//! The plan: which letters each test may use, made before the first update.

use crate::model::{Allocation, Status};

use super::{Budget, Scene, StepError};

/// Statuses from which a letter may still go on in a later run.
const OF_USE: [Status; 6] = [
    Status::Accepted,
    Status::Printed,
    Status::Enclosed,
    Status::Dispatched,
    Status::Delivered,
    Status::Forwarded,
];

/// How often the plan may turn to other PDFs before it makes do with those it has seen.
const MOST_ROUNDS: usize = 25;

impl Scene {
    /// The plan, made now if it was not made yet.
    ///
    /// # Errors
    /// If letters cannot be listed or read.
    pub async fn budget(&self) -> Result<&Budget, StepError> {
        self.context.budget.get_or_try_init(|| self.plan()).await
    }

    async fn plan(&self) -> Result<Budget, StepError> {
        if self.context.stock.is_empty() {
            self.wait_for_leases().await?;
            self.list_all().await?;
        }
        self.recall().await?;
        self.look_at_candidates().await?;
        let planner = &self.context.planner;
        let (budget, event) = planner.plan(&self.context.stock);
        self.journal(&event)?;
        for remark in &budget.remarks {
            self.note(remark)?;
        }
        Ok(budget)
    }

    /// Looks at the PDFs that the plan rests on, until it rests on none that was not looked at:
    /// a letter that turns out to be sound makes room for another one.
    async fn look_at_candidates(&self) -> Result<(), StepError> {
        for _ in 0..MOST_ROUNDS {
            let candidates = self.context.planner.candidates(&self.context.stock);
            if candidates.is_empty() {
                break;
            }
            let bar = self
                .context
                .progress
                .bar("PDFs for AT12 and AT13", candidates.len() as u64);
            for candidate in candidates {
                self.fetch_and_check(&candidate).await?;
                bar.inc(1);
            }
        }
        Ok(())
    }

    /// Reads the letters that an earlier run left in a status of use: only PENDING ones are listed.
    /// Letters of an earlier seeding that the service no longer knows are of no use.
    async fn recall(&self) -> Result<(), StepError> {
        let known = self.ledger(|ledger| ledger.letters()).await?;
        let of_use = |status: &str| status.parse().is_ok_and(|status| OF_USE.contains(&status));
        let earlier: Vec<String> = known
            .into_iter()
            .filter(|letter| {
                of_use(&letter.status) && self.context.stock.status(&letter.id).is_none()
            })
            .map(|letter| letter.id)
            .collect();
        for id in &earlier {
            match self.supplier.letter(id).await {
                Ok(read) => self.context.stock.seen(&read.letter),
                Err(error) if error.status() == Some(404) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Makes sure that the plan has something for this test.
    ///
    /// # Errors
    /// If it has nothing: the sentence says why.
    pub fn hold_against_the_plan(&self) -> Result<(), StepError> {
        if self.test() == "AT14" {
            Ok(())
        } else {
            self.allocations().map(drop)
        }
    }

    /// The letters reserved for this test.
    ///
    /// # Errors
    /// If there are none: the sentence says why.
    pub(super) fn allocations(&self) -> Result<Vec<Allocation>, StepError> {
        let test = self.test();
        let Some(budget) = self.context.budget.get() else {
            return Err(StepError::Letters(format!(
                "no letters were planned for {test}"
            )));
        };
        if let Some(why) = budget.not_possible.get(test) {
            return Err(StepError::LeftOut(why.clone()));
        }
        let own: Vec<Allocation> = budget
            .allocations
            .iter()
            .filter(|allocation| allocation.test == test)
            .cloned()
            .collect();
        if own.is_empty() {
            return Err(StepError::LeftOut(format!(
                "the plan has no letters for {test}, which what the supplier claims does not ask for \
                 (supplier.optional_statuses, supplier.rejects)"
            )));
        }
        Ok(own)
    }
}

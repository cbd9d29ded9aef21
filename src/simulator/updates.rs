//! Updates on their way: accepted with 202, not yet applied.
//!
//! On the service an update passes two queues and a stream before it shows, so
//! updates of one letter that are sent back to back may overtake one another:
//! 3 letters of 30 ended wrong (service-behaviour §2). Here most updates take
//! exactly the settle time and one in [`SLOW_ONE_IN`] takes up to half as long
//! again; which ones is decided by the seed, the letter and the update's
//! number, so that a run can be repeated.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::ids;
use super::store::Update;

/// How many updates there are for one that is slow.
const SLOW_ONE_IN: f64 = 16.0;

/// How much longer than the settle time the slowest update takes.
const SLOWEST: f64 = 0.5;

/// The queue between acceptance and effect.
#[derive(Debug)]
pub(crate) struct Updates {
    settle: Duration,
    seed: String,
    accepted: u64,
    waiting: BTreeMap<(Instant, u64), (usize, Update)>,
}

impl Updates {
    /// An empty queue whose updates take about `settle`.
    pub(crate) fn new(settle: Duration, seed: u64) -> Updates {
        Updates {
            settle,
            seed: seed.to_string(),
            accepted: 0,
            waiting: BTreeMap::new(),
        }
    }

    /// Queues an update, the letter's `number`th; returns when it takes effect.
    pub(crate) fn queue(
        &mut self,
        supplier: usize,
        update: Update,
        number: u32,
        now: Instant,
    ) -> Instant {
        let due = now + self.settle + self.delay(&update.id, number);
        self.queue_at(supplier, update, due);
        due
    }

    /// Queues an update for `due`, behind what is due then already.
    pub(crate) fn queue_at(&mut self, supplier: usize, update: Update, due: Instant) {
        self.accepted += 1;
        self.waiting
            .insert((due, self.accepted), (supplier, update));
    }

    /// Takes out what is due at `now`, the longest due first.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<(usize, Update)> {
        let later = self.waiting.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut self.waiting, later);
        due.into_values().collect()
    }

    /// Drops everything that is still on its way.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
    }

    fn delay(&self, letter: &str, number: u32) -> Duration {
        let throw = ids::dice(&[&self.seed, letter, &number.to_string()]);
        let slowness = 1.0 - throw * SLOW_ONE_IN;
        self.settle.mul_f64(slowness.max(0.0) * SLOWEST)
    }
}

#[cfg(test)]
mod tests {
    use super::super::status::Status;
    use super::*;

    const SETTLE: Duration = Duration::from_millis(500);

    fn update(id: &str, status: Status) -> Update {
        Update {
            id: id.to_owned(),
            status,
            reason_code: None,
            reason_text: None,
            request_id: String::new(),
        }
    }

    /// How a letter ends that is updated three times back to back.
    fn end_of(letter: &str, now: Instant) -> Option<Status> {
        let mut updates = Updates::new(SETTLE, 1);
        let sent = [Status::Accepted, Status::Printed, Status::Dispatched];
        for (number, status) in (1..).zip(sent) {
            updates.queue(0, update(letter, status), number, now);
        }
        let applied = updates.due(now + 2 * SETTLE);
        applied.last().map(|(_, update)| update.status)
    }

    #[test]
    fn nothing_is_due_before_the_settle_time() {
        let now = Instant::now();
        let mut updates = Updates::new(SETTLE, 1);
        updates.queue(0, update("a", Status::Accepted), 1, now);
        assert!(
            updates
                .due(now + SETTLE - Duration::from_millis(1))
                .is_empty()
        );
        assert_eq!(updates.due(now + SETTLE + SETTLE / 2).len(), 1);
    }

    #[test]
    fn about_one_letter_in_ten_ends_wrong_when_updates_race() {
        let now = Instant::now();
        let letters = (0..300).map(|n| end_of(&format!("letter-{n}"), now));
        let wrong = letters
            .filter(|end| *end != Some(Status::Dispatched))
            .count();
        assert!((10..60).contains(&wrong), "{wrong} of 300 ended wrong");
    }
}

//! The journal's clock: the machine's wall clock, as long as it does not go back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::model::Timestamp;

/// What is told apart from the small steps in which a clock is kept right.
const JUMP: i64 = 5_000_000;

/// Where a machine's wall clock stands.
type Wall = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// A wall clock that never goes back: carried on by the monotonic clock, which knows nothing of a
/// wall clock that is set. If the wall clock is found ahead, because it was set or the machine
/// slept, it follows; if behind, it goes on as if nothing were.
pub(super) struct Clock {
    wall: Wall,
    anchor: Mutex<Anchor>,
}

struct Anchor {
    at: Timestamp,
    start: Instant,
    /// How far behind the wall clock was last told to be, in microseconds.
    behind: i64,
    /// How far it was found ahead since then, in microseconds.
    ahead: i64,
}

impl Clock {
    /// The clock of this machine, for a journal whose last line was written at `last`.
    pub fn of_this_machine(last: Timestamp) -> Self {
        Self::over(Box::new(Timestamp::now), last)
    }

    pub fn over(wall: Wall, last: Timestamp) -> Self {
        let now = wall();
        let anchor = Anchor {
            at: now.max(last),
            start: Instant::now(),
            behind: 0,
            ahead: 0,
        };
        Self {
            wall,
            anchor: Mutex::new(anchor),
        }
    }

    pub fn now(&self) -> Timestamp {
        let mut anchor = self.lock();
        let (now, wall) = (anchor.now(), (self.wall)());
        let ahead = wall.micros_since(now);
        if ahead < JUMP {
            return now;
        }
        anchor.ahead += ahead;
        (anchor.at, anchor.start, anchor.behind) = (wall, Instant::now(), 0);
        wall
    }

    /// What a reader must know of a jump since this was asked last.
    pub fn jumped(&self) -> Option<String> {
        let now = self.now();
        let mut anchor = self.lock();
        let ahead = std::mem::take(&mut anchor.ahead);
        if ahead > 0 {
            return Some(format!(
                "this machine's clock is {} ahead of where it was: it was set, or the machine slept; \
                 the times from here on follow it",
                told(ahead)
            ));
        }
        let back = now.micros_since((self.wall)()) - anchor.behind;
        if back.abs() < JUMP {
            return None;
        }
        anchor.behind += back;
        (back > 0).then(|| {
            format!(
                "this machine's clock is {} behind the times in this journal: it was set back; they \
                 go on without it",
                told(anchor.behind)
            )
        })
    }

    fn lock(&self) -> MutexGuard<'_, Anchor> {
        self.anchor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Anchor {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.start.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.at.plus_micros(passed)
    }
}

/// `1h 2m 3s`.
fn told(micros: i64) -> String {
    let seconds = Duration::from_secs(micros.unsigned_abs() / 1_000_000);
    humantime::format_duration(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    const HOUR: i64 = 3_600_000_000;

    /// A clock that can be set, and the clock over it.
    fn settable(at: i64, last: i64) -> (Arc<AtomicI64>, Clock) {
        let hand = Arc::new(AtomicI64::new(at));
        let wall = Arc::clone(&hand);
        let wall = move || Timestamp::from_micros(wall.load(Ordering::SeqCst));
        let clock = Clock::over(Box::new(wall), Timestamp::from_micros(last));
        (hand, clock)
    }

    fn reads(clock: &Clock, about: i64) {
        let off = clock.now().micros() - about;
        assert!((0..JUMP).contains(&off), "{off} from {about}");
    }

    #[test]
    fn a_clock_set_back_goes_on_and_is_told_once() {
        let (hand, clock) = settable(100 * HOUR, 0);
        reads(&clock, 100 * HOUR);
        assert_eq!(clock.jumped(), None);
        hand.store(99 * HOUR, Ordering::SeqCst);
        reads(&clock, 100 * HOUR);
        let note = clock.jumped().unwrap();
        assert!(note.contains("1h behind"), "{note}");
        assert_eq!(clock.jumped(), None);
        hand.store(76 * HOUR, Ordering::SeqCst);
        reads(&clock, 100 * HOUR);
        assert!(clock.jumped().is_some());
        // Set right again: nothing that a reader would notice.
        hand.store(100 * HOUR, Ordering::SeqCst);
        assert_eq!(clock.jumped(), None);
        reads(&clock, 100 * HOUR);
    }

    #[test]
    fn a_clock_set_forward_and_a_machine_that_slept_are_followed_and_told_once() {
        let (hand, clock) = settable(100 * HOUR, 0);
        hand.store(124 * HOUR, Ordering::SeqCst);
        reads(&clock, 124 * HOUR);
        let note = clock.jumped().unwrap();
        assert!(note.contains("ahead"), "{note}");
        assert_eq!(clock.jumped(), None);
        hand.store(100 * HOUR, Ordering::SeqCst);
        reads(&clock, 124 * HOUR);
        assert!(clock.jumped().unwrap().contains("behind"));
    }

    #[test]
    fn a_journal_goes_on_from_its_last_line() {
        for (at, last, set_back) in [(100, 124, true), (100, 99, false), (124, 100, false)] {
            let (hand, clock) = settable(at * HOUR, last * HOUR);
            reads(&clock, at.max(last) * HOUR);
            assert_eq!(clock.jumped().is_some(), set_back);
            assert_eq!(clock.jumped(), None);
            hand.store(130 * HOUR, Ordering::SeqCst);
            reads(&clock, 130 * HOUR);
        }
    }

    #[test]
    fn small_steps_are_no_jump() {
        let (hand, clock) = settable(100 * HOUR, 0);
        for step in [1_000_000, -1_000_000] {
            hand.store(100 * HOUR + step, Ordering::SeqCst);
            reads(&clock, 100 * HOUR);
            assert_eq!(clock.jumped(), None);
        }
    }
}

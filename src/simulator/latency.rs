//! How long the simulator takes to answer.
//!
//! `Int` takes the times that a supplier sees on INT: what was measured of the
//! real handlers (service-behaviour §2), rounded.

use std::time::Duration;

/// Which answer times the simulator imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latency {
    /// Answers at once.
    #[default]
    None,
    /// Answers about as slowly as INT.
    Int,
}

/// What a call spends its time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// `GET /letters`, before the first letter is leased.
    List,
    /// Leasing this many letters, written five at a time on the service.
    Lease(usize),
    /// `POST /letters` with this many items.
    Bulk(usize),
    /// One download of a letter's PDF.
    Download,
    /// Any other call.
    Other,
}

impl Latency {
    /// How long `work` takes.
    pub(crate) fn of(self, work: Work) -> Duration {
        match self {
            Latency::None => Duration::ZERO,
            Latency::Int => int(work),
        }
    }

    /// Waits as long as `work` takes.
    pub(crate) async fn spend(self, work: Work) {
        let time = self.of(work);
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
    }
}

fn int(work: Work) -> Duration {
    let micros = match work {
        Work::List | Work::Other => 40_000,
        Work::Lease(letters) => 1_000 * letters as u64,
        Work::Bulk(items) => 40_000 + 300 * items as u64,
        Work::Download => 30_000,
    };
    Duration::from_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_2500_costs_about_two_and_a_half_seconds_on_int() {
        let int = Latency::Int;
        let total = int.of(Work::List) + int.of(Work::Lease(2500));
        assert_eq!(total, Duration::from_millis(2540));
        assert_eq!(Latency::None.of(Work::Lease(2500)), Duration::ZERO);
    }

    #[test]
    fn a_bulk_update_of_a_thousand_answers_in_a_third_of_a_second() {
        assert_eq!(
            Latency::Int.of(Work::Bulk(1000)),
            Duration::from_millis(340)
        );
    }
}

//! The pace of requests.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Mutex;

/// Requests that may follow at once on a pause, to make up for timers that fire late.
const MOST_AT_ONCE: u32 = 3;

/// Lets requests through one per cent slower than the target's quota.
///
/// In any one second at most `burst + pace` requests pass, and the two are chosen so that this
/// is never more than the quota: 3 + 297 for 300.
pub(super) struct Throttle(Option<Line>);

/// Who may go before whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Before everyone who is ordinary.
    First,
    /// In the order of coming.
    Ordinary,
}

/// Those who wait stand in a line, so that none of a lane is overtaken and one timer runs at a
/// time. The ordinary wait in a hall, and only one of them at a time stands at the head's door.
struct Line {
    hall: Mutex<()>,
    head: Mutex<()>,
    limiter: DefaultDirectRateLimiter,
}

impl Throttle {
    /// A throttle for a quota of `per_second` requests; 0 lets everything through.
    pub(super) fn under(per_second: u32) -> Self {
        Self(quota(per_second).map(|quota| Line {
            hall: Mutex::new(()),
            head: Mutex::new(()),
            limiter: RateLimiter::direct(quota),
        }))
    }

    /// Returns when the next request may go.
    pub(super) async fn pass(&self, lane: Lane) {
        if let Some(line) = &self.0 {
            let _next = match lane {
                Lane::First => None,
                Lane::Ordinary => Some(line.hall.lock().await),
            };
            let _first = line.head.lock().await;
            line.limiter.until_ready().await;
        }
    }
}

fn quota(per_second: u32) -> Option<Quota> {
    let pace = f64::from(per_second) * 0.99;
    let quota = Quota::with_period(Duration::try_from_secs_f64(1.0 / pace).ok()?)?;
    let burst = NonZeroU32::new(burst(per_second)).unwrap_or(NonZeroU32::MIN);
    Some(quota.allow_burst(burst))
}

/// As many at once as the one per cent leaves room for.
fn burst(per_second: u32) -> u32 {
    per_second.div_ceil(100).clamp(1, MOST_AT_ONCE)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_second_never_holds_more_than_the_quota() {
        for limit in 1..=5_000u32 {
            let paced = (f64::from(limit) * 0.99).floor() as u32;
            assert!(burst(limit) + paced <= limit, "{limit}");
        }
    }

    #[test]
    fn no_quota_no_throttle() {
        assert!(quota(0).is_none());
    }

    #[tokio::test]
    async fn callers_at_once_are_spread() {
        let throttle = Throttle::under(100);
        let start = Instant::now();
        futures::future::join_all((0..21).map(|_| throttle.pass(Lane::Ordinary))).await;
        assert!(start.elapsed() >= Duration::from_millis(200));
    }

    #[tokio::test]
    async fn the_first_lane_overtakes_all_but_those_at_the_door() {
        let throttle = Throttle::under(100);
        let order = std::sync::Mutex::new(Vec::new());
        let go = |lane| {
            let (throttle, order) = (&throttle, &order);
            async move {
                throttle.pass(lane).await;
                order.lock().unwrap().push(lane);
            }
        };
        let ordinary = futures::future::join_all((0..10).map(|_| go(Lane::Ordinary)));
        futures::join!(ordinary, go(Lane::First));
        let order = order.into_inner().unwrap();
        let place = order.iter().position(|lane| *lane == Lane::First);
        assert!(place.is_some_and(|place| place <= 3), "{order:?}");
    }
}

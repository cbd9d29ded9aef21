//! When a request is sent again, and how long to wait before.
//!
//! Pure decisions: the waiting is done elsewhere.

use std::time::Duration;

use uuid::Uuid;

use crate::model::Timestamp;
use crate::model::limits::read_answer;

use super::transport::{Answer, Lost};

/// What may be done when no clear answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Sending it again changes nothing.
    Safe,
    /// GET `/letters`: a lost answer may have leased letters, which come again only when the
    /// lease has passed (service-behaviour §2).
    Leases,
    /// An update or MI: sent again only after a clear refusal.
    Once,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Hand the outcome to the caller.
    Done,
    /// Get another token, then send again.
    Renew,
    /// Wait, then send again.
    Wait { reason: String, time: Duration },
}

/// The token that a request carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// None that could be replaced.
    None,
    /// One that was good when its answer came.
    Good,
    /// One whose life was over when its answer came, as after a machine's sleep: that it was
    /// refused says nothing of the next.
    Ended,
}

/// How often what was tried in one call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tries {
    attempt: u32,
    lost: u32,
    limited: u32,
    renewed: bool,
    ended: u32,
}

/// Again after this many lost answers of a safe call.
const MOST_LOST: u32 = 3;
/// Whole leases that are waited out in one call.
const MOST_LEASES: u32 = 2;
/// Tokens that may end under way in one call.
const MOST_ENDED: u32 = 3;
/// Waits for the quota in one call.
const MOST_LIMITED: u32 = 5;
/// The quota's interval may be a minute; a clock that is off must not hold the run for longer.
const LONGEST_LIMIT: Duration = Duration::from_secs(65);
/// Where a 429 does not say when to come back.
const UNTOLD_LIMIT: Duration = Duration::from_secs(1);
const LIMIT_MARGIN: Duration = Duration::from_millis(50);
/// Added to a lease, which ends on the service's clock.
const LEASE_MARGIN: Duration = Duration::from_secs(1);
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(8);

impl Tries {
    /// Counts an attempt and returns its number, from 1.
    pub(super) fn begin(&mut self) -> u32 {
        self.attempt += 1;
        self.attempt
    }

    /// How many attempts began.
    pub(super) fn attempts(&self) -> u32 {
        self.attempt
    }

    /// What to do after `outcome`.
    pub(super) fn next(
        &mut self,
        manner: Manner,
        sent: Sent,
        lease: Duration,
        outcome: &Result<Answer, Lost>,
    ) -> Next {
        match outcome {
            Ok(answer) if answer.status == 401 => self.refused(sent),
            Ok(answer) if answer.status == 429 => self.limited(answer),
            Ok(answer) if is_transient(answer.status) => {
                self.lost(manner, lease, &format!("was answered {}", answer.status))
            }
            Ok(_) => Next::Done,
            Err(lost) if lost.forbidden => Next::Done,
            Err(lost) if lost.sent && lost.late => {
                // Each of these took all the time it was given, and counts as two.
                self.lost += 1;
                self.lost(manner, lease, "brought no whole answer in time")
            }
            Err(lost) if lost.sent => self.lost(manner, lease, "brought no whole answer"),
            // It never left, so whatever it is, it can safely go again.
            Err(_) => self.lost(Manner::Safe, lease, "found no connection"),
        }
    }

    fn refused(&mut self, sent: Sent) -> Next {
        let again = match sent {
            Sent::None => false,
            Sent::Good => !std::mem::replace(&mut self.renewed, true),
            Sent::Ended => {
                self.ended += 1;
                self.ended <= MOST_ENDED
            }
        };
        if again { Next::Renew } else { Next::Done }
    }

    fn limited(&mut self, answer: &Answer) -> Next {
        self.limited += 1;
        if self.limited > MOST_LIMITED {
            return Next::Done;
        }
        let (tries, most) = (self.limited + 1, MOST_LIMITED + 1);
        Next::Wait {
            reason: format!(
                "the service answers 429, the application's quota is used up; then try {tries} of {most}"
            ),
            time: until_quota(&answer.body.bytes, Timestamp::now()),
        }
    }

    fn lost(&mut self, manner: Manner, lease: Duration, what: &str) -> Next {
        self.lost += 1;
        let most = match manner {
            Manner::Safe => MOST_LOST,
            Manner::Leases => MOST_LEASES,
            Manner::Once => 0,
        };
        if self.lost > most {
            return Next::Done;
        }
        if manner == Manner::Leases {
            let reason = format!(
                "GET /letters {what}; the letters it may have leased come again when the lease has passed"
            );
            let time = lease + LEASE_MARGIN;
            return Next::Wait { reason, time };
        }
        Next::Wait {
            reason: format!("the request {what}"),
            time: backoff(self.lost),
        }
    }
}

/// True for answers of a gateway that does not know what became of the request.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 502 | 503 | 504)
}

/// How long a 429 asks to wait: until `ratelimiting_expiry_time_ms`, Unix milliseconds.
fn until_quota(body: &[u8], now: Timestamp) -> Duration {
    let expiry = read_answer(body).ok().and_then(|answer| {
        let value = answer.get("ratelimiting_expiry_time_ms")?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    });
    let Some(expiry) = expiry else {
        return UNTOLD_LIMIT;
    };
    let micros = expiry.saturating_mul(1_000).saturating_sub(now.micros());
    let wait = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    wait.min(LONGEST_LIMIT) + jittered(LIMIT_MARGIN)
}

/// Doubles from try to try, within a bound, and is never twice the same.
pub(super) fn backoff(tries: u32) -> Duration {
    let doubled = FIRST_BACKOFF.saturating_mul(1 << tries.saturating_sub(1).min(10));
    jittered(doubled.min(LONGEST_BACKOFF))
}

/// Between once and one and a half times `time`.
fn jittered(time: Duration) -> Duration {
    let chance = u32::from(Uuid::new_v4().as_bytes()[0]);
    time + time * chance / 512
}

#[cfg(test)]
mod tests {
    use super::super::transport::Received;
    use super::*;

    const LEASE: Duration = Duration::from_secs(300);

    fn answer(status: u16, body: &str) -> Result<Answer, Lost> {
        Ok(Answer {
            status,
            headers: vec![],
            body: Received {
                bytes: body.into(),
                ..Received::default()
            },
        })
    }

    fn lost(sent: bool) -> Result<Answer, Lost> {
        Err(Lost {
            reason: String::new(),
            sent,
            forbidden: false,
            late: false,
        })
    }

    fn waits(manner: Manner, outcome: &Result<Answer, Lost>) -> Vec<Duration> {
        let mut tries = Tries::default();
        let mut times = Vec::new();
        while let Next::Wait { time, .. } = tries.next(manner, Sent::Good, LEASE, outcome) {
            times.push(time);
        }
        times
    }

    #[test]
    fn an_unclear_update_is_never_sent_again() {
        for status in [408, 500, 502, 503, 504] {
            assert!(waits(Manner::Once, &answer(status, "")).is_empty());
        }
        assert!(waits(Manner::Once, &lost(true)).is_empty());
        assert_eq!(waits(Manner::Once, &lost(false)).len(), 3);
        assert_eq!(waits(Manner::Once, &answer(429, "")).len(), 5);
    }

    #[test]
    fn a_lost_list_waits_the_lease_out() {
        for outcome in [answer(502, ""), answer(504, ""), lost(true)] {
            let times = waits(Manner::Leases, &outcome);
            assert_eq!(times.len(), 2);
            assert!(times.iter().all(|time| *time > LEASE));
        }
        assert!(waits(Manner::Leases, &lost(false))[0] < LEASE);
        assert!(waits(Manner::Leases, &answer(500, "")).is_empty());
    }

    #[test]
    fn a_safe_call_backs_off_within_bounds() {
        let times = waits(Manner::Safe, &answer(503, ""));
        assert_eq!(times.len(), 3);
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((1..40).all(|tries| backoff(tries) <= LONGEST_BACKOFF * 3 / 2));
    }

    #[test]
    fn an_answer_that_takes_all_its_time_is_waited_for_twice() {
        let late = || {
            Err(Lost {
                reason: String::new(),
                sent: true,
                forbidden: false,
                late: true,
            })
        };
        assert_eq!(waits(Manner::Safe, &late()).len(), 1);
        assert_eq!(waits(Manner::Leases, &late()).len(), 1);
        assert!(waits(Manner::Once, &late()).is_empty());
    }

    #[test]
    fn a_429_says_which_try_comes_next() {
        let mut tries = Tries::default();
        let Next::Wait { reason, .. } =
            tries.next(Manner::Safe, Sent::Good, LEASE, &answer(429, ""))
        else {
            panic!("no wait");
        };
        assert!(
            reason.contains("429") && reason.ends_with("then try 2 of 6"),
            "{reason}"
        );
    }

    #[test]
    fn a_401_is_renewed_once() {
        let mut tries = Tries::default();
        let outcome = answer(401, "");
        let mut next = |sent| tries.next(Manner::Once, sent, LEASE, &outcome);
        assert_eq!(next(Sent::Good), Next::Renew);
        assert_eq!(next(Sent::Good), Next::Done);
        assert_eq!(
            Tries::default().next(Manner::Safe, Sent::None, LEASE, &outcome),
            Next::Done
        );
    }

    #[test]
    fn tokens_that_ended_under_way_are_renewed_besides() {
        let mut tries = Tries::default();
        let outcome = answer(401, "");
        let mut next = |sent| tries.next(Manner::Once, sent, LEASE, &outcome);
        for sent in [Sent::Ended, Sent::Good, Sent::Ended, Sent::Ended] {
            assert_eq!(next(sent), Next::Renew);
        }
        assert_eq!(next(Sent::Ended), Next::Done);
    }

    #[test]
    fn the_quota_is_waited_for_as_told_and_capped() {
        let now = Timestamp::from_micros(1_000_000_000);
        let told = |ms: i64| {
            until_quota(
                format!(r#"{{"ratelimiting_expiry_time_ms":{ms}}}"#).as_bytes(),
                now,
            )
        };
        let wait = told(1_000_400);
        assert!(wait >= Duration::from_millis(450) && wait <= Duration::from_millis(475));
        assert!(told(i64::MAX) <= LONGEST_LIMIT + LIMIT_MARGIN * 2);
        assert!(told(5) < Duration::from_millis(100));
        assert_eq!(until_quota(b"<html>", now), UNTOLD_LIMIT);
    }
}

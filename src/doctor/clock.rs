//! Does this machine's clock agree with the server's?

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::model::Exchange;

use super::Finding;
use super::answer::header;

const CHECK: &str = "clock";

/// An assertion is good for 290 s, and the server allows 310 (token-endpoint): a clock that is
/// ahead by more than the difference makes it "more than 5 minutes in future".
const MOST_AHEAD_S: i64 = 15;

/// A clock that is behind by more than an assertion lives makes it "expired"; with a margin.
const MOST_BEHIND_S: i64 = 240;

/// Below this nobody need care; `Date` has whole seconds.
const SLIGHT_S: i64 = 5;

/// Holds the moment of `exchange` against the `Date` of its answer.
pub(super) fn check(exchange: &Exchange) -> Finding {
    let Some(server) = header(exchange, "date").and_then(seconds) else {
        return Finding::skipped(CHECK, "the answer names no date");
    };
    let middle = i64::try_from(exchange.times.done_us / 2).unwrap_or(0);
    let here = exchange.times.sent.plus_micros(middle).micros() / 1_000_000;
    judged(here - server)
}

fn judged(ahead: i64) -> Finding {
    let seen = match ahead {
        0 => "as the server's".to_owned(),
        1.. => format!("{ahead} s ahead of the server's"),
        _ => format!("{} s behind the server's", -ahead),
    };
    let remedy = "set this machine's clock by a time server (NTP); the time zone does not matter";
    if ahead > MOST_AHEAD_S {
        let cause = "every assertion would expire too far in the server's future";
        return Finding::fail(CHECK, seen, cause, remedy);
    }
    if -ahead > MOST_BEHIND_S {
        let cause = "every assertion would have expired when it arrives";
        return Finding::fail(CHECK, seen, cause, remedy);
    }
    if ahead.abs() > SLIGHT_S {
        let cause = "tokens are granted still, but times in the evidence are off by as much";
        return Finding::warning(CHECK, seen).because(cause, remedy);
    }
    Finding::ok(CHECK, seen)
}

/// HTTP dates are those of mail, with the zone `GMT` (RFC 9110, 5.6.7).
fn seconds(date: &str) -> Option<i64> {
    let date = date.replace("GMT", "+0000");
    OffsetDateTime::parse(&date, &Rfc2822)
        .ok()
        .map(OffsetDateTime::unix_timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    #[test]
    fn an_http_date_is_read() {
        assert_eq!(seconds("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
        assert_eq!(seconds("yesterday"), None);
    }

    #[test]
    fn a_skew_counts_as_far_as_it_spoils_assertions() {
        let cases = [
            (0, Outcome::Ok),
            (5, Outcome::Ok),
            (-5, Outcome::Ok),
            (6, Outcome::Warning),
            (15, Outcome::Warning),
            (16, Outcome::Fail),
            (-240, Outcome::Warning),
            (-241, Outcome::Fail),
        ];
        for (ahead, outcome) in cases {
            assert_eq!(judged(ahead).outcome, outcome, "{ahead}");
        }
    }
}

//! How often the target may be asked, and how fast its PDFs come.

use std::time::{Duration, Instant};

use futures::StreamExt as _;

use crate::client::{Download, Supplier};

use crate::model::count;

use super::{Finding, Subject, answer};

/// Letters that are fetched at most to measure.
const MOST_LETTERS: usize = 48;

/// How many are fetched at a time, about as AT15 does.
const AT_A_TIME: usize = 16;

/// Measuring ends after this.
const LONGEST: Duration = Duration::from_secs(10);

/// Bytes of an average letter as INT is seeded: 388 MB in 2,505 PDFs (acceptance-pack, "Data").
const AVERAGE_BYTES: u64 = 154_900;

/// What the answers so far say of a limit, against the pace that is configured.
pub(super) fn limit(subject: &Subject) -> Finding {
    const CHECK: &str = "rate";
    let pace = subject.settings.requests_per_second;
    let exchanges = answer::all(&subject.journal);
    let limited = exchanges.iter().filter(|one| one.status() == Some(429));
    if limited.count() > 0 {
        return Finding::warning(CHECK, "a call was answered 429").because(
            "somebody else uses this application's quota, requests_per_second is above it, or something in between limits this machine",
            "stop other callers of this application, or lower requests_per_second",
        );
    }
    let stated = exchanges.iter().find_map(stated_limit);
    let stated = stated.unwrap_or_else(|| "no answer states a limit".to_owned());
    let documented = subject.documented_rate;
    let seen = format!("{stated}; documented are {documented} a second, the pace is set to {pace}");
    if pace == 0 || pace > documented {
        return Finding::warning(CHECK, seen).because(
            "the pace is above the documented limit, so 429s are likely",
            "take requests_per_second out of the configuration, unless NHS Notify agreed to it",
        );
    }
    Finding::ok(CHECK, seen)
}

/// A header that names a limit, as gateways write them.
fn stated_limit(exchange: &crate::model::Exchange) -> Option<String> {
    let headers = &exchange.response.as_ref()?.headers;
    let limit = headers.iter().find(|(name, _)| {
        let name = name.to_ascii_lowercase().replace('-', "");
        name.contains("ratelimit") && name.contains("limit") && !name.contains("reset")
    });
    limit.map(|(name, value)| format!("an answer states {name}: {value}"))
}

/// Megabits a second that AT15 needs, against what a short download brings.
pub(super) async fn bandwidth(subject: &Subject, supplier: &Supplier) -> Finding {
    const CHECK: &str = "bandwidth";
    let bytes = subject.letters * AVERAGE_BYTES;
    let needed = megabits(bytes, subject.within);
    let need = format!(
        "AT15 needs about {needed} Mbit/s ({} MB in {} s)",
        bytes / 1_000_000,
        subject.within.as_secs()
    );
    if subject.known_letters.is_empty() {
        let why = "not measured: no letter is known yet; ask again after the first run, whose ledger names letters";
        return Finding::skipped(CHECK, format!("{need}; {why}"));
    }
    let Some((fetched, bytes, time)) = fetch(subject, supplier).await else {
        return Finding::skipped(
            CHECK,
            format!("{need}; not measured: no known letter has a PDF here"),
        );
    };
    let measured = megabits(bytes, time);
    let seen = format!(
        "{need}; {} came with {measured} Mbit/s",
        count(fetched, "PDF")
    );
    if measured >= needed {
        return Finding::ok(CHECK, seen);
    }
    Finding::warning(CHECK, seen).because(
        "this line, or a proxy on it, is slower than AT15 needs; a short measurement is on the low side",
        "run AT15 from a machine with a faster line, or agree another target with NHS Notify (performance.target_s)",
    )
}

/// How many PDFs came, their bytes, and in how long.
async fn fetch(subject: &Subject, supplier: &Supplier) -> Option<(usize, u64, Duration)> {
    let start = Instant::now();
    let letters = subject.known_letters.iter().take(MOST_LETTERS);
    let fetched = futures::stream::iter(letters.map(|id| supplier.download(id)))
        .buffer_unordered(AT_A_TIME)
        .filter_map(|answer| async move {
            match answer {
                Ok(Download::Document(document)) => Some(document.size),
                _ => None,
            }
        })
        .take_until(tokio::time::sleep(LONGEST))
        .collect::<Vec<u64>>()
        .await;
    let bytes: u64 = fetched.iter().sum();
    (bytes > 0).then(|| (fetched.len(), bytes, start.elapsed()))
}

fn megabits(bytes: u64, time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
    // Bits a microsecond are megabits a second.
    bytes.saturating_mul(8) / micros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pack_needs_310_megabits_a_second() {
        let needed = megabits(2_505 * AVERAGE_BYTES, Duration::from_secs(10));
        assert_eq!(needed, 310);
    }
}

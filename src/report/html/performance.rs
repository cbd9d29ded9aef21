//! AT15: the runs side by side, charts, and the download log.

use maud::{Markup, html};

use crate::acceptance::{Pass, PdfFact, Route, passes};

use super::chart::{Chart, Series, bars, lines};
use super::context::Context;
use super::downloads;
use super::say::{cell, count, grouped, moment, scrolling, size, span};

/// What AT15 measured; nothing if no run was completed.
pub(super) fn performance(context: &Context, test: &str) -> Markup {
    let runs = passes(context.part.view);
    if test != "AT15" || runs.is_empty() {
        return html! {};
    }
    let id = format!("performance-{}", context.number);
    html! {
        section class="block" {
            h3 id=(id) { "Runs side by side" }
            (summary(context, &runs))
            (side_by_side(context, &runs))
            div class="charts" {
                (elapsed_chart(context, &runs))
                (requests_chart(context, &runs))
                (latency_chart(context, &runs))
                (bytes_chart(context, &runs))
            }
            @for run in &runs { (downloads::log(context, run)) }
        }
    }
}

fn elapsed(run: &Pass) -> Option<u64> {
    run.elapsed_us().and_then(|us| u64::try_from(us).ok())
}

fn target_us(context: &Context) -> u64 {
    context
        .part
        .result
        .started
        .settings
        .target_ms
        .saturating_mul(1_000)
}

fn summary(context: &Context, runs: &[Pass]) -> Markup {
    let timed = runs.iter().filter_map(|run| Some((elapsed(run)?, run)));
    let best = timed.min_by_key(|(us, _)| *us);
    let settings = &context.part.result.started.settings;
    html! {
        dl class="facts" {
            div { dt { "Target" } dd { (span(target_us(context)))
                @if let Some(who) = &settings.agreed_with {
                    ", agreed with " (cell(who))
                    @if let Some(day) = &settings.agreed_on { " on " (cell(day)) }
                }
            } }
            @if let Some((us, run)) = best {
                div { dt { "Best run" } dd { (cell(run.name)) ", " (span(us)) } }
                div { dt { "What bounded it" } dd { (bound(run, settings.requests_per_second)) } }
            }
        }
    }
}

/// What kept a run from being faster, by its own numbers.
fn bound(run: &Pass, pace: u32) -> String {
    let rate = run.requests_per_second();
    let share = 100.0 * rate / f64::from(pace.max(1));
    if run.over_quota() > 0 {
        let answers = count(run.over_quota(), "answer");
        return format!("the service's quota: {answers} with 429");
    }
    if share >= 93.0 {
        return format!(
            "the rate limit: {rate:.1} requests a second, {share:.0} % of the {pace} allowed"
        );
    }
    format!(
        "the service or the line: {rate:.1} requests a second are {share:.0} % of the {pace} allowed, \
         at {} a second",
        size(run.bytes_per_second() as u64)
    )
}

fn side_by_side(context: &Context, runs: &[Pass]) -> Markup {
    let row = |name: &str, said: &dyn Fn(&Pass) -> String| {
        html! {
            tr { th scope="row" { (name) } @for run in runs { td class="number" { (said(run)) } } }
        }
    };
    let latency = |percent: usize| move |run: &Pass| span(share(&latencies(run), percent));
    let fetched = |run: &Pass| {
        let fetched = run.pdfs.iter().filter(|pdf| pdf.sha256.is_some());
        grouped(fetched.count())
    };
    let rows = html! {
        table {
            caption class="visually-hidden" { "The complete runs of AT15" }
            thead { tr {
                th scope="col" { "Measured" }
                @for run in runs { th scope="col" class="number" { (cell(run.name)) } }
            } }
            tbody {
                (row("Began (UTC)", &|run| run.exchanges.first().map_or("?".to_owned(), |first| moment(first.sent))))
                (row("Ended (UTC)", &|run| run.pdfs.last().map_or("?".to_owned(), |last| moment(last.at))))
                (row("Elapsed", &|run| elapsed(run).map_or("not timed".to_owned(), span)))
                (row("Letters listed", &|run| grouped(run.listed().len())))
                (row("PDFs that came", &fetched))
                (row("Bytes", &|run| size(bytes(&run.pdfs))))
                (row("Requests a second", &|run| format!("{:.1}", run.requests_per_second())))
                (row("Bytes a second", &|run| size(run.bytes_per_second() as u64)))
                (row("Answers 429", &|run| grouped(run.over_quota())))
                (row("Latency: half within", &latency(50)))
                (row("Latency: 95 % within", &latency(95)))
                (row("Latency: slowest", &latency(100)))
            }
        }
    };
    html! {
        (scrolling("The complete runs of AT15", &rows))
        p class="hint" {
            "The clock runs from sending the first GET /letters to the last verified PDF. Latency is the "
            "time from sending a request to the end of its answer, downloads from the storage included. "
            "The limit of this run: " (context.part.result.started.settings.requests_per_second)
            " requests a second at the API; downloads from the storage do not count against it."
        }
    }
}

fn bytes(pdfs: &[&PdfFact]) -> u64 {
    let bytes = pdfs.iter().map(|pdf| pdf.bytes);
    bytes.fold(0, u64::saturating_add)
}

/// Ascending.
fn latencies(run: &Pass) -> Vec<u64> {
    let spans = run
        .exchanges
        .iter()
        .map(|call| call.done.micros_since(call.sent));
    let mut times: Vec<u64> = spans.filter_map(|us| u64::try_from(us).ok()).collect();
    times.sort_unstable();
    times
}

/// The time within which `percent` of the ascending `times` lie.
pub(super) fn share(times: &[u64], percent: usize) -> u64 {
    let place = (times.len() * percent).div_ceil(100).max(1) - 1;
    times.get(place).copied().unwrap_or_default()
}

fn elapsed_chart(context: &Context, runs: &[Pass]) -> Markup {
    let values: Vec<(String, f64, String)> = runs
        .iter()
        .filter_map(|run| {
            let us = elapsed(run)?;
            Some((cell(run.name), us as f64 / 1e6, span(us)))
        })
        .collect();
    let target = target_us(context);
    let said: Vec<String> = values
        .iter()
        .map(|(name, _, said)| format!("{name} {said}"))
        .collect();
    let chart = Chart {
        id: &format!("elapsed-{}", context.number),
        title: "Elapsed time of each run",
        description: format!("{}; the target is {}.", said.join(", "), span(target)),
        x: "",
        y: "seconds",
        limit: Some((target as f64 / 1e6, format!("target {}", span(target)))),
    };
    bars(&chart, &values)
}

/// Whole buckets of a run: its first moment and how long a bucket is, in microseconds.
pub(super) fn buckets(run: &Pass) -> Option<(i64, i64, usize)> {
    let first = run.exchanges.iter().map(|call| call.sent).min()?;
    let last = run.exchanges.iter().map(|call| call.done).max()?;
    let whole = last.micros_since(first).max(1);
    // About 20 points a run, on round half seconds: more would be noise.
    let bucket = (whole / 20 / 500_000 + 1) * 500_000;
    let count = usize::try_from(whole / bucket).unwrap_or(0) + 1;
    Some((first.micros(), bucket, count.min(200)))
}

/// A line with a point in the middle of each bucket of `run`.
fn over_time<T>(
    run: &Pass,
    items: impl Iterator<Item = (i64, T)>,
    value: impl Fn(&[T], f64) -> f64,
) -> Vec<(f64, f64)> {
    let Some((first, bucket, count)) = buckets(run) else {
        return Vec::new();
    };
    let mut filled: Vec<Vec<T>> = std::iter::repeat_with(Vec::new).take(count).collect();
    for (at, item) in items {
        let place = usize::try_from((at - first) / bucket).unwrap_or(0);
        if let Some(of_bucket) = filled.get_mut(place) {
            of_bucket.push(item);
        }
    }
    let seconds = bucket as f64 / 1e6;
    let points = filled.iter().enumerate();
    let points =
        points.map(|(place, items)| ((place as f64 + 0.5) * seconds, value(items, seconds)));
    points.collect()
}

fn requests_chart(context: &Context, runs: &[Pass]) -> Markup {
    let pace = context.part.result.started.settings.requests_per_second;
    let series = runs.iter().map(|run| {
        let api = run.exchanges.iter();
        let api = api.filter(|call| !matches!(call.route, Route::Other | Route::Token));
        let sent = api.map(|call| (call.sent.micros(), ()));
        Series {
            name: cell(run.name),
            points: over_time(run, sent, |items, seconds| items.len() as f64 / seconds),
        }
    });
    let rates: Vec<String> = runs
        .iter()
        .map(|run| format!("{} {:.1}", run.name, run.requests_per_second()))
        .collect();
    let chart = Chart {
        id: &format!("requests-{}", context.number),
        title: "Requests a second at the API",
        description: format!(
            "On average {}; the limit is {pace}. The last half second of a run is not full.",
            cell(&rates.join(", "))
        ),
        x: "seconds since the run began",
        y: "requests a second",
        limit: Some((f64::from(pace), format!("limit {pace}"))),
    };
    lines(&chart, &series.collect::<Vec<_>>())
}

fn latency_chart(context: &Context, runs: &[Pass]) -> Markup {
    let series = runs.iter().map(|run| {
        let calls = run.exchanges.iter();
        let times = calls.filter_map(|call| {
            let us = u64::try_from(call.done.micros_since(call.sent)).ok()?;
            Some((call.sent.micros(), us))
        });
        let slow = |items: &[u64], _: f64| {
            let mut times = items.to_vec();
            times.sort_unstable();
            share(&times, 95) as f64 / 1_000.0
        };
        Series {
            name: cell(run.name),
            points: over_time(run, times, slow),
        }
    });
    let said: Vec<String> = runs
        .iter()
        .map(|run| {
            let times = latencies(run);
            format!(
                "{}: half within {}, 95 % within {}",
                run.name,
                span(share(&times, 50)),
                span(share(&times, 95))
            )
        })
        .collect();
    let chart = Chart {
        id: &format!("latency-{}", context.number),
        title: "Latency: 95 % of answers come within",
        description: format!("{}.", cell(&said.join("; "))),
        x: "seconds since the run began",
        y: "milliseconds",
        limit: None,
    };
    lines(&chart, &series.collect::<Vec<_>>())
}

fn bytes_chart(context: &Context, runs: &[Pass]) -> Markup {
    let series = runs.iter().map(|run| {
        let arrived = run
            .pdfs
            .iter()
            .map(|pdf| (pdf.at.micros(), pdf.bytes as f64));
        let each = over_time(run, arrived, |items, _| items.iter().sum());
        let half = each.first().map_or(0.0, |(middle, _)| *middle);
        let mut sum = 0.0;
        let grown = each.iter().map(|(middle, bytes)| {
            sum += bytes;
            (middle + half, sum / 1e6)
        });
        Series {
            name: cell(run.name),
            points: std::iter::once((0.0, 0.0)).chain(grown).collect(),
        }
    });
    let said: Vec<String> = runs
        .iter()
        .map(|run| format!("{} {}", run.name, size(bytes(&run.pdfs))))
        .collect();
    let chart = Chart {
        id: &format!("bytes-{}", context.number),
        title: "PDF bytes over time",
        description: format!("In the end {}.", cell(&said.join(", "))),
        x: "seconds since the run began",
        y: "megabytes",
        limit: None,
    };
    lines(&chart, &series.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(share(&[], 95), 0);
        assert_eq!(share(&[7], 50), 7);
        assert_eq!(share(&[1, 2, 3, 4], 50), 2);
        assert_eq!(share(&[1, 2, 3, 4], 100), 4);
    }
}

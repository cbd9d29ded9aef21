//! How long updates took to become visible.

use maud::{Markup, html};

use crate::report::transitions::Transition;

use super::chart::{Chart, bars};
use super::context::Context;
use super::performance::share;
use super::say::{count, grouped, scrolling, span};

/// Letters that were read at least this often show the service's time, not our sweep's.
const CLOSELY_US: u64 = 250_000;

/// Bars of a histogram.
const BARS: usize = 12;

/// The settle times of `test`, as a chart and a table; nothing if none is known.
pub(super) fn settle(context: &Context, test: &str, of_test: &[Transition]) -> Markup {
    let close = of_test.iter().filter(|one| one.is_known_within(CLOSELY_US));
    let mut times: Vec<u64> = close.filter_map(Transition::visible_us).collect();
    if times.is_empty() {
        return html! {};
    }
    times.sort_unstable();
    let (step, counts) = histogram(&times);
    let label = format!("Settle times of {test}");
    let id = format!("settle-{}-{test}", context.number);
    let chart = Chart {
        id: &format!("{id}-chart"),
        title: &label,
        description: format!(
            "{}: the fastest was seen after {}, half within {}, 95 % within {}, the slowest after {}.",
            count(times.len(), "update"),
            span(share(&times, 1)),
            span(share(&times, 50)),
            span(share(&times, 95)),
            span(share(&times, 100))
        ),
        x: "time from the API's answer to the first reading of the new status",
        y: "letters",
        limit: None,
    };
    let drawn: Vec<(String, f64, String)> = counts
        .iter()
        .enumerate()
        .map(|(place, letters)| {
            let name = if place % 3 == 0 {
                edge(step * place as u64)
            } else {
                String::new()
            };
            let said = if *letters == 0 {
                String::new()
            } else {
                grouped(*letters)
            };
            (name, *letters as f64, said)
        })
        .collect();
    html! {
        section class="block" {
            h3 id=(id) { "Settle times" }
            p class="hint" {
                (count(times.len(), "update")) " of letters that were read every few moments, so that the "
                "time is the service's and not that of the readings."
            }
            div class="chart-and-table" {
                (bars(&chart, &drawn))
                (table(&label, step, &counts, &times))
            }
        }
    }
}

fn edge(us: u64) -> String {
    if us == 0 { "0".to_owned() } else { span(us) }
}

/// Width of a bar in microseconds, and the letters of each.
fn histogram(times: &[u64]) -> (u64, Vec<usize>) {
    let most = times.last().copied().unwrap_or_default().max(1);
    let least = most / BARS as u64 + 1;
    let round = [1, 2, 5].into_iter();
    let steps = (3..9_u32).flat_map(|power| round.clone().map(move |one| one * 10_u64.pow(power)));
    let step = steps
        .into_iter()
        .find(|step| *step >= least)
        .unwrap_or(least);
    let mut counts = vec![0; usize::try_from(most / step).unwrap_or(0) + 1];
    for time in times {
        if let Some(count) = counts.get_mut(usize::try_from(time / step).unwrap_or(0)) {
            *count += 1;
        }
    }
    (step, counts)
}

fn table(label: &str, step: u64, counts: &[usize], times: &[u64]) -> Markup {
    let rows = html! {
        table {
            caption class="visually-hidden" { (label) }
            thead { tr { th scope="col" { "Seen changed after" } th scope="col" class="number" { "Letters" } } }
            tbody {
                @for (place, letters) in counts.iter().enumerate().filter(|(_, letters)| **letters > 0) { tr {
                    td { (edge(step * place as u64)) " to " (span(step * (place as u64 + 1))) }
                    td class="number" { (grouped(*letters)) }
                } }
                @for (name, percent) in [("Half within", 50), ("95 % within", 95), ("All within", 100)] { tr {
                    th scope="row" { (name) } td class="number" { (span(share(times, percent))) }
                } }
            }
        }
    };
    scrolling(label, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_of_round_width() {
        let (step, counts) = histogram(&[210_000, 215_000, 260_000, 301_000]);
        assert_eq!(step, 50_000);
        assert_eq!(counts, [0, 0, 0, 0, 2, 1, 1]);
        assert_eq!(histogram(&[0]), (1_000, vec![1]));
        let (_, wild) = histogram(&[1, u64::MAX / 2]);
        assert!(wild.len() <= BARS + 1, "{}", wild.len());
    }
}

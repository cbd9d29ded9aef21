//! Small charts as SVG, each with a title, a description and a table beside it.
//!
//! Our own: three forms, no script, and the same numbers give the same bytes. Lines differ in
//! dashes as well as in colour.

use maud::{Markup, html};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 44.0;

/// A line of a chart.
pub(super) struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// What every chart has.
pub(super) struct Chart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    pub title: &'a str,
    /// What it shows, in a sentence, for those who cannot see it.
    pub description: String,
    pub x: &'a str,
    pub y: &'a str,
    /// A level to compare with, and its name.
    pub limit: Option<(f64, String)>,
}

/// A line chart.
pub(super) fn lines(chart: &Chart, series: &[Series]) -> Markup {
    let all = || series.iter().flat_map(|line| &line.points);
    let across = Scale::over(all().map(|point| point.0), LEFT, WIDTH - RIGHT);
    let limit = chart.limit.as_ref().map(|(level, _)| *level);
    let up = Scale::over(
        all().map(|point| point.1).chain(limit),
        HEIGHT - BOTTOM,
        TOP,
    );
    let drawing = html! {
        (axes(chart, &across, &up))
        @if let Some((level, name)) = &chart.limit { (limit_line(&up, *level, name)) }
        @for (place, line) in series.iter().enumerate() {
            polyline class=(format!("line line-{}", place % 3)) points=(drawn(line, &across, &up)) {}
        }
        (legend(series))
    };
    frame(chart, &drawing)
}

/// Upright bars, each with its name and its number.
pub(super) fn bars(chart: &Chart, bars: &[(String, f64, String)]) -> Markup {
    let limit = chart.limit.as_ref().map(|(level, _)| *level);
    let up = Scale::over(
        bars.iter().map(|bar| bar.1).chain(limit),
        HEIGHT - BOTTOM,
        TOP,
    );
    let room = (WIDTH - LEFT - RIGHT) / bars.len().max(1) as f64;
    let drawing = html! {
        (side_axis(chart, &up))
        @for (place, (name, value, said)) in bars.iter().enumerate() {
            @let middle = LEFT + room * (place as f64 + 0.5);
            @let width = (room * 0.6).min(90.0);
            @let top = up.at(*value);
            rect class="bar" x=(n(middle - width / 2.0)) y=(n(top)) width=(n(width))
                height=(n((HEIGHT - BOTTOM - top).max(0.0))) {}
            @if !said.is_empty() {
                text class="tick" x=(n(middle)) y=(n(top - 5.0)) text-anchor="middle" { (said) }
            }
            @if !name.is_empty() {
                text class="tick" x=(n(middle)) y=(n(HEIGHT - BOTTOM + 16.0)) text-anchor="middle" { (name) }
            }
        }
        @if let Some((level, name)) = &chart.limit { (limit_line(&up, *level, name)) }
        text class="axis" x=(n((LEFT + WIDTH - RIGHT) / 2.0)) y=(n(HEIGHT - 6.0)) text-anchor="middle" { (chart.x) }
    };
    frame(chart, &drawing)
}

fn frame(chart: &Chart, drawing: &Markup) -> Markup {
    let (title, description) = (format!("{}-title", chart.id), format!("{}-desc", chart.id));
    html! {
        figure class="chart" {
            figcaption { (chart.title) }
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img"
                aria-labelledby=(format!("{title} {description}")) {
                title id=(title) { (chart.title) }
                desc id=(description) { (chart.description) }
                (drawing)
            }
        }
    }
}

fn axes(chart: &Chart, across: &Scale, up: &Scale) -> Markup {
    html! {
        (side_axis(chart, up))
        @for tick in across.ticks() {
            text class="tick" x=(n(across.at(tick))) y=(n(HEIGHT - BOTTOM + 16.0)) text-anchor="middle" { (number(tick)) }
        }
        text class="axis" x=(n((LEFT + WIDTH - RIGHT) / 2.0)) y=(n(HEIGHT - 6.0)) text-anchor="middle" { (chart.x) }
    }
}

fn side_axis(chart: &Chart, up: &Scale) -> Markup {
    html! {
        @for tick in up.ticks() {
            line class="grid" x1=(n(LEFT)) x2=(n(WIDTH - RIGHT)) y1=(n(up.at(tick))) y2=(n(up.at(tick))) {}
            text class="tick" x=(n(LEFT - 6.0)) y=(n(up.at(tick) + 4.0)) text-anchor="end" { (number(tick)) }
        }
        line class="base" x1=(n(LEFT)) x2=(n(WIDTH - RIGHT)) y1=(n(HEIGHT - BOTTOM)) y2=(n(HEIGHT - BOTTOM)) {}
        text class="axis" x="4" y="14" { (chart.y) }
    }
}

fn limit_line(up: &Scale, level: f64, name: &str) -> Markup {
    let y = up.at(level);
    html! {
        line class="limit" x1=(n(LEFT)) x2=(n(WIDTH - RIGHT)) y1=(n(y)) y2=(n(y)) {}
        text class="limit-name" x=(n(WIDTH - RIGHT)) y=(n(y - 5.0)) text-anchor="end" { (name) }
    }
}

fn legend(series: &[Series]) -> Markup {
    let room = 92.0;
    let start = WIDTH - RIGHT - room * series.len().min(3) as f64;
    html! {
        @for (place, line) in series.iter().take(3).enumerate() {
            @let x = start + room * place as f64;
            line class=(format!("line line-{place}")) x1=(n(x)) x2=(n(x + 26.0)) y1="10" y2="10" {}
            text class="tick" x=(n(x + 31.0)) y="14" { (line.name) }
        }
    }
}

fn drawn(line: &Series, across: &Scale, up: &Scale) -> String {
    let points = line.points.iter();
    let drawn = points.map(|(x, y)| format!("{},{}", n(across.at(*x)), n(up.at(*y))));
    drawn.collect::<Vec<_>>().join(" ")
}

/// A coordinate with one decimal: enough for the eye, the same on every machine.
fn n(value: f64) -> String {
    format!("{value:.1}")
}

/// A tick's number, without needless decimals.
fn number(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 {
        crate::acceptance::grouped(value.abs().round() as usize)
    } else {
        format!("{value:.1}")
    }
}

/// From zero to a round number above the greatest value, onto pixels.
struct Scale {
    step: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let greatest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        let step = round_step(greatest / 5.0);
        let most = (greatest / step).ceil().max(1.0) * step;
        Self {
            step,
            most,
            from,
            to,
        }
    }

    fn at(&self, value: f64) -> f64 {
        self.from + (self.to - self.from) * (value / self.most).clamp(0.0, 1.0)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (step, count) = (self.step, (self.most / self.step).round() as u32);
        (0..=count.min(12)).map(move |tick| f64::from(tick) * step)
    }
}

/// 1, 2 or 5 times a power of ten, at least `least`.
fn round_step(least: f64) -> f64 {
    if least <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    let found = steps.into_iter().find(|step| *step >= least * 0.999);
    found.unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number() {
        let scale = Scale::over([297.0].into_iter(), 0.0, 100.0);
        assert_eq!(
            scale.ticks().collect::<Vec<_>>(),
            [0.0, 100.0, 200.0, 300.0]
        );
        let none = Scale::over(std::iter::empty(), 0.0, 100.0);
        assert_eq!(none.ticks().count(), 2);
        assert_eq!(round_step(0.3), 0.5);
    }

    #[test]
    fn a_chart_can_be_heard() {
        let chart = Chart {
            id: "c",
            title: "Requests <a second>",
            description: "Three runs.".into(),
            x: "seconds",
            y: "requests",
            limit: Some((300.0, "limit".into())),
        };
        let line = Series {
            name: "run 1".into(),
            points: vec![(0.0, 10.0), (1.0, f64::NAN), (2.0, 290.0)],
        };
        insta::assert_snapshot!(lines(&chart, &[line]).into_string().replace("><", ">\n<"));
    }
}

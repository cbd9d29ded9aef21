//! JUnit XML, as CI systems read it (interfaces, "Verdicts of an acceptance point").

use junit_report::{
    Duration, OffsetDateTime, ReportBuilder, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder,
};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::acceptance::count;
use crate::acceptance::result::{PointResult, RunResult};
use crate::model::{Span, Timestamp, Verdict};

use super::outcome::{by_test, driven_sentence, is_mandatory};
use super::{ReportError, text};

/// The JUnit report of `result`: one suite an acceptance test, one case a point. Times are the
/// journal's: of a suite from the first to the last event of its test, of a case from the first
/// to the last event that proves it.
///
/// # Errors
/// If the XML cannot be built.
pub fn junit(result: &RunResult) -> Result<Vec<u8>, ReportError> {
    let mut suites: Vec<Suite> = by_test(result)
        .into_iter()
        .map(|points| Suite::of(result, points))
        .collect();
    if !result.finished {
        suites.push(Suite::unfinished(result));
    }
    let mut report = ReportBuilder::new();
    report.add_testsuites(suites.iter().map(|suite| suite.suite.clone()));
    let mut xml = Vec::new();
    report.build().write_xml(&mut xml)?;
    let mut bytes = completed(&xml, &suites)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// An acceptance test, and what junit-report does not write of it.
struct Suite {
    suite: TestSuite,
    us: i64,
}

impl Suite {
    fn of(result: &RunResult, points: &[PointResult]) -> Self {
        let first = points.first();
        let (id, title) = first.map_or(("", ""), |point| (&point.test, &point.title));
        let name = text::one_line(&format!("{id} {title}"));
        let tested = points.iter().filter_map(|it| it.tested).reduce(Span::with);
        let cases = points.iter().map(case).collect();
        Self::new(result, &name, &text::one_line(id), tested, cases)
    }

    /// A run that was cut off gets an error of its own: what it had judged so far may be green.
    fn unfinished(result: &RunResult) -> Self {
        let message =
            "expected: the run comes to its end; observed: its journal has no run.finished";
        let tested = Span {
            first: result.started_at,
            last: result.ended_at,
        };
        let name = "the run came to its end";
        let mut case = TestCaseBuilder::error(name, duration(tested), "error", message);
        case.set_classname("RUN");
        let cases = vec![case.build()];
        Self::new(result, "RUN The run itself", "RUN", Some(tested), cases)
    }

    fn new(
        result: &RunResult,
        name: &str,
        package: &str,
        tested: Option<Span>,
        cases: Vec<TestCase>,
    ) -> Self {
        let begun = tested.map_or(result.started_at, |span| span.first);
        let mut suite = TestSuiteBuilder::new(name)
            .set_timestamp(moment(begun))
            .set_system_out(&cdata(&heading(result)))
            .add_testcases(cases)
            .build();
        suite.package = package.to_owned();
        Self {
            suite,
            us: tested.map_or(0, Span::us),
        }
    }
}

/// `xml` with the number of skipped cases of each suite, which junit-report leaves out, and with
/// the suite's own time in place of the sum of its cases', which may overlap.
fn completed(xml: &[u8], suites: &[Suite]) -> Result<Vec<u8>, quick_xml::Error> {
    let mut reader = Reader::from_reader(xml);
    let mut out = Writer::new(Vec::with_capacity(xml.len()));
    let mut suites = suites.iter();
    loop {
        let event = match reader.read_event()? {
            Event::Eof => return Ok(out.into_inner()),
            Event::Start(tag) if tag.name().as_ref() == b"testsuite" => match suites.next() {
                Some(suite) => Event::Start(completed_tag(&tag, suite)?),
                None => Event::Start(tag),
            },
            event => event,
        };
        out.write_event(event)?;
    }
}

fn completed_tag(
    tag: &BytesStart<'_>,
    suite: &Suite,
) -> Result<BytesStart<'static>, quick_xml::Error> {
    let mut completed = BytesStart::new("testsuite");
    for attribute in tag.attributes() {
        let attribute = attribute?;
        match attribute.key.as_ref() {
            b"time" => completed.push_attribute(("time", seconds(suite.us).as_str())),
            b"failures" => {
                completed.push_attribute(attribute);
                let skipped = suite.suite.skipped().to_string();
                completed.push_attribute(("skipped", skipped.as_str()));
            }
            _ => completed.push_attribute(attribute),
        }
    }
    Ok(completed)
}

/// Who was driven, where, and which evidence this comes from.
fn heading(result: &RunResult) -> String {
    let started = &result.started;
    format!(
        "run {} by {} {}\n{}\ntarget {} ({}) for {}\njournal head {} after {}",
        started.run_id,
        started.tool.name,
        started.tool.version,
        driven_sentence(result),
        started.target.name,
        started.target.base_url,
        started.supplier,
        result.head,
        count(result.events as usize, "line")
    )
}

/// What happens to a point's case.
enum Mapped {
    Passed,
    PassedWithWords,
    Failure,
    Error,
    Skipped,
}

fn mapped(point: &PointResult) -> Mapped {
    match point.judgement.verdict {
        Verdict::Pass => Mapped::Passed,
        Verdict::Warning => Mapped::PassedWithWords,
        Verdict::Fail => Mapped::Failure,
        Verdict::Error | Verdict::Review => Mapped::Error,
        Verdict::NotTested if is_mandatory(point) => Mapped::Error,
        Verdict::NotTested | Verdict::NotApplicable => Mapped::Skipped,
    }
}

fn case(point: &PointResult) -> TestCase {
    let name = text::one_line(&format!("{} {}", point.id, point.text));
    let kind = point.judgement.verdict.as_str();
    let message = text::message(&point.judgement);
    let time = point.proved.map_or(Duration::ZERO, duration);
    let mut case = match mapped(point) {
        Mapped::Passed => TestCaseBuilder::success(&name, time),
        Mapped::PassedWithWords => warned(&name, time, point),
        Mapped::Failure => TestCaseBuilder::failure(&name, time, kind, &message),
        Mapped::Error => TestCaseBuilder::error(&name, time, kind, &message),
        Mapped::Skipped => TestCaseBuilder::skipped_with_cause(&name, kind, &message),
    };
    case.set_classname(&text::one_line(&point.test));
    case.set_trace(&cdata(&text::lines(&point.judgement)));
    case.build()
}

fn warned(name: &str, time: Duration, point: &PointResult) -> TestCaseBuilder {
    let mut case = TestCaseBuilder::success(name, time);
    let words = format!("warning\n{}", text::lines(&point.judgement));
    case.set_system_out(&cdata(&words));
    case
}

/// `text` for a CDATA section, which junit-report writes as it is: the end mark is split over
/// two sections.
fn cdata(text: &str) -> String {
    text::visible(text).replace("]]>", "]]]]><![CDATA[>")
}

fn duration(span: Span) -> Duration {
    Duration::microseconds(span.us())
}

fn seconds(us: i64) -> String {
    Duration::microseconds(us).as_seconds_f64().to_string()
}

/// A moment that RFC 3339 can write; junit-report panics on any other.
fn moment(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.micros()) * 1_000)
        .ok()
        .filter(|moment| (0..=9_999).contains(&moment.year()))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written(result: &RunResult) -> String {
        String::from_utf8(junit(result).unwrap()).unwrap()
    }

    #[test]
    fn every_verdict_has_its_place() {
        let xml = written(&sample::run());
        insta::assert_snapshot!(xml.replace("><", ">\n<"));
    }

    #[test]
    fn the_same_run_gives_the_same_bytes() {
        let run = sample::run();
        assert_eq!(junit(&run).unwrap(), junit(&run.clone()).unwrap());
    }

    #[test]
    fn times_are_those_of_the_journal() {
        let span = |first: i64, last: i64| Span {
            first: Timestamp::from_micros(1_795_271_400_000_000 + first),
            last: Timestamp::from_micros(1_795_271_400_000_000 + last),
        };
        let mut run = sample::run();
        for point in run.points.iter_mut().filter(|point| point.test == "AT4") {
            point.tested = Some(span(2_000_000, 5_250_000));
            point.proved = Some(span(3_000_000, 3_000_042));
        }
        let xml = written(&run);
        let suite = xml.split("<testsuite ").nth(1).unwrap();
        for part in [
            r#"skipped="0" hostname="localhost" timestamp="2026-11-21T14:30:02Z" time="3.25""#,
            r#"terminal must wrap them" time="0.000042" classname="AT4""#,
        ] {
            assert!(suite.contains(part), "{part}: {suite}");
        }
        assert!(
            xml.contains(r#"errors="0" failures="0" skipped="2""#),
            "{xml}"
        );
        let backwards = span(5, 3).us();
        assert_eq!(backwards, 0, "a clock that was set back");
    }

    #[test]
    fn no_moment_panics() {
        for micros in [i64::MIN, -62_200_000_000_000_000, 0, i64::MAX] {
            let mut run = sample::run();
            run.started_at = Timestamp::from_micros(micros);
            assert!(written(&run).contains("timestamp="));
        }
    }

    #[test]
    fn a_run_that_was_cut_off_is_not_green() {
        let mut run = sample::run();
        run.points.truncate(1);
        assert!(!written(&run).contains("<error"));
        run.finished = false;
        assert!(written(&run).contains("<error"));
    }
}

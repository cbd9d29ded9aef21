//! JUnit XML, as CI systems read it (interfaces, "Verdicts of an acceptance point").

use junit_report::{
    Duration, OffsetDateTime, ReportBuilder, TestCase, TestCaseBuilder, TestSuite, TestSuiteBuilder,
};

use crate::acceptance::result::{PointResult, RunResult};
use crate::model::{Timestamp, Verdict};

use super::outcome::{by_test, driven_sentence, is_mandatory};
use super::{ReportError, text};

/// The JUnit report of `result`: one suite an acceptance test, one case a point.
///
/// # Errors
/// If the XML cannot be built.
pub fn junit(result: &RunResult) -> Result<Vec<u8>, ReportError> {
    let mut report = ReportBuilder::new();
    for points in by_test(result) {
        report.add_testsuite(suite(result, points));
    }
    if !result.finished {
        report.add_testsuite(unfinished(result));
    }
    let mut bytes = Vec::new();
    report.build().write_xml(&mut bytes)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn suite(result: &RunResult, points: &[PointResult]) -> TestSuite {
    let first = points.first();
    let (id, title) = first.map_or(("", ""), |point| (&point.test, &point.title));
    let name = text::one_line(&format!("{id} {title}"));
    let cases = points.iter().map(case);
    build(result, &name, &text::one_line(id), cases.collect())
}

/// A run that was cut off gets an error of its own: what it had judged so far may be green.
fn unfinished(result: &RunResult) -> TestSuite {
    let message = "expected: the run comes to its end; observed: its journal has no run.finished";
    let name = "the run came to its end";
    let mut case = TestCaseBuilder::error(name, Duration::ZERO, "error", message);
    case.set_classname("RUN");
    build(result, "RUN The run itself", "RUN", vec![case.build()])
}

fn build(result: &RunResult, name: &str, package: &str, cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuiteBuilder::new(name)
        .set_timestamp(moment(result.started_at))
        .set_system_out(&cdata(&heading(result)))
        .add_testcases(cases)
        .build();
    suite.package = package.to_owned();
    suite
}

/// Who was driven, where, and which evidence this comes from.
fn heading(result: &RunResult) -> String {
    let started = &result.started;
    format!(
        "run {} by {} {}\n{}\ntarget {} ({}) for {}\njournal head {} after {} lines",
        started.run_id,
        started.tool.name,
        started.tool.version,
        driven_sentence(result),
        started.target.name,
        started.target.base_url,
        started.supplier,
        result.head,
        result.events
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
    let none = Duration::ZERO;
    let mut case = match mapped(point) {
        Mapped::Passed => TestCaseBuilder::success(&name, none),
        Mapped::PassedWithWords => warned(&name, point),
        Mapped::Failure => TestCaseBuilder::failure(&name, none, kind, &message),
        Mapped::Error => TestCaseBuilder::error(&name, none, kind, &message),
        Mapped::Skipped => TestCaseBuilder::skipped_with_cause(&name, kind, &message),
    };
    case.set_classname(&text::one_line(&point.test));
    case.set_trace(&cdata(&text::lines(&point.judgement)));
    case.build()
}

fn warned(name: &str, point: &PointResult) -> TestCaseBuilder {
    let mut case = TestCaseBuilder::success(name, Duration::ZERO);
    let words = format!("warning\n{}", text::lines(&point.judgement));
    case.set_system_out(&cdata(&words));
    case
}

/// `text` for a CDATA section, which junit-report writes as it is: the end mark is split over
/// two sections.
fn cdata(text: &str) -> String {
    text::visible(text).replace("]]>", "]]]]><![CDATA[>")
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

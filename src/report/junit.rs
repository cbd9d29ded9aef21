//! JUnit XML, as CI systems read it (interfaces, "Verdicts of an acceptance point").

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, Event};

use crate::acceptance::count;
use crate::acceptance::result::{PointResult, RunResult};
use crate::model::{Span, Verdict};

use super::outcome::{by_test, driven_sentence, is_mandatory};
use super::{ReportError, text};

type Out = Writer<Vec<u8>>;

/// The JUnit report of `result`: one suite an acceptance test, one case a point. Times are the
/// journal's: of a suite from the first to the last event of its test, of a case from the first
/// to the last event that proves it.
///
/// # Errors
/// If the XML cannot be built.
pub fn junit(result: &RunResult) -> Result<Vec<u8>, ReportError> {
    let mut suites: Vec<Suite> = by_test(result).into_iter().map(Suite::of).collect();
    if !result.finished {
        suites.push(Suite::unfinished(result));
    }
    write(result, &suites).map_err(ReportError::Junit)
}

/// An acceptance test.
struct Suite {
    name: String,
    package: String,
    tested: Option<Span>,
    cases: Vec<Case>,
}

/// An acceptance point.
struct Case {
    name: String,
    classname: String,
    us: i64,
    ending: Ending,
}

/// How a case ended.
enum Ending {
    Passed,
    PassedWithWords(String),
    /// With the element that says so.
    Marked {
        mark: &'static str,
        kind: &'static str,
        message: String,
        trace: Option<String>,
    },
}

impl Suite {
    fn of(points: &[PointResult]) -> Self {
        let first = points.first();
        let (id, title) = first.map_or(("", ""), |point| (&point.test, &point.title));
        Self {
            name: text::one_line(&format!("{id} {title}")),
            package: text::one_line(id),
            tested: points.iter().filter_map(|it| it.tested).reduce(Span::with),
            cases: points.iter().map(Case::of).collect(),
        }
    }

    /// A run that was cut off gets an error of its own: what it had judged so far may be green.
    fn unfinished(result: &RunResult) -> Self {
        let message =
            "expected: the run comes to its end; observed: its journal has no run.finished";
        let tested = Span {
            first: result.started_at,
            last: result.ended_at,
        };
        let case = Case {
            name: "the run came to its end".to_owned(),
            classname: "RUN".to_owned(),
            us: tested.us(),
            ending: Ending::Marked {
                mark: "error",
                kind: "error",
                message: message.to_owned(),
                trace: None,
            },
        };
        Self {
            name: "RUN The run itself".to_owned(),
            package: "RUN".to_owned(),
            tested: Some(tested),
            cases: vec![case],
        }
    }

    fn count(&self, wanted: &str) -> String {
        let marked =
            |case: &&Case| matches!(&case.ending, Ending::Marked { mark, .. } if *mark == wanted);
        self.cases.iter().filter(marked).count().to_string()
    }
}

impl Case {
    fn of(point: &PointResult) -> Self {
        Self {
            name: text::one_line(&format!("{} {}", point.id, point.text)),
            classname: text::one_line(&point.test),
            us: point.proved.map_or(0, Span::us),
            ending: Ending::of(point),
        }
    }
}

impl Ending {
    fn of(point: &PointResult) -> Self {
        let mark = match point.judgement.verdict {
            Verdict::Pass => return Self::Passed,
            Verdict::Warning => {
                let words = format!("warning\n{}", text::lines(&point.judgement));
                return Self::PassedWithWords(words);
            }
            Verdict::Fail => "failure",
            Verdict::Error | Verdict::Review => "error",
            Verdict::NotTested if is_mandatory(point) => "error",
            Verdict::NotTested | Verdict::NotApplicable => "skipped",
        };
        Self::Marked {
            mark,
            kind: point.judgement.verdict.as_str(),
            message: text::message(&point.judgement),
            trace: (mark != "skipped").then(|| text::lines(&point.judgement)),
        }
    }
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

fn write(result: &RunResult, suites: &[Suite]) -> io::Result<Vec<u8>> {
    let mut out = Writer::new(Vec::new());
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = out.create_element("testsuites");
    if suites.is_empty() {
        root.write_empty()?;
    } else {
        root.write_inner_content(|out| {
            let mut numbered = suites.iter().enumerate();
            numbered.try_for_each(|(id, suite)| write_suite(out, id, suite, result))
        })?;
    }
    let mut bytes = out.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn write_suite(out: &mut Out, id: usize, suite: &Suite, result: &RunResult) -> io::Result<()> {
    let begun = suite.tested.map_or(result.started_at, |span| span.first);
    let attributes = [
        ("id", id.to_string()),
        ("name", suite.name.clone()),
        ("package", suite.package.clone()),
        ("tests", suite.cases.len().to_string()),
        ("errors", suite.count("error")),
        ("failures", suite.count("failure")),
        ("skipped", suite.count("skipped")),
        ("hostname", "localhost".to_owned()),
        ("timestamp", begun.to_string()),
        ("time", seconds(suite.tested.map_or(0, Span::us))),
    ];
    let attributes = attributes
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    let element = out.create_element("testsuite").with_attributes(attributes);
    element.write_inner_content(|out| {
        let mut cases = suite.cases.iter();
        cases.try_for_each(|case| write_case(out, case))?;
        write_words(out, "system-out", &[], Some(&heading(result)))
    })?;
    Ok(())
}

fn write_case(out: &mut Out, case: &Case) -> io::Result<()> {
    let time = seconds(case.us);
    let attributes = [
        ("name", case.name.as_str()),
        ("time", &time),
        ("classname", &case.classname),
    ];
    let element = out.create_element("testcase").with_attributes(attributes);
    match &case.ending {
        Ending::Passed => element.write_empty().map(drop),
        Ending::PassedWithWords(words) => element
            .write_inner_content(|out| write_words(out, "system-out", &[], Some(words)))
            .map(drop),
        Ending::Marked {
            mark,
            kind,
            message,
            trace,
        } => element
            .write_inner_content(|out| {
                let attributes = [("type", *kind), ("message", message)];
                write_words(out, mark, &attributes, trace.as_deref())
            })
            .map(drop),
    }
}

fn write_words(
    out: &mut Out,
    name: &str,
    attributes: &[(&str, &str)],
    words: Option<&str>,
) -> io::Result<()> {
    let attributes = attributes.iter().copied();
    let element = out.create_element(name).with_attributes(attributes);
    match words {
        None => element.write_empty(),
        Some(words) => element.write_cdata_content(BytesCData::new(cdata(words))),
    }
    .map(drop)
}

/// `text` for a CDATA section: the end mark is split over two sections.
fn cdata(text: &str) -> String {
    text::visible(text).replace("]]>", "]]]]><![CDATA[>")
}

fn seconds(us: i64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::Timestamp;

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
            r#"skipped="0" hostname="localhost" timestamp="2026-11-21T14:30:02.000000Z" time="3.250000""#,
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

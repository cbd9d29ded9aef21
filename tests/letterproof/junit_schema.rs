//! The JUnit report holds to a schema of what CI systems read.

use crate::hostile::targets::{junit_schema, run_telling as run, xml};
use crate::schema::{Node, parse};

/// The child that says how a case ended; `passed` without one.
fn ending(case: &Node) -> &str {
    let marks = ["failure", "error", "skipped"];
    let mark = case
        .children
        .iter()
        .find(|child| marks.contains(&child.name.as_str()));
    mark.map_or("passed", |child| &child.name)
}

#[test]
fn the_report_holds_to_the_schema() {
    let mut run = run("plain words");
    assert_eq!(junit_schema().breaches(&xml(&run)), Vec::<String>::new());
    run.finished = false;
    assert_eq!(junit_schema().breaches(&xml(&run)), Vec::<String>::new());
    run.points.clear();
    run.finished = true;
    assert_eq!(junit_schema().breaches(&xml(&run)), Vec::<String>::new());
}

#[test]
fn the_schema_can_say_no() {
    let suite = |attributes: &str, inner: &str| {
        format!(
            r#"<testsuites><testsuite name="a" tests="1" failures="0" errors="0" {attributes}>{inner}</testsuite></testsuites>"#
        )
    };
    let case = r#"<testcase name="a" classname="b" time="0"/>"#;
    let good = suite(r#"time="0.5""#, case);
    assert_eq!(junit_schema().breaches(&good), Vec::<String>::new());
    let bad = [
        suite("", case),
        suite(r#"time="soon""#, case),
        suite(r#"time="0" timestamp="today""#, case),
        suite(r#"time="0" color="red""#, case),
        suite(r#"time="0""#, "words"),
        suite(r#"time="0""#, r#"<testcase name="a" time="0"/>"#),
        suite(
            r#"time="0""#,
            r#"<testcase name="a" classname="b" time="0"><skipped type="" message=""/><error type="" message=""/></testcase>"#,
        ),
        suite(r#"time="0""#, &format!("<system-out/>{case}")),
        "<testsuites><verdict/></testsuites>".into(),
        "<testsuites>".into(),
        "<testsuites/>\u{1}".into(),
    ];
    for xml in bad {
        assert!(!junit_schema().breaches(&xml).is_empty(), "{xml}");
    }
}

#[test]
fn every_verdict_maps_as_the_interfaces_say() {
    let root = parse(&xml(&run("words"))).unwrap();
    let endings: Vec<Vec<&str>> = root
        .each("testsuite")
        .map(|suite| suite.each("testcase").map(ending).collect())
        .collect();
    // pass, warning, fail, review, not_applicable, not_tested, error
    let mandatory = [
        "passed", "passed", "failure", "error", "skipped", "error", "error",
    ];
    let other = [
        "passed", "passed", "failure", "error", "skipped", "skipped", "error",
    ];
    assert_eq!(endings, [mandatory, other, other]);
}

#[test]
fn names_and_words_stand_where_the_interfaces_say() {
    let root = parse(&xml(&run("no letter is skipped"))).unwrap();
    let suite = &root.children[0];
    assert_eq!(suite.attribute("name"), "AT1 title no letter is skipped");
    let cases: Vec<_> = suite.each("testcase").collect();
    assert_eq!(cases[1].attribute("classname"), "AT1");
    assert_eq!(cases[1].attribute("name"), "AT1.2 no letter is skipped");
    let warning = cases[1].each("system-out").next().unwrap();
    assert!(
        warning.text.contains("observed: no letter is skipped"),
        "{}",
        warning.text
    );
    let failure = cases[2].each("failure").next().unwrap();
    assert_eq!(
        failure.attribute("message"),
        "expected: no letter is skipped; observed: no letter is skipped; journal: 3, 7–8"
    );
}

#[test]
fn hostile_words_come_back_as_words() {
    let hostile = "<script> ]]> &amp; \" ' </testcase> <![CDATA[";
    let root = parse(&xml(&run(hostile))).unwrap();
    let failure = root.children[0].children[2].each("failure").next().unwrap();
    assert!(failure.text.contains(hostile), "{}", failure.text);
    assert!(failure.attribute("message").contains(hostile));
}

//! `report.html` of a real run, and the pictures that a browser makes of it.
//!
//! The tests that need a browser are ignored by `cargo test`, which says so; `.ci/run` runs them:
//! `cargo test --test letterproof report:: -- --ignored`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may end at once, and says what it left out"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::common::{Desk, RUN};
use letterproof::audit::read_result;
use letterproof::browser::Browser;
use letterproof::evidence::RunDir;
use letterproof::report::write_all;

/// Every test with a sheet of its own form.
const TESTS: &str = "AT1,AT2,AT3,AT4,AT10,AT12,AT13,AT14,AT15";

/// One run, shared by all tests here; nobody changes it.
fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = Desk::new();
        desk.call(&[
            "run",
            "--run-id",
            RUN,
            "--only",
            TESTS,
            "--letters",
            "120",
            "--settle",
            "100ms",
            "--visibility-timeout",
            "600ms",
        ])
        .expect(0);
        desk
    })
}

fn reports() -> PathBuf {
    desk().path("reports").join(RUN)
}

fn page() -> String {
    fs::read_to_string(reports().join("report.html")).unwrap()
}

/// The folder of this run's evidence, copied, so that a test may change it.
fn copied_run(to: &Desk) -> PathBuf {
    let run = to.run_dir(RUN);
    crate::common::copy_folder(&desk().run_dir(RUN), &run);
    run
}

#[test]
fn a_run_ends_with_a_page_that_has_a_sheet_for_each_test() {
    let page = page();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en-GB\""));
    for test in TESTS.split(',') {
        assert!(
            page.contains(&format!("<section class=\"sheet\" id=\"{test}\"")),
            "{test}"
        );
    }
    let head = fs::read_to_string(desk().run_dir(RUN).join("seal.json")).unwrap();
    let head: serde_json::Value = serde_json::from_str(&head).unwrap();
    assert!(page.contains(head["head"].as_str().unwrap()));
    for said in [
        "SIMULATOR, NOT EVIDENCE",
        "Runs side by side",
        "Download log of pass 3",
        "Settle times",
        "PDF checks",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn the_page_is_made_again_byte_for_byte() {
    let other = Desk::new();
    copied_run(&other);
    other.call(&["report", RUN]).expect(0);
    let again = fs::read_to_string(other.path("reports").join(RUN).join("report.html")).unwrap();
    assert!(again == page(), "report.html differs when it is made again");
}

#[test]
fn a_long_body_is_shown_from_where_it_lies() {
    let page = page();
    let (_, list) = page.split_once("letters?limit=2500</span>").unwrap();
    let (card, _) = list.split_once("</article>").unwrap();
    assert!(card.contains("&quot;specificationId&quot;"), "{card}");
    assert!(
        card.contains("more lines left out here; the whole body is bodies/"),
        "{card}"
    );
    assert!(
        card.contains("<mark class=\"redacted\">‹redacted:"),
        "{card}"
    );
}

#[test]
fn a_body_that_was_changed_is_not_shown_as_evidence() {
    let other = Desk::new();
    let run = copied_run(&other);
    for folder in fs::read_dir(run.join("bodies")).unwrap() {
        for body in fs::read_dir(folder.unwrap().path()).unwrap() {
            fs::write(body.unwrap().path(), "forged").unwrap();
        }
    }
    other
        .call(&["report", RUN])
        .expect(1)
        .says(&["does not hold", "is not what its hash says"]);
    assert!(!other.path("reports").exists());
    // Nor where a report is made of a run that nobody held before.
    let (dir, into) = (RunDir::at(run), other.path("reports"));
    write_all(&dir, &read_result(&dir).unwrap(), &into).unwrap();
    let page = fs::read_to_string(into.join("report.html")).unwrap();
    assert!(!page.contains("forged"));
    assert!(page.contains("Cannot be shown: the stored bytes are not what their hash says"));
}

#[test]
fn pictures_need_a_browser_and_the_page_does_not() {
    let other = Desk::new();
    copied_run(&other);
    let ended = other
        .call(&["report", RUN, "--pdf", "--browser", "/nowhere/chromium"])
        .expect(2);
    assert!(
        ended
            .err
            .contains("there is no program at /nowhere/chromium"),
        "{ended}"
    );
    assert!(
        other
            .path("reports")
            .join(RUN)
            .join("report.html")
            .is_file()
    );
}

#[test]
#[ignore = "needs Chromium"]
fn a_browser_prints_the_page_and_pictures_each_sheet() {
    let other = Desk::new();
    copied_run(&other);
    other
        .call(&["report", RUN, "--pdf", "--screenshots"])
        .expect(0);
    let made = other.path("reports").join(RUN);
    let pdf = fs::read(made.join("report.pdf")).unwrap();
    assert!(
        pdf.starts_with(b"%PDF-") && pdf.len() > 100_000,
        "{} bytes",
        pdf.len()
    );
    for test in TESTS.split(',') {
        let png = fs::read(made.join("screenshots").join(format!("{test}.png"))).unwrap();
        let side = |from: usize| u32::from_be_bytes(png[from..from + 4].try_into().unwrap());
        assert_eq!(side(16), 1_280, "{test}");
        assert!(side(20) > 1_000, "{test} is {} pixels tall", side(20));
    }
}

/// Chromium refuses its sandbox as root; the page is our own.
fn chromium(folder: &Path, page: &Path, flags: &[&str]) -> String {
    let browser = Browser::find(None).unwrap();
    let output = Command::new(browser.program())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .args(flags)
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "needs Chromium"]
fn the_policy_lets_the_pages_own_script_run() {
    let folder = tempfile::tempdir().unwrap();
    let document = chromium(
        folder.path(),
        &reports().join("report.html"),
        &["--dump-dom"],
    );
    assert!(
        document.contains("data-height=\""),
        "the script did not run"
    );
    assert!(
        document.contains("<search class=\"finder\" id=\"finder\">"),
        "the finder is hidden"
    );
}

/// axe-core's script, fetched into `folder`; `None` if npm or its registry is not there.
fn axe(folder: &Path) -> Option<String> {
    let fetched = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"])
        .arg(folder)
        .arg("axe-core@4")
        .stdin(Stdio::null())
        .status();
    if !fetched.is_ok_and(|status| status.success()) {
        return None;
    }
    fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).ok()
}

/// `page` with a script that runs axe over it and leaves the result in its title.
fn with_axe(page: &str, axe: &str) -> String {
    let (before, rest) = page
        .split_once("<meta http-equiv=\"Content-Security-Policy\"")
        .unwrap();
    let (_, after) = rest.split_once('>').unwrap();
    let run = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(function (found) {
            var said = found.violations.map(function (one) { return one.id + ': ' + one.nodes[0].html; });
            document.title = 'axe: ' + found.passes.length + ' passed; violations: ' + JSON.stringify(said);
        });";
    let shown = "<style>.is-page .sheet { content-visibility: visible !important; }</style>";
    format!(
        "{before}{}",
        after.replacen(
            "</body>",
            &format!("{shown}<script>{axe}</script><script>{run}</script></body>"),
            1
        )
    )
}

#[test]
#[ignore = "needs Chromium"]
fn axe_finds_no_violation() {
    let folder = tempfile::tempdir().unwrap();
    let Some(axe) = axe(folder.path()) else {
        eprintln!("left out: axe-core could not be fetched with npm");
        return;
    };
    let faulty = page().replacen(" lang=\"en-GB\"", "", 1);
    let found = violations(
        folder.path(),
        &with_axe(&faulty, &axe),
        "--window-size=1280,900",
    );
    assert!(
        found.contains("html-has-lang"),
        "a fault would not be seen: {found}"
    );
    for size in ["--window-size=1280,900", "--window-size=500,900"] {
        let found = violations(folder.path(), &with_axe(&page(), &axe), size);
        eprintln!("{size}: {found}");
        assert!(found.ends_with("violations: []"), "{size}: {found}");
    }
}

/// What axe said of `page`, from its title.
fn violations(folder: &Path, page: &str, size: &str) -> String {
    let path = folder.join("page.html");
    fs::write(&path, page).unwrap();
    let flags = [size, "--virtual-time-budget=120000", "--dump-dom"];
    let document = chromium(folder, &path, &flags);
    let (_, title) = document.split_once("<title>").unwrap();
    let (title, _) = title.split_once("</title>").unwrap();
    assert!(title.starts_with("axe: "), "axe did not run: {title}");
    title.to_owned()
}

//! The page as a whole: hostile texts, size, sameness, what every page says.

use super::*;
use crate::report::outcome::called_at;
use crate::report::sample::{Whole, rules};
use crate::report::text;

/// Markup, ends of sections, control characters, marks that turn the reading direction, formulas.
const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)> ]]> --> \u{0}\u{8}\u{1b}[2J \
    \u{202e}gnp.exe\u{2066} \u{ffff} ' onmouseover='x\" onfocus=\"y =cmd|' /C calc'!A0 &lt; ../../etc";

fn page(run: &Whole) -> String {
    let part = run.part();
    html(&Dossier {
        parts: std::slice::from_ref(&part),
        rules: &rules,
    })
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn nothing_hostile_breaks_out() {
    let hostile = page(&Whole::telling(HOSTILE));
    for tag in [
        "<img", "<iframe", "<object", "<embed", "<link", "<base", "<form", "<!--",
    ] {
        assert!(!hostile.contains(tag), "{tag}");
    }
    for tag in ["<script", "</script", "<style", "</style", "</body"] {
        assert_eq!(count(&hostile, tag), 1, "{tag}");
    }
    // Attributes stand in double quotes, so single ones end nothing.
    for attribute in [" onerror=\"", " onmouseover=\"", " onfocus=\""] {
        assert!(!hostile.contains(attribute), "{attribute}");
    }
    assert_eq!(text::visible(&hostile), hostile);
    assert!(hostile.contains("‹U+202E›gnp.exe‹U+2066›"));
    assert!(hostile.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn every_element_is_closed_whatever_the_texts_are() {
    for page in [page(&Whole::telling(HOSTILE)), page(&Whole::run())] {
        for element in [
            "section", "article", "table", "tr", "td", "div", "dl", "dd", "details", "svg", "mark",
            "code", "a",
        ] {
            let opened =
                count(&page, &format!("<{element}>")) + count(&page, &format!("<{element} "));
            assert_eq!(opened, count(&page, &format!("</{element}>")), "{element}");
        }
    }
}

#[test]
fn texts_of_two_megabytes_do_not_make_the_page_large() {
    let long = "wörd ".repeat(400_000);
    let page = page(&Whole::telling(&long));
    assert!(page.len() < 400_000, "{} bytes", page.len());
    assert!(page.contains("more bytes)"));
}

#[test]
fn thousands_of_readings_do_not_make_the_page_large() {
    let page = page(&Whole::with_readings(5_000, 1_500));
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(page.contains("The other "), "the others stand in rows");
    assert!(page.contains("more rows between them, in exchanges.har"));
}

#[test]
fn nothing_is_loaded_and_nothing_is_sent() {
    let page = page(&Whole::run());
    for reach in [
        "src=",
        "<link",
        "<form",
        "<iframe",
        "href=\"http",
        "url(",
        " style=\"",
        " onclick",
    ] {
        assert!(!page.contains(reach), "{reach}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert!(
        page.split("href=\"")
            .skip(1)
            .all(|link| link.starts_with('#'))
    );
}

#[test]
fn every_link_leads_somewhere_and_no_id_is_given_twice() {
    let page = page(&Whole::run());
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let links = page
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for link in links {
        assert!(ids.contains(&link), "{link}");
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn the_first_line_says_who_was_driven() {
    let page = page(&Whole::run());
    let (_, body) = page.split_once("<body>").unwrap();
    let first = body
        .split('>')
        .map(|part| part.split('<').next().unwrap_or(""))
        .find(|text| !text.trim().is_empty());
    assert_eq!(
        first,
        Some("The reference client was driven, not the supplier's own system. ")
    );
}

#[test]
fn a_simulators_run_says_so_on_every_sheet_and_on_paper() {
    let said = |page: &str| count(page, "<p class=\"simulated\">SIMULATOR, NOT EVIDENCE</p>");
    const INT: &str = "https://int.api.service.nhs.uk/nhs-notify-supplier";
    let near = "http://127.0.0.1:41001";
    let simulated = [
        Whole::run().against("local", near),
        Whole::run().against(
            "sandbox",
            "https://sandbox.api.service.nhs.uk/nhs-notify-supplier",
        ),
        // Another name for a simulator makes no evidence of it.
        Whole::run().against("int", near),
        Whole::run().against("int", INT).called_at(near),
        Whole::run().against("prod", INT),
        Whole::run().against("int", "https://int.example.org/nhs-notify-supplier"),
    ];
    for run in simulated {
        let page = page(&run);
        let kind = &run.result.started.target.kind;
        assert_eq!(said(&page), 1 + 4, "{kind}");
        assert!(
            count(&page, &format!("Called: {}", called_at(&run.result))) >= 2,
            "{kind}"
        );
        assert!(page.contains("<div class=\"watermark\""));
        assert!(page.contains("<html lang=\"en-GB\" class=\"is-simulated"));
    }
    let real = page(&Whole::run().against("int", INT));
    assert_eq!(said(&real), 0);
    assert!(!real.contains("<div class=\"watermark\""));
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    assert_eq!(page(&Whole::run()), page(&Whole::run()));
}

#[test]
fn a_sheet_reads_as_the_pack_asks() {
    let run = Whole::run();
    let part = run.part();
    let dossier = Dossier {
        parts: std::slice::from_ref(&part),
        rules: &rules,
    };
    assert_eq!(sheet_tests(&dossier), ["AT3", "AT4", "AT14", "AT15"]);
    assert!(sheet_html(&dossier, "AT7").is_none());
    let sheet = sheet_html(&dossier, "AT4").unwrap();
    let (_, main) = sheet.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    insta::assert_snapshot!(main.replace("><", ">\n<"));
}

#[test]
fn a_pack_takes_each_test_from_the_run_that_counts() {
    let (one, other) = (
        Whole::telling("the first run"),
        Whole::telling("the second run"),
    );
    let (first, second) = (["AT3".to_owned()], ["AT4".to_owned(), "AT14".to_owned()]);
    let parts = [
        Part {
            tests: Some(&first),
            ..one.part()
        },
        Part {
            tests: Some(&second),
            ..other.part()
        },
    ];
    let dossier = Dossier {
        parts: &parts,
        rules: &rules,
    };
    assert_eq!(sheet_tests(&dossier), ["AT3", "AT4", "AT14"]);
    let page = html(&dossier);
    assert!(page.contains("The runs</h2>"));
    assert!(page.contains("id=\"x2-8\"") && !page.contains("id=\"x1-8\""));
}

#[test]
fn deviations_are_told_with_request_id_time_and_documentation() {
    let page = page(&Whole::run());
    let (_, section) = page.split_once("Observations for NHS Notify</h2>").unwrap();
    for said in [
        "Requests were answered with 5xx, or with no whole answer",
        "X-Request-ID did not come back as it was sent",
        "Answers carry a content type other than application/vnd.api+json",
        "request id <code>request-13</code>",
        "2026-11-21 14:30:00.901 UTC",
        "a request ends within 29 s",
        "Seen on target local, which is not the real service.",
    ] {
        assert!(section.contains(said), "{said}");
    }
}

#[test]
fn the_time_of_a_change_lies_between_the_last_old_and_the_first_new_reading() {
    let run = Whole::run();
    let part = run.part();
    let changes = crate::report::transitions::transitions(part.view, "AT4");
    let [change] = changes.as_slice() else {
        panic!("{} changes", changes.len());
    };
    assert_eq!(
        (change.hidden_us(), change.visible_us()),
        (65_000, Some(210_000))
    );
    assert!(change.is_known_within(145_000) && !change.is_known_within(144_999));
}

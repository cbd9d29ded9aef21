//! The document around the sheets: style, script, a policy that forbids the network.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::acceptance::CATALOGUE;
use crate::model::Verdict;
use crate::report::outcome::word;
use crate::report::text;

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

/// What stands at the top of every page of the document.
pub(super) struct Page {
    pub title: String,
    /// Nothing in it is evidence: said on every page, on paper too.
    pub simulated: bool,
    /// Where the requests went: said on every page, on paper too.
    pub called: String,
    pub first_line: Markup,
    /// With the search and the filter; a picture has no use for them.
    pub finder: bool,
}

/// The whole document. Characters that mislead are spelled out here, once and for everything.
pub(super) fn document(page: &Page, content: &Markup) -> String {
    let kind = if page.simulated {
        "is-simulated"
    } else {
        "is-evidence"
    };
    let form = if page.finder { "is-page" } else { "is-picture" };
    let class = format!("{kind} {form}");
    let style = format!("{STYLE}{}", margin(&page.called));
    let document = html! {
        (DOCTYPE)
        html lang="en-GB" class=(class) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (page.title) }
                style { (PreEscaped(&style)) }
            }
            body {
                header class="top" {
                    div class="wide" {
                        (page.first_line)
                        p class="called" { "Called: " (page.called) }
                        @if page.simulated { p class="simulated" { "SIMULATOR, NOT EVIDENCE" } }
                    }
                    a class="skip" href="#main" { "Skip to the result" }
                }
                @if page.simulated { div class="watermark" aria-hidden="true" { "SIMULATOR, NOT EVIDENCE" } }
                @if page.finder { (finder()) }
                main id="main" class="wide" tabindex="-1" { (content) }
                footer class="foot" { div class="wide" {
                    p { "Made by letterproof from the run's journal alone. letterproof is no product of the NHS." }
                } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    text::visible(&document.into_string())
}

/// The margin of every printed page says where the requests went. Only what stands in host names
/// gets in, so that nothing ends the text or the style.
fn margin(called: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || " .,:/-[]".contains(*c);
    let called: String = called.chars().filter(plain).take(LONGEST_MARGIN).collect();
    format!(
        "@page {{ @bottom-center {{ content: \"Called: {called}\"; font: 8pt Arial, Helvetica, sans-serif; color: #425563; }} }}"
    )
}

/// What one line of A4 holds.
const LONGEST_MARGIN: usize = 110;

/// Nothing may be loaded and no form sent; the style and the script are those of this file.
fn policy(style: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(SCRIPT)
    )
}

/// Search and filter: shown by the script, since without it they do nothing.
fn finder() -> Markup {
    html! {
        search class="finder" id="finder" hidden {
            div class="wide finder-fields" {
                div class="field field-wide" {
                    label for="find" { "Letter id, request id or text" }
                    input id="find" type="search" autocomplete="off" spellcheck="false";
                }
                div class="field" {
                    label for="find-test" { "Test" }
                    select id="find-test" {
                        option value="" { "All tests" }
                        @for test in CATALOGUE { option value=(test.id) { (test.id) } }
                    }
                }
                div class="field" {
                    label for="find-verdict" { "Verdict" }
                    select id="find-verdict" {
                        option value="" { "All verdicts" }
                        @for verdict in Verdict::ALL { option value=(verdict.as_str()) { (word(verdict)) } }
                    }
                }
                p class="found" { output id="found" for="find find-test find-verdict" { } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_are_plain_and_end_only_themselves() {
        for text in [STYLE, SCRIPT] {
            assert!(text.is_ascii() && text::visible(text) == text);
            assert!(!text.contains("</"), "would end its element");
            for reach in [
                "http:",
                "https:",
                "//",
                "@import",
                "url(",
                "fetch",
                "innerHTML",
                "eval",
            ] {
                assert!(!text.contains(reach), "{reach}");
            }
        }
    }

    #[test]
    fn the_margin_holds_names_of_hosts_and_nothing_else() {
        let told = margin("https://h:1, </style>\"; } * { x\\: y\u{202e}");
        assert!(
            told.contains("Called: https://h:1, /style    x: y\""),
            "{told}"
        );
        assert!(margin(&"h".repeat(1_000)).len() < 250);
    }

    #[test]
    fn the_policy_forbids_everything_else() {
        let policy = policy("");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

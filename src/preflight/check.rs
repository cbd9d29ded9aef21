//! The checks: what each demands, how grave a breach is, and where the demand comes from.

use serde::{Deserialize, Serialize};

/// Longest observation that a report keeps, in characters: a damaged file can make a parser's
/// message as long as itself.
const MAX_OBSERVED: usize = 240;

/// How grave a breach of a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The letter must be rejected or failed.
    Error,
    /// Worth recording; the letter can be produced.
    Warning,
    /// The policy decides which of the two, or neither.
    Policy,
}

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rule holds.
    Pass,
    /// The rule is bent, or a rule that is only recorded is broken.
    Warn,
    /// The rule is broken: the letter must not be produced.
    Fail,
    /// Nothing was looked at; the observation says why.
    NotRun,
    /// It was looked at, but not to its end: the observation says which bound of this tool was
    /// met. That says nothing against the letter, so it is never a reason for the API.
    NotJudged,
}

/// One check. The order is the order of causes: a file that breaks an early rule breaks later
/// ones too, so the first failure is the one to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each check is described by its rule")]
pub enum CheckId {
    #[serde(rename = "PF-001")]
    Document,
    #[serde(rename = "PF-002")]
    Size,
    #[serde(rename = "PF-003")]
    Hash,
    #[serde(rename = "PF-004")]
    Frame,
    #[serde(rename = "PF-005")]
    Load,
    #[serde(rename = "PF-006")]
    Encryption,
    #[serde(rename = "PF-007")]
    PageTree,
    #[serde(rename = "PF-008")]
    Streams,
    #[serde(rename = "PF-010")]
    Sheets,
    #[serde(rename = "PF-011")]
    MorePages,
    #[serde(rename = "PF-012")]
    PaperSize,
    #[serde(rename = "PF-020")]
    Fonts,
    #[serde(rename = "PF-021")]
    Type3,
    #[serde(rename = "PF-030")]
    Active,
    #[serde(rename = "PF-042")]
    Resolution,
    #[serde(rename = "PF-050")]
    AddressPresent,
    #[serde(rename = "PF-051")]
    AddressLines,
    #[serde(rename = "PF-052")]
    AddressWindow,
    #[serde(rename = "PF-053")]
    Margins,
}

/// What a check demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The stable name, also the reason code that the API is told.
    pub id: &'static str,
    /// The demand, in words.
    pub demand: &'static str,
    /// The reason text that the API is told when it is not met.
    pub reason: &'static str,
    /// How grave a breach is.
    pub severity: Severity,
    /// Where the demand comes from.
    pub source: &'static str,
}

const fn rule(
    id: &'static str,
    severity: Severity,
    demand: &'static str,
    reason: &'static str,
    source: &'static str,
) -> Rule {
    Rule {
        id,
        demand,
        reason,
        severity,
        source,
    }
}

use Severity::{Error as E, Policy as P, Warning as W};

const AT12: &str = "acceptance pack AT12, AT13";
const AT15: &str = "acceptance pack AT15 step 4";
const ISO: &str = "ISO 32000-1";
const FACTS: &str = "pdf-preflight facts";
const PACK: &str = "nhs-notify-supplier-api config/suppliers/pack-specification";
const NOTIFY: &str = "alphagov notifications-template-preview";

/// Every rule, in the order of [`CheckId`].
const RULES: [Rule; 19] = [
    rule(
        "PF-001",
        E,
        "the data URL leads to a document",
        "The letter has no PDF",
        AT12,
    ),
    rule(
        "PF-002",
        E,
        "as many bytes as announced, more than none, at most 10 MiB",
        "The PDF is empty, incomplete or too large",
        AT15,
    ),
    rule(
        "PF-003",
        E,
        "the bytes have the hash that the letter names",
        "The PDF does not match its SHA-256 hash",
        "nhs-notify-supplier-api, sha256Hash",
    ),
    rule(
        "PF-004",
        E,
        "begins with %PDF-, ends with %%EOF, startxref leads to a cross-reference section",
        "The file is not a complete PDF",
        ISO,
    ),
    rule(
        "PF-005",
        E,
        "a strict reader loads it",
        "The PDF's structure is broken",
        ISO,
    ),
    rule(
        "PF-006",
        E,
        "opens without a password",
        "The PDF is encrypted",
        FACTS,
    ),
    rule(
        "PF-007",
        E,
        "has pages, as many as it says",
        "The PDF has no pages or a broken page tree",
        ISO,
    ),
    rule(
        "PF-008",
        E,
        "everything that prints is there and decodes to its end, with its checksum",
        "The PDF's contents are damaged or incomplete",
        FACTS,
    ),
    rule(
        "PF-010",
        E,
        "no more sheets and sides than the pack allows",
        "Too many sheets for the pack",
        PACK,
    ),
    rule(
        "PF-011",
        P,
        "no more pages than AT12 names",
        "The letter has more than 5 pages",
        AT12,
    ),
    rule(
        "PF-012",
        E,
        "A4 portrait",
        "The page is not A4 portrait",
        NOTIFY,
    ),
    rule(
        "PF-020",
        E,
        "every font that is used is embedded",
        "A font is not embedded",
        NOTIFY,
    ),
    rule(
        "PF-021",
        W,
        "no Type 3 font",
        "A Type 3 font is used",
        FACTS,
    ),
    rule(
        "PF-030",
        E,
        "no scripts, launched programs, forms to submit, or attached files",
        "The PDF has active content or attachments",
        FACTS,
    ),
    rule(
        "PF-042",
        W,
        "images have at least 150 dots per inch",
        "An image is too coarse to print",
        FACTS,
    ),
    rule(
        "PF-050",
        E,
        "there is text that prints in the address window",
        "There is no address in the window",
        NOTIFY,
    ),
    rule(
        "PF-051",
        E,
        "the address has 3 to 7 lines, ends with a postcode, a BFPO number or a country, and post can go there",
        "The address is invalid",
        AT12,
    ),
    rule(
        "PF-052",
        W,
        "the address lies inside the window, and nothing else does",
        "The address does not fit the window",
        NOTIFY,
    ),
    rule(
        "PF-053",
        W,
        "margins of 15 mm left and right, 5 mm above and below",
        "Something is printed in the margins",
        NOTIFY,
    ),
];

impl CheckId {
    /// Every check, in the order of causes.
    pub const ALL: [Self; 19] = [
        Self::Document,
        Self::Size,
        Self::Hash,
        Self::Frame,
        Self::Load,
        Self::Encryption,
        Self::PageTree,
        Self::Streams,
        Self::Sheets,
        Self::MorePages,
        Self::PaperSize,
        Self::Fonts,
        Self::Type3,
        Self::Active,
        Self::Resolution,
        Self::AddressPresent,
        Self::AddressLines,
        Self::AddressWindow,
        Self::Margins,
    ];

    /// What the check demands.
    #[must_use]
    pub const fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }

    /// Whether the check is quick enough for AT15's timed window.
    #[must_use]
    pub const fn is_cheap(self) -> bool {
        matches!(
            self,
            Self::Document
                | Self::Size
                | Self::Hash
                | Self::Frame
                | Self::Load
                | Self::Encryption
                | Self::PageTree
                | Self::Sheets
                | Self::MorePages
                | Self::PaperSize
        )
    }

    /// The stable name: `PF-004`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.rule().id
    }
}

impl std::fmt::Display for CheckId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a check found, before it is entered under a check's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) observed: String,
}

impl Finding {
    fn new(outcome: Outcome, observed: impl Into<String>) -> Self {
        Self {
            outcome,
            observed: observed.into(),
        }
    }

    pub(super) fn pass(observed: impl Into<String>) -> Self {
        Self::new(Outcome::Pass, observed)
    }

    pub(super) fn warn(observed: impl Into<String>) -> Self {
        Self::new(Outcome::Warn, observed)
    }

    pub(super) fn fail(observed: impl Into<String>) -> Self {
        Self::new(Outcome::Fail, observed)
    }

    pub(super) fn not_judged(bound: impl Into<String>) -> Self {
        Self::new(Outcome::NotJudged, bound)
    }

    pub(super) fn not_run(why: impl Into<String>) -> Self {
        Self::new(Outcome::NotRun, why)
    }
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which check.
    pub id: CheckId,
    /// What became of it.
    pub outcome: Outcome,
    /// How grave a breach of it is.
    pub severity: Severity,
    /// What was seen, in words; never a word of the letter itself.
    pub observed: String,
}

impl CheckResult {
    /// Whether anything was looked at.
    #[must_use]
    pub fn was_run(&self) -> bool {
        self.outcome != Outcome::NotRun
    }

    /// Whether somebody should read what was seen.
    #[must_use]
    pub fn is_remark(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Warn | Outcome::Fail | Outcome::NotJudged
        )
    }

    /// A check that is only recorded cannot fail, whatever its finding says.
    pub(super) fn new(id: CheckId, finding: Finding) -> Self {
        let severity = id.rule().severity;
        let outcome = match finding.outcome {
            Outcome::Fail if severity == Severity::Warning => Outcome::Warn,
            outcome => outcome,
        };
        Self {
            id,
            outcome,
            severity,
            observed: finding.observed.chars().take(MAX_OBSERVED).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_and_its_rule_bear_the_same_name() {
        for (id, rule) in CheckId::ALL.into_iter().zip(&RULES) {
            assert_eq!(serde_json::to_value(id).unwrap(), rule.id);
            assert_eq!(id.as_str(), rule.id);
        }
    }

    #[test]
    fn a_recorded_rule_cannot_fail_a_letter() {
        let result = CheckResult::new(CheckId::Margins, Finding::fail("x"));
        assert_eq!(result.outcome, Outcome::Warn);
    }

    #[test]
    fn an_observation_is_cut() {
        let result = CheckResult::new(CheckId::Load, Finding::fail("é".repeat(10_000)));
        assert_eq!(result.observed.chars().count(), MAX_OBSERVED);
    }
}

//! The sections of a configuration, typed, with their built-in values.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::evidence::Policy;
use crate::model::{Reason, Status};
use crate::preflight::{CheckId, Severity};

use super::ConfigError;
use super::settings::Settings;

/// The supplier where no name is given: the simulator's own.
pub const EXAMPLE_SUPPLIER: &str = "example-supplier";

/// `[supplier]`: who is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// The supplier's name; group ids of the simulator carry it.
    pub name: String,
    /// The supplier's own system, if it is the one that is driven or observed.
    pub system: Option<String>,
    /// Optional statuses the supplier claims, in the order of a letter's life.
    pub optional_statuses: Vec<Status>,
    /// True if the supplier rejects invalid letters (AT13).
    pub rejects: bool,
    /// Specification ids that need an accessible format (AT9).
    pub accessible_specifications: Vec<String>,
}

/// `[performance]`: AT15, and what was agreed apart from the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performance {
    /// In how long all data must be there (AT15.2).
    pub target: Duration,
    /// Complete runs (AT15.3).
    pub runs: u64,
    /// Who at NHS Notify agreed to other numbers than the pack's.
    pub agreed_with: Option<String>,
    /// The day of that, as `2026-12-07`.
    pub agreed_on: Option<String>,
}

/// `[reasons]`: codes and texts that go with a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
    /// AT13.
    pub rejected: Vec<Reason>,
    /// AT12.
    pub failed: Vec<Reason>,
    /// AT11.
    pub cancelled: Vec<Reason>,
    /// AT9.
    pub forwarded: Vec<Reason>,
}

/// `[mi]`: management information, AT14.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mi {
    /// `lineItem` of every submission.
    pub line_item: String,
}

/// `[sizes]`: how many letters the acceptance tests take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// AT4.
    pub at4: u64,
    /// AT5, AT6, AT7 and AT8, each.
    pub at5_to_at8: u64,
    /// AT9.
    pub at9: u64,
    /// AT11, for each eligible status.
    pub at11_each: u64,
    /// AT12, for each eligible status.
    pub at12_each: u64,
}

impl Default for Sizes {
    /// The sizes of the Acceptance Test Pack's plan (interfaces, "Configuration").
    fn default() -> Self {
        Self {
            at4: 1_000,
            at5_to_at8: 100,
            at9: 40,
            at11_each: 4,
            at12_each: 4,
        }
    }
}

impl Sizes {
    /// By their names in the configuration, as the journal keeps them.
    pub fn by_name(&self) -> BTreeMap<String, u64> {
        let entries = [
            ("at4", self.at4),
            ("at5_to_at8", self.at5_to_at8),
            ("at9", self.at9),
            ("at11_each", self.at11_each),
            ("at12_each", self.at12_each),
        ];
        entries.map(|(name, size)| (name.to_owned(), size)).into()
    }
}

/// `[windows]`: the days of onboarding, as `2026-12-07`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    /// The first of the 90 calendar days.
    pub onboarding_starts: Option<String>,
    /// The first day of the first test window.
    pub first: Option<String>,
    /// The first day of the second test window.
    pub second: Option<String>,
}

/// `[evidence]`: what is kept and what signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Which letter PDFs are kept.
    pub pdfs: Policy,
    /// A file with the key that signs seals.
    pub signing_key: Option<PathBuf>,
}

/// `[pack]`: the email that carries the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// The sender's address.
    pub from: Option<String>,
    /// The receiver's address.
    pub to: String,
    /// Whom NHS Notify may ask.
    pub contact: Option<String>,
    /// Attachments above this many megabytes go another way.
    pub max_email_mb: u64,
}

pub(super) fn supplier(settings: &Settings) -> Supplier {
    let statuses = settings.list("supplier.optional_statuses");
    let all = || {
        ["PRINTED", "ENCLOSED", "DELIVERED"]
            .map(str::to_owned)
            .into()
    };
    let claimed: Vec<String> = statuses.unwrap_or_else(all);
    Supplier {
        name: settings
            .text("supplier.name")
            .unwrap_or_else(|| EXAMPLE_SUPPLIER.into()),
        system: settings.text("supplier.system"),
        optional_statuses: claimed
            .iter()
            .filter_map(|word| word.parse().ok())
            .collect(),
        rejects: settings.flag("supplier.rejects").unwrap_or(true),
        // The one seeded specification that needs an accessible format (Acceptance Pack, data).
        accessible_specifications: settings
            .list("supplier.accessible_specifications")
            .unwrap_or_else(|| vec!["integration-specification-braille".into()]),
    }
}

pub(super) fn performance(settings: &Settings) -> Performance {
    // Acceptance Pack, AT15: 10 seconds, three runs.
    let seconds = settings.whole("performance.target_s").unwrap_or(10);
    Performance {
        target: Duration::from_secs(seconds),
        runs: settings.whole("performance.runs").unwrap_or(3),
        agreed_with: settings.text("performance.agreed_with"),
        agreed_on: settings.text("performance.agreed_on"),
    }
}

/// No public list of these codes exists, so the built-in ones are ours; their texts follow the
/// triggers that the Acceptance Pack names (AT9, AT11, AT12, AT13). What a check of the PDF found
/// has the check's name as its code.
const REJECTED: &[(&str, &str)] = &[
    ("J01", "Unrecognised specification id"),
    ("J02", "Missing or invalid PDF"),
    ("J03", "Missing metadata"),
    ("J04", "Prohibited template"),
    ("J05", "Invalid address"),
    ("J06", "Quota or compliance limit"),
];
const FAILED: &[(&str, &str)] = &[
    ("F01", "Corrupted PDF"),
    ("F02", "Invalid address"),
    ("F03", "More than 5 pages"),
    ("F04", "Broken file structure"),
];
const CANCELLED: &[(&str, &str)] = &[("C01", "Cancelled at the request of NHS Notify")];
const FORWARDED: &[(&str, &str)] = &[("A01", "Accessible format made by a specialist supplier")];

pub(super) fn reasons(settings: &Settings) -> Reasons {
    let read = |status: &str, built_in: &[(&str, &str)]| {
        let given = settings.reasons(&format!("reasons.{status}"));
        given.unwrap_or_else(|| built_in.iter().copied().map(reason).collect())
    };
    let checks = CheckId::ALL.into_iter().map(CheckId::rule);
    let grave = checks.filter(|rule| rule.severity != Severity::Warning);
    let checks: Vec<(&str, &str)> = grave.map(|rule| (rule.id, rule.reason)).collect();
    Reasons {
        rejected: read("REJECTED", &[REJECTED, &checks].concat()),
        failed: read("FAILED", &[FAILED, &checks].concat()),
        cancelled: read("CANCELLED", CANCELLED),
        forwarded: read("FORWARDED", FORWARDED),
    }
}

fn reason((code, text): (&str, &str)) -> Reason {
    Reason {
        code: code.to_owned(),
        text: text.to_owned(),
    }
}

pub(super) fn mi(settings: &Settings) -> Mi {
    // The example of the API description.
    let line_item = settings.text("mi.line_item");
    Mi {
        line_item: line_item.unwrap_or_else(|| "envelope-business-standard".into()),
    }
}

pub(super) fn sizes(settings: &Settings) -> Sizes {
    let usual = Sizes::default();
    let read = |name: &str, built_in| settings.whole(&format!("sizes.{name}")).unwrap_or(built_in);
    Sizes {
        at4: read("at4", usual.at4),
        at5_to_at8: read("at5_to_at8", usual.at5_to_at8),
        at9: read("at9", usual.at9),
        at11_each: read("at11_each", usual.at11_each),
        at12_each: read("at12_each", usual.at12_each),
    }
}

/// The days, each not before the one it follows.
pub(super) fn windows(settings: &Settings) -> Result<Windows, ConfigError> {
    let days = ["onboarding_starts", "first", "second"].map(|name| format!("windows.{name}"));
    let mut last: Option<String> = None;
    for key in &days {
        let day = settings.text(key);
        // Days of this form sort as texts.
        if day.is_some() && day < last {
            let problem = "lies before the day it follows (onboarding_starts, first, second)";
            return Err(settings.refuse(key, problem));
        }
        last = day.or(last);
    }
    let [starts, first, second] = days.map(|key| settings.text(&key));
    Ok(Windows {
        onboarding_starts: starts,
        first,
        second,
    })
}

pub(super) fn evidence(settings: &Settings) -> Evidence {
    let pdfs = match settings.text("evidence.pdfs").as_deref() {
        Some("none") => Policy::None,
        Some("all") => Policy::All,
        _ => Policy::Failed,
    };
    Evidence {
        pdfs,
        signing_key: settings.path("evidence.signing_key"),
    }
}

pub(super) fn pack(settings: &Settings) -> Pack {
    // Acceptance Pack, "What a supplier hands in".
    let to = settings.text("pack.to");
    Pack {
        from: settings.text("pack.from"),
        to: to.unwrap_or_else(|| "england.nhsnotifysuppliers@nhs.net".into()),
        contact: settings.text("pack.contact"),
        max_email_mb: settings.whole("pack.max_email_mb").unwrap_or(25),
    }
}

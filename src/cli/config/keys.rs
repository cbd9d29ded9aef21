//! The one table of all settings.

use super::value::Kind;

/// A setting of a section.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

const fn key(section: &'static str, name: &'static str, kind: Kind) -> Key {
    Key {
        section,
        name,
        kind,
    }
}

/// The section whose tables carry a name of their own: `[target.NAME]`.
pub(super) const TARGET: &str = "target";

/// Statuses a supplier may claim or not (Acceptance Pack: AT5, AT6, AT8).
const OPTIONAL_STATUSES: &[&str] = &["PRINTED", "ENCLOSED", "DELIVERED"];
/// Kinds of targets (see `targets`).
const TARGET_KINDS: &[&str] = &["local", "sandbox", "int", "prod"];
/// Policies of keeping letter PDFs (interfaces, "Redaction").
const PDF_POLICIES: &[&str] = &["none", "failed", "all"];
/// GET `/letters` returns at most this many, and POST `/letters` takes at most this many
/// (service-behaviour.md, section 1).
const MOST_LETTERS: u64 = 2_500;
/// The longest a queue can hide a message: 12 hours (SQS).
const LONGEST_LEASE_S: u64 = 43_200;

/// Every setting, in the order of the interfaces.
pub(super) static KEYS: &[Key] = &[
    key("supplier", "name", Kind::Text),
    key("supplier", "system", Kind::Text),
    key(
        "supplier",
        "optional_statuses",
        Kind::Choices(OPTIONAL_STATUSES),
    ),
    key("supplier", "rejects", Kind::Flag),
    key("supplier", "accessible_specifications", Kind::List),
    key(TARGET, "kind", Kind::Choice(TARGET_KINDS)),
    key(TARGET, "base_url", Kind::Url),
    key(TARGET, "token_url", Kind::Url),
    key(TARGET, "hosts", Kind::Hosts),
    key(TARGET, "storage_hosts", Kind::Hosts),
    key(TARGET, "api_key_env", Kind::VariableName),
    key(TARGET, "api_key_file", Kind::Path),
    key(TARGET, "private_key", Kind::Path),
    key(TARGET, "kid", Kind::KeyId),
    key(TARGET, "status_api_key_env", Kind::VariableName),
    key(TARGET, "status_api_key_file", Kind::Path),
    key(TARGET, "requests_per_second", Kind::Whole(1, 10_000)),
    key(
        TARGET,
        "visibility_timeout_s",
        Kind::Seconds(LONGEST_LEASE_S),
    ),
    key(TARGET, "settle_timeout_s", Kind::Seconds(3_600)),
    key(TARGET, "expected_letters", Kind::Whole(1, MOST_LETTERS)),
    key("performance", "target_s", Kind::Whole(1, 3_600)),
    key("performance", "runs", Kind::Whole(1, 10)),
    key("performance", "agreed_with", Kind::Text),
    key("performance", "agreed_on", Kind::Date),
    key("reasons", "REJECTED", Kind::Reasons),
    key("reasons", "FAILED", Kind::Reasons),
    key("reasons", "CANCELLED", Kind::Reasons),
    key("reasons", "FORWARDED", Kind::Reasons),
    key("mi", "line_item", Kind::Text),
    key("sizes", "at4", Kind::Whole(1, MOST_LETTERS)),
    key("sizes", "at5_to_at8", Kind::Whole(1, MOST_LETTERS)),
    key("sizes", "at9", Kind::Whole(1, MOST_LETTERS)),
    key("sizes", "at11_each", Kind::Whole(1, MOST_LETTERS)),
    key("sizes", "at12_each", Kind::Whole(1, MOST_LETTERS)),
    key("windows", "onboarding_starts", Kind::Date),
    key("windows", "first", Kind::Date),
    key("windows", "second", Kind::Date),
    key("evidence", "pdfs", Kind::Choice(PDF_POLICIES)),
    key("evidence", "signing_key", Kind::Path),
    key("pack", "from", Kind::Email),
    key("pack", "to", Kind::Email),
    key("pack", "contact", Kind::Text),
    key("pack", "max_email_mb", Kind::Whole(1, 1_000)),
];

/// The sections, in order.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    KEYS.iter().filter_map(move |key| {
        let new = key.section != last;
        last = key.section;
        new.then_some(key.section)
    })
}

/// The settings of `section`.
pub(super) fn keys_of(section: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.section == section)
}

/// The setting `name` of `section`.
pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    keys_of(section).find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_stands_together_and_each_key_once() {
        let sections: Vec<_> = sections().collect();
        assert_eq!(sections.len(), 9);
        for section in sections {
            for key in keys_of(section) {
                let same = keys_of(section).filter(|other| other.name == key.name);
                assert_eq!(same.count(), 1, "{section}.{}", key.name);
            }
        }
    }
}

//! What letters are measured by: packs, the address window, and how grave some rules are.
//!
//! All of it is data with a source (`packs.toml`), because NHS Notify changes it without
//! changing the API.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

/// The policy that ships with the program.
const BUILT_IN: &str = include_str!("packs.toml");

/// How long one PDF may occupy preflight: some hundred times what a letter needs, and short
/// enough to be done within two seconds.
const TIME_BUDGET: Duration = Duration::from_millis(1_500);

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not TOML, or says something that no policy says.
    #[error("the policy does not parse: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Neither the policy nor the built-in one it amends says this.
    #[error("the policy lacks {0}")]
    Missing(&'static str),
    /// A specification leads to a pack that nobody describes.
    #[error("the policy describes no pack {0:?}")]
    UnknownPack(String),
}

/// How a rule that the policy decides about is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A breach is a defect.
    Error,
    /// A breach is recorded.
    Warning,
    /// Nobody looks.
    Off,
}

/// PF-011: AT12's "more than 5 pages".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MorePages {
    /// The most pages that are not too many.
    pub limit: u32,
    /// What a page more means.
    pub severity: Level,
}

/// The address window on page 1, in millimetres from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the four sides of a rectangle")]
pub struct Window {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// Unprinted strips at the edges of a page, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Margins {
    /// Left and right.
    pub sides: f64,
    /// Top and bottom.
    pub ends: f64,
}

/// What a pack can hold and how it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Sheets must be fewer than this.
    pub sheets_below: u32,
    /// Sides must be fewer than this.
    pub sides_below: u32,
    /// Printed on both sides of a sheet.
    pub duplex: bool,
    /// Paper, in words.
    pub paper: String,
    /// `black` or `colour`.
    pub printing: String,
    /// Where these facts come from.
    pub source: String,
}

impl Pack {
    /// How many sheets so many pages take.
    #[must_use]
    pub fn sheets(&self, pages: u32) -> u32 {
        if self.duplex {
            pages.div_ceil(2)
        } else {
            pages
        }
    }
}

/// A policy file: whatever it leaves out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    default_pack: Option<String>,
    more_pages: Option<MorePages>,
    window: Option<Window>,
    margins: Option<Margins>,
    time_budget_ms: Option<u64>,
    #[serde(default)]
    specification: BTreeMap<String, String>,
    #[serde(default)]
    pack: BTreeMap<String, Pack>,
}

/// What letters are measured by.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The pack for a specification that nothing names.
    pub default_pack: String,
    /// PF-011.
    pub more_pages: MorePages,
    /// PF-050 to PF-052.
    pub window: Window,
    /// PF-053.
    pub margins: Margins,
    /// How long one PDF may occupy preflight. It is looked at between and within the checks.
    pub time_budget: Duration,
    specifications: BTreeMap<String, String>,
    packs: BTreeMap<String, Pack>,
}

impl Policy {
    /// The policy that ships with the program.
    ///
    /// # Errors
    /// [`PolicyError`] when the embedded file is broken, which a test of this crate rules out.
    pub fn built_in() -> Result<Self, PolicyError> {
        let file: PolicyFile = toml::from_str(BUILT_IN)?;
        let policy = Self {
            default_pack: file
                .default_pack
                .ok_or(PolicyError::Missing("default_pack"))?,
            more_pages: file.more_pages.ok_or(PolicyError::Missing("more_pages"))?,
            window: file.window.ok_or(PolicyError::Missing("window"))?,
            margins: file.margins.ok_or(PolicyError::Missing("margins"))?,
            time_budget: file
                .time_budget_ms
                .map_or(TIME_BUDGET, Duration::from_millis),
            specifications: file.specification,
            packs: file.pack,
        };
        policy.checked()
    }

    /// The built-in policy as amended by a policy file's text.
    ///
    /// # Errors
    /// [`PolicyError`] when the text is no policy, or leads to a pack that nobody describes.
    pub fn amended(text: &str) -> Result<Self, PolicyError> {
        let mut policy = Self::built_in()?;
        let file: PolicyFile = toml::from_str(text)?;
        policy.specifications.extend(file.specification);
        policy.packs.extend(file.pack);
        policy.default_pack = file.default_pack.unwrap_or(policy.default_pack);
        policy.more_pages = file.more_pages.unwrap_or(policy.more_pages);
        policy.window = file.window.unwrap_or(policy.window);
        policy.margins = file.margins.unwrap_or(policy.margins);
        if let Some(budget) = file.time_budget_ms {
            policy.time_budget = Duration::from_millis(budget);
        }
        policy.checked()
    }

    fn checked(self) -> Result<Self, PolicyError> {
        let mut named = self
            .specifications
            .values()
            .chain(std::iter::once(&self.default_pack));
        match named.find(|name| !self.packs.contains_key(*name)) {
            Some(name) => Err(PolicyError::UnknownPack(name.clone())),
            None => Ok(self),
        }
    }

    /// Name of the pack that a specification is produced as: the one the policy gives it, the
    /// pack of the same name, or the default pack.
    #[must_use]
    pub fn pack_name<'a>(&'a self, specification: Option<&'a str>) -> &'a str {
        let given = specification.and_then(|name| self.specifications.get(name));
        let same = specification.filter(|name| self.packs.contains_key(*name));
        given
            .map(String::as_str)
            .or(same)
            .unwrap_or(&self.default_pack)
    }

    /// The pack of that name.
    #[must_use]
    pub fn pack(&self, name: &str) -> Option<&Pack> {
        self.packs.get(name)
    }

    /// Whether the policy knows the specification, as opposed to assuming the default pack.
    #[must_use]
    pub fn knows(&self, specification: &str) -> bool {
        self.specifications.contains_key(specification) || self.packs.contains_key(specification)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_holds_the_published_packs() {
        let policy = Policy::built_in().unwrap();
        let most = |name: &str| policy.pack(name).unwrap().sheets_below - 1;
        assert_eq!(
            [
                most("notify-c5"),
                most("client3-invites"),
                most("notify-c4")
            ],
            [4, 3, 19]
        );
    }

    #[test]
    fn a_specification_finds_its_pack() {
        let policy = Policy::built_in().unwrap();
        assert_eq!(
            policy.pack_name(Some("integration-specification-braille")),
            "notify-braille"
        );
        assert_eq!(policy.pack_name(Some("notify-c4")), "notify-c4");
        assert_eq!(policy.pack_name(Some("unheard-of")), "notify-c5");
        assert_eq!(policy.pack_name(None), "notify-c5");
    }

    #[test]
    fn an_amendment_changes_what_it_names_and_nothing_else() {
        let policy = Policy::amended("[more_pages]\nlimit = 5\nseverity = \"error\"\n").unwrap();
        assert_eq!(policy.more_pages.severity, Level::Error);
        assert_eq!(policy.window, Policy::built_in().unwrap().window);
    }

    #[test]
    fn a_misspelt_or_dangling_policy_is_refused() {
        assert!(matches!(
            Policy::amended("windows = 3"),
            Err(PolicyError::Syntax(_))
        ));
        let dangling = Policy::amended("default_pack = \"none\"");
        assert!(matches!(dangling, Err(PolicyError::UnknownPack(name)) if name == "none"));
    }
}

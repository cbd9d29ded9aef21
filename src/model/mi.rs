//! Management information, and the letters it counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One entry of management information with the letters behind its quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiFacts {
    /// The reporting day, `2026-12-08`, in UTC.
    pub date: String,
    /// The specification.
    pub specification_id: String,
    /// The group.
    pub group_id: String,
    /// The line item.
    pub line_item: String,
    /// How many letters.
    pub quantity: u64,
    /// Which letters those are.
    pub letters: Vec<String>,
}

impl MiFacts {
    /// One entry for each specification and group among `letters`, which are specification, group
    /// and id (acceptance-pack, AT14: "grouped by specification and group").
    pub fn grouped(
        letters: impl IntoIterator<Item = (Option<String>, Option<String>, String)>,
        day: &str,
        line_item: &str,
    ) -> Vec<Self> {
        let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (specification, group, letter) in letters {
            let key = (specification.unwrap_or_default(), group.unwrap_or_default());
            groups.entry(key).or_default().push(letter);
        }
        groups
            .into_iter()
            .map(|((specification_id, group_id), letters)| Self {
                date: day.to_owned(),
                specification_id,
                group_id,
                line_item: line_item.to_owned(),
                quantity: letters.len() as u64,
                letters,
            })
            .collect()
    }

    /// What the pack calls the same entry: reporting day, specification and group.
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.date, &self.specification_id, &self.group_id)
    }
}

//! Management information of what was printed.

use serde::Serialize;

use crate::cli::CliError;
use crate::client::{Mi, Supplier};
use crate::model::{Event, MiFacts, Scope, count};

use super::letters::Held;
use super::{SmokeError, record};

/// One entry that the service took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Taken {
    /// The id that the service gave it.
    pub mi: String,
    /// The status.
    pub status: u16,
    /// What it says.
    #[serde(flatten)]
    pub facts: MiFacts,
    /// True if GET `/mi/{id}` shows the same.
    pub read_back: bool,
}

/// The letters that `printed` names; `all` are those that have a PDF.
pub(super) fn chosen(letters: &[Held], printed: &[String]) -> Result<Vec<String>, SmokeError> {
    let with_pdf = letters.iter().filter(|letter| letter.has_pdf);
    let ids = || with_pdf.clone().map(|letter| letter.letter.clone());
    let wanted: Vec<&str> = printed
        .iter()
        .map(|id| id.trim())
        .filter(|id| !id.is_empty())
        .collect();
    let mut chosen: Vec<String> = Vec::new();
    if wanted == ["all"] {
        chosen.extend(ids());
    }
    for id in wanted.into_iter().filter(|id| *id != "all") {
        if !ids().any(|known| known == id) {
            let known: Vec<String> = ids().collect();
            return Err(SmokeError::UnknownLetter(id.to_owned(), known.join(", ")));
        }
        if !chosen.iter().any(|known| known == id) {
            chosen.push(id.to_owned());
        }
    }
    match chosen.is_empty() {
        true => Err(SmokeError::NothingPrinted),
        false => Ok(chosen),
    }
}

/// Submits one entry for each specification and group, and reads it back.
pub(super) async fn submit(
    supplier: &Supplier,
    letters: &[Held],
    printed: &[String],
    line_item: &str,
) -> Result<Vec<Taken>, CliError> {
    let printed = chosen(letters, printed)?;
    let journal = supplier.journal();
    let told = format!(
        "the tester confirmed that {} of {} are printed",
        printed.len(),
        count(letters.len(), "letter")
    );
    record::note(journal, &told)?;
    let today = journal.now().date();
    let mut taken = Vec::new();
    for facts in entries(letters, &printed, &today, line_item) {
        taken.push(one(supplier, facts).await?);
    }
    Ok(taken)
}

async fn one(supplier: &Supplier, facts: MiFacts) -> Result<Taken, CliError> {
    let mi = Mi::from(&facts);
    let taken = supplier
        .submit_mi(&mi, &facts)
        .await
        .map_err(SmokeError::from)?;
    supplier.journal().append(&Event::MiSubmitted {
        scope: Scope::default(),
        run: supplier.journal().dir().name(),
        exchange: Some(taken.exchange),
        mi: taken.id.clone(),
        facts: facts.clone(),
    })?;
    let read = supplier.read_mi(&taken.id).await;
    let read_back =
        read.is_ok_and(|read| read.mi.quantity == mi.quantity && read.mi.group_id == mi.group_id);
    Ok(Taken {
        mi: taken.id,
        status: taken.status,
        facts,
        read_back,
    })
}

fn entries(letters: &[Held], printed: &[String], day: &str, line_item: &str) -> Vec<MiFacts> {
    let printed = letters.iter().filter(|one| printed.contains(&one.letter));
    let letters = printed.map(|one| {
        (
            one.specification.clone(),
            one.group.clone(),
            one.letter.clone(),
        )
    });
    MiFacts::grouped(letters, day, line_item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> Vec<Held> {
        [("A", "g1"), ("B", "g2"), ("C", "g1"), ("N", "g1")]
            .map(|(id, group)| Held {
                letter: id.to_owned(),
                specification: Some("s".to_owned()),
                group: Some(group.to_owned()),
                has_pdf: id != "N",
                file: None,
                defects: Vec::new(),
            })
            .into()
    }

    #[test]
    fn what_is_printed_is_counted_by_specification_and_group() {
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let all = chosen(&letters(), &words(&["all"])).unwrap();
        let counted = entries(&letters(), &all, "2026-12-07", "item");
        let quantities: Vec<_> = counted
            .iter()
            .map(|one| (one.group_id.as_str(), one.quantity))
            .collect();
        assert_eq!(quantities, [("g1", 2), ("g2", 1)]);
        let two = chosen(&letters(), &words(&["C", "C", " B"])).unwrap();
        assert_eq!(two, ["C", "B"]);
        assert!(matches!(
            chosen(&letters(), &words(&["D"])),
            Err(SmokeError::UnknownLetter(..))
        ));
        assert!(matches!(
            chosen(&letters(), &words(&[""])),
            Err(SmokeError::NothingPrinted)
        ));
    }
}

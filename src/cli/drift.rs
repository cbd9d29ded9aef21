//! `drift`: what a given description of the API changes for a supplier.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::contract::{Change, ContractError, Description, Effect, drift, supplier_api};
use crate::report::one_line;

use super::args::{Common, DriftArgs, Format};
use super::output::{print, print_json};
use super::{CliError, ExitCode, openapi};

/// Compares letterproof's own description with the given one.
///
/// # Errors
/// If the file cannot be read as an OpenAPI description.
pub fn run(args: &DriftArgs, common: &Common) -> Result<ExitCode, CliError> {
    let given = openapi::read(&args.openapi)?;
    let unusable = |source: ContractError| CliError::OpenApi {
        path: args.openapi.clone(),
        source,
    };
    let (own, new) = (
        supplier_api().map_err(CliError::OwnDescription)?,
        Description::read(&given.text).map_err(unusable)?,
    );
    let compared = Compared {
        own: Side::of("letterproof", &own),
        given: Side::of(&given.name, &new),
        changes: drift(&own, &new),
    };
    if common.format == Format::Json {
        print_json(&compared)?;
    } else {
        print(&compared.told())?;
    }
    Ok(if compared.changes.is_empty() {
        ExitCode::PASSED
    } else {
        ExitCode::FAILED
    })
}

#[derive(Serialize)]
struct Compared {
    own: Side,
    given: Side,
    changes: Vec<Change>,
}

/// One of the two descriptions.
#[derive(Serialize)]
struct Side {
    name: String,
    title: String,
    version: String,
    endpoints: usize,
}

impl Side {
    fn of(name: &str, description: &Description) -> Self {
        Self {
            name: name.to_owned(),
            title: description.title.clone(),
            version: description.version.clone(),
            endpoints: description.endpoints(),
        }
    }

    fn told(&self) -> String {
        let (name, title, version) = (&self.name, &self.title, &self.version);
        let told = format!(
            "{name}: {title}, version {version}, {} endpoints",
            self.endpoints
        );
        one_line(&told)
    }
}

impl Compared {
    fn told(&self) -> String {
        let mut text = format!("Was   {}\nIs    {}\n", self.own.told(), self.given.told());
        let effects = [
            (Effect::Breaking, "May break a supplier's system"),
            (Effect::Additive, "Asks for no work"),
        ];
        for (effect, heading) in effects {
            let lines = self.lines(effect);
            if !lines.is_empty() {
                // Writing to a String never fails.
                let _ = write!(text, "\n{heading}\n{lines}");
            }
        }
        text.push_str(&self.conclusion());
        text
    }

    /// A schema that many endpoints share changes once: its change is told once, with them all.
    fn lines(&self, effect: Effect) -> String {
        let mut shared: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
        for change in self.changes.iter().filter(|change| change.effect == effect) {
            let what = (
                change.part.as_str(),
                change.place.as_str(),
                change.what.as_str(),
            );
            shared.entry(what).or_default().push(&change.operation);
        }
        let mut lines: Vec<_> = shared.into_iter().collect();
        lines.sort_by(|(_, one), (_, other)| one.cmp(other));
        lines.into_iter().map(line).collect()
    }

    fn conclusion(&self) -> String {
        let breaking = |change: &&Change| change.effect == Effect::Breaking;
        match (
            self.changes.len(),
            self.changes.iter().filter(breaking).count(),
        ) {
            (0, _) => "\nNothing changed for a supplier.\n".to_owned(),
            (1, 0) => "\n1 change, which asks for no work.\n".to_owned(),
            (all, 0) => format!("\n{all} changes, none of which asks for work.\n"),
            (1, _) => "\n1 change, which may break a supplier's system.\n".to_owned(),
            (all, some) => {
                format!("\n{all} changes, {some} of which may break a supplier's system.\n")
            }
        }
    }
}

fn line(((part, place, what), operations): ((&str, &str, &str), Vec<&str>)) -> String {
    let comma = if place.is_empty() { "" } else { ", " };
    let part = match part {
        "endpoint" => String::new(),
        part => format!(" · {part}{comma}{place}"),
    };
    let (first, others) = match operations.as_slice() {
        [] => ("", &[][..]),
        [first, others @ ..] => (*first, others),
    };
    let told = one_line(&format!("{first}{part}: {what}"));
    match others {
        [] => format!("  {told}\n"),
        others => format!("  {told}\n      also at {}\n", one_line(&others.join(", "))),
    }
}

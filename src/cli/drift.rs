//! `drift`: what a given description of the API changes for a supplier.

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
            let of_it = self.changes.iter().filter(|change| change.effect == effect);
            let lines: Vec<String> = of_it.map(line).collect();
            if !lines.is_empty() {
                // Writing to a String never fails.
                let _ = write!(text, "\n{heading}\n{}", lines.concat());
            }
        }
        text.push_str(&self.conclusion());
        text
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

fn line(change: &Change) -> String {
    let place = match change.place.as_str() {
        "" => String::new(),
        place => format!(", {place}"),
    };
    let part = match change.part.as_str() {
        "endpoint" => String::new(),
        part => format!(" · {part}{place}"),
    };
    let told = format!("{}{part}: {}", change.operation, change.what);
    format!("  {}\n", one_line(&told))
}

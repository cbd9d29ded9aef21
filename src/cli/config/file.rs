//! The configuration file as a layer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::keys::{self, TARGET};
use super::nearest::nearest;
use super::settings::{Origin, Settings};
use super::value::Raw;

/// What targets are called: `[target.NAME]`.
pub(super) type TargetNames = BTreeSet<String>;

/// Reads `text` of the file `path` into `settings` and adds the targets it names.
pub(super) fn read(
    text: &str,
    path: &Path,
    settings: &mut Settings,
    targets: &mut TargetNames,
) -> Result<(), ConfigError> {
    let place = Place { text, path };
    let document = DeTable::parse(text).map_err(|error| place.syntax(&error))?;
    let mut layer = Layer {
        place,
        settings,
        targets,
    };
    for (section, value) in document.get_ref() {
        layer.section(section, value)?;
    }
    Ok(())
}

/// The text of a file, to find lines in.
#[derive(Clone, Copy)]
struct Place<'t> {
    text: &'t str,
    path: &'t Path,
}

impl Place<'_> {
    fn origin(self, offset: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(offset);
        Origin::File {
            path: PathBuf::from(self.path),
            line: before.filter(|byte| **byte == b'\n').count() + 1,
        }
    }

    /// The parser's own rendering quotes the line, which may hold a secret: its message alone.
    fn syntax(self, error: &toml::de::Error) -> ConfigError {
        ConfigError::Syntax {
            origin: self.origin(error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        }
    }
}

struct Layer<'t, 's> {
    place: Place<'t>,
    settings: &'s mut Settings,
    targets: &'s mut TargetNames,
}

type Entry<'t> = Spanned<std::borrow::Cow<'t, str>>;
type Held<'t> = Spanned<DeValue<'t>>;

impl Layer<'_, '_> {
    fn section(&mut self, name: &Entry<'_>, value: &Held<'_>) -> Result<(), ConfigError> {
        let section = name.get_ref().as_ref();
        let origin = self.place.origin(name.span().start);
        if !keys::sections().any(|known| known == section) {
            refuse_secret(section, section, &origin)?;
            let near = nearest(section, keys::sections()).unwrap_or_default();
            return Err(ConfigError::UnknownKey {
                origin,
                key: shown(section),
                nearest: format!("[{near}]"),
            });
        }
        let table = table_of(value).ok_or_else(|| not_a_section(section, origin))?;
        if section == TARGET {
            return self.targets(table);
        }
        self.keys(section, section, table)
    }

    fn targets(&mut self, table: &DeTable<'_>) -> Result<(), ConfigError> {
        for (name, value) in table {
            let origin = self.place.origin(name.span().start);
            let target = name.get_ref().as_ref();
            refuse_secret(target, TARGET, &origin)?;
            check_name(target, &origin)?;
            let prefix = format!("{TARGET}.{target}");
            let Some(inner) = table_of(value) else {
                return Err(not_a_section(&format!("{TARGET}.NAME"), origin));
            };
            self.targets.insert(target.to_owned());
            self.keys(TARGET, &prefix, inner)?;
        }
        Ok(())
    }

    fn keys(
        &mut self,
        section: &str,
        prefix: &str,
        table: &DeTable<'_>,
    ) -> Result<(), ConfigError> {
        for (name, value) in table {
            let origin = self.place.origin(name.span().start);
            let word = name.get_ref().as_ref();
            let Some(key) = keys::find(section, word) else {
                return Err(unknown_key(section, prefix, word, origin));
            };
            let raw = raw(value.get_ref());
            let full = format!("{prefix}.{word}");
            refuse_pem(&raw, &full, &origin)?;
            self.settings.insert(full, key.kind, &raw, origin)?;
        }
        Ok(())
    }
}

fn table_of<'v, 't>(value: &'v Held<'t>) -> Option<&'v DeTable<'t>> {
    value.get_ref().as_table()
}

fn not_a_section(section: &str, origin: Origin) -> ConfigError {
    ConfigError::BadValue {
        origin,
        key: section.to_owned(),
        problem: format!("is a section: write [{section}] and its settings below it"),
    }
}

/// Names become parts of run ids and of variables, and `x-status` would share
/// `…_X_STATUS_API_KEY_ENV` with `x`.
fn check_name(name: &str, origin: &Origin) -> Result<(), ConfigError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let plain = !name.is_empty() && name.len() <= 40 && name.chars().all(fits);
    if plain && !name.ends_with("-status") {
        return Ok(());
    }
    Err(ConfigError::BadValue {
        origin: origin.clone(),
        key: format!("{TARGET}.NAME"),
        problem: "needs a name of small letters, digits and '-' (at most 40) that does not end in -status".into(),
    })
}

fn unknown_key(section: &str, prefix: &str, word: &str, origin: Origin) -> ConfigError {
    if let Err(secret) = refuse_secret(word, &format!("{prefix}.{}", shown(word)), &origin) {
        return secret;
    }
    let elsewhere = keys::KEYS.iter().find(|key| key.name == word);
    let nearest = match elsewhere {
        Some(key) if key.section == TARGET => format!("{TARGET}.NAME.{word}"),
        Some(key) => format!("{}.{word}", key.section),
        None => {
            let names = keys::keys_of(section).map(|key| key.name);
            format!("{prefix}.{}", nearest(word, names).unwrap_or_default())
        }
    };
    ConfigError::UnknownKey {
        key: format!("{prefix}.{}", shown(word)),
        origin,
        nearest,
    }
}

/// A key as a message can show it.
fn shown(word: &str) -> String {
    let short: String = word.chars().take(60).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !short.is_empty() && short.chars().all(plain) {
        short
    } else {
        format!("{short:?}")
    }
}

const SECRET_WORDS: [&str; 7] = [
    "api_key",
    "apikey",
    "secret",
    "token",
    "password",
    "passphrase",
    "credentials",
];

/// Where API keys belong.
const NAME_IT: &str = "name an environment variable that holds it (api_key_env or status_api_key_env) or a file of mode 0600 (api_key_file or status_api_key_file)";

/// Where private keys belong.
const KEY_FILE: &str = "put the key into a file of mode 0600 and give the file's path";

/// Refuses a key whose very name says that its value is a secret.
fn refuse_secret(word: &str, key: &str, origin: &Origin) -> Result<(), ConfigError> {
    let plain = word.to_lowercase().replace('-', "_");
    if !SECRET_WORDS.iter().any(|secret| plain.ends_with(secret)) {
        return Ok(());
    }
    Err(ConfigError::SecretInClear {
        origin: origin.clone(),
        key: key.to_owned(),
        remedy: NAME_IT,
    })
}

/// Refuses a PEM text wherever it stands.
pub(super) fn refuse_pem(raw: &Raw, key: &str, origin: &Origin) -> Result<(), ConfigError> {
    if !holds_pem(raw) {
        return Ok(());
    }
    Err(ConfigError::SecretInClear {
        origin: origin.clone(),
        key: key.to_owned(),
        remedy: KEY_FILE,
    })
}

fn holds_pem(raw: &Raw) -> bool {
    match raw {
        Raw::Word(text) | Raw::Text(text) => text.contains("-----BEGIN"),
        Raw::Array(items) => items.iter().any(holds_pem),
        Raw::Table(entries) => entries.iter().any(|(_, value)| holds_pem(value)),
        _ => false,
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.as_ref().to_owned()),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Integer(number) => whole(number.as_str(), number.radix()),
        DeValue::Float(number) => Raw::Decimal(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Datetime(moment) => Raw::Text(moment.to_string()),
        DeValue::Array(items) => Raw::Array(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Table(table) => Raw::Table(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().as_ref().to_owned(), raw(value.get_ref())))
                .collect(),
        ),
    }
}

/// A number too large for 64 bits is out of every range, which a decimal says as well.
fn whole(digits: &str, radix: u32) -> Raw {
    i64::from_str_radix(digits, radix).map_or(Raw::Decimal(f64::INFINITY), Raw::Whole)
}

//! The configuration: a file of any bytes, and variables of any name and value.
//!
//! The input is the file; behind `0xff` each further part is a variable, `NAME=value`. Where it
//! holds [`CANARY`], that is a secret somebody put in the wrong place.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use letterproof::cli::config::{Config, ConfigError, Overrides, load};

use super::input::parts;

/// Looks like a secret, and must not be repeated.
const CANARY: &str = "c4naryK3yOf0tests9876Q7";

type Variables = BTreeMap<String, String>;

pub fn try_on(data: &[u8]) {
    let parts = parts(data);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letterproof.toml");
    let variables = variables(&parts[1..]);
    fs::write(&path, parts[0]).unwrap();
    let told = match read(&path, &variables) {
        Err(error) => told(&error),
        Ok(config) => {
            hold_that_strangers_are_refused(&path, parts[0], &variables);
            config
                .target_names()
                .filter_map(|name| config.target(name, &variables).err())
                .map(|error| told(&error))
                .collect::<Vec<_>>()
                .join("\n")
        }
    };
    hold_that_a_long_file_is_refused(&path, parts[0]);
    if !is_named(parts[0], &variables) {
        assert!(!told.contains(CANARY), "the secret is repeated: {told}");
    }
}

fn read(path: &Path, variables: &Variables) -> Result<Config, ConfigError> {
    load(Some(path), variables, &Overrides::default())
}

fn told(error: &ConfigError) -> String {
    let shown = error.to_string();
    assert!(!shown.is_empty(), "an error without words");
    assert_eq!(error.exit_code().code(), 2);
    format!("{shown} {error:?}")
}

fn variables(parts: &[&[u8]]) -> Variables {
    let pairs = parts.iter().filter_map(|part| {
        let text = String::from_utf8_lossy(part).into_owned();
        let (name, value) = text.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

/// Whatever stands in it, more than half a megabyte is no configuration.
fn hold_that_a_long_file_is_refused(path: &Path, file: &[u8]) {
    fs::write(path, [file, b"\n#", &[b'x'; 512 * 1024]].concat()).unwrap();
    let refused = read(path, &Variables::default()).unwrap_err();
    assert!(told(&refused).contains("bytes"), "a long file is read");
    fs::write(path, file).unwrap();
}

/// What is read is refused with one more section, key or variable that nobody knows.
fn hold_that_strangers_are_refused(path: &Path, file: &[u8], variables: &Variables) {
    let mut more = variables.clone();
    more.insert("LETTERPROOF_ZZ_STRANGER".into(), "1".into());
    assert!(read(path, &more).is_err(), "an unknown variable is taken");
    for stranger in ["[zz-stranger]", "[target.zz-stranger]\nzz_stranger = 1"] {
        fs::write(path, [file, b"\n", stranger.as_bytes(), b"\n"].concat()).unwrap();
        assert!(read(path, variables).is_err(), "{stranger} is taken");
    }
    fs::write(path, file).unwrap();
}

/// True if the canary is (part of) the name of a key or a variable: names are shown.
fn is_named(file: &[u8], variables: &Variables) -> bool {
    let in_variable = variables.keys().any(|name| name.contains(CANARY));
    let text = String::from_utf8_lossy(file);
    let in_key = text.lines().any(|line| {
        let before = line.split(['=', '"', '\'']).next().unwrap_or_default();
        before.contains(CANARY)
    });
    in_variable || in_key || keys_of(&text).iter().any(|key| key.contains(CANARY))
}

fn keys_of(text: &str) -> Vec<String> {
    fn collect(table: &toml::Table, keys: &mut Vec<String>) {
        for (key, value) in table {
            keys.push(key.clone());
            if let toml::Value::Table(inner) = value {
                collect(inner, keys);
            }
        }
    }
    let mut keys = Vec::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        collect(&table, &mut keys);
    }
    keys
}

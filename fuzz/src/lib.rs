//! The targets of the tests, for long passes under libFuzzer: docs/reliability.md.
#![allow(missing_docs, dead_code)]

#[path = "../../tests/letterproof/schema/mod.rs"]
mod schema;
#[path = "../../tests/letterproof/hostile/targets/mod.rs"]
mod targets;

/// Calls the target `name`.
pub fn try_on(name: &str, data: &[u8]) {
    let target = targets::TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of that name").try_on)(data);
}

//! What a person or a CI job types, and what they get back.

pub mod config;
pub mod exit_code;

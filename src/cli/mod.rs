//! One file a verb.

pub mod sim;

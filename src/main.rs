//! The `letterproof` program.
fn main() {}

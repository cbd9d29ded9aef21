//! The features are embedded in the binary; a new feature file means a new build.

fn main() {
    println!("cargo:rerun-if-changed=features");
}

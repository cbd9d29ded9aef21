//! The `letterproof` program.

fn main() -> std::process::ExitCode {
    letterproof::cli::main().into()
}

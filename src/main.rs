//! The `letterproof` program; for now it serves the simulator and nothing else.

use std::process::ExitCode;

use clap::Parser;
use letterproof::cli::sim::{SimArgs, serve};

#[derive(Parser)]
enum Program {
    Sim(SimArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Program::Sim(args) = Program::parse();
    match serve(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("{error}");
            ExitCode::from(if error.is_usage() { 2 } else { 4 })
        }
    }
}

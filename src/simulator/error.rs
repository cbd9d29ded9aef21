//! What can stop the simulator from starting.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a simulator could not be configured or started.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// Plain HTTP leaves the machine only by mistake.
    #[error(
        "{0} is not a loopback address: the simulator speaks plain HTTP and serves loopback only"
    )]
    NotLoopback(SocketAddr),
    /// A letter would be listed again before its update shows.
    #[error("a lease of {lease} must be longer than the {settle} that updates take to settle")]
    LeaseTooShort {
        /// The configured visibility timeout.
        lease: humantime::FormattedDuration,
        /// The configured settle time.
        settle: humantime::FormattedDuration,
    },
    /// There is nobody to seed letters for.
    #[error("the simulator needs at least one supplier")]
    NoSupplier,
    /// The address is taken or not ours.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No port is left for the object store.
    #[error("cannot listen on a port of 127.0.0.1 for the links to PDFs: {0}")]
    ListenForStorage(#[source] io::Error),
    /// The log of applied updates cannot be written.
    #[error("cannot write the log {path}: {source}")]
    Log {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No throwaway key pair came out of the cryptographic library.
    #[error("cannot make a throwaway RSA key")]
    KeyGeneration,
    /// A seeded letter's PDF could not be made.
    #[error("cannot make the PDF of letter {letter}: {source}")]
    Pdf {
        /// The letter's id.
        letter: String,
        /// What the PDF maker said.
        source: super::defects::DefectError,
    },
    /// A background task of the simulator ended early.
    #[error("a task of the simulator was stopped before it finished")]
    TaskLost,
}

impl SimulatorError {
    /// Whether the options make no sense, so that nothing was served.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NotLoopback(_) | Self::LeaseTooShort { .. } | Self::NoSupplier
        )
    }
}

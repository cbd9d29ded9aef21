//! How many files this process may open.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::evidence::{RAISE_THE_LIMIT, is_out_of_files};

/// What a verb that reads evidence has open at once: less than any shell allows by itself.
pub const TO_READ: usize = 5;
/// What a verb that calls the service has open at once before AT15 opens its connections.
pub const TO_CALL: usize = 24;
/// More than any verb opens.
const ENOUGH: u64 = 1_024;

/// A shell that allows too few files.
#[derive(Debug, thiserror::Error)]
#[error(
    "this shell lets letterproof open fewer than {0} files, and it needs them: {RAISE_THE_LIMIT}"
)]
pub struct TooFewFiles(usize);

/// Whether so many files can be opened now, before anything is begun that would have to break off.
///
/// # Errors
/// If they cannot.
pub fn allow(files: usize) -> Result<(), TooFewFiles> {
    let open = io::stderr();
    let copies: io::Result<Vec<OwnedFd>> = (0..files)
        .map(|_| open.as_fd().try_clone_to_owned())
        .collect();
    match copies {
        Err(error) if is_out_of_files(&error) => Err(TooFewFiles(files)),
        _ => Ok(()),
    }
}

/// AT15 opens up to 96 connections, with the simulator in this process both ends of them: more than
/// some systems allow at first, and less than they allow on request. Where they do not, whatever
/// cannot be opened says so.
pub fn raise_the_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        // What is enough everywhere; some systems refuse their own maximum.
        let enough = limit.maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
        limit.current = limit.current.map(|now| now.max(enough));
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

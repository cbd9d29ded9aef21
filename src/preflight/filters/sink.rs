//! Where decoded bytes go.

use super::super::clock::Deadline;
use super::Fault;

/// How often the clock is asked, in bytes.
const CLOCK_EVERY: usize = 64 * 1024;

/// Takes decoded bytes.
pub(super) trait Sink {
    /// # Errors
    /// If there have been enough.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault>;
}

/// Keeps the bytes.
pub(super) struct Held {
    pub(super) bytes: Vec<u8>,
    most: usize,
}

impl Held {
    pub(super) fn new(most: usize) -> Self {
        Self {
            bytes: Vec::new(),
            most,
        }
    }

    pub(super) fn too_large(most: usize) -> Fault {
        Fault::bound(format!("decodes to more than {most} bytes"))
    }
}

impl Sink for Held {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if bytes.len() > self.most - self.bytes.len() {
            return Err(Self::too_large(self.most));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

/// Counts the bytes and lets them go.
pub(super) struct Counted {
    pub(super) count: u64,
    most: u64,
}

impl Counted {
    pub(super) fn new(most: u64) -> Self {
        Self { count: 0, most }
    }

    pub(super) fn is_full(&self) -> bool {
        self.count > self.most
    }
}

impl Sink for Counted {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.count += bytes.len() as u64;
        match self.is_full() {
            true => Err(Fault::bound("decodes to more than was asked for")),
            false => Ok(()),
        }
    }
}

/// Hands bytes on while the document's allowance and the time last.
pub(super) struct Metered<'s> {
    inner: &'s mut dyn Sink,
    left: &'s mut u64,
    deadline: Deadline,
    /// Bytes since the clock was asked: bytes may come in pieces of one.
    unasked: usize,
}

impl<'s> Metered<'s> {
    pub(super) fn new(inner: &'s mut dyn Sink, left: &'s mut u64, deadline: Deadline) -> Self {
        Self {
            inner,
            left,
            deadline,
            unasked: 0,
        }
    }
}

impl Sink for Metered<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let left = self.left.checked_sub(bytes.len() as u64);
        *self.left = left.ok_or_else(|| Fault::bound("the streams decode to more than 512 MiB"))?;
        self.unasked += bytes.len().max(1);
        if self.unasked >= CLOCK_EVERY && self.deadline.passed() {
            return Err(Fault::bound("decoding took too long"));
        }
        self.unasked %= CLOCK_EVERY;
        self.inner.take(bytes)
    }
}

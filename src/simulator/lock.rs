//! A mutex that a panicked holder does not close for everybody else.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Holds `mutex` for a moment. Nothing waits while holding one: a guard never
/// crosses an await.
pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

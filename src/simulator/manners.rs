//! Where the simulator may be told to misbehave.
//!
//! Every acceptance check must be seen red once. A deliberate fault is a value
//! in [`Manners`], asked at the few places where an answer is decided: what a
//! list returns, what becomes of an accepted update, what a download holds,
//! and the finished answer. Honest manners change nothing anywhere, so the
//! code around these calls never asks which fault is on.

use axum::http::request::Parts;
use axum::response::Response;

use super::store::{Listed, Update};

/// The deliberate faults of a simulator; the default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manners {}

impl Manners {
    /// What a list returns instead of `letters`.
    pub(crate) fn listed(&self, letters: Vec<Listed>) -> Vec<Listed> {
        letters
    }

    /// What is queued instead of `update`: nothing loses it.
    pub(crate) fn queued(&self, update: Update) -> Option<Update> {
        Some(update)
    }

    /// What a download holds instead of `pdf`.
    pub(crate) fn document(&self, pdf: Vec<u8>) -> Vec<u8> {
        pdf
    }

    /// What is sent instead of `answer` to a request, and when: a fault may
    /// take its time here.
    pub(crate) async fn answer(&self, _request: &Parts, answer: Response) -> Response {
        answer
    }
}

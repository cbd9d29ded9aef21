//! Follows the references of a document, within limits.

use serde_json::{Map, Value};

use super::ContractError;

/// How deep parts may lie in one another once references are followed.
const DEEPEST: usize = 64;
/// How many parts a description may unfold into.
const MOST: usize = 200_000;

/// A document whose references can be followed.
pub(super) struct Resolver<'d> {
    document: &'d Value,
    /// References that are being followed, outermost first.
    following: Vec<String>,
    depth: usize,
    parts: usize,
}

/// Where a reference leads.
pub(super) enum Target<'d> {
    /// To this part of the document.
    Part(&'d Value),
    /// Back to a part that is being unfolded already.
    Itself,
}

impl<'d> Resolver<'d> {
    pub fn over(document: &'d Value) -> Self {
        Self {
            document,
            following: Vec::new(),
            depth: 0,
            parts: 0,
        }
    }

    /// Counts one more part, at one more level, while `act` unfolds it.
    pub fn within<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, ContractError>,
    ) -> Result<T, ContractError> {
        self.depth += 1;
        self.parts += 1;
        if self.depth > DEEPEST {
            return Err(ContractError::TooDeep(DEEPEST));
        }
        if self.parts > MOST {
            return Err(ContractError::TooMany(MOST));
        }
        let done = act(self);
        self.depth -= 1;
        done
    }

    /// Unfolds what `reference` leads to.
    pub fn follow<T>(
        &mut self,
        reference: &str,
        act: impl FnOnce(&mut Self, Target<'d>) -> Result<T, ContractError>,
    ) -> Result<T, ContractError> {
        if self.following.iter().any(|outer| outer == reference) {
            return act(self, Target::Itself);
        }
        let part = self.part(reference)?;
        self.following.push(reference.to_owned());
        let done = self.within(|inner| act(inner, Target::Part(part)));
        self.following.pop();
        done
    }

    /// The object at `value`, or where its reference leads; none if it is no object.
    pub fn object<'v>(
        &mut self,
        value: &'v Value,
    ) -> Result<Option<&'v Map<String, Value>>, ContractError>
    where
        'd: 'v,
    {
        let mut value = value;
        for _ in 0..DEEPEST {
            match reference(value) {
                Some(reference) => value = self.part(reference)?,
                None => return Ok(value.as_object()),
            }
        }
        let endless = reference(value).unwrap_or_default();
        Err(ContractError::EndlessReference(endless.to_owned()))
    }

    fn part(&self, reference: &str) -> Result<&'d Value, ContractError> {
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(ContractError::OutsideReference(reference.to_owned()));
        };
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
        let found = self.document.pointer(&pointer);
        found.ok_or_else(|| ContractError::DanglingReference(reference.to_owned()))
    }
}

/// The reference that stands at `value`, if one does.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

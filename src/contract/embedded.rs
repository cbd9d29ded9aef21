//! The descriptions that letterproof brings along.

use super::{ContractError, Description};

/// The API as letterproof knows it: `docs/api/supplier-api.yaml`.
///
/// # Errors
/// If the file does not read, which a test rules out.
pub fn supplier_api() -> Result<Description, ContractError> {
    Description::read(include_str!("../../docs/api/supplier-api.yaml"))
}

/// The token endpoint as letterproof knows it: `docs/api/token.yaml`.
///
/// # Errors
/// As [`supplier_api`].
pub fn token_endpoint() -> Result<Description, ContractError> {
    Description::read(include_str!("../../docs/api/token.yaml"))
}

//! RSA keys: made, read, and published as a JWKS.
//!
//! A supplier proves who it is with an assertion signed by its private key; the developer portal
//! holds the public half as a JSON Web Key Set (RFC 7517). Both halves are made here, and held
//! against each other.

mod error;
mod jwks;
mod kid;
mod pair;

pub use error::KeyError;
pub use jwks::{Jwk, Jwks};
pub use kid::Kid;
pub use pair::{BITS, KeyPair};

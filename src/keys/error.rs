//! What can be wrong with a key.

/// A key, its id or its published half cannot be used. No text holds a part of the key.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The id is not one plain word.
    #[error(
        "{0:?} cannot be a kid: it stands in every token request, so use letters, digits and the marks - _ . ~ + / = : @ , alone, at most 100, without spaces, such as int-1"
    )]
    BadKid(String),
    /// Not a private key in PEM.
    #[error("this is no RSA private key in PEM (PKCS#8 or PKCS#1)")]
    NotPem,
    /// The key was read and refused.
    #[error("the RSA key cannot be used: {0}")]
    Refused(String),
    /// The key could not be made.
    #[error("the operating system gave no random numbers to make a key from; try again")]
    NotMade,
    /// The published half is not a JWKS.
    #[error("this is no JSON Web Key Set: {0}")]
    NotJwks(String),
}

//! Descriptions that cannot be used.

/// Why a description of the API cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// More bytes than any API description has.
    #[error("is larger than {} MiB, more than an API description needs", .0 / 1024 / 1024)]
    TooLarge(usize),
    /// Neither JSON nor YAML.
    #[error("is neither JSON nor YAML: {0}")]
    Unreadable(String),
    /// Something else than an OpenAPI description.
    #[error("is no OpenAPI 3 description: {0}")]
    NotOpenApi(&'static str),
    /// A reference leads out of the file.
    #[error(
        "refers to {0}, which is another file; bundle the description into one file first (redocly bundle does it)"
    )]
    OutsideReference(String),
    /// A reference leads nowhere.
    #[error("refers to {0}, which it does not have")]
    DanglingReference(String),
    /// References that only lead to one another.
    #[error("refers to {0}, which refers back to itself and to nothing else")]
    EndlessReference(String),
    /// Nested deeper than any API description is.
    #[error("is nested more than {0} levels deep")]
    TooDeep(usize),
    /// Unfolds into more than any API description holds.
    #[error("unfolds into more than {0} parts once its references are followed")]
    TooMany(usize),
    /// A schema that means nothing.
    #[error("has a schema that cannot be used, for {operation}, answer {status}: {why}")]
    BadSchema {
        /// The endpoint.
        operation: String,
        /// The answer's status.
        status: String,
        /// What is wrong with it.
        why: String,
    },
}

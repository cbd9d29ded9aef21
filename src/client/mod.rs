//! The thin client of a print supplier: token, pace, retries, typed calls.
//!
//! It knows the API and its manners and nothing of acceptance tests; a supplier could use it
//! as a library. Every attempt at a request is written to the journal it is given, and every
//! update is announced there before it is sent. Sources named in the docs, such as
//! "service-behaviour §2", are notes on how the public service behaves.
//!
//! ```no_run
//! use letterproof::client::{Settings, Supplier};
//! use letterproof::evidence::Journal;
//! use letterproof::model::{Change, Status};
//!
//! # async fn accept(journal: Journal) -> Result<(), Box<dyn std::error::Error>> {
//! let supplier = Supplier::new(Settings::new("http://127.0.0.1:8080"), journal)?;
//! let listed = supplier.list(100).await?;
//! let accepted = |letter: &str| Change::to(letter, Status::Accepted);
//! let changes: Vec<Change> = listed.letters.iter().map(|one| accepted(&one.id)).collect();
//! let updated = supplier.update_many(&changes).await?;
//! assert_eq!(updated.status, 202);
//! # Ok(())
//! # }
//! ```

mod address;
mod answer;
mod ask;
mod download;
mod error;
mod headers;
mod hosts;
mod letters;
mod retry;
mod settings;
mod supplier;
mod throttle;
mod token;
pub mod token_errors;
mod transport;
mod updates;
mod waits;
mod wire;

pub use ask::{Ask, Said};
pub use download::{Document, Download};
pub use error::{Call, ClientError, FailureKind, ForbiddenLink, SettingsError, TokenRefusal};
pub use hosts::{Forbidden, Hosts};
pub use letters::{Alive, Listed, Observed};
pub use settings::{Credentials, Endpoint, MEDIA_TYPE, Settings, Timeouts, USER_AGENT};
pub use supplier::{Began, Supplier};
pub use token::TokenFacts;
pub use transport::MOST_IN_MEMORY;
pub use updates::{MiRead, MiTaken, Updated};
pub use waits::{Silent, Waits};
pub use wire::Mi;

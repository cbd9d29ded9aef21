//! The embedded simulator of INT.
//!
//! It behaves as the service's real handlers were seen to behave, also where
//! the documentation says otherwise: leases, updates that apply later and may
//! overtake one another, strict bodies, a quota, links that expire. A test
//! that passes here for the wrong reason would pass on INT for the wrong
//! reason too. It imports nothing of this crate: a client and the simulator
//! share the wire and nothing else.
//!
//! A call goes `server` → `gateway` (APIM and API Gateway) → `routes` (the
//! handlers) → `store` (the letters). Links lead to `objects`, the store of the PDFs on a port of
//! its own.

mod answer;
mod api_error;
mod applications;
mod assertion;
mod batches;
mod bodies;
mod burned;
mod correlation;
mod credentials;
pub mod defects;
mod endpoint;
mod error;
mod fault;
mod gateway;
mod ids;
mod latency;
mod letter_body;
mod letter_pdf;
mod limit;
mod lock;
mod log;
mod manners;
mod mi;
mod objects;
mod options;
mod pairs;
mod quota;
mod reseed;
mod routes;
mod seed;
mod server;
mod service;
mod signed_url;
mod spoilt;
mod status;
mod store;
mod strict;
mod token;
mod token_error;
mod tokens;
mod updates;

pub use applications::OddApplication;
pub use batches::BadLetters;
pub use credentials::{Credentials, throwaway_key};
pub use error::SimulatorError;
pub use fault::{Fault, Since, Spoilt, Spot, Wrong};
pub use latency::Latency;
pub use letter_pdf::{LetterPdfError, letter_pdf};
pub use options::Options;
pub use server::Simulator;
pub use status::Status;

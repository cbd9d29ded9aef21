//! The last look before anything is written: no secret may stand in it.

use std::io::Read as _;

use crate::evidence::Redactor;

use super::PackError;

/// What begins every private key in PEM, whosever it is; spelled so that this file holds none.
const PRIVATE_KEY: &[u8] = concat!("PRIVATE", " KEY-----").as_bytes();

/// The most bytes that are inflated of a zip inside the pack, such as an attached document.
const MOST_INFLATED: u64 = 64 * 1024 * 1024;

/// Knows every secret of the configuration, in every spelling.
#[derive(Clone, Debug, Default)]
pub struct Canaries {
    redactor: Redactor,
}

impl Canaries {
    /// Searches for what `redactor` knows.
    pub fn new(redactor: Redactor) -> Self {
        Self { redactor }
    }

    /// Holds that `bytes`, about to be written as `place`, hold no secret: raw, base64 or
    /// URL-encoded, nor in the entries of a zip that they are.
    ///
    /// # Errors
    /// If they do; the secret itself is not repeated.
    pub fn search(&self, place: &str, bytes: &[u8]) -> Result<(), PackError> {
        if let Some(found) = self.redactor.find(bytes) {
            return Err(PackError::Canary {
                place: place.to_owned(),
                at: found.at,
                secret: found.secret,
            });
        }
        if let Some(at) = memchr::memmem::find(bytes, PRIVATE_KEY) {
            return Err(PackError::Canary {
                place: place.to_owned(),
                at,
                secret: "a private key".to_owned(),
            });
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return self.search_zip(place, bytes);
        }
        Ok(())
    }

    /// A zip that does not read holds nothing that anybody could read out of it.
    fn search_zip(&self, place: &str, bytes: &[u8]) -> Result<(), PackError> {
        let Ok(zip) = rawzip::ZipArchive::from_slice(bytes) else {
            return Ok(());
        };
        let mut left = MOST_INFLATED;
        let mut entries = zip.entries();
        while let Ok(Some(entry)) = entries.next_entry() {
            let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
            let Ok(inner) = zip.get_entry(entry.wayfinder()) else {
                continue;
            };
            let mut inflated = Vec::new();
            if entry.compression_method() == rawzip::CompressionMethod::STORE {
                inflated.extend_from_slice(inner.data());
            } else {
                let stream = flate2::read::DeflateDecoder::new(inner.data());
                // What was read before an error is searched all the same.
                drop(stream.take(left).read_to_end(&mut inflated));
            }
            left = left.saturating_sub(inflated.len() as u64);
            if let Some(found) = self.redactor.find(&inflated) {
                return Err(PackError::Canary {
                    place: format!("{place}, in its entry {name}"),
                    at: found.at,
                    secret: found.secret,
                });
            }
        }
        Ok(())
    }
}

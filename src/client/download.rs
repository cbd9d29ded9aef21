//! Fetching a letter's PDF: the API names a signed URL, the storage behind it has the bytes.

use std::time::{Duration, Instant};

use reqwest::Url;

use super::letters::letter_path;
use super::retry::Manner;
use super::supplier::{Ended, Plan, Success, To};
use super::transport::Answer;
use super::{ClientError, ForbiddenLink, Supplier, address};

/// Links that are asked for at most: a link lives 60 s (service-behaviour §2).
const MOST_LINKS: u32 = 3;

/// What came of asking for a letter's PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Download {
    /// The PDF.
    Document(Document),
    /// The letter has none: the storage answered NoSuchKey (service-behaviour §4.7).
    Missing {
        /// The journal's `seq` of the exchange that named the link.
        redirect: u64,
        /// The journal's `seq` of the exchange with the storage.
        exchange: u64,
    },
}

/// A letter's PDF as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The journal's `seq` of the exchange that named the link.
    pub redirect: u64,
    /// The journal's `seq` of the exchange with the storage.
    pub exchange: u64,
    /// The `Content-Length`, if one came.
    pub content_length: Option<u64>,
    /// The `Content-Type`, if one came.
    pub content_type: Option<String>,
    /// Lower-case hex SHA-256 of all bytes, hashed while they arrived.
    pub sha256: String,
    /// How many bytes came.
    pub size: u64,
    /// The bytes; no more than [`MOST_IN_MEMORY`](super::MOST_IN_MEMORY) of them.
    pub bytes: Vec<u8>,
    /// From asking for the link to the last byte, with the waits and further tries between.
    pub elapsed: Duration,
}

/// A link, and the exchange that named it.
struct Link {
    asked: Success,
    url: Url,
}

impl Supplier {
    /// GET `/letters/{id}/data`, and what it points to, without a credential of the API.
    ///
    /// # Errors
    /// `Answered` with 404 for a letter the service does not know; `ForbiddenLink` for a link
    /// that leads where none may; `LinkExpired` if three links in a row had expired.
    pub async fn download(&self, id: &str) -> Result<Download, ClientError> {
        let start = Instant::now();
        let path = letter_path(id, "/data")?;
        let mut asked = 0;
        loop {
            asked += 1;
            let link = self.link(id, &path).await?;
            let ended = self.carry_out(&follow(link.url)).await?;
            let redirect = link.asked.recorded.seq;
            match verdict(&ended) {
                Verdict::Missing => {
                    let exchange = ended.delivery.seq();
                    return Ok(Download::Missing { redirect, exchange });
                }
                Verdict::Expired if asked < MOST_LINKS => {}
                Verdict::Expired => {
                    let call = link.asked.call;
                    return Err(ClientError::LinkExpired { call, asked });
                }
                Verdict::Other => {
                    let success = self.success(ended, |status| status == 200)?;
                    let document = document(success, redirect, start.elapsed());
                    return Ok(Download::Document(document));
                }
            }
        }
    }

    async fn link(&self, letter: &str, path: &str) -> Result<Link, ClientError> {
        let plan = self.plan("GET", path, Manner::Safe);
        let base = plan.url.clone();
        let asked = self.succeed(plan, is_redirect).await?;
        let location = asked.answer.header("location");
        let url = location.and_then(|location| base.join(location).ok());
        let url = url.ok_or_else(|| self.unreadable(&asked))?;
        match self.transport().may_fetch(&url) {
            Ok(()) => Ok(Link { asked, url }),
            Err(reason) => Err(ClientError::ForbiddenLink(Box::new(ForbiddenLink {
                call: asked.call,
                letter: letter.to_owned(),
                location: address::shown(url.as_str()),
                reason,
            }))),
        }
    }
}

/// What the storage's answer means.
enum Verdict {
    Missing,
    Expired,
    Other,
}

fn verdict(ended: &Ended) -> Verdict {
    match &ended.delivery.outcome {
        Ok(answer) if answer.status == 404 && says(answer, "NoSuchKey") => Verdict::Missing,
        Ok(answer) if answer.status == 403 && says(answer, "Request has expired") => {
            Verdict::Expired
        }
        _ => Verdict::Other,
    }
}

fn says(answer: &Answer, text: &str) -> bool {
    String::from_utf8_lossy(&answer.body.bytes).contains(text)
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn follow(url: Url) -> Plan {
    Plan {
        method: "GET",
        url,
        manner: Manner::Safe,
        body: None,
        intent: None,
        to: To::Storage,
        content_type: None,
        without_request_id: false,
    }
}

fn document(success: Success, redirect: u64, elapsed: Duration) -> Document {
    let length = success.answer.header("content-length");
    let content_length = length.and_then(|length| length.trim().parse().ok());
    let body = success.answer.body;
    Document {
        content_length,
        redirect,
        exchange: success.recorded.seq,
        content_type: body.content_type,
        sha256: body.sha256,
        size: body.length,
        bytes: body.bytes,
        elapsed,
    }
}

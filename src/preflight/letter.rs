//! What is known about a letter whose PDF is to be judged.

/// How the request for the PDF was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched<'a> {
    /// HTTP status of the object store.
    pub status: u16,
    /// `<Code>` of the XML that the object store answers errors with: `NoSuchKey`, `AccessDenied`.
    pub xml_code: Option<&'a str>,
}

/// A letter's PDF and what the service says about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Letter<'a> {
    /// The PDF, exactly as it was received.
    pub bytes: &'a [u8],
    /// `sha256Hash` of the letter. It is optional, and the service does not validate it
    /// (pdf-preflight fact 9).
    pub expected_sha256: Option<&'a str>,
    /// `x-amz-meta-sha256hash` of the download, used when the letter has no hash of its own.
    pub stored_sha256: Option<&'a str>,
    /// `Content-Length` of the download, in bytes.
    pub content_length: Option<u64>,
    /// `specificationId` of the letter; it decides the pack.
    pub specification: Option<&'a str>,
    /// How the download was answered; none for a file from a disk.
    pub fetched: Option<Fetched<'a>>,
}

impl<'a> Letter<'a> {
    /// A PDF of which nothing else is known.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            ..Self::default()
        }
    }
}

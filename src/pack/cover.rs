//! The draft of the email that carries a pack.

use std::fmt::Write as _;

use crate::evidence::sha256_hex;
use crate::mail::{Address, Attachment, Draft};
use crate::model::Verdict;
use crate::report::one_line;

use super::manifest::Manifest;
use super::table;

/// Who writes to whom.
#[derive(Clone, Debug)]
pub struct Post {
    /// The sender; without one the mail program puts its own account.
    pub from: Option<Address>,
    /// The receiver.
    pub to: Address,
    /// Whom NHS Notify may ask.
    pub contact: Option<String>,
    /// The largest email in bytes, attachments encoded.
    pub limit: usize,
}

/// The draft with `zip`, called `name`, attached.
pub(super) fn cover(manifest: &Manifest, name: &str, zip: &[u8], post: &Post) -> Draft {
    let text = text(manifest, name, zip, post);
    Draft::new(
        post.to.clone(),
        &subject(manifest),
        &text,
        manifest.evidence_until,
    )
    .from(post.from.clone())
    .attach(Attachment {
        name: name.to_owned(),
        content_type: "application/zip".to_owned(),
        bytes: zip.to_vec(),
    })
}

fn subject(manifest: &Manifest) -> String {
    let part = manifest.part.as_ref();
    let part = part.map(|part| format!(" ({} of {})", part.number, part.of));
    let warning = table::warning(manifest).map(|warning| format!("[{warning}] "));
    format!(
        "{}NHS Notify Supplier API acceptance evidence: {}{}",
        warning.unwrap_or_default(),
        one_line(&manifest.supplier),
        part.unwrap_or_default()
    )
}

fn text(manifest: &Manifest, name: &str, zip: &[u8], post: &Post) -> String {
    let mut text = String::new();
    if let Some(warning) = table::warning(manifest) {
        let _ = writeln!(text, "{warning}\n");
    }
    let _ = writeln!(
        text,
        "Hello,\n\nplease find attached our evidence for the Acceptance Test Pack of the NHS Notify Supplier API.\n"
    );
    let _ = writeln!(text, "Supplier     {}", one_line(&manifest.supplier));
    let _ = writeln!(text, "Environment  {}", table::environment(manifest));
    let _ = writeln!(text, "Driven       {}", table::driven(manifest));
    let _ = writeln!(text, "Attachment   {name}, {} bytes", zip.len());
    let sha256 = sha256_hex(zip);
    let _ = writeln!(text, "SHA-256      {sha256}\n");
    let _ = writeln!(
        text,
        "Open README.txt or checklist.html in it first; nothing has to be installed.\n"
    );
    let _ = writeln!(
        text,
        "To check that it is this pack, and all of it:\n\n  letterproof verify {name} --head {sha256}\n"
    );
    let _ = writeln!(text, "Sign-off\n\n{}", table::sign_off(manifest));
    let open = table::tests_with(manifest, Verdict::Review);
    if !open.is_empty() {
        let _ = writeln!(text, "Waiting for a review: {open}\n");
    }
    let _ = writeln!(text, "Chain heads\n\n{}", table::heads(manifest));
    let omitted = table::omitted(manifest);
    if !omitted.is_empty() {
        let _ = writeln!(text, "Sealed runs that are not packed\n\n{omitted}");
    }
    if let Some(contact) = &post.contact {
        let _ = writeln!(text, "Questions: {}", one_line(contact));
    }
    text
}

//! Does a strict reader load the file, and does it hold pages? PF-005 to PF-007.

use lopdf::encryption::decrypt_object;
use lopdf::{
    DecompressError, Dictionary, Document, EncryptionState, LoadOptions, Object, ObjectId,
    ObjectStream, Permissions,
};

use crate::model;

use super::check::Finding;
use super::clock::Deadline;
use super::guard::{self, Excess, FirstLook, MAX_LOADED_STREAM, MAX_OBJECTS};
use super::{frame, normal};

/// Why a file does not load.
#[derive(Debug, thiserror::Error)]
enum LoadFault {
    #[error(transparent)]
    Excess(#[from] Excess),
    #[error(transparent)]
    Reader(#[from] lopdf::Error),
}

/// PF-005: the document as a strict reader sees it, or why it sees none.
pub(super) fn load(bytes: &[u8], deadline: Deadline) -> Result<(Finding, Document), Finding> {
    let look = guard::first_look(bytes).map_err(Excess::finding)?;
    let bytes = &*frame::plain_header(bytes);
    let mut document = read(bytes, &look, true, deadline).map_err(|fault| match fault {
        LoadFault::Excess(excess) => excess.finding(),
        LoadFault::Reader(strict) => reader_finding(&strict, &lenient(bytes, &look, deadline)),
    })?;
    normal::name_filters_in_full(&mut document);
    let objects = document.objects.len();
    let observed = format!("PDF {}, {objects} objects", document.version);
    Ok((Finding::pass(observed), document))
}

/// What the reader says in words that mean the file and not the reader itself.
fn reader_finding(strict: &lopdf::Error, lenient: &str) -> Finding {
    match strict {
        lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            Finding::not_judged("a stream of the file's structure inflates to more than 1 MiB")
        }
        lopdf::Error::Unimplemented(_) => {
            Finding::fail("a part of the file's structure that no strict reader knows")
        }
        fault => Finding::fail(format!("{fault}; {lenient}")),
    }
}

fn read(
    bytes: &[u8],
    look: &FirstLook,
    strict: bool,
    deadline: Deadline,
) -> Result<Document, LoadFault> {
    let options = LoadOptions {
        strict,
        filter: Some(guard::WATCH),
        max_decompressed_size: Some(MAX_LOADED_STREAM),
        ..LoadOptions::default()
    };
    let sealed = !look.encrypt.is_empty();
    let watched = |bytes: &[u8]| {
        guard::watched(bytes.len(), sealed, deadline, || {
            Document::load_mem_with_options(bytes, options)
        })
    };
    if !sealed {
        return Ok(watched(bytes)??);
    }
    // The reader watches over nothing that it decrypts: it is to see no encryption, and what it
    // has read is decrypted here.
    let mut document = watched(&without_encryption(bytes, look))??;
    let Some(encrypt) = document.trailer.remove(HIDDEN) else {
        return Ok(document);
    };
    // The library knows an encryption by reference alone.
    let encrypt = match encrypt {
        Object::Dictionary(_) => Object::Reference(document.add_object(encrypt)),
        other => other,
    };
    document.trailer.set("Encrypt", encrypt);
    if document.authenticate_password("").is_ok() {
        decrypt(&mut document, deadline)?;
    }
    Ok(document)
}

/// What the key `Encrypt` is called while the reader must not see it.
const HIDDEN: &[u8] = b"Encrypx";

/// The file with another key in place of `Encrypt`, of the same length.
fn without_encryption(bytes: &[u8], look: &FirstLook) -> Vec<u8> {
    let mut hidden = bytes.to_vec();
    for (start, length) in &look.encrypt {
        if let Some(name) = hidden.get_mut(*start..start + length) {
            name.fill(b' ');
            name[..HIDDEN.len()].copy_from_slice(HIDDEN);
        }
    }
    hidden
}

/// Decrypts every object with the empty password, then opens the object streams.
fn decrypt(document: &mut Document, deadline: Deadline) -> Result<(), LoadFault> {
    let state = EncryptionState::decode(document, b"")?;
    let reference = document
        .trailer
        .get(b"Encrypt")
        .and_then(Object::as_reference);
    let kept_plain = reference.ok();
    let mut members = Vec::new();
    for (id, object) in &mut document.objects {
        if Some(*id) == kept_plain {
            continue;
        }
        if deadline.passed() {
            return Err(Excess::Time.into());
        }
        // What does not decrypt stays as it is; the checks see that it is no content.
        drop(decrypt_object(&state, *id, object));
        if let Object::Stream(stream) = object
            && guard::unseal(*id, stream)?
        {
            let opened = ObjectStream::new_with_limit(stream, Some(MAX_LOADED_STREAM))?;
            members.extend(opened.objects);
            if members.len() > MAX_OBJECTS {
                return Err(Excess::Objects.into());
            }
        }
    }
    for (id, object) in members {
        document.objects.entry(id).or_insert(object);
    }
    document.trailer.remove(b"Encrypt");
    document.encryption_state = Some(state);
    Ok(())
}

/// What a forgiving reader makes of the file: it tells how broken it is.
fn lenient(bytes: &[u8], look: &FirstLook, deadline: Deadline) -> String {
    match read(bytes, look, false, deadline) {
        Ok(document) => match document.page_iter().count() {
            0 => "a forgiving reader finds no page either".to_owned(),
            pages => format!(
                "a forgiving reader still finds {}",
                model::count(pages, "page")
            ),
        },
        Err(_) => "a forgiving reader gives up too".to_owned(),
    }
}

/// Whether the file is still encrypted, also where the library cannot make out how.
pub(super) fn needs_password(document: &Document) -> bool {
    document.trailer.has(b"Encrypt")
}

/// PF-006. A file with a password loads without error, but empty (pdf-preflight fact 6).
pub(super) fn encryption(document: &Document) -> Finding {
    if needs_password(document) {
        Finding::fail("needs a password")
    } else if document.was_encrypted() {
        Finding::warn(match printing(document) {
            Printing::Allowed => "encrypted with an empty password",
            Printing::Coarse => {
                "encrypted with an empty password; printing is allowed in low quality alone"
            }
            Printing::Denied => {
                "encrypted with an empty password; printing is not allowed: programs that obey \
                 this print nothing"
            }
        })
    } else {
        Finding::pass("not encrypted")
    }
}

/// What the encryption allows (ISO 32000-1, table 22).
enum Printing {
    Allowed,
    Coarse,
    Denied,
}

fn printing(document: &Document) -> Printing {
    /// Revisions before this one have no permission of its own for high quality.
    const FINE_PRINTING: i64 = 3;
    let Some(state) = &document.encryption_state else {
        return Printing::Allowed;
    };
    let permissions = state.permissions();
    if !permissions.contains(Permissions::PRINTABLE) {
        Printing::Denied
    } else if state.revision() >= FINE_PRINTING
        && !permissions.contains(Permissions::PRINTABLE_IN_HIGH_QUALITY)
    {
        Printing::Coarse
    } else {
        Printing::Allowed
    }
}

/// PF-007: the pages, as the tree has them and not as `/Count` says.
pub(super) fn pages(document: &Document) -> Result<(Finding, Vec<ObjectId>), Finding> {
    let pages: Vec<ObjectId> = document.page_iter().take(MAX_OBJECTS).collect();
    if pages.is_empty() {
        return Err(Finding::fail("no page in the tree"));
    }
    // The walk stands a page in for one that does not load.
    if let Some(lost) = pages
        .iter()
        .position(|id| document.get_dictionary(*id).is_err())
    {
        return Err(Finding::fail(format!("page {} does not load", lost + 1)));
    }
    let found = pages.len();
    match count(document) {
        Some(count) if count == found as i64 => {
            Ok((Finding::pass(model::count(found, "page")), pages))
        }
        Some(said) => Err(Finding::fail(format!(
            "{}, /Count says {said}",
            model::count(found, "page")
        ))),
        None => Err(Finding::fail(format!(
            "{}, no /Count",
            model::count(found, "page")
        ))),
    }
}

fn count(document: &Document) -> Option<i64> {
    let root = document
        .catalog()
        .ok()?
        .get_deref(b"Pages", document)
        .ok()?;
    let count = root.as_dict().ok()?.get_deref(b"Count", document).ok()?;
    count.as_i64().ok()
}

/// Bound on a walk up the page tree.
const MAX_DEPTH: usize = 64;

/// The value of an inheritable page attribute: the page's own or its nearest ancestor's
/// (ISO 32000-1, 7.7.3.4).
pub(super) fn inherited<'a>(
    document: &'a Document,
    page: ObjectId,
    key: &[u8],
) -> Option<&'a Object> {
    let mut node: &Dictionary = document.get_dictionary(page).ok()?;
    for _ in 0..MAX_DEPTH {
        if let Ok(value) = node.get_deref(key, document) {
            return Some(value);
        }
        node = node.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

//! Does a strict reader load the file, and does it hold pages? PF-005 to PF-007.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use memchr::memmem;

use super::check::Finding;

/// Most bytes that one object stream may inflate to while loading. With the reader's own limit a
/// file of 15 KiB takes 1.5 GiB, with this one 11 MiB (pdf-preflight fact 5).
const MAX_LOADED_STREAM: usize = 4 * 1024 * 1024;
/// The reader holds every object stream at once, so their number is bounded too.
const MAX_OBJECT_STREAMS: usize = 64;
/// A letter has some hundred objects.
const MAX_OBJECTS: usize = 50_000;

/// PF-005: the document as a strict reader sees it, or why it sees none.
pub(super) fn load(bytes: &[u8]) -> Result<(Finding, Document), Finding> {
    let object_streams = memmem::find_iter(bytes, b"/ObjStm")
        .take(MAX_OBJECT_STREAMS + 1)
        .count();
    if object_streams > MAX_OBJECT_STREAMS {
        return Err(Finding::fail("more than 64 object streams: refused unread"));
    }
    let document = read(bytes, true)
        .map_err(|strict| Finding::fail(format!("{strict}; {}", lenient(bytes))))?;
    let objects = document.objects.len();
    if objects > MAX_OBJECTS {
        return Err(Finding::fail(format!(
            "{objects} objects, more than 50,000"
        )));
    }
    let observed = format!("PDF {}, {objects} objects", document.version);
    Ok((Finding::pass(observed), document))
}

fn read(bytes: &[u8], strict: bool) -> lopdf::Result<Document> {
    let options = LoadOptions {
        strict,
        max_decompressed_size: Some(MAX_LOADED_STREAM),
        ..LoadOptions::default()
    };
    Document::load_mem_with_options(bytes, options)
}

/// What a forgiving reader makes of the file: it tells how broken it is.
fn lenient(bytes: &[u8]) -> String {
    match read(bytes, false) {
        Ok(document) => match document.page_iter().count() {
            0 => "a forgiving reader finds no page either".to_owned(),
            pages => format!("a forgiving reader still finds {pages} pages"),
        },
        Err(_) => "a forgiving reader gives up too".to_owned(),
    }
}

/// PF-006. A file with a password loads without error, but empty (pdf-preflight fact 6).
pub(super) fn encryption(document: &Document) -> Finding {
    if document.is_encrypted() {
        Finding::fail("needs a password")
    } else if document.was_encrypted() {
        Finding::warn("encrypted with an empty password")
    } else {
        Finding::pass("not encrypted")
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
            Ok((Finding::pass(format!("{found} pages")), pages))
        }
        Some(count) => Err(Finding::fail(format!("{found} pages, /Count says {count}"))),
        None => Err(Finding::fail(format!("{found} pages, no /Count"))),
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

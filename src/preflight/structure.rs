//! What a strict reader makes of a document.

use lopdf::{Document, LoadOptions, Object};

use crate::model::PdfOutcome;

use super::cheap::{Policy, Said, fail, pass};

/// Most bytes that one stream may inflate to while a document is loaded: with lopdf's own limit
/// a file of 15 KiB took 1.5 GiB (pdf-preflight, fact 5).
const MOST_INFLATED: usize = 4 * 1024 * 1024;

/// Object streams that are inflated for one document (pdf-preflight, "Checks").
const MOST_OBJECT_STREAMS: usize = 64;

/// Objects that are looked at in one document (pdf-preflight, "Checks").
const MOST_OBJECTS: usize = 50_000;

/// Pages above which AT12 lets a supplier fail a letter (acceptance-pack, AT12).
const MANY_PAGES: usize = 5;

/// How many pages there are, and how many the document says there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pages {
    in_tree: usize,
    claimed: Option<i64>,
}

/// Loads a document strictly and counts its pages.
pub(super) fn pages(bytes: &[u8]) -> Result<Pages, String> {
    if object_streams(bytes) > MOST_OBJECT_STREAMS {
        return Err("the document has more than 64 object streams".to_owned());
    }
    let options = LoadOptions {
        strict: true,
        max_decompressed_size: Some(MOST_INFLATED),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options)
        .map_err(|error| format!("the document does not load: {error}"))?;
    if document.objects.len() > MOST_OBJECTS {
        return Err("the document has more than 50,000 objects".to_owned());
    }
    Ok(Pages {
        in_tree: document.page_iter().count(),
        claimed: claimed(&document),
    })
}

/// PF-007: at least one page, and as many as the root of the tree says.
pub(super) fn counted(pages: Pages) -> Said {
    let Pages { in_tree, claimed } = pages;
    match claimed {
        _ if in_tree == 0 => fail("the document has no page"),
        None => fail(&format!("{in_tree} pages, and no /Count")),
        Some(claimed) if i64::try_from(in_tree) != Ok(claimed) => {
            fail(&format!("{in_tree} pages where /Count says {claimed}"))
        }
        Some(_) => pass(&format!("{in_tree} pages")),
    }
}

/// PF-011: at most five pages.
pub(super) fn at_most_five(pages: Pages, policy: &Policy) -> Said {
    let observed = format!("{} pages", pages.in_tree);
    match policy.over_five_pages {
        PdfOutcome::NotRun => (PdfOutcome::NotRun, "not asked for".to_owned()),
        outcome if pages.in_tree > MANY_PAGES => (outcome, observed),
        _ => (PdfOutcome::Pass, observed),
    }
}

/// `/Count` of the root of the page tree.
fn claimed(document: &Document) -> Option<i64> {
    let root = document.catalog().ok()?.get(b"Pages").ok()?;
    let root = match root {
        Object::Reference(id) => document.get_dictionary(*id).ok()?,
        other => other.as_dict().ok()?,
    };
    root.get(b"Count").ok()?.as_i64().ok()
}

fn object_streams(bytes: &[u8]) -> usize {
    aho_corasick::AhoCorasick::new([b"/ObjStm"]).map_or(0, |finder| {
        finder
            .find_iter(bytes)
            .take(MOST_OBJECT_STREAMS + 1)
            .count()
    })
}

//! A page read as a browser reads it: whatever texts it shows, its markup is its own.

use std::collections::BTreeSet;

use html5gum::{Token, Tokenizer};

/// Elements that have no end (HTML, 13.1.2).
const VOID: [&str; 4] = ["meta", "br", "input", "hr"];

/// Elements of the pictures that charts are: they may end themselves.
const DRAWN: [&str; 7] = ["svg", "rect", "line", "path", "circle", "polyline", "text"];

/// What a page consists of.
#[derive(Debug, Default)]
pub struct Page {
    /// Element and attribute names, as `td` and `td class`.
    pub names: BTreeSet<String>,
    /// What stands in `script` and `style`.
    pub code: Vec<String>,
    /// What a reader reads in the title.
    pub title: String,
    /// Where links lead.
    pub links: BTreeSet<String>,
}

/// Reads `html` and holds that it is whole: every element that begins ends in its place, no
/// attribute is named twice, no character misleads.
pub fn page(html: &str) -> Page {
    let mut page = Page::default();
    let mut open: Vec<String> = Vec::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                page.names.insert(name.clone());
                for (attribute, value) in &tag.attributes {
                    let attribute = text(attribute);
                    page.names.insert(format!("{name} {attribute}"));
                    if attribute == "href" {
                        page.links.insert(text(value));
                    }
                }
                if !tag.self_closing && !VOID.contains(&name.as_str()) {
                    open.push(name);
                } else {
                    let may = VOID.contains(&name.as_str()) || DRAWN.contains(&name.as_str());
                    assert!(may, "<{name}/>");
                }
            }
            Token::EndTag(tag) => assert_eq!(open.pop(), Some(text(&tag.name)), "an end"),
            Token::String(shown) => match open.last().map(String::as_str) {
                Some("script" | "style") => page.code.push(text(&shown)),
                Some("title") => page.title.push_str(&text(&shown)),
                _ => {}
            },
            Token::Comment(comment) => panic!("a comment: {comment:?}"),
            Token::Doctype(_) => assert!(open.is_empty(), "a doctype in the page"),
            Token::Error(error) => panic!("no HTML: {error:?}"),
        }
    }
    assert!(open.is_empty(), "{open:?} never ends");
    page
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

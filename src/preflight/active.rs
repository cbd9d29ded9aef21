//! What has no place on paper: scripts, launched programs, forms to submit, attached files. PF-030.
//!
//! Only what the document leads to counts, and only if there is something: an empty name tree holds
//! no file, a null is no script.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::check::Finding;

/// How deep direct objects may nest; the reader refuses more than 100 anyway.
const MAX_NESTING: usize = 100;
/// How deep a name tree may branch, and how many of its nodes are looked at.
const MAX_TREE: usize = 32;
const MAX_NODES: usize = 10_000;

/// PF-030. That a document opens at a page of its own is normal and not looked at.
pub(super) fn active(document: &Document) -> Finding {
    let mut search = Search {
        document,
        seen: HashSet::new(),
        waiting: Vec::new(),
    };
    match search.in_the_catalog() {
        Some(what) => Finding::fail(what),
        None => Finding::pass("none"),
    }
}

struct Search<'a> {
    document: &'a Document,
    seen: HashSet<ObjectId>,
    waiting: Vec<ObjectId>,
}

impl<'a> Search<'a> {
    fn in_the_catalog(&mut self) -> Option<&'static str> {
        self.waiting = self
            .document
            .trailer
            .get(b"Root")
            .ok()?
            .as_reference()
            .into_iter()
            .collect();
        while let Some(id) = self.waiting.pop() {
            if self.seen.insert(id)
                && let Some(object) = self.document.objects.get(&id)
                && let Some(what) = self.object(object, 0)
            {
                return Some(what);
            }
        }
        None
    }

    fn object(&mut self, object: &'a Object, depth: usize) -> Option<&'static str> {
        if depth > MAX_NESTING {
            return None;
        }
        match object {
            Object::Dictionary(dict) => self.dictionary(dict, depth),
            Object::Stream(stream) => self.dictionary(&stream.dict, depth),
            Object::Array(items) => items.iter().find_map(|item| self.object(item, depth + 1)),
            Object::Reference(id) => {
                self.waiting.push(*id);
                None
            }
            _ => None,
        }
    }

    fn dictionary(&mut self, dict: &'a Dictionary, depth: usize) -> Option<&'static str> {
        let here = self.action(dict).or_else(|| self.entry(dict));
        here.or_else(|| {
            let mut values = dict.iter();
            values.find_map(|(_, value)| self.object(value, depth + 1))
        })
    }

    /// What kind of action the dictionary is, if it is one that has no place in a letter.
    fn action(&self, dict: &'a Dictionary) -> Option<&'static str> {
        match self.value(dict, b"S")?.as_name().ok()? {
            b"JavaScript" if self.value(dict, b"JS").is_none_or(holds_something) => {
                Some("JavaScript")
            }
            b"Launch" => Some("launches a program"),
            b"SubmitForm" => Some("submits a form"),
            b"ImportData" => Some("imports data"),
            _ => None,
        }
    }

    /// Entries that are enough by themselves: a script, an attachment, an XFA form.
    fn entry(&self, dict: &'a Dictionary) -> Option<&'static str> {
        let holds = |key: &[u8]| self.value(dict, key).is_some_and(holds_something);
        let names = |key: &[u8]| self.value(dict, key).is_some_and(|tree| self.names(tree));
        if holds(b"JS") || names(b"JavaScript") {
            Some("JavaScript")
        } else if names(b"EmbeddedFiles") {
            Some("embedded files")
        } else if holds(b"XFA") {
            Some("an XFA form")
        } else if dict.has_type(b"EmbeddedFile") || self.attaches(dict) {
            Some("an embedded file")
        } else {
            None
        }
    }

    /// Whether a file specification holds a file.
    fn attaches(&self, dict: &'a Dictionary) -> bool {
        let Some(Object::Dictionary(files)) = self.value(dict, b"EF") else {
            return false;
        };
        files
            .iter()
            .any(|(key, _)| self.value(files, key).is_some())
    }

    /// Whether a name tree names anything (ISO 32000-1, 7.9.6).
    fn names(&self, tree: &'a Object) -> bool {
        let (mut nodes, mut waiting) = (0, vec![(tree, 0)]);
        while let Some((node, depth)) = waiting.pop() {
            nodes += 1;
            // What cannot be looked through may hold something.
            if nodes > MAX_NODES || depth > MAX_TREE {
                return true;
            }
            let Object::Dictionary(node) = node else {
                continue;
            };
            if let Some(Object::Array(names)) = self.value(node, b"Names")
                && names
                    .chunks_exact(2)
                    .any(|pair| self.followed(&pair[1]).is_some())
            {
                return true;
            }
            if let Some(Object::Array(kids)) = self.value(node, b"Kids") {
                let kids = kids.iter().filter_map(|kid| self.followed(kid));
                waiting.extend(kids.map(|kid| (kid, depth + 1)));
            }
        }
        false
    }

    /// The value at that key, followed; null is none.
    fn value(&self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        self.followed(dict.get(key).ok()?)
    }

    fn followed(&self, object: &'a Object) -> Option<&'a Object> {
        let (_, object) = self.document.dereference(object).ok()?;
        (!object.is_null()).then_some(object)
    }
}

fn holds_something(object: &Object) -> bool {
    match object {
        Object::Null => false,
        Object::String(text, _) => !text.trim_ascii().is_empty(),
        Object::Array(items) => items.iter().any(holds_something),
        Object::Dictionary(dict) => !dict.is_empty(),
        Object::Stream(stream) => !stream.content.trim_ascii().is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::super::check::Outcome;
    use super::*;

    fn outcome(more: Dictionary) -> Outcome {
        let mut document = Document::new();
        let mut catalog = dictionary! { "Type" => "Catalog" };
        let more = document.add_object(more);
        catalog.set("More", more);
        let root = document.add_object(catalog);
        document.trailer.set("Root", root);
        active(&document).outcome
    }

    fn script() -> Dictionary {
        dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") }
    }

    fn tree(names: Vec<Object>) -> Dictionary {
        dictionary! { "Kids" => vec![dictionary! { "Names" => names }.into()] }
    }

    #[test]
    fn active_content_is_found_wherever_it_hides() {
        let named = || vec![Object::string_literal("a"), script().into()];
        let nested = dictionary! { "A" => vec![Object::Dictionary(script())] };
        let text = || Object::string_literal("x");
        for dict in [
            nested,
            dictionary! { "S" => "JavaScript" },
            dictionary! { "S" => "Launch" },
            dictionary! { "S" => "SubmitForm" },
            dictionary! { "JavaScript" => tree(named()) },
            dictionary! { "EmbeddedFiles" => tree(named()) },
            dictionary! { "AcroForm" => dictionary! { "XFA" => vec![text(), text()] } },
            dictionary! { "Type" => "EmbeddedFile" },
            dictionary! { "EF" => dictionary! { "F" => dictionary! { "X" => 1 } } },
        ] {
            assert_eq!(outcome(dict.clone()), Outcome::Fail, "{dict:?}");
        }
    }

    #[test]
    fn what_is_empty_is_no_script_and_no_file() {
        let empty = || Object::Dictionary(Dictionary::new());
        let stream = || Object::Stream(Stream::new(Dictionary::new(), Vec::new()));
        for key in ["JS", "JavaScript", "EmbeddedFiles", "XFA", "EF"] {
            for value in [Object::Null, empty(), Object::Array(Vec::new())] {
                assert_eq!(
                    outcome(dictionary! { key => value.clone() }),
                    Outcome::Pass,
                    "{key} {value:?}"
                );
            }
        }
        for dict in [
            dictionary! { "EmbeddedFiles" => tree(Vec::new()) },
            dictionary! { "EmbeddedFiles" => tree(vec![Object::string_literal("a"), Object::Null]) },
            dictionary! { "JavaScript" => Object::Reference((99, 0)) },
            dictionary! { "EF" => dictionary! { "F" => Object::Reference((99, 0)) } },
            dictionary! { "S" => "JavaScript", "JS" => Object::string_literal(" ") },
            dictionary! { "XFA" => stream() },
        ] {
            assert_eq!(outcome(dict.clone()), Outcome::Pass, "{dict:?}");
        }
    }

    #[test]
    fn what_nothing_leads_to_is_not_there() {
        let mut document = Document::new();
        document.add_object(script());
        let root = document.add_object(dictionary! { "Type" => "Catalog" });
        document.trailer.set("Root", root);
        assert_eq!(active(&document).outcome, Outcome::Pass);
    }

    #[test]
    fn a_name_tree_that_leads_to_itself_ends() {
        let mut document = Document::new();
        let id = document.new_object_id();
        document.set_object(id, dictionary! { "Kids" => vec![id.into(), id.into()] });
        let root = document.add_object(dictionary! { "EmbeddedFiles" => id });
        document.trailer.set("Root", root);
        assert_eq!(active(&document).outcome, Outcome::Fail);
    }

    #[test]
    fn opening_at_a_page_is_normal() {
        let open = dictionary! { "OpenAction" => dictionary! { "S" => "GoTo" } };
        assert_eq!(outcome(open), Outcome::Pass);
        assert_eq!(outcome(dictionary! { "S" => "URI" }), Outcome::Pass);
    }
}

//! Which layers print: optional content in the document's default configuration
//! (ISO 32000-1, 8.11).

use std::cell::RefCell;
use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

/// How deep a visibility expression may nest, and how many operands all may have together.
const MAX_NESTING: usize = 32;
const MAX_OPERANDS: usize = 10_000;

/// Whether something is shown in print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shown {
    No,
    /// The default configuration and the state for printing differ, or there is too much to read.
    Perhaps,
    Yes,
}

impl std::ops::Not for Shown {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Perhaps => Self::Perhaps,
            Self::Yes => Self::No,
        }
    }
}

/// The layers of a document.
pub(super) struct Layers<'a> {
    document: &'a Document,
    /// Of the layers that the default configuration does not name.
    base: Shown,
    named: HashMap<ObjectId, Shown>,
    /// What the default configuration is for; a layer for something else is always shown.
    intent: Vec<&'a [u8]>,
    /// What was found, by the address of a dictionary: contents name the same few layers often.
    known: RefCell<HashMap<usize, Shown>>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let mut layers = Self {
            document,
            base: Shown::Yes,
            named: HashMap::new(),
            intent: vec![b"View"],
            known: RefCell::default(),
        };
        if let Some(configuration) = default_configuration(document) {
            layers.configure(configuration);
        }
        layers
    }

    fn configure(&mut self, configuration: &'a Dictionary) {
        let document = self.document;
        if self.name(configuration, b"BaseState") == b"OFF" {
            self.base = Shown::No;
        }
        let intent = self.names(configuration, b"Intent");
        if !intent.is_empty() {
            self.intent = intent;
        }
        for (key, shown) in [(b"ON".as_slice(), Shown::Yes), (b"OFF", Shown::No)] {
            let groups = items(document, configuration, key);
            let groups = groups.iter().filter_map(|group| group.as_reference().ok());
            self.named.extend(groups.map(|group| (group, shown)));
        }
        for usage in items(document, configuration, b"AS") {
            if let Some(usage) = dictionary(document, usage) {
                self.apply_usage(usage);
            }
        }
    }

    /// Some layers ask for another state in print. Not every program that prints gives it.
    fn apply_usage(&mut self, usage: &'a Dictionary) {
        let for_print = self.name(usage, b"Event") == b"Print"
            && self
                .names(usage, b"Category")
                .contains(&b"Print".as_slice());
        if !for_print {
            return;
        }
        for group in items(self.document, usage, b"OCGs") {
            let Ok(id) = group.as_reference() else {
                continue;
            };
            let printed = match self.print_state(group) {
                Some(b"ON") => Shown::Yes,
                Some(b"OFF") => Shown::No,
                _ => continue,
            };
            if self.named.get(&id).copied().unwrap_or(self.base) != printed {
                self.named.insert(id, Shown::Perhaps);
            }
        }
    }

    fn print_state(&self, group: &'a Object) -> Option<&'a [u8]> {
        let group = dictionary(self.document, group)?;
        let usage = group.get_deref(b"Usage", self.document).ok()?;
        let print = usage
            .as_dict()
            .ok()?
            .get_deref(b"Print", self.document)
            .ok()?;
        Some(self.name(print.as_dict().ok()?, b"PrintState"))
    }

    /// Whether what an `/OC` entry or a marked-content property names is shown. What is no layer
    /// hides nothing.
    pub(super) fn shown(&self, layer: &Object) -> Shown {
        let Some(dict) = dictionary(self.document, layer) else {
            return Shown::Yes;
        };
        let key = std::ptr::from_ref(dict).addr();
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let shown = self.look(layer, dict);
        self.known.borrow_mut().insert(key, shown);
        shown
    }

    fn look(&self, layer: &Object, dict: &Dictionary) -> Shown {
        if self.name(dict, b"Type") != b"OCMD" {
            return self.group(layer);
        }
        if let Ok(Object::Array(expression)) = dict.get_deref(b"VE", self.document) {
            let mut left = MAX_OPERANDS;
            return self.expression(expression, 0, &mut left);
        }
        self.membership(dict)
    }

    fn group(&self, group: &Object) -> Shown {
        let (Ok(id), Some(dict)) = (group.as_reference(), dictionary(self.document, group)) else {
            return Shown::Yes;
        };
        let intent = self.names(dict, b"Intent");
        let concerns = |name: &&[u8]| self.intent.contains(name);
        let is_meant = self.intent.contains(&b"All".as_slice())
            || match intent.is_empty() {
                true => concerns(&b"View".as_slice()),
                false => intent.iter().any(concerns),
            };
        if is_meant {
            self.named.get(&id).copied().unwrap_or(self.base)
        } else {
            Shown::Yes
        }
    }

    /// A policy over some layers (ISO 32000-1, table 99).
    fn membership(&self, dict: &Dictionary) -> Shown {
        let groups = match dict.get(b"OCGs") {
            Ok(Object::Array(groups)) => groups.as_slice(),
            Ok(one) => match self.document.dereference(one).map(|(_, groups)| groups) {
                Ok(Object::Array(groups)) => groups.as_slice(),
                _ => std::slice::from_ref(one),
            },
            Err(_) => return Shown::Yes,
        };
        let known = groups
            .iter()
            .filter(|group| dictionary(self.document, group).is_some())
            .take(MAX_OPERANDS);
        let states = known.map(|group| self.group(group));
        let met = match self.name(dict, b"P") {
            b"AllOn" => states.min(),
            b"AllOff" => states.map(|shown| !shown).min(),
            b"AnyOff" => states.map(|shown| !shown).max(),
            _ => states.max(),
        };
        met.unwrap_or(Shown::Yes)
    }

    /// `[/And …]`, `[/Or …]` or `[/Not …]` over layers and expressions.
    fn expression(&self, expression: &[Object], depth: usize, left: &mut usize) -> Shown {
        let Some((operator, operands)) = expression.split_first() else {
            return Shown::Yes;
        };
        if depth > MAX_NESTING || operands.len() > *left {
            return Shown::Perhaps;
        }
        *left -= operands.len();
        let states = operands.iter().map(|operand| {
            match self.document.dereference(operand).map(|(_, object)| object) {
                Ok(Object::Array(inner)) => self.expression(inner, depth + 1, left),
                _ => self.group(operand),
            }
        });
        let met = match operator.as_name() {
            Ok(b"And") => states.min(),
            Ok(b"Or") => states.max(),
            Ok(b"Not") => states.map(|shown| !shown).next(),
            _ => Some(Shown::Perhaps),
        };
        met.unwrap_or(Shown::Yes)
    }

    fn name<'d>(&self, dict: &'d Dictionary, key: &[u8]) -> &'d [u8]
    where
        'a: 'd,
    {
        let name = dict.get_deref(key, self.document).and_then(Object::as_name);
        name.unwrap_or_default()
    }

    /// The names at that key: one, or an array of them.
    fn names<'d>(&self, dict: &'d Dictionary, key: &[u8]) -> Vec<&'d [u8]>
    where
        'a: 'd,
    {
        match dict.get_deref(key, self.document) {
            Ok(Object::Name(name)) => vec![name.as_slice()],
            Ok(Object::Array(names)) => {
                let names = names.iter().take(MAX_NESTING);
                names.filter_map(|name| name.as_name().ok()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn default_configuration(document: &Document) -> Option<&Dictionary> {
    let properties = document
        .catalog()
        .ok()?
        .get_deref(b"OCProperties", document)
        .ok()?;
    let configuration = properties.as_dict().ok()?.get_deref(b"D", document).ok()?;
    configuration.as_dict().ok()
}

fn dictionary<'d>(document: &'d Document, object: &'d Object) -> Option<&'d Dictionary> {
    document.dereference(object).ok()?.1.as_dict().ok()
}

fn items<'d>(document: &'d Document, dict: &'d Dictionary, key: &[u8]) -> &'d [Object] {
    let array = dict.get_deref(key, document).and_then(Object::as_array);
    array.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    /// A document with layers 1 (on), 2 (off), 3 (not named) and 4 (on, but off in print).
    fn document(base: &str) -> Document {
        let mut document = Document::new();
        let group = || dictionary! { "Type" => "OCG" };
        for number in 1..=3 {
            document.set_object((number, 0), group());
        }
        let mut shy = group();
        let print = dictionary! { "Print" => dictionary! { "PrintState" => "OFF" } };
        shy.set("Usage", print);
        document.set_object((4, 0), shy);
        let usage = dictionary! {
            "Event" => "Print", "Category" => vec!["Print".into()], "OCGs" => vec![layer(4)],
        };
        let configuration = dictionary! {
            "BaseState" => base, "ON" => vec![layer(1), layer(4)], "OFF" => vec![layer(2)],
            "AS" => vec![usage.into()],
        };
        let properties = dictionary! { "D" => configuration };
        let catalog = dictionary! { "Type" => "Catalog", "OCProperties" => properties };
        let catalog = document.add_object(catalog);
        document.trailer.set("Root", catalog);
        document
    }

    fn layer(number: u32) -> Object {
        Object::Reference((number, 0))
    }

    fn membership(entries: &[(&str, Object)]) -> Object {
        let mut dict = dictionary! { "Type" => "OCMD" };
        entries
            .iter()
            .for_each(|(key, value)| dict.set(*key, value.clone()));
        dict.into()
    }

    fn shown(layer: &Object) -> Shown {
        Layers::new(&document("ON")).shown(layer)
    }

    #[test]
    fn the_default_configuration_decides() {
        use Shown::{No, Perhaps, Yes};
        let states = |base: &str| {
            let document = document(base);
            [1, 2, 3, 4].map(|number| Layers::new(&document).shown(&layer(number)))
        };
        assert_eq!(states("ON"), [Yes, No, Yes, Perhaps]);
        assert_eq!(states("OFF"), [Yes, No, No, Perhaps]);
        assert_eq!(shown(&layer(99)), Yes);
        assert_eq!(shown(&dictionary! { "Type" => "OCG" }.into()), Yes);
    }

    #[test]
    fn a_layer_for_another_intent_hides_nothing() {
        let mut document = document("ON");
        document.set_object(
            (2, 0),
            dictionary! { "Type" => "OCG", "Intent" => "Design" },
        );
        assert_eq!(Layers::new(&document).shown(&layer(2)), Shown::Yes);
        let both = vec!["Design".into(), "View".into()];
        document.set_object((2, 0), dictionary! { "Type" => "OCG", "Intent" => both });
        assert_eq!(Layers::new(&document).shown(&layer(2)), Shown::No);
    }

    #[test]
    fn a_policy_looks_at_several_layers() {
        use Shown::{No, Perhaps, Yes};
        let of = |policy: &str, layers: &[u32]| {
            let layers: Vec<Object> = layers.iter().map(|number| layer(*number)).collect();
            shown(&membership(&[
                ("P", policy.into()),
                ("OCGs", layers.into()),
            ]))
        };
        assert_eq!([of("AnyOn", &[1, 2]), of("AnyOn", &[2])], [Yes, No]);
        assert_eq!([of("AllOn", &[1, 2]), of("AllOn", &[1, 3])], [No, Yes]);
        assert_eq!([of("AnyOff", &[1, 2]), of("AnyOff", &[1])], [Yes, No]);
        assert_eq!([of("AllOff", &[2]), of("AllOff", &[1, 2])], [Yes, No]);
        assert_eq!([of("AllOn", &[1, 4]), of("AllOn", &[2, 4])], [Perhaps, No]);
        assert_eq!([of("AllOn", &[]), of("AllOn", &[98])], [Yes, Yes]);
        assert_eq!(shown(&membership(&[("OCGs", layer(2))])), No);
        assert_eq!(shown(&membership(&[])), Yes);
    }

    #[test]
    fn an_expression_wins_over_a_policy() {
        let list = |items: &[Object]| Object::Array(items.to_vec());
        let not = |object: Object| list(&["Not".into(), object]);
        let of = |expression: Object| shown(&membership(&[("VE", expression), ("OCGs", layer(2))]));
        assert_eq!(of(not(layer(2))), Shown::Yes);
        assert_eq!(
            of(list(&["And".into(), layer(1), not(layer(2))])),
            Shown::Yes
        );
        assert_eq!(of(list(&["Or".into(), layer(2), not(layer(1))])), Shown::No);
        let deep = (0..40).fold(layer(2), |inner, _| not(inner));
        assert_eq!(of(deep), Shown::Perhaps);
    }

    #[test]
    fn an_expression_that_holds_itself_ends() {
        let mut document = document("ON");
        let own = vec!["And".into(), layer(9), layer(9), layer(9)];
        document.set_object((9, 0), Object::Array(own));
        let dict = membership(&[("VE", layer(9))]);
        assert_eq!(Layers::new(&document).shown(&dict), Shown::Perhaps);
    }
}

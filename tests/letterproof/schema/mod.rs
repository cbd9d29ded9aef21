//! Validates XML against the part of XML Schema that `tests/data/junit.xsd` uses.
//!
//! Any construct it does not know is an error, so the schema cannot say more than is checked.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use regex::Regex;

/// An element with what a schema looks at.
#[derive(Debug, Default, Clone)]
pub struct Node {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Node>,
    pub text: String,
}

impl Node {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub fn each<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Reads a document; anything that is not well-formed XML 1.0 is an error.
pub fn parse(xml: &str) -> Result<Node, String> {
    if let Some(c) = xml.chars().find(|c| !is_xml_char(*c)) {
        return Err(format!("U+{:04X} is no XML character", u32::from(c)));
    }
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => open.push(node(&tag)?),
            Event::Empty(tag) => {
                let node = node(&tag)?;
                top(&mut open)?.children.push(node);
            }
            Event::End(_) => {
                let closed = open.pop().ok_or("an end without a start")?;
                top(&mut open)?.children.push(closed);
            }
            Event::Text(text) => {
                let text = std::str::from_utf8(&text).map_err(|error| error.to_string())?;
                if text.contains("]]>") {
                    return Err("]]> in text".into());
                }
                top(&mut open)?.text.push_str(text);
            }
            Event::CData(text) => {
                let text = std::str::from_utf8(&text).map_err(|error| error.to_string())?;
                top(&mut open)?.text.push_str(text);
            }
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) => {}
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    let mut root = open.pop().ok_or("no root")?;
    match (open.len(), root.children.len()) {
        (0, 1) => root.children.pop().ok_or_else(|| "no root".into()),
        _ => Err("not one whole root".into()),
    }
}

fn top(open: &mut [Node]) -> Result<&mut Node, String> {
    open.last_mut().ok_or_else(|| "no open element".into())
}

fn node(tag: &BytesStart<'_>) -> Result<Node, String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string());
    let mut node = Node {
        name: text(tag.name().as_ref())?,
        ..Node::default()
    };
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        node.attributes
            .insert(text(attribute.key.as_ref())?, value.into_owned());
    }
    Ok(node)
}

fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A schema that was read.
pub struct Schema {
    elements: BTreeMap<String, Rule>,
}

/// What one element may hold.
struct Rule {
    /// Over the names of the children, each as `<name>`.
    content: Regex,
    text: bool,
    /// Type, and whether it must be there.
    attributes: BTreeMap<String, (String, bool)>,
}

impl Schema {
    pub fn read(xsd: &str) -> Result<Self, String> {
        let root = parse(xsd)?;
        let mut elements = BTreeMap::new();
        for element in root.each("xs:element") {
            let rule = rule(element, &root)?;
            elements.insert(element.attribute("name").to_owned(), rule);
        }
        only(&root, &["xs:element", "xs:complexType"])?;
        Ok(Self { elements })
    }

    /// Every breach of the schema in `xml`.
    pub fn breaches(&self, xml: &str) -> Vec<String> {
        match parse(xml) {
            Ok(root) => {
                let mut breaches = Vec::new();
                self.check(&root, &mut breaches);
                breaches
            }
            Err(error) => vec![error],
        }
    }

    fn check(&self, node: &Node, breaches: &mut Vec<String>) {
        let Some(rule) = self.elements.get(&node.name) else {
            breaches.push(format!("<{}> is not known", node.name));
            return;
        };
        let children: String = node
            .children
            .iter()
            .map(|child| format!("<{}>", child.name))
            .collect();
        if !rule.content.is_match(&children) {
            breaches.push(format!("<{}> may not hold {children:?}", node.name));
        }
        if !rule.text && !node.text.trim().is_empty() {
            breaches.push(format!("<{}> may not hold text", node.name));
        }
        check_attributes(node, rule, breaches);
        for child in &node.children {
            self.check(child, breaches);
        }
    }
}

fn check_attributes(node: &Node, rule: &Rule, breaches: &mut Vec<String>) {
    for (name, value) in &node.attributes {
        match rule.attributes.get(name) {
            Some((kind, _)) if is_of(kind, value) => {}
            Some((kind, _)) => {
                breaches.push(format!("{}/@{name} is no {kind}: {value}", node.name))
            }
            None => breaches.push(format!("{}/@{name} is not known", node.name)),
        }
    }
    for (name, (_, required)) in &rule.attributes {
        if *required && !node.attributes.contains_key(name) {
            breaches.push(format!("{}/@{name} is missing", node.name));
        }
    }
}

fn is_of(kind: &str, value: &str) -> bool {
    let form = match kind {
        "xs:string" => return true,
        "xs:nonNegativeInteger" => r"^\+?[0-9]+$",
        "xs:decimal" => r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$",
        "xs:dateTime" => {
            r"^-?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
        }
        _ => return false,
    };
    Regex::new(form).is_ok_and(|form| form.is_match(value))
}

fn rule(element: &Node, root: &Node) -> Result<Rule, String> {
    let kind = element.attribute("type");
    if kind == "xs:string" {
        return build("", true, &Node::default());
    }
    let own = element.each("xs:complexType").next();
    let named = root
        .each("xs:complexType")
        .find(|one| one.attribute("name") == kind);
    let complex = own.or(named).ok_or(format!("no type {kind}"))?;
    if let Some(simple) = complex.each("xs:simpleContent").next() {
        only(simple, &["xs:extension"])?;
        let extension = simple.each("xs:extension").next().ok_or("no extension")?;
        only(extension, &["xs:attribute"])?;
        return build("", true, extension);
    }
    only(complex, &["xs:sequence", "xs:attribute"])?;
    let mut content = String::new();
    for sequence in complex.each("xs:sequence") {
        content.push_str(&particle(sequence)?);
    }
    build(&content, false, complex)
}

fn build(content: &str, text: bool, holder: &Node) -> Result<Rule, String> {
    let attributes = holder.each("xs:attribute").map(|attribute| {
        let required = attribute.attribute("use") == "required";
        let kind = attribute.attribute("type").to_owned();
        (attribute.attribute("name").to_owned(), (kind, required))
    });
    Ok(Rule {
        content: Regex::new(&format!("^(?:{content})$")).map_err(|error| error.to_string())?,
        text,
        attributes: attributes.collect(),
    })
}

/// A particle as a regular expression over the children's names.
fn particle(node: &Node) -> Result<String, String> {
    let inner: Result<Vec<String>, String> = node.children.iter().map(particle).collect();
    let inner = inner?;
    let body = match node.name.as_str() {
        "xs:sequence" => inner.concat(),
        "xs:choice" => inner.join("|"),
        "xs:element" => format!("<{}>", node.attribute("ref")),
        other => return Err(format!("{other} is not understood here")),
    };
    let times = match (node.attribute("minOccurs"), node.attribute("maxOccurs")) {
        ("" | "1", "" | "1") => "",
        ("0", "" | "1") => "?",
        ("0", "unbounded") => "*",
        ("" | "1", "unbounded") => "+",
        other => return Err(format!("{other:?} is not understood")),
    };
    Ok(format!("(?:{body}){times}"))
}

fn only(node: &Node, known: &[&str]) -> Result<(), String> {
    match node
        .children
        .iter()
        .find(|child| !known.contains(&child.name.as_str()))
    {
        Some(child) => Err(format!("{} in {} is not understood", child.name, node.name)),
        None => Ok(()),
    }
}

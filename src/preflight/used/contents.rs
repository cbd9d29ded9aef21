//! The contents of pages, forms, patterns and glyphs: are they there, and what do they use?

use std::borrow::Cow;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::super::filters::Fault;
use super::super::operators::{Operand, Operators};
use super::notes::{Doubt, Ended, name};
use super::state::{Run, Set, State};
use super::{CLOCK_EVERY, MAX_NESTING, MAX_OPERATORS, MAX_SAVED, Step, Stop, Walker};

const NO_OPERATORS: &str = "contents that are damaged: what stands there is no operator";

impl<'a> Walker<'a> {
    /// The contents of a page, all parts of them one after the other.
    pub(super) fn page_content(&mut self, page: ObjectId) -> Result<(Vec<u8>, Doubt), Stop> {
        let (mut content, mut doubt) = (Vec::new(), None);
        let entry = self.document.get_dictionary(page);
        let Ok(entry) = entry.and_then(|page| page.get(b"Contents")) else {
            return Ok((content, doubt));
        };
        for part in parts(self.document, entry) {
            let id = part.as_reference().ok();
            match self.document.dereference(part).map(|(_, part)| part) {
                Ok(Object::Stream(stream)) => {
                    let (bytes, in_doubt) = self.decoded(id, stream)?;
                    content.extend_from_slice(&bytes);
                    content.push(b'\n');
                    doubt = doubt.or(in_doubt);
                }
                // A page without contents is blank by intention.
                Ok(Object::Null) if id.is_none() => {}
                Ok(Object::Null) | Err(_) => self.notes.damage(id, "its contents are not there"),
                Ok(_) => self.notes.damage(id, "its contents are no stream"),
            }
        }
        Ok((content, doubt))
    }

    /// The object that a page's contents are, if they are one.
    pub(super) fn only_part(&self, page: ObjectId) -> Option<ObjectId> {
        let entry = self
            .document
            .get_dictionary(page)
            .ok()?
            .get(b"Contents")
            .ok()?;
        match parts(self.document, entry) {
            [part] => part.as_reference().ok(),
            _ => None,
        }
    }

    /// What contents decode to; nothing if they do not.
    pub(super) fn decoded(
        &mut self,
        id: Option<ObjectId>,
        stream: &'a Stream,
    ) -> Result<(Cow<'a, [u8]>, Doubt), Stop> {
        let decoded = self
            .decoder
            .bytes(&stream.dict, &stream.content, self.content_left);
        match decoded {
            Ok(decoded) if decoded.picture => {
                self.notes.damage(id, "contents that are a picture");
                Ok((Cow::default(), None))
            }
            Ok(decoded) => {
                self.content_left -= decoded.data.len();
                let doubt = self.notes.end_of_contents(id, decoded.end);
                Ok((decoded.data, doubt))
            }
            Err(Fault::Bound(_)) if self.deadline.passed() => Err(Stop::Timeout),
            Err(Fault::Bound(_)) => Err(Stop::Content(self.notes.page)),
            Err(fault) => {
                self.notes.fault(id, &fault);
                Ok((Cow::default(), None))
            }
        }
    }

    /// Runs contents and follows what they use.
    pub(super) fn content(
        &mut self,
        content: &[u8],
        resources: Option<&'a Dictionary>,
        state: State<'a>,
        depth: usize,
    ) -> Result<Ended, Stop> {
        if depth > MAX_NESTING {
            return Err(Stop::Nesting(self.notes.page));
        }
        let mut run = Run::new(resources, state, depth);
        let mut operators = Operators::new(content);
        loop {
            match operators.next() {
                Ok(Some(b"BI")) => self.inline_image(&mut run, &operators)?,
                Ok(Some(operator)) => self.operation(&mut run, operator, operators.operands())?,
                Ok(None) => break,
                Err(_) => {
                    self.notes
                        .damage(None, "contents that break off or do not parse");
                    return Ok(Ended::Within);
                }
            }
            self.count()?;
        }
        // The data of an inline image may have been mistaken for operators.
        match (run.garbled, run.has_inline_images) {
            (true, false) => self.notes.damage(None, NO_OPERATORS),
            (true, true) => self.notes.remark(None, NO_OPERATORS),
            (false, _) => {}
        }
        let within = run.in_text || !run.saved.is_empty() || !operators.operands().is_empty();
        Ok(if within {
            Ended::Within
        } else {
            Ended::Complete
        })
    }

    fn count(&mut self) -> Step {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(Stop::Operators(self.notes.page));
        }
        if self.operators.is_multiple_of(CLOCK_EVERY) && self.deadline.passed() {
            return Err(Stop::Timeout);
        }
        Ok(())
    }

    fn operation(&mut self, run: &mut Run<'a>, operator: &[u8], operands: &[Operand]) -> Step {
        match operator {
            b"q" if run.saved.len() >= MAX_SAVED => return Err(Stop::Nesting(self.notes.page)),
            b"q" => run.saved.push(run.state.clone()),
            b"Q" => run.state = run.saved.pop().unwrap_or_else(|| run.state.clone()),
            b"BT" => run.in_text = true,
            b"ET" => run.in_text = false,
            b"Tf" => self.set_font(run, operands),
            // Modes 3 and 7 paint nothing.
            b"Tr" => {
                let mode = operands.first().map_or(0.0, Operand::number);
                run.state.unpainted = matches!(mode as i64, 3 | 7);
            }
            b"BMC" | b"BDC" => self.begin_marked(run, operands),
            b"EMC" => drop(run.marked.pop()),
            b"g" | b"G" | b"rg" | b"RG" | b"k" | b"K" | b"cs" | b"CS" | b"sc" | b"SC" | b"scn"
            | b"SCN" => run.state.colour(operator, operands),
            _ if run.is_hidden() => {}
            b"Tj" | b"TJ" | b"'" | b"\"" => return self.show(run, operands),
            b"gs" => return self.set_state(run, operands),
            b"Do" => return self.paint(run, operands),
            b"sh" => self.shade(run, operands),
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                return self.draw(run, operator);
            }
            _ => run.garbled |= !operator.iter().all(u8::is_ascii_graphic),
        }
        Ok(())
    }

    fn set_font(&mut self, run: &mut Run<'a>, operands: &[Operand]) {
        let Some(Operand::Name(name)) = operands.first() else {
            return;
        };
        let font = resource(self.document, run.resources, b"Font", name);
        run.state.font = match font {
            Some((id, Object::Dictionary(dict))) => Set::In(dict, id),
            _ => Set::Lost(name.to_vec()),
        };
    }

    /// Text is shown: its font must be there.
    fn show(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let texts = match operands.last() {
            Some(Operand::Array(items)) => items.as_slice(),
            Some(text) => std::slice::from_ref(text),
            None => return Ok(()),
        };
        let text = |operand: &Operand| matches!(operand, Operand::Text(text) if !text.is_empty());
        if run.state.unpainted || !texts.iter().any(text) {
            return Ok(());
        }
        if let Some(pattern) = run.state.fill.clone() {
            self.pattern(run, &pattern)?;
        }
        match &run.state.font {
            Set::None => self.notes.damage(None, "text that is set in no font"),
            Set::Lost(font) => {
                let what = format!("text in the font /{}, which is not there", name(font));
                self.notes.damage(None, what);
            }
            Set::In(dict, id) => {
                let (dict, id) = (*dict, *id);
                self.font(dict, id);
                return self.glyphs(run, dict, texts);
            }
        }
        Ok(())
    }

    /// An area is filled or a line drawn, perhaps with a pattern.
    fn draw(&mut self, run: &mut Run<'a>, operator: &[u8]) -> Step {
        let fills = !matches!(operator, b"S" | b"s");
        let strokes = !matches!(operator, b"f" | b"F" | b"f*");
        for (painted, pattern) in [(fills, &run.state.fill), (strokes, &run.state.stroke)] {
            if let Some(pattern) = pattern.clone().filter(|_| painted) {
                self.pattern(run, &pattern)?;
            }
        }
        Ok(())
    }

    fn begin_marked(&mut self, run: &mut Run<'a>, operands: &[Operand]) {
        let hides = match operands {
            [Operand::Name(tag), Operand::Name(name)] if &**tag == b"OC" => {
                let properties = run.resources.and_then(|resources| {
                    let properties = resources.get_deref(b"Properties", self.document).ok()?;
                    properties.as_dict().ok()?.get(name).ok()
                });
                properties.is_some_and(|layer| self.hides(layer))
            }
            _ => false,
        };
        run.marked.push(hides);
    }
}

/// The parts that `/Contents` names: one, or a list of them.
fn parts<'a>(document: &'a Document, entry: &'a Object) -> &'a [Object] {
    match document.dereference(entry) {
        Ok((_, Object::Array(parts))) => parts,
        _ => std::slice::from_ref(entry),
    }
}

/// A named resource of that kind, and the object that it is; null is none.
pub(super) fn resource<'a>(
    document: &'a Document,
    resources: Option<&'a Dictionary>,
    kind: &[u8],
    name: &[u8],
) -> Option<(Option<ObjectId>, &'a Object)> {
    let kind = resources?.get_deref(kind, document).ok()?.as_dict().ok()?;
    let (id, object) = document.dereference(kind.get(name).ok()?).ok()?;
    (!object.is_null()).then_some((id, object))
}

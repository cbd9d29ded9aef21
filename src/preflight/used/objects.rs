//! What contents name besides fonts: images, forms, patterns, shadings and their functions.

use lopdf::{Dictionary, Object, ObjectId, Stream};

use super::super::filters::{Codec, chain};
use super::super::images::{self, Image};
use super::super::layers::Shown;
use super::super::operators::Operand;
use super::contents::resource;
use super::notes::name;
use super::state::{Run, Set, State};
use super::{Step, Walker};

/// How deep functions may lead to one another.
const MAX_FUNCTIONS: usize = 8;

impl<'a> Walker<'a> {
    /// An image or a form is painted.
    pub(super) fn paint(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(named)) = operands.first() else {
            return Ok(());
        };
        let Some((id, object)) = resource(self.document, run.resources, b"XObject", named) else {
            let what = format!("the image or form /{}, which is not there", name(named));
            self.notes.damage(None, what);
            return Ok(());
        };
        let Object::Stream(stream) = object else {
            let what = format!("the image or form /{} is no stream", name(named));
            self.notes.damage(id, what);
            return Ok(());
        };
        if self.is_off(&stream.dict) {
            return Ok(());
        }
        match self
            .value(&stream.dict, b"Subtype")
            .and_then(|kind| kind.as_name().ok())
        {
            Some(b"Image") => self.image(id, stream),
            Some(b"Form") => return self.form(id, stream, run.resources, &run.state, run.depth),
            // PostScript, which no reader runs any more.
            Some(b"PS") => {}
            _ => self.notes.damage(id, "neither an image nor a form"),
        }
        Ok(())
    }

    /// Whether a form, an image or an annotation belongs to a layer that is off.
    pub(super) fn is_off(&self, dict: &'a Dictionary) -> bool {
        dict.get(b"OC").is_ok_and(|layer| self.hides(layer))
    }

    /// Whether a layer may be off: what it holds is then not known to print.
    pub(super) fn hides(&self, layer: &Object) -> bool {
        self.layers.shown(layer) != Shown::Yes
    }

    /// The value at that key, followed; null is none.
    pub(super) fn value(&self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        let value = dict.get_deref(key, self.document).ok()?;
        (!value.is_null()).then_some(value)
    }

    /// The same, with the object that it is.
    pub(super) fn object(
        &self,
        dict: &'a Dictionary,
        key: &[u8],
    ) -> Option<(Option<ObjectId>, &'a Object)> {
        let (id, value) = self.document.dereference(dict.get(key).ok()?).ok()?;
        (!value.is_null()).then_some((id, value))
    }

    pub(super) fn image(&mut self, id: Option<ObjectId>, stream: &'a Stream) {
        if !self.is_new(stream) {
            return;
        }
        let image = Image {
            dict: &stream.dict,
            data: &stream.content,
            resources: None,
        };
        self.judge(id, image);
        self.shared_dictionaries(id, stream);
        for key in [b"SMask".as_slice(), b"Mask"] {
            if let Some((id, Object::Stream(mask))) = self.object(&stream.dict, key) {
                self.image(id, mask);
            } else if stream
                .dict
                .get(key)
                .is_ok_and(|mask| mask.as_reference().is_ok())
                && self.value(&stream.dict, key).is_none()
            {
                self.notes.remark(id, "an image whose mask is not there");
            }
        }
    }

    pub(super) fn judge(&mut self, id: Option<ObjectId>, image: Image) {
        match images::judge(self.document, &mut self.decoder, image) {
            Ok(None) => {}
            Ok(Some(remark)) => self.notes.remark(id, remark),
            Err(fault) => self.notes.fault(id, &fault),
        }
    }

    /// What a JBIG2 picture shares with others.
    fn shared_dictionaries(&mut self, id: Option<ObjectId>, stream: &'a Stream) {
        let stages = chain(self.document, &stream.dict).unwrap_or_default();
        let jbig2 = stages.last().filter(|stage| stage.codec == Codec::Jbig2);
        let Some(parameters) = jbig2.and_then(|stage| stage.parameters) else {
            return;
        };
        if parameters.get(b"JBIG2Globals").is_err() {
            return;
        }
        match self.object(parameters, b"JBIG2Globals") {
            Some((id, Object::Stream(shared))) => {
                let judged = images::judge_shared(&mut self.decoder, shared);
                if let Err(fault) = judged {
                    self.notes.fault(id, &fault);
                }
            }
            _ => self
                .notes
                .damage(id, "a JBIG2 picture whose dictionaries are not there"),
        }
    }

    /// Runs a form, or anything else with contents of its own; one without resources of its own
    /// uses those around it.
    pub(super) fn form(
        &mut self,
        id: Option<ObjectId>,
        stream: &'a Stream,
        around: Option<&'a Dictionary>,
        state: &State<'a>,
        depth: usize,
    ) -> Step {
        if !self.is_new(stream) {
            return Ok(());
        }
        let own = self
            .value(&stream.dict, b"Resources")
            .and_then(|own| own.as_dict().ok());
        let (content, doubt) = self.decoded(id, stream)?;
        let around_it = std::mem::replace(&mut self.notes.within, id);
        let ended = self.content(&content, own.or(around), state.clone(), depth + 1)?;
        self.notes.within = around_it;
        self.notes.doubt(doubt, ended);
        Ok(())
    }

    /// A soft mask is a form; the other entries of the state paint nothing.
    pub(super) fn set_state(&mut self, run: &mut Run<'a>, operands: &[Operand]) -> Step {
        let Some(Operand::Name(named)) = operands.first() else {
            return Ok(());
        };
        let state = resource(self.document, run.resources, b"ExtGState", named);
        let Some((_, Object::Dictionary(state))) = state else {
            return Ok(());
        };
        if let Some(Object::Array(font)) = self.value(state, b"Font")
            && let Some((id, Object::Dictionary(dict))) = font
                .first()
                .and_then(|font| self.document.dereference(font).ok())
        {
            run.state.font = Set::In(dict, id);
        }
        let Some(Object::Dictionary(mask)) = self.value(state, b"SMask") else {
            return Ok(());
        };
        match self.object(mask, b"G") {
            Some((id, Object::Stream(form))) => {
                self.form(id, form, run.resources, &State::default(), run.depth)
            }
            _ => {
                self.notes.remark(None, "a soft mask that is not there");
                Ok(())
            }
        }
    }

    /// Something is painted with a pattern.
    pub(super) fn pattern(&mut self, run: &Run<'a>, named: &[u8]) -> Step {
        match resource(self.document, run.resources, b"Pattern", named) {
            Some((id, Object::Stream(stream))) => {
                return self.form(id, stream, run.resources, &State::default(), run.depth);
            }
            Some((id, Object::Dictionary(pattern))) => match self.object(pattern, b"Shading") {
                Some((id, shading)) => self.shading(id, shading),
                None => self
                    .notes
                    .damage(id, "a pattern whose shading is not there"),
            },
            _ => {
                let what = format!("the pattern /{}, which is not there", name(named));
                self.notes.damage(None, what);
            }
        }
        Ok(())
    }

    /// A shading is painted.
    pub(super) fn shade(&mut self, run: &Run<'a>, operands: &[Operand]) {
        let Some(Operand::Name(named)) = operands.first() else {
            return;
        };
        match resource(self.document, run.resources, b"Shading", named) {
            Some((id, shading)) => self.shading(id, shading),
            None => {
                let what = format!("the shading /{}, which is not there", name(named));
                self.notes.damage(None, what);
            }
        }
    }

    fn shading(&mut self, id: Option<ObjectId>, shading: &'a Object) {
        if !self.is_new(shading) {
            return;
        }
        let dict = match shading {
            Object::Dictionary(dict) => dict,
            // A mesh.
            Object::Stream(stream) => {
                self.decodes(id, stream);
                &stream.dict
            }
            _ => return self.notes.damage(id, "a shading that is none"),
        };
        let kind = self
            .value(dict, b"ShadingType")
            .and_then(|kind| kind.as_i64().ok());
        match self.object(dict, b"Function") {
            Some((id, function)) => self.function(id, function, 0),
            // Meshes may have colours at their corners.
            None if matches!(kind, Some(4..=7)) => {}
            None => self
                .notes
                .damage(id, "a shading whose function is not there"),
        }
    }

    fn function(&mut self, id: Option<ObjectId>, function: &'a Object, depth: usize) {
        if depth > MAX_FUNCTIONS || !self.is_new(function) {
            return;
        }
        let parts = match function {
            Object::Stream(stream) => return self.decodes(id, stream),
            Object::Array(parts) => parts,
            Object::Dictionary(dict) => match self.value(dict, b"Functions") {
                Some(Object::Array(parts)) => parts,
                _ => return,
            },
            _ => return self.notes.damage(id, "a function that is none"),
        };
        for part in parts {
            match self.document.dereference(part) {
                Ok((id, part)) if !part.is_null() => self.function(id, part, depth + 1),
                _ => self
                    .notes
                    .damage(id, "a function of which a part is not there"),
            }
        }
    }

    /// Whether a stream decodes to its end, whatever it holds; how much it decodes to.
    pub(super) fn decodes(&mut self, id: Option<ObjectId>, stream: &'a Stream) {
        self.length(id, stream);
    }

    /// How many bytes a stream decodes to; none if it does not.
    pub(super) fn length(&mut self, id: Option<ObjectId>, stream: &'a Stream) -> Option<u64> {
        const MOST: u64 = 64 * 1024 * 1024;
        match self.decoder.count(&stream.dict, &stream.content, MOST) {
            Ok(decoded) => {
                self.notes.end(id, decoded.end);
                Some(decoded.data)
            }
            Err(fault) => {
                self.notes.fault(id, &fault);
                None
            }
        }
    }
}

//! Annotations that print: filled fields, comments and stamps (ISO 32000-1, 12.5).

use lopdf::{Object, ObjectId};

use super::super::appearance;
use super::state::State;
use super::{Step, Walker};

impl<'a> Walker<'a> {
    pub(super) fn annotations(&mut self, page: ObjectId) -> Step {
        let Ok(page) = self.document.get_dictionary(page) else {
            return Ok(());
        };
        let Some(Object::Array(annotations)) = self.value(page, b"Annots") else {
            return Ok(());
        };
        for annotation in annotations {
            let annotation = self.document.dereference(annotation).ok();
            let Some((_, Object::Dictionary(annotation))) = annotation else {
                continue;
            };
            let prints = appearance::prints(self.document, annotation) && !self.is_off(annotation);
            if prints && let Some((id, stream)) = appearance::of(self.document, annotation) {
                self.form(id, stream, None, &State::default(), 0)?;
            }
        }
        Ok(())
    }
}

//! Pictures of a PDF's pages, drawn by a process of their own (cargo feature `render`).
//!
//! hayro can hang on a hostile file and has no cap on what it inflates (pdf-preflight,
//! "Rendering"). So it runs in a child: this program once more, with a hidden verb, which limits
//! its own memory and processor time and is killed when it is not done in time. Only PDFs that
//! passed every check are drawn.

mod child;
mod parent;

pub use child::{DrawError, draw};
pub use parent::{PictureError, VERB, pictures_of};

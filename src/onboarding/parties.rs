//! Who writes to whom.

use crate::mail::{Address, Draft};
use crate::model::Timestamp;

/// Who writes to whom, and when.
#[derive(Clone, Debug)]
pub struct Parties {
    /// The supplier's name; `None` leaves a place for it.
    pub supplier: Option<String>,
    /// The sender; without one the mail program puts its own account.
    pub from: Option<Address>,
    /// The receiver.
    pub to: Address,
    /// Whom NHS Notify may ask.
    pub contact: Option<String>,
    /// When the draft was made.
    pub at: Timestamp,
}

impl Parties {
    /// The supplier, or the place for its name.
    pub(super) fn supplier(&self) -> &str {
        self.supplier.as_deref().unwrap_or("[supplier's name]")
    }

    /// A draft whose subject begins with the supplier.
    pub(super) fn draft(&self, subject: &str, text: &str) -> Draft {
        let supplier = self.supplier();
        let contact = self.contact.as_deref().unwrap_or("[name and telephone]");
        let text = format!("Hello,\n\n{text}\n\nKind regards\n{contact}\n{supplier}\n");
        let subject = format!("{supplier}: {subject}");
        Draft::new(self.to.clone(), &subject, &text, self.at).from(self.from.clone())
    }
}

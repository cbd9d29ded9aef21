//! One pure function an acceptance point: from what the journal says to a judgement.

mod agreed;
pub mod at1;
pub mod at10;
pub mod at11;
pub mod at12;
pub mod at13;
pub mod at14;
pub mod at15;
pub mod at2;
pub mod at3;
pub mod at4;
pub mod at5;
pub mod at6;
pub mod at7;
pub mod at8;
pub mod at9;
mod defect;
mod dispatched;
mod interrupted;
mod onward;
pub mod pass;
mod reason;
pub mod sandbox;
mod stage;
pub mod update;

use crate::model::Judgement;

use super::view::RunView;

/// What judges an acceptance point.
pub type Criterion = fn(&RunView) -> Judgement;

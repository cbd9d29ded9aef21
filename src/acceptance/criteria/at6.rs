//! AT6 ENCLOSED.

use super::stage::Stage;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const STAGE: Stage = Stage {
    test: "AT6",
    status: Status::Enclosed,
    eligible: &[Status::Accepted, Status::Printed],
    never_twice: false,
};

/// AT6.1 only eligible letters are targeted.
pub fn only_eligible(view: &RunView) -> Judgement {
    STAGE.only_eligible(view)
}

/// AT6.2 all targeted letters become ENCLOSED.
pub fn all_become(view: &RunView) -> Judgement {
    STAGE.all_become(view)
}

/// AT6.3 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    STAGE.answers_successfully(view)
}

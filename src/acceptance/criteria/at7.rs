//! AT7 DISPATCHED.

use super::stage::Stage;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const STAGE: Stage = Stage {
    test: "AT7",
    status: Status::Dispatched,
    eligible: &[Status::Accepted, Status::Printed, Status::Enclosed],
    never_twice: false,
};

/// AT7.1 only eligible letters are targeted.
pub fn only_eligible(view: &RunView) -> Judgement {
    STAGE.only_eligible(view)
}

/// AT7.2 all targeted letters become DISPATCHED.
pub fn all_become(view: &RunView) -> Judgement {
    STAGE.all_become(view)
}

/// AT7.3 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    STAGE.answers_successfully(view)
}

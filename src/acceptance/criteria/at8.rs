//! AT8 DELIVERED.

use super::stage::Stage;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const STAGE: Stage = Stage {
    test: "AT8",
    status: Status::Delivered,
    eligible: &[
        Status::Accepted,
        Status::Printed,
        Status::Enclosed,
        Status::Dispatched,
    ],
    never_twice: false,
};

/// AT8.1 only eligible letters are targeted.
pub fn only_eligible(view: &RunView) -> Judgement {
    STAGE.only_eligible(view)
}

/// AT8.2 all targeted letters become DELIVERED.
pub fn all_become(view: &RunView) -> Judgement {
    STAGE.all_become(view)
}

/// AT8.3 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    STAGE.answers_successfully(view)
}

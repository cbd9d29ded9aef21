//! AT5 PRINTED.

use super::stage::Stage;
use crate::acceptance::view::RunView;
use crate::model::{Judgement, Status};

const STAGE: Stage = Stage {
    test: "AT5",
    status: Status::Printed,
    eligible: &[Status::Accepted],
    never_twice: true,
};

/// AT5.1 only letters that are ACCEPTED are targeted.
pub fn only_eligible(view: &RunView) -> Judgement {
    STAGE.only_eligible(view)
}

/// AT5.2 all targeted letters become PRINTED, none skipped, none twice.
pub fn all_become(view: &RunView) -> Judgement {
    STAGE.all_become(view)
}

/// AT5.3 the API answers successfully.
pub fn answers_successfully(view: &RunView) -> Judgement {
    STAGE.answers_successfully(view)
}

//! Every acceptance point, seen in every colour it can have.

mod colours;
mod faults;
mod particulars;
mod whole;

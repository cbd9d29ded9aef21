//! Every acceptance point, seen in every colour it can have.

mod colours;
mod defects;
mod faults;
mod particulars;
mod whole;

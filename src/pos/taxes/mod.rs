//! The taxes that lines of sales bear: one percentage, which the line itself says, or several.

mod model;
mod store;

pub use model::{BorneTax, SaleTax, SoldTax, TaxJson, shown};
pub use store::{insert, mark_refunded, sold_taxes};

//! What comes with a line beside its own product: the components of a kit, what was chosen with it.

mod model;
mod store;

pub use model::{Chosen, Extras, LineComponent, NewModifier, SaleComponent, SaleModifier, SoldComponent, of_line, until};
pub use store::{insert, mark_refunded, sold_components, sold_modifiers};

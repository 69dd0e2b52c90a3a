//! What a company sells: products, with their taxes, units, barcodes and images, kits of them and what can be chosen with them,
//! in a tree of categories, at the prices of lists.
//!
//! Invariants: SKU and barcode are unique in a company; prices and costs are never negative; no category stands under
//! itself, and no price list on itself; of the rules that speak of a product the most specific sets its price. A kit consists of
//! goods and holds no stock. Calls tenancy, files and platform.

mod bulk;
mod categories;
mod http;
mod images;
mod kits;
mod modifiers;
mod prices;
mod products;
mod scanning;
mod search;
mod taxes;
mod units;
mod variants;

pub use categories::insert_packed_categories;
pub use http::router;
pub use kits::{Component, components};
pub use modifiers::{Offer, OfferedOption, TakenGoods, offers};
pub use prices::{Ask, Basis, Candidate, PriceBase, PriceKind, PriceStep, PriceTarget, outcome, priced, resolve, rounded, winner};
pub use products::{Priced, Stocked, counts, default_tax, insert_packed_units, is_sound, promote_products, stocked};
pub use scanning::{Element, ScaleRead, elements, read_scale};
pub use taxes::{
    NewTax, PackedTax, Tax, TaxFamily, TaxKind, TaxRule, TaxScope, TaxStanding, WithheldOf, insert_packed_taxes, known_taxes, tax_rules,
};
pub use units::{Conversion, convert};

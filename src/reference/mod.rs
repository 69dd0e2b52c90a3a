//! What all companies share and nobody's business is: the countries and cities of the world, and catalogues that operators
//! of the platform keep (sectors, currencies, time zones, units, kinds of identification and the like); and what a company
//! begins with by its country and sector.
//!
//! Invariants: locations are shipped with the program and never change while it runs; a new version of the program adds
//! to the catalogues what is missing, and changes nothing of what operators have made of them. Calls identity and platform.

mod catalogues;
mod http;
mod locations;
mod packs;

pub use catalogues::{is_country_open, is_sector, plant};
pub use http::router;
pub use locations::Language;
pub use packs::{FieldDefault, Pack, Sector, Texts, country, sector};

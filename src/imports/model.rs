//! What files can hold, and their columns: pure.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::contacts;

/// Columns of a file of products.
pub const COLUMNS_OF_PRODUCTS: [&str; 8] = ["sku", "name", "price", "cost", "tax", "unit", "barcode", "stock"];

/// What the rows of a file become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Products,
    Contacts,
}

impl Target {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Contacts => "contacts",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Products, Self::Contacts].into_iter().find(|target| target.name() == name)
    }

    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Products => &COLUMNS_OF_PRODUCTS,
            Self::Contacts => &contacts::COLUMNS,
        }
    }

    /// Columns without which a file is refused.
    #[must_use]
    pub const fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Products => &["sku", "name", "price"],
            Self::Contacts => &contacts::NEEDED,
        }
    }
}

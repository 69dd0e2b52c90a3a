//! Types without a database.

use serde::Serialize;
use utoipa::ToSchema;

/// A company as everybody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicCompany {
    #[schema(example = "panaderia-sol-1f2e3d4c")]
    pub slug: String,
    #[schema(example = "Panadería Sol")]
    pub trade_name: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "EC")]
    pub country: String,
    #[schema(example = "es")]
    pub language: String,
    #[schema(example = "America/Guayaquil")]
    pub time_zone: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: String,
}

//! Types of proposals to buy.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::money::{Amount, Money, positive};

/// What to order of a product, and of whom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedLine {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub warehouse_id: Uuid,
    pub min_stock: Amount,
    pub max_stock: Option<Amount>,
    /// On hand, less what is reserved, and what is on its way.
    pub forecast: Amount,
    pub quantity: Amount,
    /// The offer that it is made by; null: nobody offers the product.
    pub product_supplier_id: Option<Uuid>,
    pub supplier_id: Option<Uuid>,
    pub supplier_name: String,
    pub supplier_code: String,
    /// Null: the supplier has no price that is valid today.
    pub unit_price: Option<Amount>,
    #[schema(example = "USD")]
    pub currency: String,
    pub amount: Option<Money>,
    /// When it comes if it is ordered today.
    pub expected_date: Option<NaiveDate>,
}

/// What to order of one supplier.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupplierProposal {
    /// Null: products that nobody offers.
    pub supplier_id: Option<Uuid>,
    pub supplier_name: String,
    #[schema(example = "USD")]
    pub currency: String,
    /// Of the lines that have a price.
    pub amount: Money,
    pub lines: Vec<ProposedLine>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierProposals {
    pub data: Vec<SupplierProposal>,
    /// More is low than is shown here.
    pub has_more: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BySupplierQuery {
    pub warehouse_id: Option<Uuid>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedLine {
    #[garde(skip)]
    pub product_id: Uuid,
    #[garde(skip)]
    pub warehouse_id: Uuid,
    /// Absent: as much as is proposed. Else whole packs of the supplier, and its minimum at least.
    #[garde(inner(custom(positive)))]
    #[schema(example = "24")]
    pub quantity: Option<Amount>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "For Monday",
    "lines": [{"product_id": "01900000-0000-7000-8000-000000000012", "warehouse_id": "01900000-0000-7000-8000-000000000011"}]}))]
pub struct NewProposal {
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub note: String,
    /// Of what is proposed now.
    #[garde(length(min = 1, max = 500), dive)]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<AcceptedLine>,
}

/// A line as it was accepted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposalLine {
    pub product_id: Uuid,
    pub warehouse_id: Uuid,
    pub supplier_id: Option<Uuid>,
    pub supplier_code: String,
    pub quantity: Amount,
    pub unit_price: Option<Amount>,
    #[schema(example = "USD")]
    pub currency: String,
    pub expected_date: Option<NaiveDate>,
    pub min_stock: Amount,
    pub max_stock: Option<Amount>,
    pub forecast: Amount,
}

/// What somebody has accepted to buy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Proposal {
    pub id: Uuid,
    /// `open`, then `dismissed` or `ordered`.
    #[schema(example = "open")]
    pub state: String,
    pub note: String,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub lines: Vec<ProposalLine>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProposalQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `open`, `dismissed` or `ordered`.
    pub state: Option<String>,
}

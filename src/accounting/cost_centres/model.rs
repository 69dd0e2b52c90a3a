//! Types of cost centres.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::http::present;

/// A cost centre.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostCentre {
    pub id: Uuid,
    #[schema(example = "SHOP-1")]
    pub code: String,
    #[schema(example = "Shop in the centre")]
    pub name: String,
    /// The centre that it is a part of.
    pub parent_id: Option<Uuid>,
    pub is_active: bool,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"code": "SHOP-1", "name": "Shop in the centre", "parent_id": "01900000-0000-7000-8000-000000000036"}))]
pub struct NewCostCentre {
    #[garde(length(chars, min = 1, max = 20), pattern(r"^[0-9A-Za-z._-]+$"))]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<Uuid>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Shop at the station", "parent_id": "01900000-0000-7000-8000-000000000036"}))]
pub struct CostCentrePatch {
    #[garde(inner(length(chars, min = 1, max = 20), pattern(r"^[0-9A-Za-z._-]+$")))]
    pub code: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 100)))]
    pub name: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub parent_id: Option<Option<Uuid>>,
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// The first day; absent: from the beginning.
    pub from_date: Option<NaiveDate>,
    /// The last day; absent: to the end.
    pub to_date: Option<NaiveDate>,
}

/// What has been posted to cost centres, by account. What belongs to a part of a centre stands with the part.
#[derive(Debug, Serialize, ToSchema)]
pub struct CostReport {
    #[schema(example = "EUR")]
    pub currency: String,
    pub data: Vec<CostLine>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CostLine {
    pub cost_centre_id: Uuid,
    #[schema(example = "SHOP-1")]
    pub cost_centre_code: String,
    pub account_id: Uuid,
    #[schema(example = "621")]
    pub account_code: String,
    pub account_name: String,
    /// A debit positive.
    #[schema(example = "333.34")]
    pub amount: String,
}

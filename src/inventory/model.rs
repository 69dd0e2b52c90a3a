//! What the stock ledger moves and what it shows.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::money::{Amount, apportion};

/// Where goods come from or go to: a warehouse (the one for goods on their way is one), or one of the places that a company
/// has one of. All places together hold nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Warehouse(Uuid),
    Supplier,
    Customer,
    /// Found, missing, thrown away.
    Loss,
}

impl Place {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warehouse(_) => "warehouse",
            Self::Supplier => "supplier",
            Self::Customer => "customer",
            Self::Loss => "loss",
        }
    }

    #[must_use]
    pub const fn warehouse(self) -> Option<Uuid> {
        match self {
            Self::Warehouse(id) => Some(id),
            _ => None,
        }
    }
}

/// So much of a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotPart {
    pub lot: Uuid,
    pub quantity: Decimal,
}

/// What a document wants moved of one product; each product stands once.
#[derive(Clone, Debug)]
pub struct Demand {
    pub product: Uuid,
    pub quantity: Decimal,
    /// What it is worth, in minor units. None: what it costs where it comes from, which is then a warehouse.
    pub value_minor: Option<i64>,
    /// All of the quantity, or empty: goods that are kept by lot then leave a warehouse as they expire.
    pub lots: Vec<LotPart>,
}

/// The document behind moves, and their days.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    pub kind: &'static str,
    pub source: Uuid,
    /// Of a move of value: the move that it is for.
    pub cause: Option<Uuid>,
    pub on: NaiveDate,
    /// The day of its entry.
    pub posted_on: NaiveDate,
}

impl Act {
    /// What happens and is posted on a day.
    #[must_use]
    pub const fn new(kind: &'static str, source: Uuid, on: NaiveDate) -> Self {
        Self { kind, source, cause: None, on, posted_on: on }
    }
}

/// What was moved of one product, with its value.
#[derive(Clone, Debug)]
pub struct Moved {
    pub product: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub lots: Vec<LotPart>,
}

impl Moved {
    /// Lot, quantity and value of each part: the lots share the value by their quantities.
    #[must_use]
    pub fn parts(&self) -> Vec<(Option<Uuid>, Decimal, i64)> {
        if self.lots.is_empty() {
            return vec![(None, self.quantity, self.value_minor)];
        }
        let micros = |part: &LotPart| i64::try_from((part.quantity * Decimal::from(1_000_000)).trunc()).unwrap_or(i64::MAX);
        let weights: Vec<i64> = self.lots.iter().map(micros).collect();
        let values = apportion(self.value_minor, &weights);
        self.lots.iter().zip(values).map(|(part, minor)| (Some(part.lot), part.quantity, minor)).collect()
    }
}

/// What a late move changes in the cost of what has gone since.
#[derive(Clone, Copy, Debug)]
pub struct Correction {
    /// The move of value.
    pub id: Uuid,
    pub place: Place,
    /// What had gone there would have cost so much more.
    pub minor: i64,
    pub on: NaiveDate,
}

/// What is on hand of one product in one warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockLevel {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub warehouse_id: Uuid,
    pub quantity: Amount,
    /// Set aside; of a past day always zero.
    pub reserved: Amount,
    /// What can be sold.
    pub available: Amount,
    /// On its way to the warehouse; of a past day always zero.
    pub incoming: Amount,
    /// What it cost, in the company's currency.
    #[schema(value_type = String, example = "42.10")]
    pub value: String,
}

/// Goods that came or went, or value alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockMove {
    pub id: Uuid,
    pub product_id: Uuid,
    pub from: MovePlace,
    pub to: MovePlace,
    pub lot_id: Option<Uuid>,
    /// Zero for a move of value alone.
    #[schema(example = "3")]
    pub quantity: Amount,
    #[schema(example = "3.30")]
    pub value: String,
    /// `opening`, `sale`, `refund`, `adjustment`, `scrap`, `receipt`, `count`, `transfer`, `landed_cost` or `correction`.
    #[schema(example = "sale")]
    pub kind: String,
    /// The document behind it.
    pub source_id: Uuid,
    /// Of a move of value: the move that it is for.
    pub cause_id: Option<Uuid>,
    /// The day that its quantity counts from.
    pub moved_on: NaiveDate,
    /// The day that its value counts from: later where that day's books were closed.
    pub posted_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

/// One end of a move.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovePlace {
    /// `warehouse`, `supplier`, `customer`, `loss`, `production` or `opening`.
    #[schema(example = "customer")]
    pub place: String,
    pub warehouse_id: Option<Uuid>,
}

/// Which stock.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub warehouse_id: Option<Uuid>,
    pub product_id: Option<Uuid>,
    /// As it was at the end of this day; absent: as it is.
    pub on: Option<NaiveDate>,
}

/// Which moves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MoveQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub warehouse_id: Option<Uuid>,
    pub product_id: Option<Uuid>,
    pub lot_id: Option<Uuid>,
    /// A document's.
    pub source_id: Option<Uuid>,
}

/// How a company values its stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StockSettings {
    /// `average`: the moving average; `fifo`: first in, first out.
    #[schema(example = "average")]
    pub valuation: String,
    /// No move is dated that day or before.
    pub closed_until: Option<NaiveDate>,
    pub version: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Valuation {
    Average,
    Fifo,
}

impl Valuation {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Average => "average",
            Self::Fifo => "fifo",
        }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"valuation": "fifo"}))]
pub struct StockSettingsPatch {
    /// From now on; what is on hand keeps its value.
    #[garde(skip)]
    #[serde(default)]
    pub valuation: Option<Valuation>,
    /// Later than before; a day that is over.
    #[garde(skip)]
    #[serde(default)]
    pub closed_until: Option<NaiveDate>,
}

//! Shifts: open → ended → closed, and never back.

use chrono::{DateTime, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::Till,
    posting,
    store::{self, ShiftRow},
};
use crate::{
    accounting,
    platform::{
        audit,
        db::TenantTx,
        money::{Amount, Money},
        outbox,
        problem::Problem,
    },
    tenancy::{self, Rounding},
};

/// Who opens a register counts what is in the drawer.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"register_id": "0190d2c4-0000-7000-8000-000000000001", "opening_float": "50.00"}))]
pub struct NewShift {
    pub register_id: Uuid,
    pub opening_float: Amount,
}

/// Who closes it counts again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"counted_cash": "171.00"}))]
pub struct CloseShift {
    pub counted_cash: Amount,
}

/// A register's shift. What is not known yet is null.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shift {
    pub id: Uuid,
    pub register_id: Uuid,
    /// `open`, `ended` (no more sales) or `closed` (counted).
    #[schema(example = "open")]
    pub state: String,
    pub opened_at: DateTime<Utc>,
    pub opening_float: Money,
    pub ended_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Float and cash sales less cash refunds.
    pub expected_cash: Option<Money>,
    pub counted_cash: Option<Money>,
    /// Counted less expected; posted as a gain or loss.
    pub difference: Option<Money>,
}

pub async fn open(tx: &mut TenantTx, new: NewShift) -> Result<Shift, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let opening = exact(new.opening_float, currency, "/opening_float")?;
    let id = Uuid::now_v7();
    if !store::open_shift(tx, id, new.register_id, opening).await? {
        return Err(Problem::conflict("pos.shift_already_open", "The register has a shift that is not closed yet."));
    }
    audit::record(tx, "open", "shift", id, json!({ "opening_minor": opening })).await?;
    find(tx, id).await
}

pub async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Shift, Problem> {
    present(store::shift(tx, id).await?.ok_or_else(Problem::not_found)?)
}

/// Stops selling. A shift that has ended or closed stays as it is.
pub async fn end(tx: &mut TenantTx, id: Uuid) -> Result<Shift, Problem> {
    let row = store::shift(tx, id).await?.ok_or_else(Problem::not_found)?;
    if row.state == "open" {
        store::end_shift(tx, row.register_id, id).await?;
        audit::record(tx, "end", "shift", id, json!({})).await?;
    }
    find(tx, id).await
}

/// Counts and closes; the difference is posted. Closing a closed shift with the same count answers the same.
pub async fn close(tx: &mut TenantTx, id: Uuid, count: &CloseShift) -> Result<Shift, Problem> {
    let row = store::shift(tx, id).await?.ok_or_else(Problem::not_found)?;
    let currency = currency(&row)?;
    let counted = exact(count.counted_cash, currency, "/counted_cash")?;
    if row.state == "closed" {
        return if row.counted_minor == Some(counted) { present(row) } else { Err(already_closed()) };
    }
    store::end_shift(tx, row.register_id, id).await?;
    let expected = row.opening_minor + store::cash_taken(tx, id).await?;
    if !store::close_shift(tx, id, expected, counted).await? {
        return Err(already_closed());
    }
    let difference = counted - expected;
    let till = Till {
        register: row.register_id,
        warehouse: Uuid::nil(),
        shift: id,
        currency,
        rounding: Rounding::Document,
        date: row.date,
        price_list: None,
        methods: std::collections::HashMap::new(),
    };
    accounting::post(tx, &posting::of_difference(id, difference, &till)?).await?;
    audit::record(tx, "close", "shift", id, json!({ "expected_minor": expected, "counted_minor": counted })).await?;
    outbox::tell(tx, "shift.closed", json!({ "id": id, "difference": Money::new(difference, currency) })).await?;
    find(tx, id).await
}

fn already_closed() -> Problem {
    Problem::conflict("pos.shift_closed", "The shift is closed already, with another count.")
}

fn exact(amount: Amount, currency: Currency, pointer: &str) -> Result<i64, Problem> {
    Money::exact(amount.0, currency).map(|m| m.minor).map_err(|e| Problem::field(pointer, "invalid", e.to_string()))
}

fn currency(row: &ShiftRow) -> Result<Currency, Problem> {
    Currency::from_code(&row.currency).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {}", row.currency)))
}

fn present(row: ShiftRow) -> Result<Shift, Problem> {
    let currency = currency(&row)?;
    let money = |minor| Money::new(minor, currency);
    Ok(Shift {
        id: row.id,
        register_id: row.register_id,
        state: row.state,
        opened_at: row.opened_at,
        opening_float: money(row.opening_minor),
        ended_at: row.ended_at,
        closed_at: row.closed_at,
        expected_cash: row.expected_minor.map(money),
        counted_cash: row.counted_minor.map(money),
        difference: row.counted_minor.zip(row.expected_minor).map(|(counted, expected)| money(counted - expected)),
    })
}

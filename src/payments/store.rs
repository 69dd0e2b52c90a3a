//! SQL of payments.

use chrono::{DateTime, NaiveDate, Utc};
use iso_currency::Currency;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{PaymentQuery, Terms};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// A payment as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: Uuid,
    pub direction: String,
    pub side: String,
    pub contact_id: Uuid,
    pub payment_date: NaiveDate,
    pub account_id: Uuid,
    pub currency: String,
    pub amount_minor: i64,
    pub rate: Option<Decimal>,
    pub reference: String,
    pub memo: String,
    pub terms: Json<Terms>,
    pub state: String,
    pub number: Option<String>,
    pub entry_id: Option<Uuid>,
    pub settled_minor: i64,
    pub posted_at: Option<DateTime<Utc>>,
    pub ended_on: Option<NaiveDate>,
    pub end_reason: String,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

impl Kept {
    pub fn money(&self) -> Result<Currency, Problem> {
        Currency::from_code(&self.currency).ok_or_else(|| Problem::internal(anyhow::anyhow!("{} is no currency", self.currency)))
    }
}

/// The latest first.
pub async fn payments(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    query: &PaymentQuery,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Kept>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Kept,
        r#"select id, direction, side, contact_id, payment_date, account_id, currency, amount_minor, rate, reference, memo,
                  terms as "terms: Json<Terms>", state, number, entry_id, settled_minor, posted_at, ended_on, end_reason, created_by,
                  created_at, version
           from payment
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3)
             and ($4::uuid is null or contact_id = $4) and ($5::uuid is null or account_id = $5)
             and ($6::text is null or direction = $6) and ($7::text is null or state = $7)
             and ($8::date is null or payment_date >= $8) and ($9::date is null or payment_date <= $9)
           order by id desc limit $10"#,
        tenant,
        one,
        before,
        query.contact_id,
        query.account_id,
        query.direction.map(super::model::PaymentDirection::name),
        query.state.map(super::model::PaymentState::name),
        query.from_date,
        query.to_date,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Holds a payment as it is until the transaction ends.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Kept, Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select from payment where tenant_id = $1 and id = $2 for update", tenant, id).execute(tx.conn()).await?;
    payments(tx, Some(id), &PaymentQuery::default(), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// What a draft says.
#[derive(Clone, Debug)]
pub struct Draft {
    pub direction: &'static str,
    pub side: &'static str,
    pub contact_id: Uuid,
    pub payment_date: NaiveDate,
    pub account_id: Uuid,
    pub currency: String,
    pub amount_minor: i64,
    pub rate: Option<Decimal>,
    pub reference: String,
    pub memo: String,
    pub terms: Terms,
}

pub async fn insert(tx: &mut TenantTx, id: Uuid, draft: &Draft) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into payment (tenant_id, id, direction, side, contact_id, payment_date, account_id, currency, amount_minor, rate,
                              reference, memo, terms, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        tenant,
        id,
        draft.direction,
        draft.side,
        draft.contact_id,
        draft.payment_date,
        draft.account_id,
        draft.currency,
        draft.amount_minor,
        draft.rate,
        draft.reference,
        draft.memo,
        Json(&draft.terms) as Json<&Terms>,
        person,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(|error| if violates(&error, "payment_pk") { Problem::id_taken() } else { error.into() })?;
    Ok(())
}

/// What of a draft can change. False if the version is another.
pub async fn update(tx: &mut TenantTx, kept: &Kept, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update payment
         set payment_date = $4, amount_minor = $5, rate = $6, reference = $7, memo = $8, terms = $9, version = version + 1
         where tenant_id = $1 and id = $2 and version = $3 and state = 'draft'",
        tenant,
        kept.id,
        version,
        kept.payment_date,
        kept.amount_minor,
        kept.rate,
        kept.reference,
        kept.memo,
        &kept.terms as &Json<Terms>
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete_draft(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done =
        sqlx::query!("delete from payment where tenant_id = $1 and id = $2 and state = 'draft'", tenant, id).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// What posting makes known of a payment.
pub struct Posted<'a> {
    pub contact: Uuid,
    pub number: &'a str,
    pub entry: Uuid,
    pub rate: Option<Decimal>,
    pub settled_minor: i64,
}

pub async fn set_posted(tx: &mut TenantTx, id: Uuid, posted: &Posted<'_>) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update payment
         set state = 'posted', contact_id = $3, number = $4, entry_id = $5, rate = $6, settled_minor = $7, posted_at = $8, version = version + 1
         where tenant_id = $1 and id = $2 and state = 'draft'",
        tenant,
        id,
        posted.contact,
        posted.number,
        posted.entry,
        posted.rate,
        posted.settled_minor,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn set_ended(tx: &mut TenantTx, id: Uuid, state: &str, on: NaiveDate, reason: &str) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update payment set state = $3, ended_on = $4, ended_at = $5, end_reason = $6, version = version + 1
         where tenant_id = $1 and id = $2 and state = 'posted'",
        tenant,
        id,
        state,
        on,
        now,
        reason
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

//! SQL of statements: over `app.contact_document`, which holds every kind of document.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::platform::{db::TenantTx, problem::Problem};

/// What documents come to, in minor units.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    pub opening: i64,
    pub charged: i64,
    pub settled: i64,
}

pub async fn totals(tx: &mut TenantTx, contact: Uuid, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Totals, Problem> {
    let tenant = tx.tenant();
    let totals = sqlx::query_as!(
        Totals,
        r#"select coalesce(sum(charged_minor - settled_minor) filter (where date < $3), 0)::bigint as "opening!",
                  coalesce(sum(charged_minor) filter (where date >= coalesce($3, date)), 0)::bigint as "charged!",
                  coalesce(sum(settled_minor) filter (where date >= coalesce($3, date)), 0)::bigint as "settled!"
           from app.contact_document
           where tenant_id = $1 and contact_id = $2 and date <= coalesce($4, date)"#,
        tenant,
        contact,
        from,
        to
    );
    Ok(totals.fetch_one(tx.conn()).await?)
}

/// A document with what is owed after it, in minor units.
pub struct Documented {
    pub kind: String,
    pub id: Uuid,
    pub number: String,
    pub at: DateTime<Utc>,
    pub date: NaiveDate,
    pub name: String,
    pub identifier: String,
    pub charged: i64,
    pub settled: i64,
    pub balance: i64,
}

/// Which days, and after which document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// Documents by time.
pub async fn documents(tx: &mut TenantTx, contact: Uuid, span: Span, limit: i64) -> Result<Vec<Documented>, Problem> {
    let tenant = tx.tenant();
    let (at, id) = span.after.unzip();
    let rows = sqlx::query_as!(
        Documented,
        r#"with document as (
               select *, sum(charged_minor - settled_minor) over (order by at, id) as balance from app.contact_document
               where tenant_id = $1 and contact_id = $2 and date <= coalesce($4, date))
           select kind as "kind!", id as "id!", number as "number!", at as "at!", date as "date!", name as "name!", identifier as "identifier!",
                  charged_minor as "charged!", settled_minor as "settled!", balance::bigint as "balance!"
           from document
           where date >= coalesce($3, date) and ($5::timestamptz is null or (at, id) > ($5, $6))
           order by at, id limit $7"#,
        tenant,
        contact,
        span.from,
        span.to,
        at,
        id,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

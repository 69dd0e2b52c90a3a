//! SQL of bills.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Bill, NewPlatformPayment, PlatformInvoice, PlatformInvoiceLine, PlatformPayment};
use crate::{
    billing::plans::currency,
    platform::{
        db::SystemTx,
        money::Money,
        problem::{Problem, violates},
    },
};

/// What the platform owes the company.
pub async fn credit_balance(tx: &mut SystemTx, tenant: Uuid, currency: &str) -> Result<i64, Problem> {
    let balance = sqlx::query_scalar!(
        r#"select coalesce(sum(amount_minor), 0)::bigint as "balance!" from billing_credit where tenant_id = $1 and currency = $2"#,
        tenant,
        currency
    );
    Ok(balance.fetch_one(tx.conn()).await?)
}

pub async fn insert_credit(tx: &mut SystemTx, tenant: Uuid, currency: &str, amount_minor: i64, reason: &str) -> Result<(), Problem> {
    sqlx::query!(
        "insert into billing_credit (tenant_id, id, currency, amount_minor, reason, at) values ($1, $2, $3, $4, $5, $6)",
        tenant,
        Uuid::now_v7(),
        currency,
        amount_minor,
        reason,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes the next number of the year, last: others wait for it until the end of the transaction.
pub async fn take_number(tx: &mut SystemTx, at: DateTime<Utc>) -> Result<String, Problem> {
    let number = sqlx::query_scalar!(
        r#"insert into billing_counter as c (year, next) values ($1, 2) on conflict (year) do update set next = c.next + 1
           returning next - 1 as "number!""#,
        at.year()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(format!("B-{}-{number:06}", at.year()))
}

/// False if this period of the subscription has its bill already.
pub async fn insert(tx: &mut SystemTx, id: Uuid, bill: &Bill, number: &str, total_minor: i64, at: DateTime<Utc>) -> Result<bool, Problem> {
    let is_paid = total_minor == 0;
    let done = sqlx::query!(
        "insert into billing_invoice (tenant_id, id, subscription_id, number, state, currency, total_minor, period_start, period_end,
                                      issued_at, due_date, paid_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        bill.tenant,
        id,
        bill.subscription,
        number,
        if is_paid { "paid" } else { "open" },
        bill.currency.code(),
        total_minor,
        bill.period_start,
        bill.period_end,
        at,
        bill.due_date,
        is_paid.then_some(at)
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => {}
        Err(error) if violates(&error, "billing_invoice_once") => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let (mut numbers, mut kinds, mut texts, mut amounts) = (vec![], vec![], vec![], vec![]);
    for (i, (kind, text, amount)) in bill.lines.iter().enumerate() {
        numbers.push(i16::try_from(i + 1).unwrap_or(i16::MAX));
        kinds.push(kind.name().to_owned());
        texts.push(text.clone());
        amounts.push(*amount);
    }
    sqlx::query!(
        "insert into billing_invoice_line (tenant_id, invoice_id, line_no, kind, description, amount_minor)
         select $1, $2, l.* from unnest($3::smallint[], $4::text[], $5::text[], $6::bigint[]) as l",
        bill.tenant,
        id,
        &numbers,
        &kinds,
        &texts,
        &amounts
    )
    .execute(tx.conn())
    .await?;
    Ok(true)
}

struct InvoiceRow {
    tenant_id: Uuid,
    id: Uuid,
    subscription_id: Uuid,
    number: String,
    state: String,
    currency: String,
    total_minor: i64,
    paid_minor: i64,
    period_start: NaiveDate,
    period_end: NaiveDate,
    issued_at: DateTime<Utc>,
    due_date: NaiveDate,
    paid_at: Option<DateTime<Utc>>,
}

impl InvoiceRow {
    fn shown(self) -> Result<PlatformInvoice, Problem> {
        let money = currency(&self.currency)?;
        Ok(PlatformInvoice {
            id: self.id,
            company_id: self.tenant_id,
            subscription_id: self.subscription_id,
            number: self.number,
            state: self.state,
            total: Money::new(self.total_minor, money),
            paid: Money::new(self.paid_minor, money),
            currency: self.currency,
            period_start: self.period_start,
            period_end: self.period_end,
            issued_at: self.issued_at,
            due_date: self.due_date,
            paid_at: self.paid_at,
        })
    }
}

/// Bills of one company or, as the system role, of all; the latest first.
pub async fn invoices(
    conn: &mut PgConnection,
    tenant: Option<Uuid>,
    one: Option<Uuid>,
    state: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PlatformInvoice>, Problem> {
    let rows = sqlx::query_as!(
        InvoiceRow,
        "select tenant_id, id, subscription_id, number, state, currency, total_minor, paid_minor, period_start, period_end, issued_at,
                due_date, paid_at
         from billing_invoice
         where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id = $2) and ($3::text is null or state = $3)
           and ($4::uuid is null or id < $4)
         order by id desc limit $5",
        tenant,
        one,
        state,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(InvoiceRow::shown).collect()
}

pub async fn lines(conn: &mut PgConnection, invoice: &PlatformInvoice) -> Result<Vec<PlatformInvoiceLine>, Problem> {
    let money = currency(&invoice.currency)?;
    let rows = sqlx::query!(
        "select kind, description, amount_minor from billing_invoice_line where tenant_id = $1 and invoice_id = $2 order by line_no",
        invoice.company_id,
        invoice.id
    )
    .fetch_all(conn)
    .await?;
    let line = |row: (String, String, i64)| PlatformInvoiceLine { kind: row.0, description: row.1, amount: Money::new(row.2, money) };
    Ok(rows.into_iter().map(|row| line((row.kind, row.description, row.amount_minor))).collect())
}

pub async fn payments(conn: &mut PgConnection, invoice: &PlatformInvoice) -> Result<Vec<PlatformPayment>, Problem> {
    let money = currency(&invoice.currency)?;
    let rows = sqlx::query!(
        "select id, amount_minor, method, reference, state, at from billing_payment
         where tenant_id = $1 and invoice_id = $2 order by at, id",
        invoice.company_id,
        invoice.id
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| PlatformPayment {
        id: row.id,
        amount: Money::new(row.amount_minor, money),
        method: row.method,
        reference: row.reference,
        state: row.state,
        at: row.at,
    });
    Ok(rows.collect())
}

/// Bills of a number: one, unless a company has come from another server with its own.
pub async fn numbered(tx: &mut SystemTx, number: &str) -> Result<Vec<Uuid>, Problem> {
    Ok(sqlx::query_scalar!("select id from billing_invoice where number = $1 limit 2", number).fetch_all(tx.conn()).await?)
}

/// The bill, locked until the end of the transaction.
pub async fn lock(tx: &mut SystemTx, id: Uuid) -> Result<Option<PlatformInvoice>, Problem> {
    sqlx::query!("select id from billing_invoice where id = $1 for update", id).fetch_optional(tx.conn()).await?;
    Ok(invoices(tx.conn(), None, Some(id), None, None, 1).await?.pop())
}

/// False if a payment with this id is there.
pub async fn insert_payment(
    tx: &mut SystemTx,
    invoice: &PlatformInvoice,
    new: &NewPlatformPayment,
    amount_minor: i64,
    by: Option<Uuid>,
) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into billing_payment (tenant_id, id, invoice_id, amount_minor, method, reference, state, detail, recorded_by, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (tenant_id, id) do nothing",
        invoice.company_id,
        new.id,
        invoice.id,
        amount_minor,
        new.method,
        new.reference,
        new.state.name(),
        new.detail,
        by,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn pay(tx: &mut SystemTx, invoice: &PlatformInvoice, amount_minor: i64) -> Result<(), Problem> {
    sqlx::query!(
        "update billing_invoice
         set paid_minor = paid_minor + $3, state = case when paid_minor + $3 = total_minor then 'paid' else state end,
             paid_at = case when paid_minor + $3 = total_minor then $4::timestamptz end
         where tenant_id = $1 and id = $2",
        invoice.company_id,
        invoice.id,
        amount_minor,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether a bill of the company was due before this day and is unpaid.
pub async fn has_overdue(tx: &mut SystemTx, tenant: Uuid, before: NaiveDate) -> Result<bool, Problem> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from billing_invoice where tenant_id = $1 and state = 'open' and due_date < $2) as "found!""#,
        tenant,
        before
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

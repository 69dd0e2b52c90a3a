//! SQL of proposals.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    model::{Proposal, ProposalLine, ProposedLine},
    rules::{Offer, OfferPrice},
};
use crate::platform::{db::TenantTx, money::Amount, problem::Problem};

#[derive(Debug, Deserialize)]
struct PriceJson {
    min_quantity: Decimal,
    price: Decimal,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
}

/// What suppliers who are still dealt with ask for these products.
pub async fn offers(tx: &mut TenantTx, products: &[Uuid]) -> Result<Vec<Offer>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select o.id, o.product_id, o.supplier_id, c.legal_name, o.code, o.currency, o.min_quantity, o.pack_multiple, o.lead_days,
                  o.priority,
                  (select coalesce(json_agg(json_build_object('min_quantity', p.min_quantity::text, 'price', p.price::text,
                          'valid_from', p.valid_from, 'valid_until', p.valid_until)), '[]')
                   from product_supplier_price p where p.tenant_id = $1 and p.offer_id = o.id) as "prices!: Json<Vec<PriceJson>>"
           from product_supplier o
           join contact c on c.tenant_id = o.tenant_id and c.id = o.supplier_id and c.is_active
           where o.tenant_id = $1 and o.product_id = any($2)"#,
        tenant,
        products
    )
    .fetch_all(tx.conn())
    .await?;
    let price = |price: PriceJson| OfferPrice {
        min_quantity: price.min_quantity,
        price: price.price,
        valid_from: price.valid_from,
        valid_until: price.valid_until,
    };
    let offers = rows.into_iter().map(|row| Offer {
        id: row.id,
        product: row.product_id,
        supplier: row.supplier_id,
        supplier_name: row.legal_name,
        code: row.code,
        currency: row.currency,
        min_quantity: row.min_quantity,
        pack_multiple: row.pack_multiple,
        lead_days: row.lead_days,
        priority: row.priority,
        prices: row.prices.0.into_iter().map(price).collect(),
    });
    Ok(offers.collect())
}

#[derive(Debug, Deserialize)]
struct LineJson {
    product_id: Uuid,
    warehouse_id: Uuid,
    supplier_id: Option<Uuid>,
    supplier_code: String,
    quantity: Decimal,
    unit_price: Option<Decimal>,
    currency: String,
    expected_date: Option<NaiveDate>,
    min_stock: Decimal,
    max_stock: Option<Decimal>,
    forecast: Decimal,
}

/// The latest first.
pub async fn proposals(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    state: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Proposal>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, state, note, created_by, created_at, ended_at,
                  (select json_agg(json_build_object('product_id', l.product_id, 'warehouse_id', l.warehouse_id, 'supplier_id', l.supplier_id,
                          'supplier_code', l.supplier_code, 'quantity', l.quantity::text, 'unit_price', l.unit_price::text,
                          'currency', l.currency, 'expected_date', l.expected_date, 'min_stock', l.min_stock::text,
                          'max_stock', l.max_stock::text, 'forecast', l.forecast::text) order by l.line_no)
                   from purchase_proposal_line l where l.tenant_id = $1 and l.proposal_id = p.id) as "lines!: Json<Vec<LineJson>>"
           from purchase_proposal p
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or state = $3) and ($4::uuid is null or id < $4)
           order by id desc limit $5"#,
        tenant,
        one,
        state,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let line = |line: LineJson| ProposalLine {
        product_id: line.product_id,
        warehouse_id: line.warehouse_id,
        supplier_id: line.supplier_id,
        supplier_code: line.supplier_code,
        quantity: Amount(line.quantity),
        unit_price: line.unit_price.map(Amount),
        currency: line.currency,
        expected_date: line.expected_date,
        min_stock: Amount(line.min_stock),
        max_stock: line.max_stock.map(Amount),
        forecast: Amount(line.forecast),
    };
    let shown = rows.into_iter().map(|row| Proposal {
        id: row.id,
        state: row.state,
        note: row.note,
        created_by: row.created_by,
        created_at: row.created_at,
        ended_at: row.ended_at,
        lines: row.lines.0.into_iter().map(line).collect(),
    });
    Ok(shown.collect())
}

pub async fn insert(tx: &mut TenantTx, id: Uuid, note: &str, lines: &[ProposedLine]) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "with document as (
             insert into purchase_proposal (tenant_id, id, note, created_by, created_at) values ($1, $2, $3, $4, $5))
         insert into purchase_proposal_line (tenant_id, proposal_id, line_no, product_id, warehouse_id, supplier_id, supplier_code, quantity,
                                             unit_price, currency, expected_date, min_stock, max_stock, forecast)
         select $1, $2, t.line_no, t.product_id, t.warehouse_id, t.supplier_id, t.supplier_code, t.quantity, t.unit_price, t.currency,
                t.expected_date, t.min_stock, t.max_stock, t.forecast
         from unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::numeric[], $11::numeric[], $12::text[], $13::date[], $14::numeric[],
                     $15::numeric[], $16::numeric[])
              with ordinality as t (product_id, warehouse_id, supplier_id, supplier_code, quantity, unit_price, currency, expected_date,
                                    min_stock, max_stock, forecast, line_no)",
        tenant,
        id,
        note,
        person,
        now,
        &lines.iter().map(|line| line.product_id).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.warehouse_id).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.supplier_id).collect::<Vec<_>>() as &[Option<Uuid>],
        &lines.iter().map(|line| line.supplier_code.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.quantity.0).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.unit_price.map(|price| price.0)).collect::<Vec<_>>() as &[Option<Decimal>],
        &lines.iter().map(|line| line.currency.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.expected_date).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &lines.iter().map(|line| line.min_stock.0).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.max_stock.map(|most| most.0)).collect::<Vec<_>>() as &[Option<Decimal>],
        &lines.iter().map(|line| line.forecast.0).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends an open one; false if it has ended, or is none.
pub async fn end(tx: &mut TenantTx, id: Uuid, state: &str) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update purchase_proposal set state = $3, ended_at = $4 where tenant_id = $1 and id = $2 and state = 'open'",
        tenant,
        id,
        state,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

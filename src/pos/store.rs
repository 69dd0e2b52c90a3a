//! SQL of the counter.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    extras::{Chosen, LineComponent, SaleComponent, SaleModifier},
    model::{Draft, Method, Payment, PricedLine, Sale, SaleCustomer, SaleLine, SoldLine, Till},
    taxes::{self, TaxJson},
};
use crate::{
    contacts::Customer,
    platform::{
        db::TenantTx,
        money::{Amount, Money},
        problem::{Problem, violates},
    },
    tenancy::{self, Document, NumberPattern, Rounding},
};

pub fn till_closed() -> Problem {
    Problem::conflict("pos.till_closed", "The register has no open shift; open one first.")
}

/// The register with its open shift and the company's rules, in one question.
pub async fn till(tx: &mut TenantTx, register: Uuid) -> Result<Till, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let row = sqlx::query!(
        r#"select r.warehouse_id, h.id as "open_shift_id?", c.currency, c.rounding, d.today as "date!",
                  -- The price list of the register, else of its store, else the company's.
                  coalesce(
                      (select l.id from price_list_place x join price_list l on l.tenant_id = x.tenant_id and l.id = x.price_list_id
                       where x.tenant_id = $1 and (x.register_id = r.id or x.store_id = r.store_id) and l.is_active
                         and l.currency = c.currency and d.today between coalesce(l.valid_from, d.today) and coalesce(l.valid_until, d.today)
                       order by x.register_id nulls last limit 1),
                      (select l.id from price_list l
                       where l.tenant_id = $1 and l.is_default and l.is_active and l.currency = c.currency
                         and d.today between coalesce(l.valid_from, d.today) and coalesce(l.valid_until, d.today)
                       order by l.priority desc, l.valid_from desc nulls last, l.id limit 1)) as price_list,
                  (select jsonb_object_agg(m.code, jsonb_build_object('kind', m.kind, 'role', m.account_role))
                   from payment_method m where m.tenant_id = $1) as "methods!: Json<HashMap<String, Method>>"
           from register r
           left join shift h on h.tenant_id = r.tenant_id and h.register_id = r.id and h.state = 'open'
           join company c on c.tenant_id = r.tenant_id
           cross join lateral (select ($3::timestamptz at time zone c.time_zone)::date as today) d
           where r.tenant_id = $1 and r.id = $2"#,
        tenant,
        register,
        now
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| Problem::field("/register_id", "not_found_reference", "is not one of the company's registers"))?;
    Ok(Till {
        register,
        warehouse: row.warehouse_id,
        shift: row.open_shift_id.ok_or_else(till_closed)?,
        currency: currency(&row.currency)?,
        rounding: Rounding::parse(&row.rounding),
        date: row.date,
        price_list: row.price_list,
        methods: row.methods.0,
    })
}

/// What each payment method is called, by code.
pub async fn payment_method_names(tx: &mut TenantTx) -> Result<HashMap<String, String>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!("select code, name from payment_method where tenant_id = $1", tenant).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|r| (r.code, r.name)).collect())
}

fn currency(code: &str) -> Result<Currency, Problem> {
    Currency::from_code(code).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {code}")))
}

/// Takes the next number and stores the document, in one statement: the series is locked for as short as can be, and gives
/// a number only while the shift is the open one and the tax authority allows it.
pub async fn insert(tx: &mut TenantTx, till: &Till, draft: &Draft) -> Result<String, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let l = &draft.lines;
    let number = sqlx::query_scalar!(
        r#"with counter as (
               update series
               -- A late document of last year goes on with this year's numbers.
               set next_number = case when is_yearly and year < extract(year from $8::date) then 1 else next_number end + 1,
                   year = case when is_yearly then greatest(year, extract(year from $8::date)) else 0 end
               where tenant_id = $1 and register_id = $3 and document = 'pos_' || $5::text and open_shift_id = $4
                 and next_number <= coalesce(last_number, next_number) and $8 between coalesce(valid_from, $8) and coalesce(valid_until, $8)
               returning id as series_id, year, next_number - 1 as sequence, replace(prefix, '{year}', year::text) as prefix, padding
           ), document as (
               insert into sale (tenant_id, id, kind, register_id, shift_id, series_id, series_year, sequence, number, cashier_id, sold_at,
                                 sale_date, currency, rounding, net_minor, tax_minor, total_minor, change_minor, cost_minor, refunded_sale_id,
                                 customer_id, customer_name, customer_identifier)
               select $1, $2, $5, $3, $4, series_id, year, sequence,
                      prefix || lpad(sequence::text, greatest(padding, length(sequence::text)), '0'),
                      $6, $7, $8, $9, $10, $11::bigint, $12::bigint, $11::bigint + $12::bigint, $13, $14, $15, $32, $33, $34
               from counter
               returning number
           ), lines as (
               insert into sale_line (tenant_id, sale_id, line_no, product_id, sku, name, quantity, unit_price, price_includes_tax,
                                      tax_id, tax_rate, net_minor, tax_minor, cost_minor, refunded_line_no)
               select $1, $2, t.* from unnest($16::smallint[], $17::uuid[], $18::text[], $19::text[], $20::numeric[], $21::numeric[],
                      $22::boolean[], $23::uuid[], $24::numeric[], $25::bigint[], $26::bigint[], $27::bigint[], $28::smallint[]) as t
               where exists (select from document)
           ), paid as (
               insert into sale_payment (tenant_id, sale_id, payment_no, method, tendered_minor, amount_minor)
               select $1, $2, t.n, t.method, t.tendered, t.amount
               from unnest($29::text[], $30::bigint[], $31::bigint[]) with ordinality as t (method, tendered, amount, n)
               where exists (select from document)
           )
           select number from document"#,
        tenant,
        draft.id,
        till.register,
        till.shift,
        draft.kind,
        person,
        now,
        till.date,
        till.currency.code(),
        till.rounding.name(),
        draft.net(),
        draft.tax(),
        draft.change,
        draft.cost(),
        draft.refunded_sale,
        &l.iter().map(|l| l.line_no).collect::<Vec<_>>(),
        &l.iter().map(|l| l.product).collect::<Vec<_>>(),
        &l.iter().map(|l| l.sku.clone()).collect::<Vec<_>>(),
        &l.iter().map(|l| l.name.clone()).collect::<Vec<_>>(),
        &l.iter().map(|l| l.quantity).collect::<Vec<_>>(),
        &l.iter().map(|l| l.unit_price).collect::<Vec<_>>(),
        &l.iter().map(|l| l.price_includes_tax).collect::<Vec<_>>(),
        &l.iter().map(|l| l.tax).collect::<Vec<_>>(),
        &l.iter().map(|l| l.tax_rate).collect::<Vec<_>>(),
        &l.iter().map(|l| l.share.net).collect::<Vec<_>>(),
        &l.iter().map(|l| l.share.tax).collect::<Vec<_>>(),
        &l.iter().map(PricedLine::cost).collect::<Vec<_>>(),
        &l.iter().map(|l| l.refunded_line_no).collect::<Vec<_>>() as &[Option<i16>],
        &draft.payments.iter().map(|p| p.method.clone()).collect::<Vec<_>>(),
        &draft.payments.iter().map(|p| p.tendered).collect::<Vec<_>>(),
        &draft.payments.iter().map(|p| p.amount).collect::<Vec<_>>(),
        draft.customer.as_ref().map(|c| c.id),
        draft.customer.as_ref().map_or("", |c| c.name.as_str()),
        draft.customer.as_ref().map_or("", |c| c.identifier.as_str())
    )
    .fetch_optional(tx.conn())
    .await
    .map_err(|error| if violates(&error, "sale_pk") { Problem::id_taken() } else { error.into() })?;
    match number {
        Some(number) => Ok(number),
        None => Err(no_number(tx, till, draft).await?),
    }
}

async fn no_number(tx: &mut TenantTx, till: &Till, draft: &Draft) -> Result<Problem, Problem> {
    let document = if draft.kind == "sale" { Document::PosSale } else { Document::PosRefund };
    let series = tenancy::series_at_register(tx, document, till.register).await?;
    Ok(series.and_then(|series| tenancy::exhausted(&series, till.date)).unwrap_or_else(till_closed))
}

/// The document as it now stands, without asking for it.
pub fn stored(tx: &TenantTx, till: &Till, draft: Draft, number: String) -> Sale {
    let money = |minor| Money::new(minor, till.currency);
    Sale {
        id: draft.id,
        kind: draft.kind.into(),
        number,
        register_id: till.register,
        shift_id: till.shift,
        cashier_id: tx.person(),
        sold_at: tx.now(),
        sale_date: till.date,
        currency: till.currency.code().into(),
        rounding: till.rounding.name().into(),
        net: money(draft.net()),
        tax: money(draft.tax()),
        total: money(draft.total()),
        change: money(draft.change),
        refunded_sale_id: draft.refunded_sale,
        customer: draft.customer.map(|c| SaleCustomer { id: c.id, name: c.name, identifier: c.identifier }),
        payments: draft
            .payments
            .iter()
            .map(|p| Payment { method: p.method.clone(), tendered: money(p.tendered), amount: money(p.amount) })
            .collect(),
        lines: draft
            .lines
            .into_iter()
            .map(|l| SaleLine {
                line_no: l.line_no,
                product_id: l.product,
                sku: l.sku,
                name: l.name,
                quantity: Amount(l.quantity),
                unit_price: Amount(l.unit_price),
                price_includes_tax: l.price_includes_tax,
                tax_rate: Amount(l.tax_rate),
                taxes: taxes::shown(l.taxes, till.currency),
                net: money(l.share.net),
                tax: money(l.share.tax),
                total: money(l.share.net + l.share.tax),
                refunded_quantity: Amount(Decimal::ZERO),
                modifiers: l.modifiers.into_iter().map(Chosen::shown).collect(),
                components: l.components.into_iter().map(LineComponent::shown).collect(),
            })
            .collect(),
    }
}

#[derive(Debug, Deserialize)]
struct LineJson {
    line_no: i16,
    product_id: Uuid,
    sku: String,
    name: String,
    quantity: Decimal,
    unit_price: Decimal,
    price_includes_tax: bool,
    tax_rate: Decimal,
    taxes: Vec<TaxJson>,
    net_minor: i64,
    tax_minor: i64,
    refunded_quantity: Decimal,
    modifiers: Vec<SaleModifier>,
    components: Vec<SaleComponent>,
}

#[derive(Debug, Deserialize)]
struct PaymentJson {
    method: String,
    tendered_minor: i64,
    amount_minor: i64,
}

/// A document with its lines and payments, in one round trip.
pub async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<Sale>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select s.kind, s.number, s.register_id, s.shift_id, s.cashier_id, s.sold_at, s.sale_date, s.currency, s.rounding,
                  s.net_minor, s.tax_minor, s.total_minor, s.change_minor, s.refunded_sale_id,
                  s.customer_id, s.customer_name, s.customer_identifier,
                  (select json_agg(json_build_object('line_no', l.line_no, 'product_id', l.product_id, 'sku', l.sku, 'name', l.name,
                          'quantity', l.quantity::text, 'unit_price', l.unit_price::text, 'price_includes_tax', l.price_includes_tax,
                          'tax_rate', l.tax_rate::text, 'net_minor', l.net_minor, 'tax_minor', l.tax_minor,
                          'taxes', coalesce(
                              (select json_agg(json_build_object('tax_id', x.tax_id, 'code', t.code, 'rate', t.rate::text,
                                      'base_minor', x.base_minor, 'amount_minor', x.amount_minor) order by x.tax_no)
                               from pos_sale_tax x join tax t on t.tenant_id = $1 and t.id = x.tax_id
                               where x.tenant_id = $1 and x.sale_id = $2 and x.line_no = l.line_no),
                              (select json_agg(json_build_object('tax_id', t.id, 'code', t.code, 'rate', l.tax_rate::text,
                                      'base_minor', l.net_minor, 'amount_minor', l.tax_minor))
                               from tax t where t.tenant_id = $1 and t.id = l.tax_id and t.kind <> 'group'), '[]'),
                          'refunded_quantity', l.refunded_quantity::text,
                          'modifiers', coalesce((select json_agg(json_build_object('option_id', m.option_id, 'group', m.group_name,
                                  'name', m.name, 'quantity', m.quantity::text, 'price', m.price::text) order by m.position)
                              from pos_sale_modifier m where m.tenant_id = $1 and m.sale_id = $2 and m.line_no = l.line_no), '[]'),
                          'components', coalesce((select json_agg(json_build_object('product_id', c.product_id, 'sku', c.sku, 'name', c.name,
                                  'quantity', c.quantity::text, 'refunded_quantity', c.refunded_quantity::text) order by c.sku)
                              from pos_sale_component c where c.tenant_id = $1 and c.sale_id = $2 and c.line_no = l.line_no), '[]'))
                          order by l.line_no)
                   from sale_line l where l.tenant_id = $1 and l.sale_id = $2) as "lines!: Json<Vec<LineJson>>",
                  coalesce((select json_agg(json_build_object('method', p.method, 'tendered_minor', p.tendered_minor,
                          'amount_minor', p.amount_minor) order by p.payment_no)
                   from sale_payment p where p.tenant_id = $1 and p.sale_id = $2), '[]') as "payments!: Json<Vec<PaymentJson>>"
           from sale s where s.tenant_id = $1 and s.id = $2"#,
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(r) = row else { return Ok(None) };
    let currency = currency(&r.currency)?;
    let money = |minor| Money::new(minor, currency);
    let lines = r.lines.0.into_iter().map(|l| SaleLine {
        line_no: l.line_no,
        product_id: l.product_id,
        sku: l.sku,
        name: l.name,
        quantity: Amount(l.quantity),
        unit_price: Amount(l.unit_price),
        price_includes_tax: l.price_includes_tax,
        tax_rate: Amount(l.tax_rate),
        taxes: l.taxes.into_iter().map(|tax| tax.shown(currency)).collect(),
        net: money(l.net_minor),
        tax: money(l.tax_minor),
        total: money(l.net_minor + l.tax_minor),
        refunded_quantity: Amount(l.refunded_quantity),
        modifiers: l.modifiers,
        components: l.components,
    });
    let payments =
        r.payments.0.into_iter().map(|p| Payment { method: p.method, tendered: money(p.tendered_minor), amount: money(p.amount_minor) });
    Ok(Some(Sale {
        id,
        kind: r.kind,
        number: r.number,
        register_id: r.register_id,
        shift_id: r.shift_id,
        cashier_id: r.cashier_id,
        sold_at: r.sold_at,
        sale_date: r.sale_date,
        currency: r.currency,
        rounding: r.rounding,
        net: money(r.net_minor),
        tax: money(r.tax_minor),
        total: money(r.total_minor),
        change: money(r.change_minor),
        refunded_sale_id: r.refunded_sale_id,
        customer: r.customer_id.map(|id| SaleCustomer { id, name: r.customer_name, identifier: r.customer_identifier }),
        lines: lines.collect(),
        payments: payments.collect(),
    }))
}

/// Whom a document is made out to, as it says.
pub async fn customer(tx: &mut TenantTx, sale: Uuid) -> Result<Option<Customer>, Problem> {
    let tenant = tx.tenant();
    let customer = sqlx::query_as!(
        Customer,
        r#"select customer_id as "id!", customer_name as name, customer_identifier as identifier from sale
           where tenant_id = $1 and id = $2 and customer_id is not null"#,
        tenant,
        sale
    );
    Ok(customer.fetch_optional(tx.conn()).await?)
}

/// The lines of a sale, locked against other refunds.
pub async fn lock_lines(tx: &mut TenantTx, sale: Uuid) -> Result<Vec<SoldLine>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select l.line_no, l.product_id, p.kind = 'goods' as "stocked!", u.decimals, l.sku, l.name, l.quantity, l.unit_price, l.price_includes_tax,
                  l.tax_id, t.code as tax_code, t.output_account_id as tax_account, l.tax_rate, l.net_minor, l.tax_minor, l.cost_minor, l.refunded_quantity, l.refunded_net_minor,
                  l.refunded_tax_minor, l.refunded_cost_minor
           from sale_line l
           join sale s on s.tenant_id = l.tenant_id and s.id = l.sale_id and s.kind = 'sale'
           join product p on p.tenant_id = l.tenant_id and p.id = l.product_id
           join unit u on u.tenant_id = p.tenant_id and u.code = p.unit_code
           join tax t on t.tenant_id = l.tenant_id and t.id = l.tax_id
           where l.tenant_id = $1 and l.sale_id = $2
           order by l.line_no
           for no key update of l"#,
        tenant,
        sale
    )
    .fetch_all(tx.conn())
    .await?;
    let sold = rows.into_iter().map(|r| SoldLine {
        line_no: r.line_no,
        product_id: r.product_id,
        stocked: r.stocked,
        decimals: r.decimals,
        sku: r.sku,
        name: r.name,
        quantity: r.quantity,
        unit_price: r.unit_price,
        price_includes_tax: r.price_includes_tax,
        tax_id: r.tax_id,
        tax_code: r.tax_code,
        tax_account: r.tax_account,
        tax_rate: r.tax_rate,
        net_minor: r.net_minor,
        tax_minor: r.tax_minor,
        cost_minor: r.cost_minor,
        refunded_quantity: r.refunded_quantity,
        refunded_net_minor: r.refunded_net_minor,
        refunded_tax_minor: r.refunded_tax_minor,
        refunded_cost_minor: r.refunded_cost_minor,
        components: vec![],
        taxes: vec![],
    });
    Ok(sold.collect())
}

/// A sale's refunds.
pub async fn refunds(tx: &mut TenantTx, sale: Uuid) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!("select id from sale where tenant_id = $1 and refunded_sale_id = $2", tenant, sale);
    Ok(ids.fetch_all(tx.conn()).await?)
}

pub async fn mark_refunded(tx: &mut TenantTx, sale: Uuid, lines: &[PricedLine]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update sale_line l
         set refunded_quantity = l.refunded_quantity + t.quantity, refunded_net_minor = l.refunded_net_minor + t.net,
             refunded_tax_minor = l.refunded_tax_minor + t.tax, refunded_cost_minor = l.refunded_cost_minor + t.cost
         from unnest($3::smallint[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[]) as t (line_no, quantity, net, tax, cost)
         where l.tenant_id = $1 and l.sale_id = $2 and l.line_no = t.line_no",
        tenant,
        sale,
        &lines.iter().filter_map(|l| l.refunded_line_no).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.quantity).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.share.net).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.share.tax).collect::<Vec<_>>(),
        &lines.iter().map(PricedLine::cost).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct RegisterRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub store_id: Uuid,
    pub warehouse_id: Uuid,
    pub open_shift_id: Option<Uuid>,
}

pub async fn registers(tx: &mut TenantTx) -> Result<Vec<RegisterRow>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        RegisterRow,
        r#"select r.id, r.code, r.name, r.store_id, r.warehouse_id, h.id as "open_shift_id?"
           from register r left join shift h on h.tenant_id = r.tenant_id and h.register_id = r.id and h.state = 'open'
           where r.tenant_id = $1 order by r.code"#,
        tenant
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Whether the register is new: its code may be there already.
pub async fn insert_register(
    tx: &mut TenantTx,
    code: &str,
    name: &str,
    store: Uuid,
    warehouse: Uuid,
    patterns: &[NumberPattern],
) -> Result<Option<Uuid>, Problem> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!(
        "insert into register (tenant_id, id, code, name, store_id, warehouse_id) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, code) do nothing returning id",
        tenant,
        Uuid::now_v7(),
        code,
        name,
        store,
        warehouse
    )
    .fetch_optional(tx.conn())
    .await;
    let id = match id {
        Ok(Some(id)) => id,
        Ok(None) => return Ok(None),
        Err(error) if violates(&error, "register_within_limit") => {
            return Err(Problem::conflict("pos.register_limit", "The company has as many registers as its plan allows."));
        }
        Err(error) if violates(&error, "register_store_fk") => {
            return Err(Problem::field("/store_id", "not_found_reference", "is not one of the company's stores"));
        }
        Err(error) => return Err(error.into()),
    };
    tenancy::insert_patterns(tx, id, code, patterns).await?;
    Ok(Some(id))
}

/// Whether so many documents have been made in this calendar month, where the company is.
pub async fn has_made_documents(tx: &mut TenantTx, limit: i32) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let made = sqlx::query_scalar!(
        r#"select count(*) as "made!" from (
               select from sale s
               where s.tenant_id = $1
                 and s.sold_at >= (select date_trunc('month', $2::timestamptz, c.time_zone) from company c where c.tenant_id = $1)
               limit $3) s"#,
        tenant,
        now,
        i64::from(limit)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(made >= i64::from(limit))
}

pub async fn insert_packed_payment_methods(
    tx: &mut TenantTx,
    codes: &[String],
    names: &[String],
    kinds: &[String],
    roles: &[String],
    official: &[String],
) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into payment_method (tenant_id, code, name, kind, account_role, official_code)
         select $1, t.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as t
         on conflict (tenant_id, code) do nothing",
        tenant,
        codes,
        names,
        kinds,
        roles,
        official
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct ShiftRow {
    pub id: Uuid,
    pub register_id: Uuid,
    pub state: String,
    pub opened_at: DateTime<Utc>,
    pub opening_minor: i64,
    pub ended_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub expected_minor: Option<i64>,
    pub counted_minor: Option<i64>,
    pub currency: String,
    pub date: NaiveDate,
}

pub async fn shift(tx: &mut TenantTx, id: Uuid) -> Result<Option<ShiftRow>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let row = sqlx::query_as!(
        ShiftRow,
        r#"select s.id, s.register_id, s.state, s.opened_at, s.opening_minor, s.ended_at, s.closed_at, s.expected_minor, s.counted_minor,
                  c.currency, ($3::timestamptz at time zone c.time_zone)::date as "date!"
           from shift s join company c on c.tenant_id = s.tenant_id
           where s.tenant_id = $1 and s.id = $2"#,
        tenant,
        id,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Opens a shift on a register that has none; false if it has.
pub async fn open_shift(tx: &mut TenantTx, id: Uuid, register: Uuid, opening_minor: i64) -> Result<bool, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let inserted = sqlx::query!(
        "insert into shift (tenant_id, id, register_id, opened_by, opened_at, opening_minor) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        tenant,
        id,
        register,
        person,
        now,
        opening_minor
    )
    .execute(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "shift_register_fk") {
            Problem::field("/register_id", "not_found_reference", "is not one of the company's registers")
        } else {
            error.into()
        }
    })?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("update series set open_shift_id = $3 where tenant_id = $1 and register_id = $2 and is_active", tenant, register, id)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// Ends selling in a shift: waits for sales under way, refuses later ones.
pub async fn end_shift(tx: &mut TenantTx, register: Uuid, shift: Uuid) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update series set open_shift_id = null where tenant_id = $1 and register_id = $2 and open_shift_id = $3",
        tenant,
        register,
        shift
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update shift set state = 'ended', ended_at = $3 where tenant_id = $1 and id = $2 and state = 'open'", tenant, shift, now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What cash sales and refunds have left in the drawer.
pub async fn cash_taken(tx: &mut TenantTx, shift: Uuid) -> Result<i64, Problem> {
    let tenant = tx.tenant();
    let cash = sqlx::query_scalar!(
        r#"select coalesce(sum(case when s.kind = 'sale' then p.amount_minor else -p.amount_minor end), 0)::bigint as "cash!"
           from sale s
           join sale_payment p on p.tenant_id = s.tenant_id and p.sale_id = s.id
           join payment_method m on m.tenant_id = p.tenant_id and m.code = p.method and m.kind = 'cash'
           where s.tenant_id = $1 and s.shift_id = $2"#,
        tenant,
        shift
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(cash)
}

/// Closes a shift that has ended; false if somebody else just did.
pub async fn close_shift(tx: &mut TenantTx, shift: Uuid, expected: i64, counted: i64) -> Result<bool, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let done = sqlx::query!(
        "update shift set state = 'closed', closed_by = $3, closed_at = $4, expected_minor = $5, counted_minor = $6
         where tenant_id = $1 and id = $2 and state = 'ended'",
        tenant,
        shift,
        person,
        now,
        expected,
        counted
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

//! SQL of price lists.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    model::{Basis, Candidate, PriceBase, PriceKind, PriceTarget, outcome, resolve},
    rules::{NewPriceList, NewPriceRule, PriceList, PriceListPatch, PriceListPlaces, PriceRule, PriceRulePatch, Signed},
};
use crate::{
    catalogue::{
        products::{self, Priced},
        taxes::TaxRule,
    },
    platform::{
        db::TenantTx,
        money::Amount,
        problem::{FieldError, Problem, violates},
    },
};

pub async fn lists(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<PriceList>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select * from price_list where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id > $3)
         order by id limit $4",
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| PriceList {
        id: r.id,
        code: r.code,
        name: r.name,
        currency: r.currency,
        valid_from: r.valid_from,
        valid_until: r.valid_until,
        priority: r.priority,
        is_default: r.is_default,
        is_active: r.is_active,
        round_to: r.round_to.map(Amount),
        ending: r.ending.map(Amount),
        version: r.version,
        created_at: r.created_at,
    });
    Ok(shown.collect())
}

fn refusal(error: sqlx::Error) -> Problem {
    let wrong = |pointer: &str, detail: &str| Problem::field(pointer, "invalid", detail);
    let unknown = |pointer: &str, detail: &str| Problem::field(pointer, "not_found_reference", detail);
    match error.as_database_error().and_then(sqlx::error::DatabaseError::constraint) {
        Some("price_list_code_unique") => Problem::conflict("catalogue.price_list_taken", "Another price list has this code."),
        Some("price_list_dates_in_order" | "price_rule_dates_in_order") => wrong("/valid_until", "must not be before valid_from"),
        Some("price_list_round_to_positive" | "price_rule_round_to_positive") => wrong("/round_to", "must be greater than zero"),
        Some("price_list_ending_below_step" | "price_rule_ending_below_step") => {
            wrong("/ending", "must be less than round_to, or than one where that is not said")
        }
        Some("price_rule_grounded") => {
            Problem::conflict("catalogue.price_list_circle", "The list would stand on itself, or on more than five others.")
        }
        Some("price_rule_base_currency") => wrong("/base_list_id", "is in another currency"),
        Some("price_rule_base_list_fk") => unknown("/base_list_id", "is not one of the company's price lists"),
        Some("price_rule_product_fk") => unknown("/target_id", "is not one of the company's products"),
        Some("price_rule_category_fk") => unknown("/target_id", "is not one of the company's categories"),
        Some("price_rule_says_how") => wrong("/kind", "does not have this: see what its kind asks for"),
        _ => error.into(),
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewPriceList, currency: &str) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into price_list (tenant_id, id, code, name, currency, valid_from, valid_until, priority, is_default, round_to, ending, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        tenant,
        id,
        new.code,
        new.name,
        currency,
        new.valid_from,
        new.valid_until,
        new.priority,
        new.is_default,
        new.round_to.map(|step| step.0),
        new.ending.map(|ending| ending.0),
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &PriceListPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update price_list
         set name = coalesce($4, name), priority = coalesce($5, priority), is_default = coalesce($6, is_default),
             is_active = coalesce($7, is_active), valid_from = case when $8 then $9 else valid_from end,
             valid_until = case when $10 then $11 else valid_until end, round_to = case when $12 then $13 else round_to end,
             ending = case when $14 then $15 else ending end, version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.priority,
        patch.is_default,
        patch.is_active,
        patch.valid_from.is_some(),
        patch.valid_from.flatten(),
        patch.valid_until.is_some(),
        patch.valid_until.flatten(),
        patch.round_to.is_some(),
        patch.round_to.flatten().map(|step| step.0),
        patch.ending.is_some(),
        patch.ending.flatten().map(|ending| ending.0)
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected() == 1)
}

pub async fn places(tx: &mut TenantTx, list: Uuid) -> Result<PriceListPlaces, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select store_id, register_id from price_list_place where tenant_id = $1 and price_list_id = $2 order by store_id, register_id",
        tenant,
        list
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(PriceListPlaces {
        store_ids: rows.iter().filter_map(|row| row.store_id).collect(),
        register_ids: rows.iter().filter_map(|row| row.register_id).collect(),
    })
}

/// Uses the list at these places and no others, in place of what they used.
pub async fn set_places(tx: &mut TenantTx, list: Uuid, places: &PriceListPlaces) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let unknown = sqlx::query_scalar!(
        r#"select '/store_ids/' || (s.n - 1) as "pointer!" from unnest($2::uuid[]) with ordinality s (id, n)
           where not exists (select from store x where x.tenant_id = $1 and x.id = s.id)
           union all
           select '/register_ids/' || (r.n - 1) from unnest($3::uuid[]) with ordinality r (id, n)
           where not exists (select from register x where x.tenant_id = $1 and x.id = r.id)"#,
        tenant,
        &places.store_ids,
        &places.register_ids
    )
    .fetch_all(tx.conn())
    .await?;
    if !unknown.is_empty() {
        let faults = unknown.into_iter().map(|pointer| FieldError {
            pointer,
            code: "not_found_reference".into(),
            detail: "is not one of the company's".into(),
        });
        return Err(Problem::fields(faults.collect()));
    }
    sqlx::query!(
        "delete from price_list_place where tenant_id = $1 and (price_list_id = $2 or store_id = any ($3) or register_id = any ($4))",
        tenant,
        list,
        &places.store_ids,
        &places.register_ids
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into price_list_place (tenant_id, price_list_id, store_id, register_id)
         select $1::uuid, $2::uuid, s.id, null::uuid from unnest($3::uuid[]) s (id)
         union
         select $1::uuid, $2::uuid, null::uuid, r.id from unnest($4::uuid[]) r (id)",
        tenant,
        list,
        &places.store_ids,
        &places.register_ids
    )
    .execute(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "price_list_place_unique") {
            Problem::conflict("catalogue.price_list_taken", "Somebody has just given one of these places another list.")
        } else {
            error.into()
        }
    })?;
    Ok(())
}

/// Of all lists or of one, from after this rule.
pub async fn rules(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    list: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PriceRule>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select * from price_rule
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or price_list_id = $3) and ($4::uuid is null or id > $4)
         order by id limit $5",
        tenant,
        one,
        list,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| {
        Ok(PriceRule {
            id: r.id,
            price_list_id: r.price_list_id,
            target: match (r.product_id, r.category_id) {
                (Some(_), _) => PriceTarget::Product,
                (_, Some(_)) => PriceTarget::Category,
                _ => PriceTarget::All,
            },
            target_id: r.product_id.or(r.category_id),
            min_quantity: Amount(r.min_quantity),
            valid_from: r.valid_from,
            valid_until: r.valid_until,
            priority: r.priority,
            kind: named(&r.kind)?,
            price: r.price.map(Amount),
            percent: r.percent.map(Amount),
            base: r.base.as_deref().map(named).transpose()?,
            base_list_id: r.base_list_id,
            markup: Signed(r.markup),
            surcharge: Signed(r.surcharge),
            round_to: r.round_to.map(Amount),
            ending: r.ending.map(Amount),
            min_margin: r.min_margin.map(Amount),
            version: r.version,
            created_at: r.created_at,
        })
    });
    shown.collect()
}

/// What the database calls one of a few things.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, Problem> {
    serde_json::from_value(name.into()).map_err(Problem::internal)
}

const fn kind_name(kind: PriceKind) -> &'static str {
    match kind {
        PriceKind::Fixed => "fixed",
        PriceKind::Percent => "percent",
        PriceKind::Formula => "formula",
    }
}

const fn base_name(base: PriceBase) -> &'static str {
    match base {
        PriceBase::Price => "price",
        PriceBase::Cost => "cost",
        PriceBase::List => "list",
    }
}

pub async fn insert_rule(tx: &mut TenantTx, list: Uuid, new: &NewPriceRule) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    let (product, category) = new.targets()?;
    sqlx::query!(
        "insert into price_rule (tenant_id, id, price_list_id, product_id, category_id, min_quantity, valid_from, valid_until, priority,
                                 kind, price, percent, base, base_list_id, markup, surcharge, round_to, ending, min_margin, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        tenant,
        id,
        list,
        product,
        category,
        new.min_quantity.map_or(Decimal::ZERO, |quantity| quantity.0),
        new.valid_from,
        new.valid_until,
        new.priority,
        kind_name(new.kind),
        new.price.map(|price| price.0),
        new.percent.map(|percent| percent.0),
        new.base.map(base_name),
        new.base_list_id,
        new.markup.0,
        new.surcharge.0,
        new.round_to.map(|step| step.0),
        new.ending.map(|ending| ending.0),
        new.min_margin.map(|margin| margin.0),
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

/// False if the version was not the one expected.
pub async fn update_rule(tx: &mut TenantTx, id: Uuid, patch: &PriceRulePatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update price_rule
         set min_quantity = coalesce($4, min_quantity), priority = coalesce($5, priority), price = coalesce($6, price),
             percent = coalesce($7, percent), markup = coalesce($8, markup), surcharge = coalesce($9, surcharge),
             valid_from = case when $10 then $11 else valid_from end, valid_until = case when $12 then $13 else valid_until end,
             version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.min_quantity.map(|quantity| quantity.0),
        patch.priority,
        patch.price.map(|price| price.0),
        patch.percent.map(|percent| percent.0),
        patch.markup.map(|markup| markup.0),
        patch.surcharge.map(|surcharge| surcharge.0),
        patch.valid_from.is_some(),
        patch.valid_from.flatten(),
        patch.valid_until.is_some(),
        patch.valid_until.flatten()
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete_rule(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from price_rule where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await?;
    Ok(())
}

/// The list that prices are taken from where no place is named.
pub async fn default_list(tx: &mut TenantTx, currency: &str, date: NaiveDate) -> Result<Option<Uuid>, Problem> {
    let tenant = tx.tenant();
    let list = sqlx::query_scalar!(
        "select l.id from price_list l
         where l.tenant_id = $1 and l.is_default and l.is_active and l.currency = $2
           and $3 between coalesce(l.valid_from, $3) and coalesce(l.valid_until, $3)
         order by l.priority desc, l.valid_from desc nulls last, l.id limit 1",
        tenant,
        currency,
        date
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(list)
}

/// How much of a product is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub product: Uuid,
    pub quantity: Decimal,
}

/// A product with its own price, what it costs, and the rules that speak of it in a list and in those that it stands on.
pub struct Spoken {
    pub product: Priced,
    pub basis: Basis,
    pub rules: Vec<Candidate>,
}

/// The active ones of these products, as the counter sells them: at the prices of a list, if one is in use. One question
/// either way.
pub async fn priced(tx: &mut TenantTx, asks: &[Ask], list: Option<Uuid>, date: NaiveDate) -> Result<Vec<Priced>, Problem> {
    let mut quantities: HashMap<Uuid, Decimal> = HashMap::new();
    for ask in asks {
        *quantities.entry(ask.product).or_default() += ask.quantity;
    }
    let ids: Vec<Uuid> = quantities.keys().copied().collect();
    let Some(list) = list else { return products::priced(tx, &ids, date).await };
    let spoken = spoken(tx, &ids, list, date).await?;
    let at_list = spoken.into_iter().map(|spoken| {
        let quantity = quantities.get(&spoken.product.id).copied().unwrap_or_default();
        let (steps, _) = resolve(&spoken.rules, list, quantity, date, spoken.basis);
        Priced { price: outcome(&steps), ..spoken.product }
    });
    Ok(at_list.collect())
}

/// Each rule is reached from what it speaks of: the product, its template, a category above it, or everything.
pub async fn spoken(tx: &mut TenantTx, ids: &[Uuid], list: Uuid, on: NaiveDate) -> Result<Vec<Spoken>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"with recursive chain (id, depth) as (
               select $3::uuid, 0
               union
               select r.base_list_id, c.depth + 1
               from chain c join price_rule r on r.tenant_id = $1 and r.price_list_id = c.id and r.base_list_id is not null
               where c.depth < 8
           ), lists as materialized (
               select l.* from price_list l where l.tenant_id = $1 and l.id in (select c.id from chain c)
           ), asked as materialized (
               select p.* from product p where p.tenant_id = $1 and p.id = any ($2) and p.active and not p.is_template
           ), above (product_id, category_id, distance) as (
               select a.id, a.category_id, 2 from asked a where a.category_id is not null
               union all
               select b.product_id, c.parent_id, b.distance + 1
               from above b join category c on c.tenant_id = $1 and c.id = b.category_id
               where c.parent_id is not null
           ), speaking as (
               select a.id as for_product, 0 as closeness, 'product' as target, r.*
               from asked a join price_rule r on r.tenant_id = $1 and r.product_id = a.id
               union all
               select a.id, 1, 'product', r.* from asked a join price_rule r on r.tenant_id = $1 and r.product_id = a.parent_id
               union all
               select b.product_id, b.distance, 'category', r.*
               from above b join price_rule r on r.tenant_id = $1 and r.category_id = b.category_id
               union all
               select a.id, 1000, 'all', r.*
               from asked a cross join lists l
               join price_rule r on r.tenant_id = $1 and r.price_list_id = l.id and r.product_id is null and r.category_id is null
           )
           select a.id, a.sku, a.name, a.kind = 'goods' as "stocked!", a.kind = 'kit' as "is_kit!",
                  exists (select from product_modifier_group m
                          where m.tenant_id = $1 and m.product_id in (a.id, a.parent_id)) as "has_modifiers!", a.price, a.price_includes_tax, t.id as tax_id, a.cost,
                  x.rules as "taxes!: Json<Vec<TaxRule>>", u.decimals,
                  $4 between coalesce(t.valid_from, $4) and coalesce(t.valid_until, $4) as "is_tax_valid!",
                  coalesce((
                      select jsonb_agg(jsonb_build_object(
                          'id', s.id, 'list', s.price_list_id, 'closeness', s.closeness, 'target', s.target,
                          'min_quantity', s.min_quantity::text, 'valid_from', s.valid_from, 'valid_until', s.valid_until,
                          'priority', s.priority, 'kind', s.kind, 'price', s.price::text, 'percent', s.percent::text, 'base', s.base,
                          'base_list', s.base_list_id, 'markup', s.markup::text, 'surcharge', s.surcharge::text,
                          'round_to', (case when s.round_to is null and s.ending is null then l.round_to else s.round_to end)::text,
                          'ending', (case when s.round_to is null and s.ending is null then l.ending else s.ending end)::text,
                          'min_margin', s.min_margin::text) order by s.id)
                      from speaking s join lists l on l.id = s.price_list_id
                      where s.for_product = a.id), '[]') as "rules!: Json<Vec<Candidate>>"
           from asked a
           join tax own on own.tenant_id = $1 and own.id = a.tax_id
           join tax t on t.tenant_id = $1 and t.id = case when own.valid_until < $4 then app.tax_on($1, own.id, $4) else own.id end
           join app.tax_rules x on x.tenant_id = $1 and x.id = t.id
           join unit u on u.tenant_id = $1 and u.code = a.unit_code"#,
        tenant,
        ids,
        list,
        on
    )
    .fetch_all(tx.conn())
    .await?;
    let spoken = rows.into_iter().map(|r| Spoken {
        basis: Basis::of(r.price, r.cost, TaxRule::percent_of_all(&r.taxes.0), r.price_includes_tax),
        rules: r.rules.0,
        product: Priced {
            id: r.id,
            sku: r.sku,
            name: r.name,
            stocked: r.stocked,
            is_kit: r.is_kit,
            has_modifiers: r.has_modifiers,
            price: r.price,
            price_includes_tax: r.price_includes_tax,
            tax_id: r.tax_id,
            taxes: r.taxes.0,
            is_tax_valid: r.is_tax_valid,
            decimals: r.decimals,
        },
    });
    Ok(spoken.collect())
}

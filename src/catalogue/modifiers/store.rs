//! SQL of modifiers.

use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{
    ModifierGroup, ModifierGroupPatch, ModifierOption, NewModifierGroup, NewModifierOption, Offer, OfferedOption, TakenGoods,
};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// All, or some.
pub async fn groups(tx: &mut TenantTx, some: Option<&[Uuid]>, after: Option<Uuid>, limit: i64) -> Result<Vec<ModifierGroup>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select g.id, g.name, g.min_choices, g.max_choices, g.version, g.created_at,
                  (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'price', o.price::text, 'product_id', o.product_id,
                          'quantity', o.quantity::text, 'active', o.active) order by o.position), '[]')
                   from modifier_option o where o.tenant_id = $1 and o.group_id = g.id) as "options!: Json<Vec<ModifierOption>>"
           from modifier_group g
           where g.tenant_id = $1 and ($2::uuid[] is null or g.id = any ($2)) and ($3::uuid is null or g.id > $3)
           order by g.id limit $4"#,
        tenant,
        some,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| ModifierGroup {
        id: r.id,
        name: r.name,
        min_choices: r.min_choices,
        max_choices: r.max_choices,
        required: r.min_choices > 0,
        options: r.options.0,
        version: r.version,
        created_at: r.created_at,
    });
    Ok(shown.collect())
}

/// A product's own, in their order.
pub async fn of_product(tx: &mut TenantTx, product: Uuid) -> Result<Vec<ModifierGroup>, Problem> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        "select group_id from product_modifier_group where tenant_id = $1 and product_id = $2 order by position",
        tenant,
        product
    )
    .fetch_all(tx.conn())
    .await?;
    let mut groups = groups(tx, Some(&ids), None, 100).await?;
    groups.sort_by_key(|group| ids.iter().position(|id| *id == group.id));
    Ok(groups)
}

pub async fn set_of_product(tx: &mut TenantTx, product: Uuid, groups: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from product_modifier_group where tenant_id = $1 and product_id = $2", tenant, product).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into product_modifier_group (tenant_id, product_id, group_id, position)
         select $1, $2, g.* from unnest($3::uuid[]) with ordinality g",
        tenant,
        product,
        groups
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "modifier_group_choices_in_order") {
        Problem::field("/max_choices", "invalid", "must not be less than min_choices")
    } else if violates(&error, "modifier_option_takes_goods") {
        Problem::field("/options", "invalid", "names a template: say which of its variants")
    } else if violates(&error, "pos_sale_modifier_option_fk") || violates(&error, "product_modifier_group_group_fk") {
        Problem::conflict("catalogue.modifier_in_use", "It has been sold, or a product has it: make its options no longer active instead.")
    } else {
        error.into()
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewModifierGroup) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into modifier_group (tenant_id, id, name, min_choices, max_choices, created_at) values ($1, $2, $3, $4, $5, $6)",
        tenant,
        id,
        new.name,
        new.min_choices,
        new.max_choices.unwrap_or(new.min_choices.max(1)),
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    put_options(tx, id, &new.options).await?;
    Ok(id)
}

/// Adds those that there are not, changes those that there are.
async fn put_options(tx: &mut TenantTx, group: Uuid, options: &[NewModifierOption]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = options.iter().map(|_| Uuid::now_v7()).collect();
    let names: Vec<String> = options.iter().map(|option| option.name.clone()).collect();
    let prices: Vec<Decimal> = options.iter().map(|option| option.price.0).collect();
    let products: Vec<Option<Uuid>> = options.iter().map(|option| option.product_id).collect();
    let of_goods = |option: &NewModifierOption| option.product_id.map(|_| option.quantity.map_or(Decimal::ONE, |quantity| quantity.0));
    let quantities: Vec<Option<Decimal>> = options.iter().map(of_goods).collect();
    let active: Vec<bool> = options.iter().map(|option| option.active.unwrap_or(true)).collect();
    sqlx::query!(
        "insert into modifier_option (tenant_id, group_id, id, name, price, product_id, quantity, active, position)
         select $1, $2, o.* from unnest($3::uuid[], $4::text[], $5::numeric[], $6::uuid[], $7::numeric[], $8::boolean[]) with ordinality o
         on conflict (tenant_id, group_id, name) do update
         set price = excluded.price, product_id = excluded.product_id, quantity = excluded.quantity, active = excluded.active,
             position = excluded.position",
        tenant,
        group,
        &ids,
        &names,
        &prices,
        &products as &[Option<Uuid>],
        &quantities as &[Option<Decimal>],
        &active
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(())
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &ModifierGroupPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update modifier_group
         set name = coalesce($4, name), min_choices = coalesce($5, min_choices), max_choices = coalesce($6, max_choices), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.min_choices,
        patch.max_choices
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(options) = &patch.options {
        let names: Vec<String> = options.iter().map(|option| option.name.clone()).collect();
        sqlx::query!("delete from modifier_option where tenant_id = $1 and group_id = $2 and name <> all ($3)", tenant, id, &names)
            .execute(tx.conn())
            .await
            .map_err(refusal)?;
        put_options(tx, id, options).await?;
    }
    Ok(true)
}

pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from modifier_option where tenant_id = $1 and group_id = $2", tenant, id)
        .execute(tx.conn())
        .await
        .map_err(refusal)?;
    sqlx::query!("delete from modifier_group where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await.map_err(refusal)?;
    Ok(())
}

/// What can be chosen with these products now: their own groups and those of their templates, each once.
pub async fn offers(tx: &mut TenantTx, products: &[Uuid]) -> Result<Vec<Offer>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select a.id as product_id, g.id as group_id, g.name as group_name, g.min_choices, g.max_choices,
                  o.id as "option_id?", o.name as "option_name?", o.price as "price?", o.quantity as "quantity?",
                  c.id as "goods_id?", c.sku as "goods_sku?", c.name as "goods_name?", u.decimals as "goods_decimals?"
           from product a
           cross join lateral (
               select m.group_id, min(m.position) as position from product_modifier_group m
               where m.tenant_id = $1 and m.product_id in (a.id, a.parent_id) group by m.group_id) x
           join modifier_group g on g.tenant_id = $1 and g.id = x.group_id
           left join modifier_option o on o.tenant_id = $1 and o.group_id = g.id and o.active
           left join product c on c.tenant_id = $1 and c.id = o.product_id
           left join unit u on u.tenant_id = $1 and u.code = c.unit_code
           where a.tenant_id = $1 and a.id = any ($2)
           order by a.id, x.position, g.id, o.position"#,
        tenant,
        products
    )
    .fetch_all(tx.conn())
    .await?;
    let mut offers: Vec<Offer> = vec![];
    for r in rows {
        if offers.last().is_none_or(|offer| (offer.product, offer.group) != (r.product_id, r.group_id)) {
            let (name, options) = (r.group_name, vec![]);
            let (min_choices, max_choices) = (r.min_choices, r.max_choices);
            offers.push(Offer { product: r.product_id, group: r.group_id, name, min_choices, max_choices, options });
        }
        let goods = match (r.goods_id, r.goods_sku, r.goods_name, r.quantity, r.goods_decimals) {
            (Some(product), Some(sku), Some(name), Some(quantity), Some(decimals)) => {
                Some(TakenGoods { product, sku, name, quantity, decimals })
            }
            _ => None,
        };
        if let (Some(offer), Some(id), Some(name), Some(price)) = (offers.last_mut(), r.option_id, r.option_name, r.price) {
            offer.options.push(OfferedOption { id, name, price, goods });
        }
    }
    Ok(offers)
}

//! SQL of attributes and variants.

use std::collections::HashMap;

use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Attribute, AttributePatch, AttributeValue, NewAttribute, Planned, VariantValue};
use crate::{
    catalogue::products,
    platform::{
        db::TenantTx,
        problem::{Problem, violates},
    },
};

pub async fn attributes(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<Attribute>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select a.id, a.name, a.position, a.version, a.created_at,
                  (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'name', v.name) order by v.position, v.name), '[]')
                   from attribute_value v where v.tenant_id = a.tenant_id and v.attribute_id = a.id) as "values!: Json<Vec<AttributeValue>>"
           from attribute a
           where a.tenant_id = $1 and ($2::uuid is null or a.id = $2) and ($3::uuid is null or a.id > $3)
           order by a.id limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| Attribute {
        id: r.id,
        name: r.name,
        position: r.position,
        values: r.values.0,
        version: r.version,
        created_at: r.created_at,
    });
    Ok(shown.collect())
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "attribute_name_unique") {
        Problem::conflict("catalogue.attribute_taken", "Another attribute has this name.")
    } else if violates(&error, "attribute_value_name_unique") {
        Problem::field("/values", "duplicate", "stands twice")
    } else if violates(&error, "variant_value_value_fk") {
        Problem::conflict("catalogue.attribute_in_use", "Variants have a value that would go.")
    } else {
        error.into()
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewAttribute) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into attribute (tenant_id, id, name, position, created_at) values ($1, $2, $3, $4, $5)",
        tenant,
        id,
        new.name,
        new.position,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    add_values(tx, id, &new.values).await?;
    Ok(id)
}

/// Adds those that there are not, and puts all into this order.
async fn add_values(tx: &mut TenantTx, attribute: Uuid, names: &[String]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = names.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "update attribute_value v set position = a.n
         from unnest($3::text[]) with ordinality a (name, n)
         where v.tenant_id = $1 and v.attribute_id = $2 and v.name = a.name",
        tenant,
        attribute,
        names
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into attribute_value (tenant_id, id, attribute_id, name, position)
         select $1, a.id, $2, a.name, a.n from unnest($3::uuid[], $4::text[]) with ordinality a (id, name, n)
         where not exists (select from attribute_value v where v.tenant_id = $1 and v.attribute_id = $2 and v.name = a.name)",
        tenant,
        attribute,
        &ids,
        names
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(())
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &AttributePatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update attribute set name = coalesce($4, name), position = coalesce($5, position), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.position
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(values) = &patch.values {
        sqlx::query!("delete from attribute_value where tenant_id = $1 and attribute_id = $2 and name <> all ($3)", tenant, id, values)
            .execute(tx.conn())
            .await
            .map_err(refusal)?;
        add_values(tx, id, values).await?;
    }
    Ok(true)
}

/// Names of these values, by attribute and value.
pub async fn named(tx: &mut TenantTx, values: &[Uuid]) -> Result<HashMap<(Uuid, Uuid), VariantValue>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        VariantValue,
        "select a.id as attribute_id, a.name as attribute, v.id as value_id, v.name as value
         from attribute_value v join attribute a on a.tenant_id = v.tenant_id and a.id = v.attribute_id
         where v.tenant_id = $1 and v.id = any ($2)",
        tenant,
        values
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|value| ((value.attribute_id, value.value_id), value)).collect())
}

/// A variant with its values.
pub struct Made {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub key: String,
    pub values: Json<Vec<(Uuid, String, Uuid, String)>>,
}

pub async fn variants(tx: &mut TenantTx, template: Uuid) -> Result<Vec<Made>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Made,
        r#"select p.id, p.sku, p.name, p.variant_key as "key!",
                  (select coalesce(jsonb_agg(jsonb_build_array(a.id, a.name, v.id, v.name) order by a.position, a.id), '[]')
                   from variant_value x
                   join attribute a on a.tenant_id = x.tenant_id and a.id = x.attribute_id
                   join attribute_value v on v.tenant_id = x.tenant_id and v.id = x.value_id
                   where x.tenant_id = p.tenant_id and x.product_id = p.id) as "values!: Json<Vec<(Uuid, String, Uuid, String)>>"
           from product p where p.tenant_id = $1 and p.parent_id = $2 order by p.sku"#,
        tenant,
        template
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Makes variants of a template: like it in everything but SKU, name, barcode and values. What has been sold or stocked as it
/// is stays no template's.
pub async fn insert_variants(tx: &mut TenantTx, template: Uuid, planned: &[Planned]) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let locked = sqlx::query_scalar!(
        r#"update product p set is_template = true, version = version + 1, updated_at = $3
           where p.tenant_id = $1 and p.id = $2 and p.parent_id is null and p.kind <> 'kit'
             and not exists (select from kit_component c where c.tenant_id = p.tenant_id and c.product_id = p.id)
             and not exists (select from modifier_option o where o.tenant_id = p.tenant_id and o.product_id = p.id)
             and (p.is_template or not exists (
                 select from stock_level s where s.tenant_id = p.tenant_id and s.product_id = p.id and s.quantity > 0))
           returning p.id"#,
        tenant,
        template,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    if locked.is_none() {
        return Err(Problem::conflict(
            "catalogue.not_a_template",
            "It is a variant itself, a kit or a part of one, or there are goods of it on hand.",
        ));
    }
    let ids: Vec<Uuid> = planned.iter().map(|_| Uuid::now_v7()).collect();
    let text = |of: fn(&Planned) -> &String| planned.iter().map(|variant| of(variant).clone()).collect::<Vec<String>>();
    sqlx::query!(
        "insert into product (tenant_id, id, parent_id, variant_key, sku, name, kind, unit_code, price, price_includes_tax, cost, tax_id,
                              category_id, brand, weight, is_lot_tracked, is_serial_tracked, shelf_life_days, min_stock, max_stock,
                              created_at, updated_at)
         select p.tenant_id, v.id, p.id, v.key, v.sku, v.name, p.kind, p.unit_code, p.price, p.price_includes_tax, p.cost, p.tax_id,
                p.category_id, p.brand, p.weight, p.is_lot_tracked, p.is_serial_tracked, p.shelf_life_days, p.min_stock, p.max_stock, $7, $7
         from product p cross join unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) v (id, key, sku, name)
         where p.tenant_id = $1 and p.id = $2",
        tenant,
        template,
        &ids,
        &text(|variant| &variant.key),
        &text(|variant| &variant.sku),
        &text(|variant| &variant.name),
        now
    )
    .execute(tx.conn())
    .await
    .map_err(products::refusal)?;
    let of = ids.iter().zip(planned).flat_map(|(id, variant)| variant.values.iter().map(|v| (*id, (v.attribute_id, v.value_id))));
    let (of, values): (Vec<Uuid>, Vec<(Uuid, Uuid)>) = of.unzip();
    let (attributes, values): (Vec<Uuid>, Vec<Uuid>) = values.into_iter().unzip();
    sqlx::query!(
        "insert into variant_value (tenant_id, product_id, attribute_id, value_id)
         select $1, v.* from unnest($2::uuid[], $3::uuid[], $4::uuid[]) v",
        tenant,
        &of,
        &attributes,
        &values
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

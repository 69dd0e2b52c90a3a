//! SQL of the catalogue.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{NewProduct, Priced, Product, ProductImage, ProductKind, ProductPatch, Stocked};
use crate::catalogue::taxes::TaxRule;
use crate::platform::{
    db::TenantTx,
    money::Amount,
    problem::{Problem, violates},
};

#[derive(Debug, Deserialize)]
struct ImageJson {
    file_id: Uuid,
    has_thumbnail: bool,
    width: Option<i32>,
    height: Option<i32>,
}

impl ImageJson {
    fn image(self) -> ProductImage {
        let url = format!("/api/v1/files/{}/content", self.file_id);
        let thumbnail_url = self.has_thumbnail.then(|| format!("{url}?variant=thumbnail"));
        ProductImage { file_id: self.file_id, url, thumbnail_url, width: self.width, height: self.height }
    }
}

pub async fn product(tx: &mut TenantTx, id: Uuid) -> Result<Option<Product>, Problem> {
    Ok(by_ids(tx, &[id]).await?.pop())
}

/// These products, in this order.
pub async fn by_ids(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Product>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select p.*,
                  (select coalesce(jsonb_agg(jsonb_build_object('file_id', f.id, 'has_thumbnail', f.has_thumbnail, 'width', f.width,
                          'height', f.height) order by i.position), '[]')
                   from product_image i join file f on f.tenant_id = i.tenant_id and f.id = i.file_id
                   where i.tenant_id = $1 and i.product_id = a.id) as "images!: Json<Vec<ImageJson>>"
           from unnest($2::uuid[]) with ordinality a (id, n)
           join product p on p.tenant_id = $1 and p.id = a.id
           order by a.n"#,
        tenant,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let products = rows.into_iter().map(|r| Product {
        id: r.id,
        sku: r.sku,
        barcode: r.barcode,
        scale_code: r.scale_code,
        name: r.name,
        kind: r.kind,
        unit: r.unit_code,
        price: Amount(r.price),
        price_includes_tax: r.price_includes_tax,
        cost: Amount(r.cost),
        tax_id: r.tax_id,
        category_id: r.category_id,
        brand: r.brand,
        weight: r.weight.map(Amount),
        is_lot_tracked: r.is_lot_tracked,
        is_serial_tracked: r.is_serial_tracked,
        shelf_life_days: r.shelf_life_days,
        min_stock: r.min_stock.map(Amount),
        max_stock: r.max_stock.map(Amount),
        parent_id: r.parent_id,
        is_template: r.is_template,
        active: r.active,
        images: r.images.0.into_iter().map(ImageJson::image).collect(),
        version: r.version,
        created_at: r.created_at,
        updated_at: r.updated_at,
    });
    Ok(products.collect())
}

pub async fn insert(tx: &mut TenantTx, new: &NewProduct, tax: Uuid, includes_tax: bool) -> Result<Uuid, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let archived = sqlx::query_scalar!(
        r#"select exists (select from tax where tenant_id = $1 and id = $2 and not is_active) as "archived!""#,
        tenant,
        tax
    );
    if archived.fetch_one(tx.conn()).await? {
        return Err(Problem::field("/tax_id", "invalid", "is archived"));
    }
    let id = new.id.unwrap_or_else(Uuid::now_v7);
    sqlx::query!(
        "insert into product (tenant_id, id, sku, barcode, name, kind, unit_code, price, price_includes_tax, cost, tax_id,
                              category_id, created_at, updated_at, brand, weight, is_lot_tracked, is_serial_tracked, shelf_life_days,
                              min_stock, max_stock, scale_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        tenant,
        id,
        new.sku,
        new.barcode,
        new.name,
        new.kind.unwrap_or(ProductKind::Goods).name(),
        new.unit.as_deref().unwrap_or("C62"),
        new.price.0,
        includes_tax,
        new.cost.map_or(Decimal::ZERO, |c| c.0),
        tax,
        new.category_id,
        now,
        new.brand.as_deref().unwrap_or_default(),
        new.weight.map(|weight| weight.0),
        new.is_lot_tracked.unwrap_or_default(),
        new.is_serial_tracked.unwrap_or_default(),
        new.shelf_life_days,
        new.min_stock.map(|least| least.0),
        new.max_stock.map(|most| most.0),
        new.scale_code
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

pub fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "product_sku_unique") {
        Problem::conflict("catalogue.sku_taken", "Another product has this SKU.")
    } else if violates(&error, "product_barcode_unique") || violates(&error, "scan_code_pk") {
        Problem::conflict("catalogue.barcode_taken", "Another product has this barcode.")
    } else if violates(&error, "product_scale_code_unique") {
        Problem::conflict("catalogue.scale_code_taken", "Another product has this code at the scales.")
    } else if violates(&error, "product_pk") {
        Problem::id_taken()
    } else if violates(&error, "product_tracking_of_none_on_hand") {
        Problem::conflict(
            "catalogue.tracking_with_stock",
            "There is some of it on hand, which came with lots or without: count it out first.",
        )
    } else if violates(&error, "product_tax_active") {
        Problem::field("/tax_id", "invalid", "is archived")
    } else if violates(&error, "product_tax_fk") {
        Problem::field("/tax_id", "not_found_reference", "is not one of the company's taxes")
    } else if violates(&error, "product_category_fk") {
        Problem::field("/category_id", "not_found_reference", "is not one of the company's categories")
    } else if violates(&error, "product_stock_in_order") {
        Problem::field("/max_stock", "invalid", "must not be less than min_stock")
    } else if violates(&error, "product_unit_fk") {
        Problem::field("/unit", "not_found_reference", "is not one of the company's units")
    } else {
        error.into()
    }
}

pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &ProductPatch, version: i32) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update product
         set name = coalesce($4, name), price = coalesce($5, price), price_includes_tax = coalesce($6, price_includes_tax),
             tax_id = coalesce($7, tax_id), active = coalesce($8, active), version = version + 1, updated_at = $9,
             category_id = case when $10 then $11 else category_id end, sku = coalesce($12, sku),
             barcode = case when $13 then $14 else barcode end, cost = coalesce($15, cost), brand = coalesce($16, brand),
             weight = case when $17 then $18 else weight end, is_lot_tracked = coalesce($19, is_lot_tracked),
             is_serial_tracked = coalesce($20, is_serial_tracked),
             shelf_life_days = case when $21 then $22 else shelf_life_days end,
             min_stock = case when $23 then $24 else min_stock end, max_stock = case when $25 then $26 else max_stock end,
             scale_code = case when $27 then $28 else scale_code end
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.price.map(|p| p.0),
        patch.price_includes_tax,
        patch.tax_id,
        patch.active,
        now,
        patch.category_id.is_some(),
        patch.category_id.flatten(),
        patch.sku,
        patch.barcode.is_some(),
        patch.barcode.as_ref().and_then(Option::as_ref),
        patch.cost.map(|cost| cost.0),
        patch.brand,
        patch.weight.is_some(),
        patch.weight.flatten().map(|weight| weight.0),
        patch.is_lot_tracked,
        patch.is_serial_tracked,
        patch.shelf_life_days.is_some(),
        patch.shelf_life_days.flatten(),
        patch.min_stock.is_some(),
        patch.min_stock.flatten().map(|least| least.0),
        patch.max_stock.is_some(),
        patch.max_stock.flatten().map(|most| most.0),
        patch.scale_code.is_some(),
        patch.scale_code.flatten()
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected() == 1)
}

/// Makes it a new version; false if the version was not the one expected.
pub async fn touch(tx: &mut TenantTx, id: Uuid, version: i32) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update product set version = version + 1, updated_at = $4 where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn default_tax(tx: &mut TenantTx) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!("select id from tax where tenant_id = $1 and is_default", tenant).fetch_optional(tx.conn()).await?;
    id.ok_or_else(|| Problem::conflict("tenancy.not_onboarded", "Set the company up first: POST /api/v1/company/onboarding."))
}

/// The active ones of these products, as the counter sells them on a day.
pub async fn priced(tx: &mut TenantTx, ids: &[Uuid], on: NaiveDate) -> Result<Vec<Priced>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select p.id, p.sku, p.name, p.kind = 'goods' as "stocked!", p.kind = 'kit' as "is_kit!",
                  exists (select from product_modifier_group m
                          where m.tenant_id = $1 and m.product_id in (p.id, p.parent_id)) as "has_modifiers!", p.price, p.price_includes_tax,
                  t.id as tax_id, r.rules as "taxes!: Json<Vec<TaxRule>>", u.decimals,
                  $3 between coalesce(t.valid_from, $3) and coalesce(t.valid_until, $3) as "is_tax_valid!"
           from product p
           join tax own on own.tenant_id = $1 and own.id = p.tax_id
           join tax t on t.tenant_id = $1 and t.id = case when own.valid_until < $3 then app.tax_on($1, own.id, $3) else own.id end
           join app.tax_rules r on r.tenant_id = $1 and r.id = t.id
           join unit u on u.tenant_id = p.tenant_id and u.code = p.unit_code
           where p.tenant_id = $1 and p.id = any($2) and p.active and not p.is_template"#,
        tenant,
        ids,
        on
    )
    .fetch_all(tx.conn())
    .await?;
    let products = rows.into_iter().map(|r| Priced {
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
    });
    Ok(products.collect())
}

pub async fn insert_packed_units(tx: &mut TenantTx, codes: &[String], names: &[String], decimals: &[i16]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into unit (tenant_id, code, name, decimals)
         select $1, code, name, decimals from unnest($2::text[], $3::text[], $4::smallint[]) as t (code, name, decimals)
         on conflict (tenant_id, code) do nothing",
        tenant,
        codes,
        names,
        decimals
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many products a promoted import has made and changed.
pub struct Promoted {
    pub created: i64,
    pub updated: i64,
}

/// Turns the valid rows of an import batch into products: by SKU, in one statement for any number of rows.
pub async fn promote_products(tx: &mut TenantTx, batch: Uuid, default_tax: Uuid, includes_tax: bool) -> Result<Promoted, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query_as!(
        Promoted,
        r#"with rows as (
               select distinct on (data->>'sku') data, row_no from import_row
               where tenant_id = $1 and batch_id = $2 and errors = '[]'
               order by data->>'sku', row_no desc
           ), written as (
               insert into product as p (tenant_id, id, sku, barcode, name, unit_code, price, price_includes_tax, cost,
                                         tax_id, created_at, updated_at)
               select $1, gen_random_uuid(), r.data->>'sku', nullif(r.data->>'barcode', ''), r.data->>'name',
                      coalesce(nullif(r.data->>'unit', ''), 'C62'), (r.data->>'price')::numeric, $4,
                      coalesce(nullif(r.data->>'cost', '')::numeric, 0), coalesce(t.id, $3), $5, $5
               from rows r left join tax t on t.tenant_id = $1 and t.code = nullif(r.data->>'tax', '')
               order by r.data->>'sku'
               on conflict (tenant_id, sku) do update
               set name = excluded.name, price = excluded.price, cost = excluded.cost, tax_id = excluded.tax_id,
                   barcode = coalesce(excluded.barcode, p.barcode), version = p.version + 1, updated_at = excluded.updated_at
               returning xmax = 0 as fresh
           )
           select count(*) filter (where fresh) as "created!", count(*) filter (where not fresh) as "updated!" from written"#,
        tenant,
        batch,
        default_tax,
        includes_tax,
        now
    )
    .fetch_one(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done)
}

/// The goods among these products, also those that are not sold any more.
pub async fn stocked(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Stocked>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Stocked,
        "select p.id, p.cost, u.decimals, p.is_lot_tracked, p.is_serial_tracked, p.shelf_life_days
         from product p join unit u on u.tenant_id = p.tenant_id and u.code = p.unit_code
         where p.tenant_id = $1 and p.id = any($2) and p.kind = 'goods'",
        tenant,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

//! SQL of units.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Conversion, NewConversion, NewUnit, ProductUnit, ProductUnits, Unit, UnitConversion, UnitPatch};
use crate::{
    catalogue::products,
    platform::{
        db::TenantTx,
        money::Amount,
        problem::{Problem, violates},
    },
};

/// By code; all, or one.
pub async fn units(tx: &mut TenantTx, one: Option<&str>) -> Result<Vec<Unit>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Unit,
        "select code, name, decimals, version from unit
         where tenant_id = $1 and ($2::text is null or code = $2) order by code",
        tenant,
        one
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn insert(tx: &mut TenantTx, new: &NewUnit) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "insert into unit (tenant_id, code, name, decimals) values ($1, $2, $3, $4)",
        tenant,
        new.code,
        new.name,
        new.decimals
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if violates(&error, "unit_pk") => Err(Problem::conflict("catalogue.unit_taken", "Another unit has this code.")),
        Err(error) => Err(error.into()),
    }
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, code: &str, patch: &UnitPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update unit set name = coalesce($4, name), decimals = coalesce($5, decimals), version = version + 1
         where tenant_id = $1 and code = $2 and version = $3",
        tenant,
        code,
        version,
        patch.name,
        patch.decimals
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn conversions(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<UnitConversion>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, from_unit, to_unit, factor, version, created_at from unit_conversion
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id > $3)
         order by id limit $4",
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| UnitConversion {
        id: r.id,
        from_unit: r.from_unit,
        to_unit: r.to_unit,
        factor: Amount(r.factor),
        version: r.version,
        created_at: r.created_at,
    });
    Ok(shown.collect())
}

pub async fn insert_conversion(tx: &mut TenantTx, new: &NewConversion) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    let done = sqlx::query!(
        "insert into unit_conversion (tenant_id, id, from_unit, to_unit, factor, created_at) values ($1, $2, $3, $4, $5, $6)",
        tenant,
        id,
        new.from_unit,
        new.to_unit,
        new.factor.0,
        now
    )
    .execute(tx.conn())
    .await;
    let unknown = |pointer: &str| Problem::field(pointer, "not_found_reference", "is not one of the company's units");
    match done {
        Ok(_) => Ok(id),
        Err(error) if violates(&error, "unit_conversion_pair") => {
            Err(Problem::conflict("catalogue.conversion_taken", "How these two convert has been said."))
        }
        Err(error) if violates(&error, "unit_conversion_from_fk") => Err(unknown("/from_unit")),
        Err(error) if violates(&error, "unit_conversion_to_fk") => Err(unknown("/to_unit")),
        Err(error) if violates(&error, "unit_conversion_between_two") => Err(Problem::field("/to_unit", "invalid", "must be another unit")),
        Err(error) => Err(error.into()),
    }
}

/// False if the version was not the one expected.
pub async fn update_conversion(tx: &mut TenantTx, id: Uuid, factor: Option<Amount>, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update unit_conversion set factor = coalesce($4, factor), version = version + 1 where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        factor.map(|factor| factor.0)
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete_conversion(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from unit_conversion where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await?;
    Ok(())
}

/// All ways of converting: the product's own units first, then the company's.
pub async fn ways(tx: &mut TenantTx, product: Option<Uuid>) -> Result<Vec<Conversion>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Conversion,
        r#"select w.from_unit as "from!", w.to_unit as "to!", w.factor as "factor!"
           from (select 0 as place, u.unit_code as from_unit, p.unit_code as to_unit, u.factor
                 from product_unit u join product p on p.tenant_id = u.tenant_id and p.id = u.product_id
                 where u.tenant_id = $1 and u.product_id = $2
                 union all
                 select 1, c.from_unit, c.to_unit, c.factor from unit_conversion c where c.tenant_id = $1) w
           order by w.place, w.from_unit, w.to_unit"#,
        tenant,
        product
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// A product's units and barcodes beside its own.
pub async fn product_units(tx: &mut TenantTx, product: Uuid) -> Result<ProductUnits, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select u.unit_code, u.factor, u.price,
                  array(select b.code from product_barcode b
                        where b.tenant_id = u.tenant_id and b.product_id = u.product_id and b.unit_code = u.unit_code order by b.code) as "barcodes!"
           from product_unit u where u.tenant_id = $1 and u.product_id = $2 order by u.factor, u.unit_code"#,
        tenant,
        product
    )
    .fetch_all(tx.conn())
    .await?;
    let barcodes = sqlx::query_scalar!(
        "select code from product_barcode where tenant_id = $1 and product_id = $2 and unit_code is null order by code",
        tenant,
        product
    )
    .fetch_all(tx.conn())
    .await?;
    let units = rows.into_iter().map(|r| ProductUnit {
        unit: r.unit_code,
        factor: Amount(r.factor),
        price: r.price.map(Amount),
        barcodes: r.barcodes,
    });
    Ok(ProductUnits { barcodes, units: units.collect() })
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "product_unit_unit_fk") {
        Problem::field("/units", "not_found_reference", "names a unit that the company does not have")
    } else if violates(&error, "product_unit_pk") {
        Problem::field("/units", "duplicate", "names a unit twice")
    } else if violates(&error, "product_barcode_pk") || violates(&error, "scan_code_pk") {
        Problem::conflict("catalogue.barcode_taken", "Another product, or another unit, has one of these barcodes.")
    } else {
        error.into()
    }
}

/// Puts these in place of those that there are; false if the product's version was not the one expected.
pub async fn set_product_units(tx: &mut TenantTx, product: Uuid, new: &ProductUnits, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    if !products::touch(tx, product, version).await? {
        return Ok(false);
    }
    sqlx::query!("delete from product_barcode where tenant_id = $1 and product_id = $2", tenant, product).execute(tx.conn()).await?;
    sqlx::query!("delete from product_unit where tenant_id = $1 and product_id = $2", tenant, product).execute(tx.conn()).await?;
    let units: Vec<String> = new.units.iter().map(|unit| unit.unit.clone()).collect();
    let factors: Vec<Decimal> = new.units.iter().map(|unit| unit.factor.0).collect();
    let prices: Vec<Option<Decimal>> = new.units.iter().map(|unit| unit.price.map(|price| price.0)).collect();
    sqlx::query!(
        "insert into product_unit (tenant_id, product_id, unit_code, factor, price)
         select $1, $2, u.* from unnest($3::text[], $4::numeric[], $5::numeric[]) u",
        tenant,
        product,
        &units,
        &factors,
        &prices as &[Option<Decimal>]
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    let own = new.barcodes.iter().map(|code| (code.clone(), None));
    let of_units = new.units.iter().flat_map(|unit| unit.barcodes.iter().map(|code| (code.clone(), Some(unit.unit.clone()))));
    let (codes, of): (Vec<String>, Vec<Option<String>>) = own.chain(of_units).unzip();
    sqlx::query!(
        "insert into product_barcode (tenant_id, product_id, code, unit_code) select $1, $2, b.* from unnest($3::text[], $4::text[]) b",
        tenant,
        product,
        &codes,
        &of as &[Option<String>]
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(true)
}

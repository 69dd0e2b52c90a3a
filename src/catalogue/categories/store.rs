//! SQL of categories.

use uuid::Uuid;

use super::model::{Category, CategoryPatch, NewCategory};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// In the order of the tree, from after this path.
pub async fn categories(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Vec<String>>, limit: i64) -> Result<Vec<Category>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Category,
        r#"with recursive tree as (
               select c.*, array[c.name] as path, array[lpad((c.position::bigint + 2147483648)::text, 10, '0') || c.name || c.id] as place
               from category c where c.tenant_id = $1 and c.parent_id is null
               union all
               select c.*, t.path || c.name, t.place || (lpad((c.position::bigint + 2147483648)::text, 10, '0') || c.name || c.id)
               from category c join tree t on c.tenant_id = $1 and c.parent_id = t.id
           )
           select t.id as "id!", t.parent_id, t.name as "name!", t.path as "path!", t.position as "position!",
                  (select count(*) from product p where p.tenant_id = $1 and p.category_id = t.id) as "products!",
                  t.version as "version!", t.created_at as "created_at!"
           from tree t
           where ($2::uuid is null or t.id = $2) and ($3::text[] is null or t.place > (
               select f.place from tree f where f.path = $3))
           order by t.place limit $4"#,
        tenant,
        one,
        after.as_deref(),
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn category(tx: &mut TenantTx, id: Uuid) -> Result<Option<Category>, Problem> {
    Ok(categories(tx, Some(id), None, 1).await?.pop())
}

pub async fn exists(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let found =
        sqlx::query_scalar!("select id from category where tenant_id = $1 and id = $2", tenant, id).fetch_optional(tx.conn()).await?;
    Ok(found.is_some())
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "category_name_unique") {
        Problem::conflict("catalogue.category_taken", "Another category here has this name.")
    } else if violates(&error, "category_parent_fk") {
        Problem::field("/parent_id", "not_found_reference", "is not one of the company's categories")
    } else if violates(&error, "category_tree") {
        Problem::field("/parent_id", "invalid", "would put the category under itself, or deeper than six levels")
    } else {
        error.into()
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewCategory) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into category (tenant_id, id, parent_id, name, position, created_at) values ($1, $2, $3, $4, $5, $6)",
        tenant,
        id,
        new.parent_id,
        new.name,
        new.position,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &CategoryPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update category
         set name = coalesce($4, name), parent_id = case when $5 then $6 else parent_id end, position = coalesce($7, position),
             version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.parent_id.is_some(),
        patch.parent_id.flatten(),
        patch.position
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected() == 1)
}

/// Removes one that nothing stands in.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from category where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if violates(&error, "product_category_fk") || violates(&error, "category_parent_fk") => {
            Err(Problem::conflict("catalogue.category_in_use", "Products or categories stand in it; move them first."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds the categories of a sector that are not there yet: those at the top, then those under them, which name theirs.
pub async fn insert_packed_categories(tx: &mut TenantTx, top: &[String], under: &[(String, String)]) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let ids = |count: usize| (0..count).map(|_| Uuid::now_v7()).collect::<Vec<_>>();
    sqlx::query!(
        "insert into category (tenant_id, id, name, position, created_at)
         select $1, t.id, t.name, t.n, $4 from unnest($2::uuid[], $3::text[]) with ordinality as t (id, name, n)
         on conflict do nothing",
        tenant,
        &ids(top.len()),
        top,
        now
    )
    .execute(tx.conn())
    .await?;
    let (parents, names): (Vec<String>, Vec<String>) = under.iter().cloned().unzip();
    sqlx::query!(
        "insert into category (tenant_id, id, parent_id, name, position, created_at)
         select $1, t.id, p.id, t.name, t.n, $5
         from unnest($2::uuid[], $3::text[], $4::text[]) with ordinality as t (id, parent, name, n)
         join category p on p.tenant_id = $1 and p.parent_id is null and p.name = t.parent
         on conflict do nothing",
        tenant,
        &ids(names.len()),
        &parents,
        &names,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

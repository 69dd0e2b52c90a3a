//! Acts: find the products, change them.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    model::{BulkChange, BulkEdit, BulkEdited},
    store,
};
use crate::{
    catalogue::{
        categories,
        products::{self, ProductKind},
        search::{self, Asked, Order},
        taxes,
    },
    platform::{
        db::TenantTx,
        problem::{FieldError, Problem},
    },
};

/// More products than any company has.
const ALL: i64 = 10_000_000;
const SHOWN: usize = 50;

/// Changes what is asked; the caller commits, or does not.
pub async fn edit(tx: &mut TenantTx, edit: &BulkEdit, dry_run: bool) -> Result<BulkEdited, Problem> {
    if edit.ids.is_none() && edit.filter.is_none() {
        return Err(Problem::field("/filter", "required", "is asked for where no ids are given; an empty one means all products"));
    }
    if edit.price.as_ref().is_some_and(|price| price.percent.is_some() == price.amount.is_some()) {
        return Err(Problem::field("/price", "invalid", "changes by a percentage or by an amount"));
    }
    let ids = chosen(tx, edit).await?;
    let shown = ids.get(..SHOWN).unwrap_or(&ids).to_vec();
    let before = products::by_ids(tx, &shown).await?;
    store::change(tx, &ids, &edit.set, edit.price.as_ref()).await?;
    let after = products::by_ids(tx, &shown).await?;
    let changes = before.into_iter().zip(after).map(|(before, after)| BulkChange { before, after });
    Ok(BulkEdited { dry_run, count: ids.len(), changes: changes.collect() })
}

/// The products, in the order of their list.
async fn chosen(tx: &mut TenantTx, edit: &BulkEdit) -> Result<Vec<Uuid>, Problem> {
    let filter = edit.filter.as_ref();
    if let Some(category) = filter.and_then(|filter| filter.category_id)
        && !categories::exists(tx, category).await?
    {
        return Err(Problem::field("/filter/category_id", "not_found_reference", "is not one of the company's categories"));
    }
    if let Some(category) = edit.set.category_id.flatten()
        && !categories::exists(tx, category).await?
    {
        return Err(Problem::field("/set/category_id", "not_found_reference", "is not one of the company's categories"));
    }
    if let Some(tax) = edit.set.tax_id
        && taxes::taxes(tx, Some(tax)).await?.is_empty()
    {
        return Err(Problem::field("/set/tax_id", "not_found_reference", "is not one of the company's taxes"));
    }
    if let Some(ids) = &edit.ids {
        let known: HashSet<Uuid> = products::by_ids(tx, ids).await?.into_iter().map(|product| product.id).collect();
        let unknown = ids.iter().enumerate().filter(|(_, id)| !known.contains(id)).map(|(i, _)| FieldError {
            pointer: format!("/ids/{i}"),
            code: "not_found_reference".into(),
            detail: "is not one of the company's products".into(),
        });
        let unknown: Vec<FieldError> = unknown.collect();
        if !unknown.is_empty() {
            return Err(Problem::fields(unknown));
        }
    }
    let asked = filter.map_or_else(Asked::default, |filter| Asked {
        category: filter.category_id,
        active: filter.active,
        kind: filter.kind.map(ProductKind::name),
    });
    let found = match filter.and_then(|filter| filter.q.as_deref()) {
        Some(q) => search::matching(tx, q, &asked, None, ALL).await?,
        None => search::listed(tx, &asked, Order::Name, None, ALL).await?,
    };
    let wanted: Option<HashSet<Uuid>> = edit.ids.as_ref().map(|ids| ids.iter().copied().collect());
    let ids = found.into_iter().map(|found| found.place.id).filter(|id| wanted.as_ref().is_none_or(|wanted| wanted.contains(id)));
    Ok(ids.collect())
}

//! Acts: check the rows of a file, turn them into contacts.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::{
    model::{COLUMNS, Checked, renewed, row},
    store::{self, Promoted, Verdict},
};
use crate::{
    contacts::{
        duplicates,
        entries::{self, Draft, Home},
    },
    platform::{db::TenantTx, problem::Problem},
    tenancy::{self, Form},
};

/// Rows that are read and written at a time.
const AT_ONCE: i64 = 2_000;

/// The column in which a file says what a form's field asks for.
fn column(field: &str) -> &str {
    match field {
        "legal_name" => "name",
        "identifier" => "tax_id",
        "phones" => "phone",
        "emails" => "email",
        "addresses" => "street",
        other => other,
    }
}

/// Checks every row of a batch: what is wrong with each, and what each right one comes to. A row whose identifier another
/// has is wrong, and so is the other.
pub async fn check_rows(tx: &mut TenantTx, batch: Uuid) -> Result<(), Problem> {
    let company = tenancy::company(tx).await?;
    let currency = company.money()?;
    let asked_for = tenancy::required(tx, Form::Contacts).await?;
    let asked_for: Vec<String> =
        asked_for.iter().map(|field| column(field)).filter(|name| COLUMNS.contains(name)).map(str::to_owned).collect();
    let mut holders: HashMap<(String, String), Vec<i32>> = HashMap::new();
    let mut after = 0;
    loop {
        let rows = store::rows(tx, batch, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.row_no;
        let (country, asked_for) = (company.country.clone(), asked_for.clone());
        // Phone numbers and identifiers take their time.
        let checked = tokio::task::spawn_blocking(move || {
            let home = Home { country: &country, currency };
            let check = |data: &Value| data.as_object().map(|data| row(data, &asked_for, home));
            rows.iter().filter_map(|row| Some((row.row_no, check(&row.data)?))).collect::<Vec<(i32, Checked)>>()
        });
        let mut verdicts = vec![];
        for (row_no, checked) in checked.await.map_err(Problem::internal)? {
            if let Some(identity) = checked.identity {
                holders.entry(identity).or_default().push(row_no);
            }
            let ready = checked.draft.map(serde_json::to_value).transpose().map_err(Problem::internal)?;
            verdicts.push(Verdict { row_no, ready, errors: checked.errors.into() });
        }
        store::set_checked(tx, batch, &verdicts).await?;
    }
    let repeated: Vec<i32> = holders.into_values().filter(|rows| rows.len() > 1).flatten().collect();
    store::add_error(tx, batch, &repeated, "tax_id: stands more than once in this file").await
}

/// Turns the rows of a checked batch into contacts: whoever has the identifier is changed, the others are new.
pub async fn promote_contacts(tx: &mut TenantTx, batch: Uuid) -> Result<Promoted, Problem> {
    let known = store::known(tx, batch).await?;
    entries::lock(tx, &known.into_values().collect::<Vec<_>>()).await?;
    // Once more: one of them may have been merged until it was ours.
    let known = store::known(tx, batch).await?;
    let (mut done, mut changed, mut after) = (Promoted::default(), vec![], 0);
    let mut written: Vec<Uuid> = vec![];
    loop {
        let rows = store::ready(tx, batch, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.0;
        let ids: Vec<Uuid> = rows.iter().filter_map(|(row_no, _)| known.get(row_no)).copied().collect();
        let mut kept: HashMap<Uuid, Draft> = entries::kept(tx, &ids).await?.into_iter().map(|kept| (kept.id, kept.draft)).collect();
        let mut new: Vec<(Uuid, Draft)> = vec![];
        let mut old: Vec<(Uuid, Draft)> = vec![];
        for (row_no, said) in rows {
            match known.get(&row_no).and_then(|id| Some((*id, kept.remove(id)?))) {
                Some((id, before)) => {
                    done.updated += 1;
                    let after = renewed(before.clone(), said);
                    if after != before {
                        old.push((id, after));
                    }
                }
                None => {
                    done.created += 1;
                    new.push((Uuid::now_v7(), said));
                }
            }
        }
        store::insert(tx, &new).await?;
        if written.is_empty() {
            tx.measure("contact").await?;
        }
        store::update(tx, &old).await?;
        changed.extend(old.iter().map(|(id, _)| *id));
        written.extend(new.iter().chain(&old).map(|(id, _)| *id));
        duplicates::index(tx, new.into_iter().chain(old).collect()).await?;
    }
    duplicates::pair(tx, &written, &changed).await?;
    Ok(done)
}

//! SQL of taxes.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    model::{NewTax, Tax, TaxPatch},
    rule::{TaxFamily, TaxKind, TaxRule, TaxScope, TaxStanding, WithheldOf},
};
use crate::platform::{
    db::TenantTx,
    money::Amount,
    problem::{FieldError, Problem},
};

/// By code; all, or one.
pub async fn taxes(tx: &mut TenantTx, one: Option<Uuid>) -> Result<Vec<Tax>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select t.id, t.code, t.name, t.rate, t.amount, t.official_code, t.exemption_code, t.exemption_reason, t.is_included, t.affects_base,
                  t.is_reverse_charge, t.is_cash_basis, t.deductible_percent, t.output_account_id, t.input_account_id,
                  t.output_report_code, t.input_report_code, t.valid_from, t.valid_until, t.replaced_by_id, t.is_default, t.is_active, t.version,
                  to_jsonb(t.kind) as "kind!: Json<TaxKind>", to_jsonb(t.scope) as "scope!: Json<TaxScope>",
                  to_jsonb(t.family) as "family!: Json<TaxFamily>", to_jsonb(t.standing) as "standing!: Json<TaxStanding>",
                  to_jsonb(t.withheld_of) as "withheld_of?: Json<WithheldOf>",
                  array(select m.member_id from tax_member m where m.tenant_id = $1 and m.group_id = t.id order by m.position) as "members!"
           from tax t
           where t.tenant_id = $1 and ($2::uuid is null or t.id = $2)
           order by t.code"#,
        tenant,
        one
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| Tax {
        id: r.id,
        code: r.code,
        name: r.name,
        kind: r.kind.0,
        rate: Amount(r.rate),
        amount: Amount(r.amount),
        scope: r.scope.0,
        family: r.family.0,
        standing: r.standing.0,
        exemption_code: r.exemption_code,
        exemption_reason: r.exemption_reason,
        is_included: r.is_included,
        affects_base: r.affects_base,
        withheld_of: r.withheld_of.map(|of| of.0),
        is_reverse_charge: r.is_reverse_charge,
        is_cash_basis: r.is_cash_basis,
        deductible_percent: Amount(r.deductible_percent),
        output_account_id: r.output_account_id,
        input_account_id: r.input_account_id,
        official_code: r.official_code,
        output_report_code: r.output_report_code,
        input_report_code: r.input_report_code,
        valid_from: r.valid_from,
        valid_until: r.valid_until,
        replaced_by_id: r.replaced_by_id,
        member_ids: r.members,
        is_default: r.is_default,
        is_active: r.is_active,
        version: r.version,
    });
    Ok(shown.collect())
}

/// These taxes as they are computed on a day: what has been replaced is what replaced it, and a group is its members. Those that
/// are not valid that day are absent.
pub async fn tax_rules(tx: &mut TenantTx, ids: &[Uuid], on: NaiveDate) -> Result<HashMap<Uuid, Vec<TaxRule>>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select a.id as "id!", r.rules as "rules!: Json<Vec<TaxRule>>"
           from unnest($2::uuid[]) a (id)
           join tax t on t.tenant_id = $1 and t.id = app.tax_on($1, a.id, $3)
           join app.tax_rules r on r.tenant_id = $1 and r.id = t.id
           where $3 between coalesce(t.valid_from, $3) and coalesce(t.valid_until, $3)"#,
        tenant,
        ids,
        on
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.id, r.rules.0)).collect())
}

/// Makes room for another default.
async fn clear_default(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update tax set is_default = false, version = version + 1 where tenant_id = $1 and is_default", tenant)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn taken() -> Problem {
    Problem::conflict("catalogue.tax_taken", "Another tax has this code.")
}

fn refusal(error: sqlx::Error) -> Problem {
    let unknown = |pointer, what: &str| Problem::field(pointer, "not_found_reference", format!("is not one of the company's {what}"));
    let invalid = |pointer, detail: &str| Problem::field(pointer, "invalid", detail);
    match error.as_database_error().and_then(|known| known.constraint()) {
        Some("tax_one_default") => Problem::conflict("catalogue.tax_taken", "Somebody has just made another tax the default."),
        Some("tax_unused") => Problem::conflict(
            "catalogue.tax_used",
            "Documents bear this tax, which stays what they were computed by. Make a new one, and name it as what replaces this one.",
        ),
        Some("tax_output_account_fk") => unknown("/output_account_id", "accounts"),
        Some("tax_input_account_fk") => unknown("/input_account_id", "accounts"),
        Some("tax_replaced_by_fk") => unknown("/replaced_by_id", "taxes"),
        Some("tax_member_single") => invalid("/member_ids", "are of groups only"),
        Some("tax_member_once") => Problem::field("/member_ids", "duplicate", "name one twice"),
        Some("tax_replaced_from_a_day") => invalid("/replaced_by_id", "is another tax, which stands in its place after valid_until"),
        Some("tax_valid_forward") => invalid("/valid_until", "is before it begins"),
        Some("tax_default_in_use") => invalid("/is_active", "stays true for the default; make another tax the default first"),
        Some("tax_measured_once") => invalid("/rate", "and amount are of percentages and of fixed taxes"),
        Some("tax_untaxed_is_nothing") => invalid("/rate", "is 0 where nothing is taxed"),
        Some("tax_withheld_plainly") => invalid("/is_cash_basis", "is never so for what is withheld"),
        _ => error.into(),
    }
}

/// A tax of a country pack; a group names its members by their codes.
pub struct PackedTax {
    pub tax: NewTax,
    pub members: Vec<String>,
}

/// Adds the taxes of a country pack that are not there yet.
pub async fn insert_packed_taxes(tx: &mut TenantTx, taxes: &[PackedTax]) -> Result<(), Problem> {
    let rows: Vec<(Uuid, &NewTax)> = taxes.iter().map(|packed| (Uuid::now_v7(), &packed.tax)).collect();
    insert_all(tx, &rows).await?;
    let (mut groups, mut positions, mut members) = (vec![], vec![], vec![]);
    for packed in taxes {
        for (position, member) in (1_i16..).zip(&packed.members) {
            groups.push(packed.tax.code.clone());
            positions.push(position);
            members.push(member.clone());
        }
    }
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into tax_member (tenant_id, group_id, position, member_id)
         select $1, g.id, t.position, m.id
         from unnest($2::text[], $3::smallint[], $4::text[]) as t (group_code, position, member_code)
         join tax g on g.tenant_id = $1 and g.code = t.group_code and g.kind = 'group'
         join tax m on m.tenant_id = $1 and m.code = t.member_code
         where not exists (select from tax_member o where o.tenant_id = $1 and o.group_id = g.id)",
        tenant,
        &groups,
        &positions,
        &members
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds those whose code is not taken; how many that were. A default comes to a company that has none.
async fn insert_all(tx: &mut TenantTx, taxes: &[(Uuid, &NewTax)]) -> Result<u64, Problem> {
    let tenant = tx.tenant();
    let mut rows = vec![];
    for (id, new) in taxes {
        let mut row = serde_json::to_value(new).map_err(Problem::internal)?;
        if let Value::Object(fields) = &mut row {
            fields.insert("id".into(), json!(id));
        }
        rows.push(row);
    }
    let done = sqlx::query!(
        "insert into tax (tenant_id, id, code, name, kind, rate, amount, official_code, is_default, scope, family, standing, exemption_code,
                          exemption_reason, is_included, affects_base, withheld_of, is_reverse_charge, is_cash_basis, deductible_percent,
                          output_account_id, input_account_id, output_report_code, input_report_code, valid_from, valid_until)
         select $1, t.id, t.code, t.name, t.kind, t.rate, t.amount, t.official_code,
                t.is_default and not exists (select from tax o where o.tenant_id = $1 and o.is_default), t.scope, t.family, t.standing,
                t.exemption_code, t.exemption_reason, t.is_included, t.affects_base, t.withheld_of, t.is_reverse_charge, t.is_cash_basis,
                t.deductible_percent, t.output_account_id, t.input_account_id, t.output_report_code, t.input_report_code, t.valid_from,
                t.valid_until
         from jsonb_to_recordset($2) as t (
                id uuid, code text, name text, kind text, rate numeric, amount numeric, official_code text, is_default boolean, scope text,
                family text, standing text, exemption_code text, exemption_reason text, is_included boolean, affects_base boolean,
                withheld_of text, is_reverse_charge boolean, is_cash_basis boolean, deductible_percent numeric, output_account_id uuid,
                input_account_id uuid, output_report_code text, input_report_code text, valid_from date, valid_until date)
         on conflict (tenant_id, code) do nothing",
        tenant,
        Value::Array(rows)
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected())
}

pub async fn insert(tx: &mut TenantTx, new: &NewTax) -> Result<Uuid, Problem> {
    if new.is_default {
        clear_default(tx).await?;
    }
    let id = Uuid::now_v7();
    if insert_all(tx, &[(id, new)]).await? == 0 {
        return Err(taken());
    }
    set_members(tx, id, &new.member_ids).await?;
    Ok(id)
}

async fn set_members(tx: &mut TenantTx, group: Uuid, members: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let single = sqlx::query_scalar!("select id from tax where tenant_id = $1 and id = any($2) and kind <> 'group'", tenant, members);
    let single = single.fetch_all(tx.conn()).await?;
    let unknown = members.iter().enumerate().filter(|(_, member)| !single.contains(member)).map(|(i, _)| FieldError {
        pointer: format!("/member_ids/{i}"),
        code: "not_found_reference".into(),
        detail: "is none of the company's taxes, or is a group".into(),
    });
    let errors: Vec<FieldError> = unknown.collect();
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    sqlx::query!("delete from tax_member where tenant_id = $1 and group_id = $2", tenant, group)
        .execute(tx.conn())
        .await
        .map_err(refusal)?;
    sqlx::query!(
        "insert into tax_member (tenant_id, group_id, position, member_id)
         select $1, $2, t.n, t.id from unnest($3::uuid[]) with ordinality as t (id, n)",
        tenant,
        group,
        members
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(())
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, before: &Tax, patch: &TaxPatch, version: i32) -> Result<bool, Problem> {
    if before.version != version {
        return Ok(false);
    }
    let tenant = tx.tenant();
    if patch.is_default == Some(true) && !before.is_default {
        clear_default(tx).await?;
    }
    let done = sqlx::query!(
        "update tax
         set name = coalesce($4, name), rate = coalesce($5, rate), official_code = coalesce($6, official_code),
             is_default = coalesce($7, is_default), amount = coalesce($8, amount), is_cash_basis = coalesce($9, is_cash_basis),
             deductible_percent = coalesce($10, deductible_percent), exemption_code = coalesce($11, exemption_code),
             exemption_reason = coalesce($12, exemption_reason),
             output_account_id = case when $13 then $14 else output_account_id end,
             input_account_id = case when $15 then $16 else input_account_id end,
             output_report_code = coalesce($17, output_report_code), input_report_code = coalesce($18, input_report_code),
             valid_from = case when $19 then $20 else valid_from end, valid_until = case when $21 then $22 else valid_until end,
             replaced_by_id = case when $23 then $24 else replaced_by_id end, is_active = coalesce($25, is_active),
             version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        before.id,
        version,
        patch.name,
        patch.rate.map(|rate| rate.0),
        patch.official_code,
        patch.is_default,
        patch.amount.map(|amount| amount.0),
        patch.is_cash_basis,
        patch.deductible_percent.map(|percent| percent.0),
        patch.exemption_code,
        patch.exemption_reason,
        patch.output_account_id.is_some(),
        patch.output_account_id.flatten(),
        patch.input_account_id.is_some(),
        patch.input_account_id.flatten(),
        patch.output_report_code,
        patch.input_report_code,
        patch.valid_from.is_some(),
        patch.valid_from.flatten(),
        patch.valid_until.is_some(),
        patch.valid_until.flatten(),
        patch.replaced_by_id.is_some(),
        patch.replaced_by_id.flatten(),
        patch.is_active
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(members) = patch.member_ids.as_ref().filter(|members| **members != before.member_ids) {
        set_members(tx, before.id, members).await?;
    }
    Ok(true)
}

/// Which of these are taxes of the company.
pub async fn known_taxes(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select id from tax where tenant_id = $1 and id = any($2)", tenant, ids);
    Ok(found.fetch_all(tx.conn()).await?)
}

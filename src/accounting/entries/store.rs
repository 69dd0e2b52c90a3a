//! SQL of drafts and of entries as they are read.

use std::collections::HashMap;

use chrono::NaiveDate;
use iso_currency::Currency;
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    lines::{CentreWeight, Line},
    model::{CentreShare, EntryQuery, JournalEntry, JournalLine},
    service::Draft,
};
use crate::platform::{
    db::{SystemTx, TenantTx},
    money::{Amount, Money},
    problem::{Problem, violates},
};

/// Posted entries, the latest first.
pub async fn posted(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    query: &EntryQuery,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<JournalEntry>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select e.id, e.entry_date, e.journal, coalesce(nullif(e.reference, ''), d.number, '') as "reference!", e.source_kind, e.source_id,
                  e.memo, e.stage, e.reverses_id, r.id as "reversed_by?", p.on_date as "auto_reverse?", n.number as "day_book_number?",
                  e.posted_at, e.person_id, array(select f.file_id from entry_file f where f.tenant_id = $1 and f.entry_id = e.id) as "files!"
           from journal_entry e
           left join journal_entry r on r.tenant_id = $1 and r.reverses_id = e.id
           left join planned_reversal p on p.tenant_id = $1 and p.entry_id = e.id
           left join entry_number n on n.tenant_id = $1 and n.entry_id = e.id
           left join lateral (select s.number from app.source_document s
                              where s.tenant_id = $1 and s.source_kind = e.source_kind and s.source_id = e.source_id limit 1) d on true
           where e.tenant_id = $1 and ($2::uuid is null or e.id = $2) and ($3::uuid is null or e.id < $3)
             and ($4::text is null or e.journal = $4) and ($5::date is null or e.entry_date >= $5) and ($6::date is null or e.entry_date <= $6)
             and ($7::text is null or e.source_kind = $7) and ($8::uuid is null or e.source_id = $8)
             and ($9::uuid is null or exists (select from journal_line l where l.tenant_id = $1 and l.entry_id = e.id and l.account_id = $9))
             and ($10::uuid is null or exists (select from journal_line l where l.tenant_id = $1 and l.entry_id = e.id and l.contact_id = $10))
           order by e.id desc limit $11"#,
        tenant,
        one,
        before,
        query.journal,
        query.from_date,
        query.to_date,
        query.source_kind,
        query.source_id,
        query.account_id,
        query.contact_id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut lines = lines(tx, currency, &ids).await?;
    let entries = rows.into_iter().map(|row| JournalEntry {
        lines: lines.remove(&row.id).unwrap_or_default(),
        id: row.id,
        status: if row.reversed_by.is_some() { "reversed" } else { "posted" }.into(),
        entry_date: row.entry_date,
        journal: row.journal,
        reference: row.reference,
        source_kind: row.source_kind,
        source_id: row.source_id,
        memo: row.memo,
        stage: row.stage,
        reverses_id: row.reverses_id,
        reversed_by_id: row.reversed_by,
        auto_reverse_date: row.auto_reverse,
        day_book_number: row.day_book_number,
        posted_at: Some(row.posted_at),
        person_id: row.person_id,
        file_ids: row.files,
        version: 1,
    });
    Ok(entries.collect())
}

/// A line as the database tells it.
struct LineRow {
    entry_id: Uuid,
    line_no: i16,
    account_id: Uuid,
    code: String,
    name: String,
    minor: i64,
    contact_id: Option<Uuid>,
    due_date: Option<NaiveDate>,
    currency: Option<String>,
    currency_minor: Option<i64>,
    tax_id: Option<Uuid>,
    tax_base_minor: Option<i64>,
    memo: String,
    shares: Json<Vec<ShareRow>>,
}

#[derive(Debug, serde::Deserialize)]
struct ShareRow {
    centre: Uuid,
    minor: Option<i64>,
    weight: Option<Amount>,
}

fn shown(row: LineRow, currency: Currency) -> JournalLine {
    let money = |minor: i64| Money::new(minor, currency).to_string();
    let foreign = row.currency.as_deref().and_then(Currency::from_code).unwrap_or(currency);
    JournalLine {
        line_no: row.line_no,
        account_id: row.account_id,
        account_code: row.code,
        account_name: row.name,
        debit: money(row.minor.max(0)),
        credit: money(-row.minor.min(0)),
        contact_id: row.contact_id,
        due_date: row.due_date,
        currency: row.currency,
        currency_amount: row.currency_minor.map(|minor| Money::new(minor, foreign).to_string()),
        tax_id: row.tax_id,
        tax_base: row.tax_base_minor.map(money),
        memo: row.memo,
        cost_centres: row
            .shares
            .0
            .into_iter()
            .map(|share| CentreShare {
                cost_centre_id: share.centre,
                amount: share.minor.map(money),
                weight: share.weight.map(|weight| weight.0.normalize().to_string()),
            })
            .collect(),
    }
}

async fn lines(tx: &mut TenantTx, currency: Currency, entries: &[Uuid]) -> Result<HashMap<Uuid, Vec<JournalLine>>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        LineRow,
        r#"select l.entry_id, l.line_no, l.account_id, a.code, a.name, l.debit_minor - l.credit_minor as "minor!", l.contact_id, l.due_date,
                  l.currency, l.currency_minor, l.tax_id, l.tax_base_minor, l.memo,
                  coalesce((select jsonb_agg(jsonb_build_object('centre', s.centre_id, 'minor', s.amount_minor) order by s.centre_id)
                            from cost_share s where s.tenant_id = $1 and s.entry_id = l.entry_id and s.line_no = l.line_no), '[]')
                  as "shares!: Json<Vec<ShareRow>>"
           from journal_line l join account a on a.tenant_id = $1 and a.id = l.account_id
           where l.tenant_id = $1 and l.entry_id = any($2)
           order by l.entry_id, l.line_no"#,
        tenant,
        entries
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(by_entry(rows, currency))
}

fn by_entry(rows: Vec<LineRow>, currency: Currency) -> HashMap<Uuid, Vec<JournalLine>> {
    let mut lines: HashMap<Uuid, Vec<JournalLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.entry_id).or_default().push(shown(row, currency));
    }
    lines
}

async fn draft_lines(tx: &mut TenantTx, owners: &[Uuid]) -> Result<Vec<LineRow>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        LineRow,
        r#"select l.owner_id as entry_id, l.line_no, l.account_id, a.code, a.name, l.amount_minor as minor, l.contact_id, l.due_date,
                  l.currency, l.currency_minor, l.tax_id, l.tax_base_minor, l.memo,
                  coalesce((select jsonb_agg(jsonb_build_object('centre', s.centre_id, 'weight', s.weight::text) order by s.centre_id)
                            from draft_share s where s.tenant_id = $1 and s.owner_id = l.owner_id and s.line_no = l.line_no), '[]')
                  as "shares!: Json<Vec<ShareRow>>"
           from draft_line l join account a on a.tenant_id = $1 and a.id = l.account_id
           where l.tenant_id = $1 and l.owner_id = any($2)
           order by l.owner_id, l.line_no"#,
        tenant,
        owners
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Lines of drafts and of what recurs, as they are shown, by whose they are.
pub async fn lines_of_drafts(tx: &mut TenantTx, currency: Currency, owners: &[Uuid]) -> Result<HashMap<Uuid, Vec<JournalLine>>, Problem> {
    Ok(by_entry(draft_lines(tx, owners).await?, currency))
}

/// Lines of a draft, or of what recurs, as they are kept.
pub async fn kept_lines(tx: &mut TenantTx, owner: Uuid) -> Result<Vec<Line>, Problem> {
    let rows = draft_lines(tx, &[owner]).await?;
    let lines = rows.into_iter().map(|row| Line {
        account: row.account_id,
        minor: row.minor,
        contact: row.contact_id,
        due: row.due_date,
        foreign: row.currency.zip(row.currency_minor),
        tax: row.tax_id.zip(row.tax_base_minor),
        memo: row.memo,
        weights: row
            .shares
            .0
            .into_iter()
            .filter_map(|share| share.weight.map(|weight| CentreWeight { cost_centre_id: share.centre, weight }))
            .collect(),
    });
    Ok(lines.collect())
}

/// Drafts, the latest first.
pub async fn drafts(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    query: &EntryQuery,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<JournalEntry>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select d.id, d.entry_date, d.journal, d.memo, d.auto_reverse, d.recurring_id, d.created_by, d.version,
                  array(select f.file_id from entry_file f where f.tenant_id = $1 and f.entry_id = d.id) as "files!"
           from draft_entry d
           where d.tenant_id = $1 and ($2::uuid is null or d.id = $2) and ($3::uuid is null or d.id < $3)
             and ($4::text is null or d.journal = $4) and ($5::date is null or d.entry_date >= $5) and ($6::date is null or d.entry_date <= $6)
             and ($7::uuid is null or exists (select from draft_line l where l.tenant_id = $1 and l.owner_id = d.id and l.account_id = $7))
             and ($8::uuid is null or exists (select from draft_line l where l.tenant_id = $1 and l.owner_id = d.id and l.contact_id = $8))
           order by d.id desc limit $9"#,
        tenant,
        one,
        before,
        query.journal,
        query.from_date,
        query.to_date,
        query.account_id,
        query.contact_id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut lines = lines_of_drafts(tx, currency, &ids).await?;
    let entries = rows.into_iter().map(|row| JournalEntry {
        lines: lines.remove(&row.id).unwrap_or_default(),
        id: row.id,
        status: "draft".into(),
        entry_date: row.entry_date,
        journal: row.journal,
        reference: String::new(),
        source_kind: if row.recurring_id.is_some() { "recurring" } else { "manual" }.into(),
        source_id: row.id,
        memo: row.memo,
        stage: "normal".into(),
        reverses_id: None,
        reversed_by_id: None,
        auto_reverse_date: row.auto_reverse,
        day_book_number: None,
        posted_at: None,
        person_id: Some(row.created_by),
        file_ids: row.files,
        version: row.version,
    });
    Ok(entries.collect())
}

/// A draft with its lines, locked, and what it recurs of.
pub async fn draft(tx: &mut TenantTx, id: Uuid) -> Result<Option<(Draft, Option<Uuid>)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        "select journal, entry_date, memo, auto_reverse, recurring_id from draft_entry where tenant_id = $1 and id = $2 for update",
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let lines = kept_lines(tx, id).await?;
    let draft = Draft { journal: row.journal, date: row.entry_date, memo: row.memo, auto_reverse: row.auto_reverse, lines };
    Ok(Some((draft, row.recurring_id)))
}

/// Keeps a draft; an id that an entry has is taken.
pub async fn insert_draft(tx: &mut TenantTx, id: Uuid, draft: &Draft, recurring: Option<Uuid>) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let done = sqlx::query!(
        "insert into draft_entry (tenant_id, id, journal, entry_date, memo, auto_reverse, recurring_id, created_by, created_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9
         where not exists (select from journal_entry where tenant_id = $1 and id = $2)",
        tenant,
        id,
        draft.journal,
        draft.date,
        draft.memo,
        draft.auto_reverse,
        recurring,
        person,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(|error| if violates(&error, "draft_entry_pk") { Problem::id_taken() } else { error.into() })?;
    if done.rows_affected() == 0 {
        return Err(Problem::id_taken());
    }
    rewrite_lines(tx, id, &draft.lines).await
}

/// False if the version is another.
pub async fn update_draft(tx: &mut TenantTx, id: Uuid, draft: &Draft, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update draft_entry set journal = $4, entry_date = $5, memo = $6, auto_reverse = $7, version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        draft.journal,
        draft.date,
        draft.memo,
        draft.auto_reverse
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    rewrite_lines(tx, id, &draft.lines).await?;
    Ok(true)
}

/// False if there is no such draft.
pub async fn delete_draft(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    rewrite_lines(tx, id, &[]).await?;
    let done = sqlx::query!("delete from draft_entry where tenant_id = $1 and id = $2", tenant, id);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Has a draft, or what recurs, have these lines and no others.
pub async fn rewrite_lines(tx: &mut TenantTx, owner: Uuid, lines: &[Line]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from draft_line where tenant_id = $1 and owner_id = $2", tenant, owner).execute(tx.conn()).await?;
    if lines.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into draft_line (tenant_id, owner_id, line_no, account_id, amount_minor, contact_id, due_date, currency, currency_minor,
                                 tax_id, tax_base_minor, memo)
         select $1, $2, n, account, minor, contact, due, currency, foreign_minor, tax, base, memo
         from unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::date[], $7::text[], $8::bigint[], $9::uuid[], $10::bigint[], $11::text[])
              with ordinality as t (account, minor, contact, due, currency, foreign_minor, tax, base, memo, n)",
        tenant,
        owner,
        &lines.iter().map(|line| line.account).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.minor).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.contact).collect::<Vec<_>>() as &[Option<Uuid>],
        &lines.iter().map(|line| line.due).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &lines.iter().map(|line| line.foreign.as_ref().map(|foreign| foreign.0.clone())).collect::<Vec<_>>() as &[Option<String>],
        &lines.iter().map(|line| line.foreign.as_ref().map(|foreign| foreign.1)).collect::<Vec<_>>() as &[Option<i64>],
        &lines.iter().map(|line| line.tax.map(|tax| tax.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &lines.iter().map(|line| line.tax.map(|tax| tax.1)).collect::<Vec<_>>() as &[Option<i64>],
        &lines.iter().map(|line| line.memo.clone()).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    let mut shares: (Vec<i16>, Vec<Uuid>, Vec<rust_decimal::Decimal>) = Default::default();
    for (n, line) in (1_i16..).zip(lines) {
        for share in &line.weights {
            shares.0.push(n);
            shares.1.push(share.cost_centre_id);
            shares.2.push(share.weight.0);
        }
    }
    if shares.0.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into draft_share (tenant_id, owner_id, line_no, centre_id, weight)
         select $1, $2, line, centre, weight from unnest($3::smallint[], $4::uuid[], $5::numeric[]) as t (line, centre, weight)",
        tenant,
        owner,
        &shares.0,
        &shares.1,
        &shares.2
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn plan_reversal(tx: &mut TenantTx, entry: Uuid, on: NaiveDate) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("insert into planned_reversal (tenant_id, entry_id, on_date) values ($1, $2, $3)", tenant, entry, on)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn reversal_done(tx: &mut TenantTx, entry: Uuid, by: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update planned_reversal set done_by = $3 where tenant_id = $1 and entry_id = $2", tenant, entry, by)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Company, entry, day and owner of the reversals whose day has come, where the company is.
pub async fn due_reversals(tx: &mut SystemTx) -> Result<Vec<(Uuid, Uuid, NaiveDate, Uuid)>, Problem> {
    let rows = sqlx::query!(
        "select p.tenant_id, p.entry_id, p.on_date, m.person_id
         from planned_reversal p
         join company c on c.tenant_id = p.tenant_id and c.status = 'active'
         join membership m on m.tenant_id = p.tenant_id and m.role = 'owner'
         where p.done_by is null and p.on_date <= (now() at time zone c.time_zone)::date
         order by p.tenant_id, p.on_date, p.entry_id"
    );
    let rows = rows.fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.tenant_id, row.entry_id, row.on_date, row.person_id)).collect())
}

pub async fn attach(tx: &mut TenantTx, entry: Uuid, file: Uuid) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into entry_file (tenant_id, entry_id, file_id, added_by, added_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
        tenant,
        entry,
        file,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// False if the entry has no such paper.
pub async fn detach(tx: &mut TenantTx, entry: Uuid, file: Uuid) -> Result<bool, sqlx::Error> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from entry_file where tenant_id = $1 and entry_id = $2 and file_id = $3", tenant, entry, file);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

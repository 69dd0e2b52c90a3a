//! SQL of statements and their lines.

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{BankStatement, LineQuery, Row, Taken};
use crate::{
    banking::{formats::Statement, money},
    platform::{
        db::TenantTx,
        problem::{Problem, violates},
    },
};

/// Statements, the latest brought first; of an id, or those before one.
pub async fn statements(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    account: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BankStatement>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select s.id, s.bank_account_id, s.format, s.number, b.currency, s.from_date, s.to_date, s.opening_minor, s.closing_minor,
                  s.warnings, s.created_by, s.created_at,
                  (select count(*) from bank_line l where l.tenant_id = $1 and l.statement_id = s.id) as "lines!",
                  (select count(*) from bank_line l where l.tenant_id = $1 and l.statement_id = s.id and l.state = 'unmatched') as "unmatched!"
           from bank_statement s join bank_account b on b.tenant_id = $1 and b.id = s.bank_account_id
           where s.tenant_id = $1 and ($2::uuid is null or s.id = $2) and ($3::uuid is null or s.bank_account_id = $3)
             and ($4::uuid is null or s.id < $4)
           order by s.id desc limit $5"#,
        tenant,
        one,
        account,
        before,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| {
        let currency = money::currency(&r.currency)?;
        Ok(BankStatement {
            id: r.id,
            bank_account_id: r.bank_account_id,
            format: r.format,
            number: r.number,
            currency: r.currency,
            from_date: r.from_date,
            to_date: r.to_date,
            opening_balance: r.opening_minor.map(|minor| money::text(minor, currency)),
            closing_balance: r.closing_minor.map(|minor| money::text(minor, currency)),
            lines: r.lines,
            unmatched_lines: r.unmatched,
            warnings: r.warnings,
            created_by: r.created_by,
            created_at: r.created_at,
        })
    });
    shown.collect()
}

/// The account of a statement.
pub async fn account_of(tx: &mut TenantTx, statement: Uuid) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let account = sqlx::query_scalar!("select bank_account_id from bank_statement where tenant_id = $1 and id = $2", tenant, statement);
    account.fetch_optional(tx.conn()).await?.ok_or_else(Problem::not_found)
}

/// What an account is found by: its IBAN or its number, without the signs between its digits and zeros before them.
pub async fn account_named(tx: &mut TenantTx, iban: Option<&str>, number: Option<&str>) -> Result<Option<Uuid>, Problem> {
    let tenant = tx.tenant();
    let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().trim_start_matches('0').to_lowercase();
    let found = sqlx::query_scalar!(
        "select id from bank_account
         where tenant_id = $1 and is_active
           and (iban = $2 or ($3 <> '' and ltrim(lower(regexp_replace(number, '[^0-9A-Za-z]', '', 'g')), '0') = $3))
         order by iban = $2 desc nulls last, id limit 1",
        tenant,
        iban,
        number.map(bare).unwrap_or_default()
    );
    Ok(found.fetch_optional(tx.conn()).await?)
}

/// The closing balance of the latest statement that ended before a day.
pub async fn closing_before(tx: &mut TenantTx, account: Uuid, from: NaiveDate) -> Result<Option<(NaiveDate, i64)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select to_date, closing_minor as "closing_minor!" from bank_statement
           where tenant_id = $1 and bank_account_id = $2 and to_date <= $3 and closing_minor is not null
           order by to_date desc, id desc limit 1"#,
        tenant,
        account,
        from
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.to_date, row.closing_minor)))
}

/// Which of these lines the account has already: by their places.
pub async fn known(tx: &mut TenantTx, account: Uuid, lines: &[Taken]) -> Result<Vec<bool>, Problem> {
    let tenant = tx.tenant();
    let digests: Vec<Vec<u8>> = lines.iter().map(|line| line.digest.clone()).collect();
    let occurrences: Vec<i32> = lines.iter().map(|line| line.occurrence).collect();
    let rows = sqlx::query_scalar!(
        r#"select exists (select from bank_line l where l.tenant_id = $1 and l.bank_account_id = $2 and l.digest = t.digest
                                                and l.occurrence = t.occurrence) as "is_known!"
           from unnest($3::bytea[], $4::integer[]) with ordinality as t (digest, occurrence, n)
           order by n"#,
        tenant,
        account,
        &digests,
        &occurrences
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Whether a statement that tells of no movement has been brought before.
pub async fn is_known_silence(tx: &mut TenantTx, account: Uuid, statement: &Statement, closing: Option<i64>) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        r#"select exists (select from bank_statement where tenant_id = $1 and bank_account_id = $2 and number = $3
                          and to_date is not distinct from coalesce($4, to_date) and closing_minor is not distinct from $5) as "found!""#,
        tenant,
        account,
        statement.number.as_deref().unwrap_or_default(),
        statement.to,
        closing
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// A statement about to be kept.
pub struct NewStatement<'a> {
    pub account: Uuid,
    pub format: &'static str,
    pub statement: &'a Statement,
    pub days: (NaiveDate, NaiveDate),
    pub opening: Option<i64>,
    pub closing: Option<i64>,
    pub warnings: &'a [String],
}

pub async fn insert(tx: &mut TenantTx, new: &NewStatement<'_>, lines: &[Taken]) -> Result<Uuid, Problem> {
    let (tenant, person, now, id) = (tx.tenant(), tx.person(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into bank_statement (tenant_id, id, bank_account_id, format, number, from_date, to_date, opening_minor, closing_minor, warnings,
                                     created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        tenant,
        id,
        new.account,
        new.format,
        new.statement.number.as_deref().unwrap_or_default(),
        new.days.0,
        new.days.1,
        new.opening,
        new.closing,
        new.warnings,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    insert_lines(tx, id, new.account, lines).await?;
    Ok(id)
}

async fn insert_lines(tx: &mut TenantTx, statement: Uuid, account: Uuid, lines: &[Taken]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let texts =
        |of: fn(&Taken) -> &Option<String>| -> Vec<String> { lines.iter().map(|line| of(line).clone().unwrap_or_default()).collect() };
    sqlx::query!(
        "insert into bank_line (tenant_id, id, statement_id, bank_account_id, line_no, booked_on, value_on, amount_minor, reference,
                                counterparty_name, counterparty_account, description, bank_ref, code, is_reversal, digest, occurrence)
         select $1, id, $2, $3, n, booked_on, value_on, amount, reference, name, account, description, bank_ref, code, is_reversal, digest, occurrence
         from unnest($4::uuid[], $5::date[], $6::date[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                     $14::boolean[], $15::bytea[], $16::integer[])
              with ordinality as t (id, booked_on, value_on, amount, reference, name, account, description, bank_ref, code, is_reversal, digest,
                                    occurrence, n)",
        tenant,
        statement,
        account,
        &lines.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.line.booked_on).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.line.value_on).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &lines.iter().map(|line| line.amount_minor).collect::<Vec<_>>(),
        &texts(|taken| &taken.line.reference),
        &texts(|taken| &taken.line.counterparty_name),
        &texts(|taken| &taken.line.counterparty_account),
        &texts(|taken| &taken.line.description),
        &texts(|taken| &taken.line.bank_id),
        &texts(|taken| &taken.line.code),
        &lines.iter().map(|line| line.line.is_reversal).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.digest.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.occurrence).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// False if it is not there.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from bank_statement where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await;
    let done = done.map_err(|error| {
        if violates(&error, "bank_reconciliation_undone_first") {
            Problem::conflict("bank.statement_reconciled", "A line of this statement is reconciled; undo that first.")
        } else {
            error.into()
        }
    })?;
    Ok(done.rows_affected() == 1)
}

/// Lines in the order in which they were brought.
pub async fn lines(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    query: Option<&LineQuery>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Row>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Row,
        r#"select l.id, l.statement_id, l.bank_account_id, b.currency, l.line_no, l.booked_on, l.value_on, l.amount_minor, l.reference,
                  l.counterparty_name, l.counterparty_account, l.description, l.bank_ref, l.code, l.is_reversal, l.state,
                  r.id as "reconciliation_id?"
           from bank_line l
           join bank_account b on b.tenant_id = $1 and b.id = l.bank_account_id
           left join bank_reconciliation r on r.tenant_id = $1 and r.line_id = l.id and r.undone_at is null
           where l.tenant_id = $1 and ($2::uuid is null or l.id = $2) and ($3::uuid is null or l.bank_account_id = $3)
             and ($4::uuid is null or l.statement_id = $4) and ($5::text is null or l.state = $5) and ($6::uuid is null or l.id > $6)
           order by l.id limit $7"#,
        tenant,
        one,
        query.and_then(|query| query.bank_account_id),
        query.and_then(|query| query.statement_id),
        query.and_then(|query| query.state).map(|state| state.name()),
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn line(tx: &mut TenantTx, id: Uuid) -> Result<Row, Problem> {
    lines(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// The lines of a statement that wait to be explained, or all of them.
pub async fn lines_of(tx: &mut TenantTx, statement: Uuid, limit: i64) -> Result<Vec<Row>, Problem> {
    let query = LineQuery {
        limit: None,
        cursor: None,
        bank_account_id: None,
        statement_id: Some(statement),
        state: Some(super::model::BankLineState::Unmatched),
    };
    lines(tx, None, Some(&query), None, limit).await
}

/// The line, as it is and stays until the transaction ends; none if it is not there.
pub async fn lock_line(tx: &mut TenantTx, id: Uuid) -> Result<Option<Row>, Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select from bank_line where tenant_id = $1 and id = $2 for update", tenant, id).execute(tx.conn()).await?;
    Ok(lines(tx, Some(id), None, None, 1).await?.pop())
}

pub async fn set_state(tx: &mut TenantTx, line: Uuid, state: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update bank_line set state = $3 where tenant_id = $1 and id = $2", tenant, line, state).execute(tx.conn()).await?;
    Ok(())
}

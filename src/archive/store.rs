//! SQL over every table that belongs to companies, whichever they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, postgres::PgConnectOptions};
use uuid::Uuid;

use super::service::Digest;
use crate::platform::db::SystemTx;

/// A table of companies: its name and the columns that can be written.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
}

impl Table {
    fn columns(&self) -> String {
        self.columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
    }
}

/// Work of the server that a company leaves, which the next one has no use for.
const LEFT_BEHIND: [&str; 2] = ["job", "idempotency_key"];
/// Written by triggers when what they are made of arrives.
pub const DERIVED: [&str; 9] =
    ["account_balance", "file_usage", "lot_level", "open_item", "product_term", "scan_code", "stock_level", "stock_month", "word_part"];
/// Limits are for what is new, goods are set aside of what is on hand, and books are closed over entries: they come when
/// everything is there.
const LAST: [&str; 7] = ["accounting_setting", "entitlement", "entry_number", "fiscal_year", "journal_lock", "period", "stock_reservation"];

pub async fn connect(owner: &PgConnectOptions) -> anyhow::Result<PgConnection> {
    PgConnection::connect_with(owner).await.context("connecting as the owner")
}

/// Begins a transaction in which the company's rows, and no others, are there.
pub async fn begin(conn: &mut PgConnection, tenant: Uuid, how: &str) -> anyhow::Result<()> {
    let statement = format!("begin {how}; select set_config('app.tenant_id', '{tenant}', true)");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(conn).await?;
    Ok(())
}

pub async fn commit(conn: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::raw_sql("commit").execute(conn).await?;
    Ok(())
}

/// Id and status of a company by its slug.
pub async fn company(tx: &mut SystemTx, slug: &str) -> anyhow::Result<Option<(Uuid, String)>> {
    let row = sqlx::query!("select tenant_id, status from company where slug = $1", slug).fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| (row.tenant_id, row.status)))
}

/// Every table of companies, those that others point at first.
pub async fn tables(conn: &mut PgConnection) -> anyhow::Result<Vec<Table>> {
    let rows = sqlx::query(
        "select c.relname::text,
                array(select a.attname::text from pg_attribute a
                      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum),
                array(select distinct p.relname::text from pg_constraint f join pg_class p on p.oid = f.confrelid
                      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid)
         from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity and c.relname <> all ($1)
           and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
         order by c.relname",
    )
    .bind(LEFT_BEHIND.map(str::to_owned).to_vec())
    .fetch_all(conn)
    .await?;
    let mut waiting: BTreeMap<String, (Table, Vec<String>)> = BTreeMap::new();
    for row in rows {
        let name: String = row.try_get(0)?;
        waiting.insert(name.clone(), (Table { name, columns: row.try_get(1)? }, row.try_get(2)?));
    }
    let all: BTreeSet<String> = waiting.keys().cloned().collect();
    let mut ordered: Vec<Table> = vec![];
    while !waiting.is_empty() {
        let is_ready = |points_at: &[String]| points_at.iter().all(|to| !all.contains(to) || ordered.iter().any(|t| t.name == *to));
        let ready: Vec<String> = waiting.iter().filter(|(_, (_, to))| is_ready(to)).map(|(name, _)| name.clone()).collect();
        ensure!(!ready.is_empty(), "tables point at each other in a circle: {:?}", waiting.keys());
        ordered.extend(ready.iter().filter_map(|name| waiting.remove(name)).map(|(table, _)| table));
    }
    // A stable order within what the pointers allow.
    let (last, mut first): (Vec<Table>, Vec<Table>) = ordered.into_iter().partition(|table| LAST.contains(&table.name.as_str()));
    first.extend(last);
    Ok(first)
}

/// How many rows of the company a table has, and what they say.
pub async fn digest(conn: &mut PgConnection, table: &Table, tenant: Uuid) -> anyhow::Result<Digest> {
    let question = format!(
        "select count(*), md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from (
             select {} from \"{}\" where tenant_id = $1) t",
        table.columns(),
        table.name
    );
    let row = sqlx::query(AssertSqlSafe(question)).bind(tenant).fetch_one(conn).await?;
    Ok(Digest { rows: row.try_get(0)?, md5: row.try_get(1)? })
}

/// Writes what a question answers, as COPY has it.
async fn copy_out(conn: &mut PgConnection, question: &str, mut to: impl Write) -> anyhow::Result<()> {
    let statement = format!("copy ({question}) to stdout");
    let mut rows = conn.copy_out_raw(&statement).await?;
    while let Some(chunk) = rows.try_next().await? {
        to.write_all(&chunk)?;
    }
    Ok(())
}

pub async fn copy_table_out(conn: &mut PgConnection, table: &Table, tenant: Uuid, to: impl Write) -> anyhow::Result<()> {
    let question = format!("select {} from \"{}\" where tenant_id = '{tenant}'", table.columns(), table.name);
    copy_out(conn, &question, to).await
}

/// What is taken along of a person: who they are and their password. What proves them otherwise is sealed by the server.
const PERSON: &str =
    "id, email, name, password_hash, created_at, email_verified_at, language, phone, address, city, country, birth_date, status";

pub async fn copy_people_out(tx: &mut SystemTx, tenant: Uuid, to: impl Write) -> anyhow::Result<()> {
    let question = format!("select {PERSON} from person where id in (select person_id from membership where tenant_id = '{tenant}')");
    copy_out(tx.conn(), &question, to).await
}

/// Reads what COPY has written into a table of the session's own.
async fn stage(conn: &mut PgConnection, like: &str, mut from: impl Read) -> anyhow::Result<()> {
    let statement = format!("drop table if exists staged; create temporary table staged as select {like} with no data");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    let mut copy = conn.copy_in_raw("copy staged from stdin").await?;
    let mut chunk = vec![0; 1 << 20];
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        copy.send(chunk.get(..read).unwrap_or_default()).await?;
    }
    copy.finish().await?;
    Ok(())
}

pub async fn copy_table_in(conn: &mut PgConnection, table: &Table, from: impl Read) -> anyhow::Result<()> {
    stage(conn, &format!("{} from \"{}\"", table.columns(), table.name), from).await?;
    let statement = format!("insert into \"{}\" ({1}) select {1} from staged", table.name, table.columns());
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(conn).await?;
    Ok(())
}

/// Adds the people who are not there yet; answers the addresses that belong to somebody else here.
pub async fn copy_people_in(tx: &mut SystemTx, from: impl Read) -> anyhow::Result<Vec<String>> {
    stage(tx.conn(), &format!("{PERSON} from person"), from).await?;
    let add = format!("insert into person ({PERSON}) select {PERSON} from staged on conflict do nothing");
    sqlx::raw_sql(AssertSqlSafe(add)).execute(tx.conn()).await?;
    let strange = "select s.email from staged s where not exists (select from person p where p.id = s.id and p.email = s.email)";
    Ok(sqlx::query_scalar::<_, String>(strange).fetch_all(tx.conn()).await?)
}

/// Removes what a table has of the company; answers how many rows.
pub async fn empty(conn: &mut PgConnection, table: &str, tenant: Uuid) -> anyhow::Result<u64> {
    // A company always has an owner, until it is gone.
    let guarded = table == "membership";
    if guarded {
        sqlx::raw_sql("alter table membership disable trigger membership_keeps_owner_delete").execute(&mut *conn).await?;
    }
    let done = sqlx::query(AssertSqlSafe(format!("delete from \"{table}\" where tenant_id = $1"))).bind(tenant).execute(&mut *conn).await?;
    if guarded {
        sqlx::raw_sql("alter table membership enable trigger membership_keeps_owner_delete").execute(conn).await?;
    }
    Ok(done.rows_affected())
}

/// Removes the sessions in the company, and the work of the server for it.
pub async fn empty_sessions(conn: &mut PgConnection, tenant: Uuid) -> anyhow::Result<()> {
    for table in LEFT_BEHIND {
        empty(conn, table, tenant).await?;
    }
    let of_sessions = "delete from refresh_token where session_id in (select id from session where tenant_id = $1)";
    sqlx::query(of_sessions).bind(tenant).execute(&mut *conn).await?;
    sqlx::query("delete from session where tenant_id = $1").bind(tenant).execute(conn).await?;
    Ok(())
}

/// Tables that still have something of the company.
pub async fn remains(conn: &mut PgConnection, tenant: Uuid) -> anyhow::Result<Vec<String>> {
    let names = sqlx::query_scalar::<_, String>(
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1",
    );
    let mut found = vec![];
    for name in names.fetch_all(&mut *conn).await? {
        let question = format!("select exists (select from \"{name}\" where tenant_id = $1)");
        if sqlx::query_scalar::<_, bool>(AssertSqlSafe(question)).bind(tenant).fetch_one(&mut *conn).await? {
            found.push(name);
        }
    }
    Ok(found)
}

pub async fn insert_erasure(
    conn: &mut PgConnection,
    tenant: Uuid,
    slug: &str,
    at: DateTime<Utc>,
    tables: &Value,
    files: i32,
) -> anyhow::Result<()> {
    sqlx::query("insert into erasure (id, company_id, slug, erased_at, tables, files) values ($1, $2, $3, $4, $5, $6)")
        .bind(Uuid::now_v7())
        .bind(tenant)
        .bind(slug)
        .bind(at)
        .bind(tables)
        .bind(files)
        .execute(conn)
        .await?;
    Ok(())
}

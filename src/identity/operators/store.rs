//! SQL of operators, their log, and people as they see them.

use chrono::Utc;
use serde_json::Value;
use uuid::Uuid;

use super::model::{Operator, OperatorLogEntry, PlatformUser, UserPatch, UserQuery};
use crate::platform::{
    db::SystemTx,
    problem::{Problem, violates},
    telemetry::RequestContext,
};

/// Records what an operator does; none: the server's command line.
pub async fn record(tx: &mut SystemTx, by: Option<Uuid>, action: &str, entity: &str, entity_id: Uuid, data: Value) -> Result<(), Problem> {
    let context = RequestContext::current();
    sqlx::query!(
        "insert into operator_log (id, at, operator_id, action, entity, entity_id, ip, request_id, data)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        Utc::now(),
        by,
        action,
        entity,
        entity_id,
        context.ip,
        context.id,
        data
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn log(tx: &mut SystemTx, after: Option<Uuid>, limit: i64) -> Result<Vec<OperatorLogEntry>, Problem> {
    let rows = sqlx::query_as!(
        OperatorLogEntry,
        "select id, at, operator_id, action, entity, entity_id, ip, request_id, data from operator_log
         where $1::uuid is null or id < $1 order by id desc limit $2",
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Makes a person an operator; false if they belong to a company or are one already.
pub async fn insert_operator(tx: &mut SystemTx, person: Uuid, by: Option<Uuid>) -> Result<bool, Problem> {
    let done =
        sqlx::query!("insert into platform_operator (person_id, created_by, created_at) values ($1, $2, $3)", person, by, Utc::now())
            .execute(tx.conn())
            .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "platform_operator_not_member") || violates(&error, "platform_operator_pk") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub async fn operators(tx: &mut SystemTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<Operator>, Problem> {
    let rows = sqlx::query_as!(
        Operator,
        "select p.id, p.email, p.name, o.status, p.second_factor, o.created_by, o.created_at
         from platform_operator o join person p on p.id = o.person_id
         where ($1::uuid is null or p.id = $1) and ($2::uuid is null or p.id > $2)
         order by p.id limit $3",
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// False if there is no such operator.
pub async fn set_operator_status(tx: &mut SystemTx, person: Uuid, status: &str) -> Result<bool, Problem> {
    let done = sqlx::query!("update platform_operator set status = $2 where person_id = $1", person, status).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// People that fit; operators only if they are asked for.
pub async fn users(
    tx: &mut SystemTx,
    one: Option<Uuid>,
    query: &UserQuery,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PlatformUser>, Problem> {
    // A wildcard in what is looked for stands for itself.
    let part = query.q.as_ref().map(|q| format!("%{}%", q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let rows = sqlx::query_as!(
        PlatformUser,
        r#"select p.id, p.email, p.email_verified_at, p.name, p.language, p.status, p.second_factor, p.created_at, p.version,
                  exists (select from platform_operator o where o.person_id = p.id) as "is_operator!",
                  array(select m.tenant_id from membership m where m.person_id = p.id order by m.tenant_id) as "company_ids!"
           from person p
           where ($1::uuid is null or p.id = $1) and ($2::text is null or p.email ilike $2 or p.name ilike $2)
             and ($3::text is null or p.status = $3)
             and ($4::uuid is null or exists (select from membership m where m.tenant_id = $4 and m.person_id = p.id))
             and exists (select from platform_operator o where o.person_id = p.id) = $5
             and ($6::timestamptz is null or p.created_at >= $6) and ($7::timestamptz is null or p.created_at < $7)
             and ($8::uuid is null or p.id > $8)
           order by p.id limit $9"#,
        one,
        part,
        query.status,
        query.company_id,
        query.is_operator,
        query.created_from,
        query.created_to,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Why a person does not become a member.
pub enum NotAMember {
    NoCompany,
    CompanyFull,
}

/// Makes somebody new a member of a company.
pub async fn insert_member(tx: &mut SystemTx, tenant: Uuid, person: Uuid, role: &str) -> Result<Result<(), NotAMember>, Problem> {
    let done = sqlx::query!(
        "insert into membership (tenant_id, person_id, role, created_at) values ($1, $2, $3, $4)",
        tenant,
        person,
        role,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(Ok(())),
        Err(error) if violates(&error, "membership_company_fk") => Ok(Err(NotAMember::NoCompany)),
        Err(error) if violates(&error, "membership_within_limit") => Ok(Err(NotAMember::CompanyFull)),
        Err(error) => Err(error.into()),
    }
}

/// False if the version was not the one expected.
pub async fn update_user(tx: &mut SystemTx, person: Uuid, patch: &UserPatch, version: i32) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update person set name = coalesce($3, name), language = coalesce($4, language), version = version + 1
         where id = $1 and version = $2",
        person,
        version,
        patch.name,
        patch.language
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if there is no such person.
pub async fn set_user_status(tx: &mut SystemTx, person: Uuid, status: &str) -> Result<bool, Problem> {
    let done =
        sqlx::query!("update person set status = $2, version = version + 1 where id = $1", person, status).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

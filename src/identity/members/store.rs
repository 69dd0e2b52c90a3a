//! SQL of members, invitations, roles and groups.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{AuditEntry, Invitation, ListKind, Member, PermissionList, PermissionListPatch};
use crate::platform::{
    db::{SystemTx, TenantTx},
    permissions::{Permissions, Role},
    problem::{Problem, violates},
};

/// The company as letters name it, and the language of its letters.
pub async fn company_name(tx: &mut TenantTx) -> Result<(String, String), Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!("select trade_name, language from company where tenant_id = $1", tenant).fetch_one(tx.conn()).await?;
    Ok((row.trade_name, row.language))
}

pub struct MemberRow {
    pub person_id: Uuid,
    pub role: Role,
    /// By role and groups together.
    pub permissions: Permissions,
}

/// A member, locked: changes of one member take turns.
pub async fn lock_member(tx: &mut TenantTx, person: Uuid) -> Result<Option<MemberRow>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select m.person_id, m.role, r.permissions as "own?",
                  (select array_agg(permission)
                   from group_member gm
                   join permission_list g on g.tenant_id = gm.tenant_id and g.kind = 'group' and g.id = gm.group_id, unnest(g.permissions) permission
                   where gm.tenant_id = m.tenant_id and gm.person_id = m.person_id) as of_groups
           from membership m left join permission_list r on r.tenant_id = m.tenant_id and r.kind = 'role' and r.id = m.role_id
           where m.tenant_id = $1 and m.person_id = $2
           for no key update of m"#,
        tenant,
        person
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| {
        let role = Role::parse(&row.role).unwrap_or(Role::Custom);
        let own = Permissions::parse(&row.own.unwrap_or_default());
        let of_groups = Permissions::parse(&row.of_groups.unwrap_or_default());
        MemberRow { person_id: row.person_id, role, permissions: role.permissions().and(own).and(of_groups) }
    }))
}

/// False if the version was not the one expected.
pub async fn set_role(tx: &mut TenantTx, person: Uuid, role: Role, role_id: Option<Uuid>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update membership set role = $3, role_id = $4 where tenant_id = $1 and person_id = $2",
        tenant,
        person,
        role.name(),
        role_id
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Counts a change of a member; false if the version was not the one expected.
pub async fn touch_member(tx: &mut TenantTx, person: Uuid, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update membership set version = version + 1 where tenant_id = $1 and person_id = $2 and version = $3",
        tenant,
        person,
        version
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Hands the ownership over in one statement: there is always one owner, never two.
pub async fn hand_over(tx: &mut TenantTx, from: Uuid, to: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "with former as (
             update membership set role = 'admin', role_id = null, version = version + 1
             where tenant_id = $1 and person_id = $2 and role = 'owner' returning 1)
         update membership set role = 'owner', role_id = null, version = version + 1
         where tenant_id = $1 and person_id = $3 and exists (select from former)",
        tenant,
        from,
        to
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete_member(tx: &mut TenantTx, person: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from membership where tenant_id = $1 and person_id = $2", tenant, person).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a member into these groups and no others; false if one of them is not the company's.
pub async fn set_groups(tx: &mut TenantTx, person: Uuid, groups: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from group_member where tenant_id = $1 and person_id = $2", tenant, person).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into group_member (tenant_id, group_id, person_id) select distinct $1::uuid, id, $2::uuid from unnest($3::uuid[]) id",
        tenant,
        person,
        groups
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ids and permissions of those groups that are the company's.
pub async fn groups_among(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<(Uuid, Permissions)>, Problem> {
    let tenant = tx.tenant();
    let rows =
        sqlx::query!("select id, permissions from permission_list where tenant_id = $1 and kind = 'group' and id = any($2)", tenant, ids)
            .fetch_all(tx.conn())
            .await?;
    Ok(rows.into_iter().map(|row| (row.id, Permissions::parse(&row.permissions))).collect())
}

pub async fn role_permissions(tx: &mut TenantTx, id: Uuid) -> Result<Option<Permissions>, Problem> {
    let tenant = tx.tenant();
    let names =
        sqlx::query_scalar!("select permissions from permission_list where tenant_id = $1 and kind = 'role' and id = $2", tenant, id)
            .fetch_optional(tx.conn())
            .await?;
    Ok(names.map(|names| Permissions::parse(&names)))
}

/// Members by person.
pub async fn members(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<Member>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Member,
        r#"select p.id, p.email, p.name, p.second_factor, m.role, m.role_id, m.version, m.created_at as joined_at,
                  array(select gm.group_id from group_member gm
                        where gm.tenant_id = m.tenant_id and gm.person_id = m.person_id order by gm.group_id) as "group_ids!"
           from membership m join person p on p.id = m.person_id
           where m.tenant_id = $1 and ($2::uuid is null or m.person_id = $2) and ($3::uuid is null or m.person_id > $3)
           order by m.person_id limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// How many members there are, and how many there may be.
pub async fn room(tx: &mut TenantTx) -> Result<(i64, Option<i32>), Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select (select count(*) from membership where tenant_id = $1) as "members!", member_limit from entitlement where tenant_id = $1"#,
        tenant
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.members, row.member_limit))
}

pub struct NewInvitationRow<'a> {
    pub id: Uuid,
    pub email: &'a str,
    pub role: Role,
    pub role_id: Option<Uuid>,
    pub group_ids: &'a [Uuid],
    pub token_hash: &'a [u8],
    pub expires_at: DateTime<Utc>,
}

/// False if the address has an open invitation.
pub async fn insert_invitation(tx: &mut TenantTx, new: &NewInvitationRow<'_>) -> Result<bool, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let done = sqlx::query!(
        "insert into invitation (tenant_id, id, email, role, role_id, group_ids, token_hash, invited_by, created_at, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        tenant,
        new.id,
        new.email,
        new.role.name(),
        new.role_id,
        new.group_ids,
        new.token_hash,
        person,
        now,
        new.expires_at
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "invitation_one_open") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// An open invitation that nobody can accept any more makes room for another.
pub async fn close_expired(tx: &mut TenantTx, email: &str) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update invitation set revoked_at = $3
         where tenant_id = $1 and email = $2 and accepted_at is null and revoked_at is null and expires_at <= $3",
        tenant,
        email,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn is_member(tx: &mut TenantTx, email: &str) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let is = sqlx::query_scalar!(
        r#"select exists (select from membership m join person p on p.id = m.person_id where m.tenant_id = $1 and p.email = $2) as "is!""#,
        tenant,
        email
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(is)
}

pub async fn invitations(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<Invitation>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let rows = sqlx::query_as!(
        Invitation,
        r#"select id, email, role, role_id, group_ids, invited_by, created_at, sent_at, expires_at,
                  case when accepted_at is not null then 'accepted'
                       when revoked_at is not null then 'revoked'
                       when expires_at <= $2 then 'expired'
                       else 'open' end as "status!"
           from invitation
           where tenant_id = $1 and ($3::uuid is null or id = $3) and ($4::uuid is null or id < $4)
           order by id desc limit $5"#,
        tenant,
        now,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// A new token and a new term for an invitation; false if it was accepted or revoked.
pub async fn resend_invitation(tx: &mut TenantTx, id: Uuid, hash: &[u8], expires_at: DateTime<Utc>) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update invitation set token_hash = $3, sent_at = $4, expires_at = $5
         where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null",
        tenant,
        id,
        hash,
        now,
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Revokes; also one that is revoked already. None if there is no such one, false if it was accepted.
pub async fn revoke_invitation(tx: &mut TenantTx, id: Uuid) -> Result<Option<bool>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let row = sqlx::query!(
        r#"update invitation set revoked_at = case when accepted_at is null then coalesce(revoked_at, $3) end
           where tenant_id = $1 and id = $2 returning revoked_at is not null as "revoked!""#,
        tenant,
        id,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| row.revoked))
}

pub struct Offer {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub email: String,
    pub role: String,
    pub role_id: Option<Uuid>,
    pub group_ids: Vec<Uuid>,
    pub invited_by: Uuid,
}

/// What a token offers, locked, as long as it can be accepted.
pub async fn lock_offer(tx: &mut SystemTx, hash: &[u8]) -> Result<Option<Offer>, Problem> {
    let row = sqlx::query_as!(
        Offer,
        "select i.tenant_id, i.id, i.email, i.role, i.role_id, i.group_ids, i.invited_by
         from invitation i join company c on c.tenant_id = i.tenant_id
         where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > $2 and c.status = 'active'
         for update of i",
        hash,
        Utc::now()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Why somebody cannot join.
pub enum NotAdmitted {
    AlreadyMember,
    CompanyFull,
    IsOperator,
}

/// Makes a person a member as the invitation says. Groups that have gone meanwhile are left out.
pub async fn join(tx: &mut SystemTx, offer: &Offer, person: Uuid) -> Result<Result<(), NotAdmitted>, Problem> {
    let now = Utc::now();
    let done = sqlx::query!(
        "insert into membership (tenant_id, person_id, role, role_id, created_at) values ($1, $2, $3, $4, $5)",
        offer.tenant_id,
        person,
        offer.role,
        offer.role_id,
        now
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => {}
        Err(error) if violates(&error, "membership_pk") => return Ok(Err(NotAdmitted::AlreadyMember)),
        Err(error) if violates(&error, "membership_within_limit") => return Ok(Err(NotAdmitted::CompanyFull)),
        Err(error) if violates(&error, "membership_not_operator") => return Ok(Err(NotAdmitted::IsOperator)),
        Err(error) => return Err(error.into()),
    }
    sqlx::query!(
        "insert into group_member (tenant_id, group_id, person_id)
         select tenant_id, id, $3 from permission_list where tenant_id = $1 and kind = 'group' and id = any($2)",
        offer.tenant_id,
        &offer.group_ids,
        person
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update invitation set accepted_at = $3 where tenant_id = $1 and id = $2", offer.tenant_id, offer.id, now)
        .execute(tx.conn())
        .await?;
    Ok(Ok(()))
}

/// Ends a person's sessions in one company.
pub async fn end_sessions_in(tx: &mut SystemTx, tenant: Uuid, person: Uuid) -> Result<u64, Problem> {
    let done = sqlx::query!(
        "update session set ended_at = $3, ended_reason = 'ended_by_company' where tenant_id = $1 and person_id = $2 and ended_at is null",
        tenant,
        person,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// The company's roles or groups, by name.
pub async fn lists(tx: &mut TenantTx, kind: ListKind, one: Option<Uuid>) -> Result<Vec<PermissionList>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        PermissionList,
        "select id, name, permissions, version from permission_list
         where tenant_id = $1 and kind = $2 and ($3::uuid is null or id = $3)
         order by name, id",
        tenant,
        kind.name(),
        one
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// False if the name is taken.
pub async fn insert_list(tx: &mut TenantTx, kind: ListKind, id: Uuid, name: &str, permissions: &[String]) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "insert into permission_list (tenant_id, kind, id, name, permissions, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, kind, name) do nothing",
        tenant,
        kind.name(),
        id,
        name,
        permissions,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if the version was not the one expected; none if the name is taken.
pub async fn update_list(
    tx: &mut TenantTx,
    kind: ListKind,
    id: Uuid,
    patch: &PermissionListPatch,
    version: i32,
) -> Result<Option<bool>, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update permission_list set name = coalesce($4, name), permissions = coalesce($5, permissions), version = version + 1
         where tenant_id = $1 and kind = $2 and id = $3 and version = $6",
        tenant,
        kind.name(),
        id,
        patch.name,
        patch.permissions.as_deref(),
        version
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(done) => Ok(Some(done.rows_affected() == 1)),
        Err(error) if violates(&error, "permission_list_name_unique") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// False if members have the role.
pub async fn delete_list(tx: &mut TenantTx, kind: ListKind, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from permission_list where tenant_id = $1 and kind = $2 and id = $3", tenant, kind.name(), id)
        .execute(tx.conn())
        .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "membership_role_fk") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub struct AuditFilter {
    pub action: Option<String>,
    pub entity: Option<String>,
    pub actor: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

/// The company's log, the latest first.
pub async fn audit(
    tx: &mut TenantTx,
    filter: &AuditFilter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<AuditEntry>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        AuditEntry,
        "select id, at, person_id as actor_id, action, entity, entity_id, request_id, data from audit_log
         where tenant_id = $1
           and ($2::text is null or action = $2) and ($3::text is null or entity = $3) and ($4::uuid is null or person_id = $4)
           and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
           and ($7::timestamptz is null or (at, id) < ($7, $8))
         order by at desc, id desc limit $9",
        tenant,
        filter.action,
        filter.entity,
        filter.actor,
        filter.from,
        filter.to,
        after.map(|a| a.0),
        after.map(|a| a.1),
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

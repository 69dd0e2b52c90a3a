//! `/api/v1/members`, `/api/v1/invitations`, `/api/v1/roles`, `/api/v1/groups`, `/api/v1/audit`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::CookieJar;
use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{
        Acceptance, AuditEntry, Invitation, Joined, Joining, ListKind, Member, MemberPatch, NewInvitation, NewPermissionList,
        PermissionInfo, PermissionInfos, PermissionList, PermissionListPatch,
    },
    service,
    store::{self, AuditFilter},
};
use crate::{
    identity::sessions,
    platform::{
        App,
        actor::{Actor, Authentication, Caller, Membership},
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, allow_fresh, public, set_etag, versioned},
        layers::limit_credentials,
        permissions::{Permission, Role},
        problem::{Problem, ProblemBody},
    },
};

pub fn router(app: &App) -> OpenApiRouter<App> {
    let credentials = OpenApiRouter::new()
        .routes(public(routes!(accept_invitation)))
        .routes(allow(Permission::SignedIn, routes!(join_company)))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit_credentials));
    OpenApiRouter::new()
        .merge(credentials)
        .routes(allow(Permission::MembersRead, routes!(list_members)))
        .routes(allow(Permission::MembersRead, routes!(read_member)))
        .routes(allow(Permission::MembersWrite, routes!(change_member)))
        .routes(allow(Permission::MembersWrite, routes!(remove_member)))
        .routes(allow(Permission::MembersWrite, routes!(end_member_sessions)))
        .routes(allow_fresh(Permission::CompanyOwn, routes!(hand_over)))
        .routes(allow_fresh(Permission::SignedIn, routes!(leave_company)))
        .routes(allow(Permission::MembersRead, routes!(list_invitations)))
        .routes(allow(Permission::MembersWrite, routes!(invite)))
        .routes(allow(Permission::MembersWrite, routes!(resend_invitation)))
        .routes(allow(Permission::MembersWrite, routes!(revoke_invitation)))
        .routes(allow(Permission::SignedIn, routes!(list_permissions)))
        .routes(allow(Permission::MembersRead, routes!(list_roles)))
        .routes(allow(Permission::MembersRead, routes!(read_role)))
        .routes(allow(Permission::RolesWrite, routes!(create_role)))
        .routes(allow(Permission::RolesWrite, routes!(update_role)))
        .routes(allow(Permission::RolesWrite, routes!(delete_role)))
        .routes(allow(Permission::MembersRead, routes!(list_groups)))
        .routes(allow(Permission::MembersRead, routes!(read_group)))
        .routes(allow(Permission::RolesWrite, routes!(create_group)))
        .routes(allow(Permission::RolesWrite, routes!(update_group)))
        .routes(allow(Permission::RolesWrite, routes!(delete_group)))
        .routes(allow(Permission::AuditRead, routes!(list_audit)))
}

/// The company's members
#[utoipa::path(get, path = "/api/v1/members", operation_id = "list_members", tag = "members", params(PageQuery),
    responses((status = 200, body = Page<Member>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_members(State(app): State<App>, actor: Actor, Query(page): Query<PageQuery>) -> Result<axum::Json<Page<Member>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("members")?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::members(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("members", rows, limit, |row| row.id)?))
}

/// One member
#[utoipa::path(get, path = "/api/v1/members/{id}", operation_id = "read_member", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = Member), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_member(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let member = service::member(&mut tx, id).await?;
    tx.commit().await?;
    versioned(member.version, &member)
}

/// Change what a member may do
///
/// In force within a second, everywhere. Nobody gives what they do not have, nor changes whoever may do more.
#[utoipa::path(patch, path = "/api/v1/members/{id}", operation_id = "change_member", tag = "members", request_body = MemberPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Member), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn change_member(
    State(app): State<App>,
    actor: Actor,
    by: Membership,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<MemberPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let member = service::change_member(&app, &mut tx, &by, id, body.value, version.0).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(member.version, &member)
}

/// Remove a member
#[utoipa::path(delete, path = "/api/v1/members/{id}", operation_id = "remove_member", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn remove_member(State(app): State<App>, actor: Actor, by: Membership, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::remove_member(&app, &mut tx, &by, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// End a member's sessions in the company
#[utoipa::path(post, path = "/api/v1/members/{id}/end-sessions", operation_id = "end_member_sessions", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn end_member_sessions(State(app): State<App>, actor: Actor, by: Membership, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::check_can_end_sessions(&mut tx, &by, id).await?;
    tx.commit().await?;
    service::end_sessions(&app, actor.tenant, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hand the ownership of the company over
///
/// To another member. Whoever had it becomes an administrator.
#[utoipa::path(post, path = "/api/v1/members/{id}/make-owner", operation_id = "hand_over", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = Member), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn hand_over(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let member = service::hand_over(&app, &mut tx, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(member.version, &member)
}

/// Leave the company
#[utoipa::path(post, path = "/api/v1/members/leave", operation_id = "leave_company", tag = "members",
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn leave_company(State(app): State<App>, actor: Actor) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::leave(&app, &mut tx).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations, the latest first
#[utoipa::path(get, path = "/api/v1/invitations", operation_id = "list_invitations", tag = "members", params(PageQuery),
    responses((status = 200, body = Page<Invitation>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_invitations(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Invitation>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("invitations")?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::invitations(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("invitations", rows, limit, |row| row.id)?))
}

/// Invite somebody by mail
///
/// The link in the letter is good for seven days. They join as somebody new, or as who they are already.
#[utoipa::path(post, path = "/api/v1/invitations", operation_id = "invite", tag = "members", request_body = NewInvitation,
    responses((status = 201, body = Invitation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn invite(State(app): State<App>, actor: Actor, by: Membership, body: Json<NewInvitation>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let invitation = service::invite(&app, &mut tx, &by, body.value).await?;
    tx.commit().await?;
    Answer::created("/api/v1/invitations".into(), &invitation)
}

/// Send an invitation again
///
/// With a new link; the former one is dead.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/resend", operation_id = "resend_invitation", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = Invitation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn resend_invitation(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Invitation>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let invitation = service::resend(&app, &mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(invitation))
}

/// Revoke an invitation
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", operation_id = "revoke_invitation", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn revoke_invitation(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::revoke(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation as somebody new
///
/// Makes the person, who is signed in and a member at once.
#[utoipa::path(post, path = "/api/v1/invitations/accept", operation_id = "accept_invitation", tag = "members", request_body = Acceptance,
    responses((status = 201, body = crate::identity::SessionTokens), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn accept_invitation(
    State(app): State<App>,
    jar: CookieJar,
    axum::Extension(authentication): axum::Extension<Authentication>,
    body: Json<Acceptance>,
) -> Result<Response, Problem> {
    let delivery = body.value.token_delivery;
    let opened = service::accept(&app, body.value, sessions::entrance(&jar, &authentication)).await?;
    Ok(sessions::signed_in(&app, StatusCode::CREATED, opened, delivery))
}

/// Accept an invitation as who I am
#[utoipa::path(post, path = "/api/v1/invitations/join", operation_id = "join_company", tag = "members", request_body = Joining,
    responses((status = 200, body = Joined), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn join_company(State(app): State<App>, caller: Caller, body: Json<Joining>) -> Result<axum::Json<Joined>, Problem> {
    Ok(axum::Json(service::join(&app, &caller, &body.value.token).await?))
}

/// Permissions that roles, groups and API keys are made of
#[utoipa::path(get, path = "/api/v1/permissions", operation_id = "list_permissions", tag = "members",
    responses((status = 200, body = PermissionInfos), (status = 401, body = ProblemBody)))]
async fn list_permissions(_: Caller) -> axum::Json<PermissionInfos> {
    let grantable = Permission::OF_COMPANIES.into_iter().filter(|permission| permission.can_be_granted());
    let having = |permission| Role::ALL.into_iter().filter(move |role| role.permissions().has(permission)).map(Role::name).collect();
    let info = |permission: Permission| PermissionInfo {
        name: permission.name(),
        for_api_keys: permission.is_for_keys(),
        roles: having(permission),
    };
    axum::Json(PermissionInfos { data: grantable.map(info).collect() })
}

#[derive(serde::Serialize, ToSchema)]
struct PermissionLists {
    data: Vec<PermissionList>,
}

async fn lists(app: &App, actor: &Actor, kind: ListKind) -> Result<axum::Json<PermissionLists>, Problem> {
    let mut tx = app.db.read(actor).await?;
    let data = store::lists(&mut tx, kind, None).await?;
    tx.commit().await?;
    Ok(axum::Json(PermissionLists { data }))
}

async fn list(app: &App, actor: &Actor, kind: ListKind, id: Uuid) -> Result<Response, Problem> {
    let mut tx = app.db.read(actor).await?;
    let list = service::read_list(&mut tx, kind, id).await?;
    tx.commit().await?;
    versioned(list.version, &list)
}

async fn add(app: &App, actor: &Actor, by: &Membership, kind: ListKind, new: NewPermissionList) -> Result<Response, Problem> {
    let mut tx = app.db.begin(actor).await?;
    let list = service::add_list(&mut tx, by, kind, new).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/{}s/{}", kind.name(), list.id), &list)?.into_response();
    set_etag(&mut response, list.version);
    Ok(response)
}

async fn change(
    app: &App,
    actor: &Actor,
    by: &Membership,
    (kind, id): (ListKind, Uuid),
    version: i32,
    patch: PermissionListPatch,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(actor).await?;
    let list = service::change_list(&mut tx, by, kind, id, patch, version).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(list.version, &list)
}

async fn remove(app: &App, actor: &Actor, by: &Membership, kind: ListKind, id: Uuid) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(actor).await?;
    service::remove_list(&mut tx, by, kind, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}

/// Roles that the company has made
#[utoipa::path(get, path = "/api/v1/roles", operation_id = "list_roles", tag = "members",
    responses((status = 200, body = PermissionLists), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_roles(State(app): State<App>, actor: Actor) -> Result<axum::Json<PermissionLists>, Problem> {
    lists(&app, &actor, ListKind::Role).await
}

/// One role of the company's own
#[utoipa::path(get, path = "/api/v1/roles/{id}", operation_id = "read_role", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = PermissionList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_role(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    list(&app, &actor, ListKind::Role, id).await
}

/// Make a role
#[utoipa::path(post, path = "/api/v1/roles", operation_id = "create_role", tag = "members", request_body = NewPermissionList,
    responses((status = 201, body = PermissionList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_role(State(app): State<App>, actor: Actor, by: Membership, body: Json<NewPermissionList>) -> Result<Response, Problem> {
    add(&app, &actor, &by, ListKind::Role, body.value).await
}

/// Change a role
#[utoipa::path(patch, path = "/api/v1/roles/{id}", operation_id = "update_role", tag = "members", request_body = PermissionListPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PermissionList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_role(
    State(app): State<App>,
    actor: Actor,
    by: Membership,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<PermissionListPatch>,
) -> Result<Response, Problem> {
    change(&app, &actor, &by, (ListKind::Role, id), version.0, body.value).await
}

/// Remove a role that nobody has
#[utoipa::path(delete, path = "/api/v1/roles/{id}", operation_id = "delete_role", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_role(State(app): State<App>, actor: Actor, by: Membership, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    remove(&app, &actor, &by, ListKind::Role, id).await
}

/// Groups of members
#[utoipa::path(get, path = "/api/v1/groups", operation_id = "list_groups", tag = "members",
    responses((status = 200, body = PermissionLists), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_groups(State(app): State<App>, actor: Actor) -> Result<axum::Json<PermissionLists>, Problem> {
    lists(&app, &actor, ListKind::Group).await
}

/// One group
#[utoipa::path(get, path = "/api/v1/groups/{id}", operation_id = "read_group", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = PermissionList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_group(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    list(&app, &actor, ListKind::Group, id).await
}

/// Make a group
///
/// Its permissions add to those of its members' roles.
#[utoipa::path(post, path = "/api/v1/groups", operation_id = "create_group", tag = "members", request_body = NewPermissionList,
    responses((status = 201, body = PermissionList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_group(State(app): State<App>, actor: Actor, by: Membership, body: Json<NewPermissionList>) -> Result<Response, Problem> {
    add(&app, &actor, &by, ListKind::Group, body.value).await
}

/// Change a group
#[utoipa::path(patch, path = "/api/v1/groups/{id}", operation_id = "update_group", tag = "members", request_body = PermissionListPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PermissionList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_group(
    State(app): State<App>,
    actor: Actor,
    by: Membership,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<PermissionListPatch>,
) -> Result<Response, Problem> {
    change(&app, &actor, &by, (ListKind::Group, id), version.0, body.value).await
}

/// Remove a group
#[utoipa::path(delete, path = "/api/v1/groups/{id}", operation_id = "delete_group", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_group(State(app): State<App>, actor: Actor, by: Membership, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    remove(&app, &actor, &by, ListKind::Group, id).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Rows to answer, 1 to 200.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
    /// Such as `signed_in` or `update`.
    action: Option<String>,
    /// Such as `person` or `product`.
    entity: Option<String>,
    /// The person, or the API key, who did it.
    actor_id: Option<Uuid>,
    #[serde(rename = "at[gte]")]
    #[param(rename = "at[gte]")]
    from: Option<DateTime<Utc>>,
    #[serde(rename = "at[lt]")]
    #[param(rename = "at[lt]")]
    to: Option<DateTime<Utc>>,
}

/// What was done in the company, the latest first
///
/// Acts of members and API keys, and every sign-in, failed attempt and change of credentials of the members.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "list_audit", tag = "members", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_audit(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<AuditQuery>,
) -> Result<axum::Json<Page<AuditEntry>>, Problem> {
    let AuditQuery { limit, cursor, action, entity, actor_id, from, to } = query;
    let page = PageQuery { limit, cursor, q: None };
    let (limit, after) = (page.limit()?, page.after("audit")?);
    let mut tx = app.db.read(&actor).await?;
    let filter = AuditFilter { action, entity, actor: actor_id, from, to };
    let rows = store::audit(&mut tx, &filter, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("audit", rows, limit, |row| (row.at, row.id))?))
}

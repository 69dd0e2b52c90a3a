//! Acts: invite, join, change what a member may do, remove, leave, hand the ownership over.

use chrono::{TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{
        Acceptance, Invitation, Joined, ListKind, Member, MemberPatch, NewInvitation, NewPermissionList, PermissionList,
        PermissionListPatch, check_role, given_by, granted,
    },
    store::{self, MemberRow, NewInvitationRow, NotAdmitted, Offer},
};
use crate::{
    identity::{
        letters, people, secrets,
        sessions::{self, Entrance, Opened},
        store::{self as persons, Event, NewPerson},
    },
    platform::{
        App,
        actor::{Caller, Membership},
        audit,
        db::{SystemTx, TenantTx},
        http::stale,
        mail::{self, Letter},
        permissions::{Permissions, Role},
        problem::{FieldError, Problem},
    },
};

const INVITATION_DAYS: i64 = 7;

/// A member whom the caller may deal with: not themselves, not the owner, nobody who may do more than they.
async fn subordinate(tx: &mut TenantTx, by: &Membership, person: Uuid) -> Result<MemberRow, Problem> {
    let member = store::lock_member(tx, person).await?.ok_or_else(Problem::not_found)?;
    if member.person_id == tx.person() {
        return Err(Problem::conflict("identity.not_yourself", "Nobody does this to themselves; ask another administrator."));
    }
    if member.role == Role::Owner {
        return Err(owner_stays());
    }
    given_by(member.permissions, by.permissions)?;
    Ok(member)
}

fn owner_stays() -> Problem {
    Problem::conflict("identity.owner_stays", "This is the company's owner: hand the ownership over first.")
}

/// What a role may do; refused if it is not the company's, or more than the caller has.
async fn role_to_give(tx: &mut TenantTx, by: &Membership, role: Role, role_id: Option<Uuid>) -> Result<(), Problem> {
    let permissions = match role_id {
        Some(id) => {
            let own = store::role_permissions(tx, id).await?;
            own.ok_or_else(|| Problem::field("/role_id", "not_found_reference", "is no role of the company"))?
        }
        None => role.permissions(),
    };
    given_by(permissions, by.permissions)
}

/// Refuses groups that are not the company's, or that may do more than the caller.
async fn groups_to_give(tx: &mut TenantTx, by: &Membership, ids: &[Uuid]) -> Result<(), Problem> {
    let known = store::groups_among(tx, ids).await?;
    let unknown = ids.iter().enumerate().filter(|(_, id)| !known.iter().any(|(k, _)| k == *id));
    let errors: Vec<FieldError> = unknown
        .map(|(i, _)| FieldError {
            pointer: format!("/group_ids/{i}"),
            code: "not_found_reference".into(),
            detail: "is no group of the company".into(),
        })
        .collect();
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    known.into_iter().try_for_each(|(_, permissions)| given_by(permissions, by.permissions))
}

/// A role as a letter names it: one of the company's own by its name; the shipped ones are translated there.
async fn role_name(tx: &mut TenantTx, role: &str, role_id: Option<Uuid>) -> Result<String, Problem> {
    let own = match role_id {
        Some(id) => store::lists(tx, ListKind::Role, Some(id)).await?,
        None => vec![],
    };
    Ok(own.first().map_or_else(|| role.to_owned(), |list| list.name.clone()))
}

pub async fn member(tx: &mut TenantTx, person: Uuid) -> Result<Member, Problem> {
    store::members(tx, Some(person), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Changes a member's role and groups.
pub async fn change_member(
    app: &App,
    tx: &mut TenantTx,
    by: &Membership,
    id: Uuid,
    patch: MemberPatch,
    version: i32,
) -> Result<Member, Problem> {
    subordinate(tx, by, id).await?;
    if !store::touch_member(tx, id, version).await? {
        return Err(stale());
    }
    if let Some(given) = patch.role {
        check_role(given, patch.role_id)?;
        role_to_give(tx, by, given.into(), patch.role_id).await?;
        store::set_role(tx, id, given.into(), patch.role_id).await?;
    } else if patch.role_id.is_some() {
        return Err(Problem::field("/role", "required", "must be custom with role_id"));
    }
    if let Some(groups) = &patch.group_ids {
        groups_to_give(tx, by, groups).await?;
        store::set_groups(tx, id, groups).await?;
    }
    let member = member(tx, id).await?;
    let data = json!({ "role": member.role, "role_id": member.role_id, "group_ids": member.group_ids });
    audit::record(tx, "update", "member", id, data).await?;
    if patch.role.is_some() {
        let (company, _) = store::company_name(tx).await?;
        let role = role_name(tx, &member.role, member.role_id).await?;
        letters::tell(app, tx.conn(), id, "role_changed", json!({ "company": company, "role": role })).await?;
    }
    Ok(member)
}

/// Ends a membership: its sessions in the company are worth nothing within a second.
async fn end_membership(app: &App, tx: &mut TenantTx, id: Uuid, action: &str) -> Result<(), Problem> {
    let (company, _) = store::company_name(tx).await?;
    letters::tell(app, tx.conn(), id, "membership_ended", json!({ "company": company })).await?;
    audit::record(tx, action, "member", id, json!({})).await?;
    if store::delete_member(tx, id).await? { Ok(()) } else { Err(Problem::not_found()) }
}

pub async fn remove_member(app: &App, tx: &mut TenantTx, by: &Membership, id: Uuid) -> Result<(), Problem> {
    subordinate(tx, by, id).await?;
    end_membership(app, tx, id, "remove").await
}

pub async fn leave(app: &App, tx: &mut TenantTx) -> Result<(), Problem> {
    let me = tx.person();
    let member = store::lock_member(tx, me).await?.ok_or_else(Problem::not_found)?;
    if member.role == Role::Owner {
        return Err(owner_stays());
    }
    end_membership(app, tx, me, "leave").await
}

/// Makes another member the owner; the former one becomes an administrator.
pub async fn hand_over(app: &App, tx: &mut TenantTx, to: Uuid) -> Result<Member, Problem> {
    let me = tx.person();
    if to == me {
        return member(tx, me).await;
    }
    // In the order of ids, so that two who do this at once wait for each other instead of meeting head on.
    let (first, second) = if me < to { (me, to) } else { (to, me) };
    for person in [first, second] {
        store::lock_member(tx, person).await?.ok_or_else(Problem::not_found)?;
    }
    if !store::hand_over(tx, me, to).await? {
        return Err(Problem::forbidden("permission_denied", "Only the owner hands the ownership over."));
    }
    audit::record(tx, "hand_over", "company", tx.tenant(), json!({ "from": me, "to": to })).await?;
    let (company, _) = store::company_name(tx).await?;
    letters::tell(app, tx.conn(), to, "ownership_received", json!({ "company": company })).await?;
    letters::tell(app, tx.conn(), me, "ownership_given", json!({ "company": company })).await?;
    member(tx, to).await
}

/// A member who may be sent out of every session in the company; recorded.
pub async fn check_can_end_sessions(tx: &mut TenantTx, by: &Membership, id: Uuid) -> Result<(), Problem> {
    subordinate(tx, by, id).await?;
    audit::record(tx, "end_sessions", "member", id, json!({})).await
}

pub async fn end_sessions(app: &App, tenant: Uuid, person: Uuid) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    let ended = store::end_sessions_in(&mut tx, tenant, person).await?;
    if ended > 0 {
        letters::tell(app, tx.conn(), person, "sessions_ended", json!({})).await?;
    }
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

fn company_full() -> Problem {
    Problem::conflict("identity.member_limit", "The company has as many members as its plan allows.")
}

/// Asks somebody by mail to join.
pub async fn invite(app: &App, tx: &mut TenantTx, by: &Membership, new: NewInvitation) -> Result<Invitation, Problem> {
    check_role(new.role, new.role_id)?;
    let (role, email) = (Role::from(new.role), people::normalise_email(&new.email));
    role_to_give(tx, by, role, new.role_id).await?;
    groups_to_give(tx, by, &new.group_ids).await?;
    if store::is_member(tx, &email).await? {
        return Err(Problem::conflict("identity.already_member", "This address belongs to a member."));
    }
    let (members, limit) = store::room(tx).await?;
    if limit.is_some_and(|limit| members >= i64::from(limit)) {
        return Err(company_full());
    }
    store::close_expired(tx, &email).await?;
    let (id, token) = (Uuid::now_v7(), secrets::token());
    let row = NewInvitationRow {
        id,
        email: &email,
        role,
        role_id: new.role_id,
        group_ids: &new.group_ids,
        token_hash: &secrets::hash(&token),
        expires_at: tx.now() + TimeDelta::days(INVITATION_DAYS),
    };
    if !store::insert_invitation(tx, &row).await? {
        return Err(Problem::conflict("identity.invitation_open", "This address has an open invitation: send that again, or revoke it."));
    }
    audit::record(tx, "create", "invitation", id, json!({ "email": email, "role": role.name() })).await?;
    let invitation = invitation(tx, id).await?;
    send(app, tx, &invitation, &token, new.language).await?;
    Ok(invitation)
}

async fn invitation(tx: &mut TenantTx, id: Uuid) -> Result<Invitation, Problem> {
    store::invitations(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

async fn send(app: &App, tx: &mut TenantTx, invitation: &Invitation, token: &str, language: Option<String>) -> Result<(), Problem> {
    let (company, of_company) = store::company_name(tx).await?;
    let language = language.unwrap_or(of_company);
    let role = role_name(tx, &invitation.role, invitation.role_id).await?;
    let me = tx.person();
    let inviter = persons::addressee(tx.conn(), me).await?.map_or_else(String::new, |me| me.name);
    let data = json!({
        "name": "",
        "company": company,
        "inviter": inviter,
        "role": role,
        "link": letters::link(app, "invitation", token),
        "days": INVITATION_DAYS,
    });
    mail::post(tx.conn(), &app.sealer, Letter { recipient: invitation.email.clone(), language, name: "invitation", data }).await
}

/// Sends an invitation once more, with a new link and a new term; the former link is dead.
pub async fn resend(app: &App, tx: &mut TenantTx, id: Uuid) -> Result<Invitation, Problem> {
    invitation(tx, id).await?;
    let token = secrets::token();
    let expires_at = tx.now() + TimeDelta::days(INVITATION_DAYS);
    if !store::resend_invitation(tx, id, &secrets::hash(&token), expires_at).await? {
        return Err(Problem::conflict("identity.invitation_closed", "The invitation was accepted or revoked; make a new one."));
    }
    audit::record(tx, "resend", "invitation", id, json!({})).await?;
    let invitation = invitation(tx, id).await?;
    send(app, tx, &invitation, &token, None).await?;
    Ok(invitation)
}

/// Makes an invitation's link worthless.
pub async fn revoke(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    if !store::revoke_invitation(tx, id).await?.ok_or_else(Problem::not_found)? {
        return Err(Problem::conflict("identity.invitation_closed", "The invitation was accepted: remove the member instead."));
    }
    audit::record(tx, "revoke", "invitation", id, json!({})).await
}

fn dead_link() -> Problem {
    Problem::unprocessable("identity.link_expired", "This link has been used, revoked or has expired; ask for a new one.")
}

async fn offer(tx: &mut SystemTx, token: &secrecy::SecretString) -> Result<Offer, Problem> {
    store::lock_offer(tx, &secrets::hash(token.expose_secret())).await?.ok_or_else(dead_link)
}

async fn admit(tx: &mut SystemTx, offer: &Offer, person: Uuid) -> Result<(), Problem> {
    match store::join(tx, offer, person).await? {
        Ok(()) => {}
        Err(NotAdmitted::AlreadyMember) => return Err(Problem::conflict("identity.already_member", "You belong to the company already.")),
        Err(NotAdmitted::CompanyFull) => return Err(company_full()),
        Err(NotAdmitted::IsOperator) => {
            return Err(Problem::conflict("identity.operators_apart", "Operators of the platform are no members of companies."));
        }
    }
    let data = json!({ "company_id": offer.tenant_id, "role": offer.role, "invited_by": offer.invited_by });
    persons::record(tx, Event { kind: "joined_company", person: Some(person), session: None, data }).await
}

/// Joins as somebody new. The link came by mail, so the address is theirs.
pub async fn accept(app: &App, acceptance: Acceptance, entrance: Entrance) -> Result<Opened, Problem> {
    let mut tx = app.db.system().await?;
    let email = offer(&mut tx, &acceptance.token).await?.email;
    if persons::account_by_email(&mut tx, &email).await?.is_some() {
        return Err(Problem::conflict(
            "identity.sign_in_to_join",
            "The invited address has an account: sign in, then POST /api/v1/invitations/join.",
        ));
    }
    tx.commit().await?;
    app.hasher.check(&acceptance.password, vec![email.clone(), acceptance.name.clone()], "/password").await?;
    let password_hash = app.hasher.hash(acceptance.password).await?;

    let mut tx = app.db.system().await?;
    let offer = offer(&mut tx, &acceptance.token).await?;
    let new = NewPerson {
        email: &email,
        name: &acceptance.name,
        password_hash: Some(&password_hash),
        language: "es",
        email_verified_at: Some(Utc::now()),
    };
    let person = people::add_person(&mut tx, &new).await?;
    admit(&mut tx, &offer, person).await?;
    let role = Role::parse(&offer.role).ok_or_else(|| Problem::internal(anyhow::anyhow!("role {}", offer.role)))?;
    let opened = sessions::open_session(app, &mut tx, person, Some((offer.tenant_id, role)), &["password"], entrance).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Joins as the person who is signed in, if the invitation went to their address.
pub async fn join(app: &App, caller: &Caller, token: &secrecy::SecretString) -> Result<Joined, Problem> {
    let mut tx = app.db.system().await?;
    let offer = offer(&mut tx, token).await?;
    let account = persons::account(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    if account.email != offer.email {
        return Err(Problem::forbidden("identity.invitation_for_other", "The invitation went to another address than yours."));
    }
    admit(&mut tx, &offer, caller.person).await?;
    tx.commit().await?;
    Ok(Joined { company_id: offer.tenant_id, role: offer.role })
}

async fn list(tx: &mut TenantTx, kind: ListKind, id: Uuid) -> Result<PermissionList, Problem> {
    store::lists(tx, kind, Some(id)).await?.pop().ok_or_else(Problem::not_found)
}

pub async fn read_list(tx: &mut TenantTx, kind: ListKind, id: Uuid) -> Result<PermissionList, Problem> {
    list(tx, kind, id).await
}

fn name_taken() -> Problem {
    Problem::conflict("identity.name_taken", "Another one of the company has this name.")
}

pub async fn add_list(tx: &mut TenantTx, by: &Membership, kind: ListKind, new: NewPermissionList) -> Result<PermissionList, Problem> {
    granted("/permissions", &new.permissions, by.permissions)?;
    let id = Uuid::now_v7();
    if !store::insert_list(tx, kind, id, &new.name, &new.permissions).await? {
        return Err(name_taken());
    }
    audit::record(tx, "create", kind.name(), id, json!({ "name": new.name, "permissions": new.permissions })).await?;
    list(tx, kind, id).await
}

pub async fn change_list(
    tx: &mut TenantTx,
    by: &Membership,
    kind: ListKind,
    id: Uuid,
    patch: PermissionListPatch,
    version: i32,
) -> Result<PermissionList, Problem> {
    let before = list(tx, kind, id).await?;
    given_by(Permissions::parse(&before.permissions), by.permissions)?;
    if let Some(names) = &patch.permissions {
        granted("/permissions", names, by.permissions)?;
    }
    match store::update_list(tx, kind, id, &patch, version).await? {
        None => return Err(name_taken()),
        Some(false) => return Err(stale()),
        Some(true) => {}
    }
    let after = list(tx, kind, id).await?;
    let data = json!({ "name": after.name, "permissions": after.permissions, "before": before.permissions });
    audit::record(tx, "update", kind.name(), id, data).await?;
    Ok(after)
}

/// Removes a group, which its members then are without, or a role that nobody has.
pub async fn remove_list(tx: &mut TenantTx, by: &Membership, kind: ListKind, id: Uuid) -> Result<(), Problem> {
    let before = list(tx, kind, id).await?;
    given_by(Permissions::parse(&before.permissions), by.permissions)?;
    if !store::delete_list(tx, kind, id).await? {
        return Err(Problem::conflict("identity.role_in_use", "Members have this role; give them another first."));
    }
    audit::record(tx, "delete", kind.name(), id, json!({ "name": before.name })).await
}

//! SQL of contacts and of what belongs to them.

use std::collections::HashMap;

use sqlx::{error::DatabaseError, types::Json};
use uuid::Uuid;

use super::model::{Consent, ContactAddress, ContactBankAccount, Draft, Kept, NewConsent};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// Those of these contacts that there are, with all that belongs to them.
pub async fn kept(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Kept>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select c.*,
                  (select coalesce(array_agg(p.number order by p.position), '{}')
                   from contact_phone p where p.tenant_id = $1 and p.contact_id = c.id) as "phones!",
                  (select coalesce(array_agg(e.email order by e.position), '{}')
                   from contact_email e where e.tenant_id = $1 and e.contact_id = c.id) as "emails!",
                  (select coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'lines', string_to_array(a.lines, e'\n'), 'city', a.city,
                          'region', a.region, 'postal_code', a.postal_code, 'country', a.country) order by a.position), '[]')
                   from contact_address a where a.tenant_id = $1 and a.contact_id = c.id) as "addresses!: Json<Vec<ContactAddress>>",
                  (select coalesce(jsonb_agg(jsonb_build_object('holder', b.holder, 'bank', b.bank, 'number', b.number, 'iban', b.iban)
                          order by b.position), '[]')
                   from contact_bank_account b where b.tenant_id = $1 and b.contact_id = c.id) as "accounts!: Json<Vec<ContactBankAccount>>",
                  (select jsonb_build_object('marketing', k.marketing, 'at', k.given_at, 'source', k.source)
                   from contact_consent k where k.tenant_id = $1 and k.contact_id = c.id
                   order by k.recorded_at desc, k.id desc limit 1) as "consent?: Json<Consent>"
           from contact c where c.tenant_id = $1 and c.id = any($2)"#,
        tenant,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    let kept = rows.into_iter().map(|row| Kept {
        id: row.id,
        draft: Draft {
            kind: row.kind,
            legal_name: row.legal_name,
            trade_name: row.trade_name,
            roles: row.roles,
            country: row.country,
            identifier: row.identifier,
            identifier_type: row.identifier_type,
            phones: row.phones,
            emails: row.emails,
            addresses: row.addresses.0,
            bank_accounts: row.accounts.0,
            payment_terms_days: row.payment_terms_days,
            credit_limit_minor: row.credit_limit_minor,
            language: row.language,
            notes: row.notes,
            tags: row.tags,
            is_active: row.is_active,
        },
        consent: row.consent.map(|consent| consent.0),
        merged_into: row.merged_into,
        erased_at: row.erased_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(kept.collect())
}

/// Which contacts a list holds, and after which one it goes on.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub role: Option<&'static str>,
    pub is_active: Option<bool>,
    pub after: Option<(String, Uuid)>,
}

/// Ids by name.
pub async fn by_name(tx: &mut TenantTx, wanted: &Wanted, limit: i64) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let (name, id) = wanted.after.clone().unwrap_or_default();
    let ids = sqlx::query_scalar!(
        "select id from contact
         where tenant_id = $1 and merged_into is null and (legal_name, id) > ($2, $3)
           and ($4::text is null or $4 = any(roles)) and ($5::boolean is null or is_active = $5)
         order by legal_name, id limit $6",
        tenant,
        name,
        id,
        wanted.role,
        wanted.is_active,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// The beginnings that one word of a search may be of, each with the end of its range.
pub type Beginnings = Vec<(String, String)>;

/// Ids by name, of those who are found by every word: the first chooses, by the index; the others refuse.
pub async fn found_by_name(tx: &mut TenantTx, words: &[Beginnings], wanted: &Wanted, limit: i64) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let (name, id) = wanted.after.clone().unwrap_or_default();
    let Some((first, others)) = words.split_first() else { return Ok(vec![]) };
    let others: Vec<(i32, &(String, String))> =
        (0..).zip(others).flat_map(|(word, beginnings)| beginnings.iter().map(move |beginning| (word, beginning))).collect();
    let ids = sqlx::query_scalar!(
        "select c.id from contact c
         where c.tenant_id = $1 and c.merged_into is null and (c.legal_name, c.id) > ($2, $3)
           and ($4::text is null or $4 = any(c.roles)) and ($5::boolean is null or c.is_active = $5)
           and c.id in (
               select k.contact_id from unnest($7::text[], $8::text[]) as t (low, high)
               join contact_key k on k.tenant_id = $1 and k.kind in ('word', 'identifier', 'phone', 'email') and k.key >= t.low and k.key < t.high)
           and (select count(distinct t.word) from unnest($9::integer[], $10::text[], $11::text[]) as t (word, low, high)
                where exists (
                    select from contact_key k
                    where k.tenant_id = $1 and k.contact_id = c.id and k.kind in ('word', 'identifier', 'phone', 'email')
                      and k.key >= t.low and k.key < t.high)) = $12
         order by c.legal_name, c.id limit $6",
        tenant,
        name,
        id,
        wanted.role,
        wanted.is_active,
        limit,
        &first.iter().map(|(low, _)| low.clone()).collect::<Vec<_>>(),
        &first.iter().map(|(_, high)| high.clone()).collect::<Vec<_>>(),
        &others.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
        &others.iter().map(|(_, (low, _))| low.clone()).collect::<Vec<_>>(),
        &others.iter().map(|(_, (_, high))| high.clone()).collect::<Vec<_>>(),
        i64::try_from(words.len().saturating_sub(1)).unwrap_or_default()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// Another contact that has the identifier.
pub async fn holder(tx: &mut TenantTx, draft: &Draft, but: Option<Uuid>) -> Result<Option<Uuid>, Problem> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!(
        "select id from contact where tenant_id = $1 and country = $2 and identifier = $3 and identifier <> '' and id is distinct from $4",
        tenant,
        draft.country,
        draft.identifier,
        but
    );
    Ok(id.fetch_optional(tx.conn()).await?)
}

pub fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "contact_identifier_unique") {
        Problem::conflict("contacts.identifier_taken", "Another contact has this identifier.")
    } else {
        error.into()
    }
}

pub async fn insert(tx: &mut TenantTx, id: Uuid, draft: &Draft) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into contact (tenant_id, id, kind, legal_name, trade_name, roles, country, identifier, identifier_type, payment_terms_days,
                              credit_limit_minor, language, notes, tags, is_active, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
        tenant,
        id,
        draft.kind,
        draft.legal_name,
        draft.trade_name,
        &draft.roles,
        draft.country,
        draft.identifier,
        draft.identifier_type,
        draft.payment_terms_days,
        draft.credit_limit_minor,
        draft.language,
        draft.notes,
        &draft.tags,
        draft.is_active,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    insert_parts(tx, id, draft).await
}

/// Writes the contact and all that belongs to it anew; false if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, draft: &Draft, version: i32) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update contact
         set kind = $4, legal_name = $5, trade_name = $6, roles = $7, country = $8, identifier = $9, identifier_type = $10,
             payment_terms_days = $11, credit_limit_minor = $12, language = $13, notes = $14, tags = $15, is_active = $16,
             version = version + 1, updated_at = $17
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        draft.kind,
        draft.legal_name,
        draft.trade_name,
        &draft.roles,
        draft.country,
        draft.identifier,
        draft.identifier_type,
        draft.payment_terms_days,
        draft.credit_limit_minor,
        draft.language,
        draft.notes,
        &draft.tags,
        draft.is_active,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "with phones as (delete from contact_phone where tenant_id = $1 and contact_id = $2),
              emails as (delete from contact_email where tenant_id = $1 and contact_id = $2),
              addresses as (delete from contact_address where tenant_id = $1 and contact_id = $2)
         delete from contact_bank_account where tenant_id = $1 and contact_id = $2",
        tenant,
        id
    )
    .execute(tx.conn())
    .await?;
    insert_parts(tx, id, draft).await?;
    Ok(true)
}

async fn insert_parts(tx: &mut TenantTx, id: Uuid, draft: &Draft) -> Result<(), Problem> {
    let tenant = tx.tenant();
    if [draft.phones.len(), draft.emails.len(), draft.addresses.len(), draft.bank_accounts.len()] == [0; 4] {
        return Ok(());
    }
    let (addresses, accounts) = (&draft.addresses, &draft.bank_accounts);
    sqlx::query!(
        "with phones as (
             insert into contact_phone (tenant_id, contact_id, number, position)
             select $1, $2, t.number, t.position from unnest($3::text[]) with ordinality as t (number, position)
         ), emails as (
             insert into contact_email (tenant_id, contact_id, email, position)
             select $1, $2, t.email, t.position from unnest($4::text[]) with ordinality as t (email, position)
         ), addresses as (
             insert into contact_address (tenant_id, contact_id, position, kind, lines, city, region, postal_code, country)
             select $1, $2, t.position, t.kind, t.lines, t.city, t.region, t.postal_code, t.country
             from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
                  with ordinality as t (kind, lines, city, region, postal_code, country, position)
         )
         insert into contact_bank_account (tenant_id, contact_id, position, holder, bank, number, iban)
         select $1, $2, t.position, t.holder, t.bank, t.number, t.iban
         from unnest($11::text[], $12::text[], $13::text[], $14::text[]) with ordinality as t (holder, bank, number, iban, position)",
        tenant,
        id,
        &draft.phones,
        &draft.emails,
        &addresses.iter().map(|a| a.kind.name().to_owned()).collect::<Vec<_>>(),
        &addresses.iter().map(|a| a.lines.join("\n")).collect::<Vec<_>>(),
        &addresses.iter().map(|a| a.city.clone()).collect::<Vec<_>>(),
        &addresses.iter().map(|a| a.region.clone()).collect::<Vec<_>>(),
        &addresses.iter().map(|a| a.postal_code.clone()).collect::<Vec<_>>(),
        &addresses.iter().map(|a| a.country.clone()).collect::<Vec<_>>(),
        &accounts.iter().map(|a| a.holder.clone()).collect::<Vec<_>>(),
        &accounts.iter().map(|a| a.bank.clone()).collect::<Vec<_>>(),
        &accounts.iter().map(|a| a.number.clone()).collect::<Vec<_>>(),
        &accounts.iter().map(|a| a.iban.clone()).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts what has been said at the end of the history.
pub async fn say(tx: &mut TenantTx, id: Uuid, consent: &NewConsent) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into contact_consent (tenant_id, id, contact_id, marketing, given_at, source, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        Uuid::now_v7(),
        id,
        consent.marketing,
        consent.at.unwrap_or(now),
        consent.source,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// False if there is no such contact.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from contact where tenant_id = $1 and id = $2 and merged_into is null", tenant, id);
    match done.execute(tx.conn()).await {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation) => {
            Err(Problem::conflict("contacts.in_use", "Documents name the contact, or another has been merged into it: archive it instead."))
        }
        Err(error) => Err(error.into()),
    }
}

/// What a document asks of a contact.
pub struct Held {
    pub id: Uuid,
    pub legal_name: String,
    pub identifier: String,
    pub roles: Vec<String>,
    pub is_active: bool,
    pub merged_into: Option<Uuid>,
}

/// The contact, kept from being merged, erased or deleted until the transaction ends; others may hold it as well.
pub async fn hold(tx: &mut TenantTx, id: Uuid) -> Result<Option<Held>, Problem> {
    let tenant = tx.tenant();
    let held = sqlx::query_as!(
        Held,
        "select id, legal_name, identifier, roles, is_active, merged_into from contact where tenant_id = $1 and id = $2 for key share",
        tenant,
        id
    );
    Ok(held.fetch_optional(tx.conn()).await?)
}

/// Keeps everybody else from these contacts and from making documents of them, in the order of their ids, so that two who
/// lock the same do not wait for each other.
pub async fn lock(tx: &mut TenantTx, ids: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select id from contact where tenant_id = $1 and id = any($2) order by id for update", tenant, ids)
        .fetch_all(tx.conn())
        .await?;
    Ok(())
}

/// Where contacts are now that documents name, by the ids they were named by; they stay there until the transaction ends. One that
/// is none of the company's is missing.
pub async fn survivors(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, coalesce(merged_into, id) as \"now!\" from contact where tenant_id = $1 and id = any($2) order by id for key share",
        tenant,
        ids
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.now)).collect())
}

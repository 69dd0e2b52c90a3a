//! SQL of how messages go out.

use chrono::Utc;
use uuid::Uuid;

use super::model::{ChannelShown, NewChannel};
use crate::platform::{db::SystemTx, problem::Problem};

/// Locks the company; false if there is none.
pub async fn lock(tx: &mut SystemTx, tenant: Uuid) -> Result<bool, Problem> {
    let found = sqlx::query_scalar!("select tenant_id from company where tenant_id = $1 for no key update", tenant);
    Ok(found.fetch_optional(tx.conn()).await?.is_some())
}

pub async fn channels(tx: &mut SystemTx, tenant: Uuid) -> Result<Vec<ChannelShown>, Problem> {
    let rows = sqlx::query_as!(
        ChannelShown,
        r#"select channel, enabled, sender, account, endpoint, token_sealed is not null as "has_token!", updated_at
           from company_messaging where tenant_id = $1 order by channel"#,
        tenant
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Removes all channels but these.
pub async fn keep(tx: &mut SystemTx, tenant: Uuid, channels: &[String]) -> Result<(), Problem> {
    sqlx::query!("delete from company_messaging where tenant_id = $1 and channel <> all($2)", tenant, channels).execute(tx.conn()).await?;
    Ok(())
}

/// Sets a channel; without a token the one that is there stays.
pub async fn set(tx: &mut SystemTx, tenant: Uuid, new: &NewChannel, token_sealed: Option<&[u8]>) -> Result<(), Problem> {
    sqlx::query!(
        "insert into company_messaging as m (tenant_id, channel, enabled, sender, account, endpoint, token_sealed, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant_id, channel) do update
         set enabled = $3, sender = $4, account = $5, endpoint = $6, token_sealed = coalesce($7, m.token_sealed), updated_at = $8",
        tenant,
        new.channel.name(),
        new.enabled,
        new.sender,
        new.account,
        new.endpoint,
        token_sealed,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

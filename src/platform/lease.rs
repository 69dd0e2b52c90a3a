//! Work that one replica at a time does: who holds the lease does it, and whoever dies gives it up by and by.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{db::SystemTx, problem::Problem};

/// Takes the lease, or takes it further; false while another holder has it.
pub async fn take(tx: &mut SystemTx, name: &str, holder: Uuid, until: DateTime<Utc>) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into lease (name, holder, until) values ($1, $2, $3)
         on conflict (name) do update set holder = $2, until = $3 where lease.holder = $2 or lease.until < now()",
        name,
        holder,
        until
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

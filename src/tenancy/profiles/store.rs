//! SQL of what everybody may know.

use uuid::Uuid;

use super::model::PublicCompany;
use crate::platform::{db::SystemTx, problem::Problem};

/// The company of a slug or an id, if it is active.
pub async fn profile(tx: &mut SystemTx, slug: Option<&str>, id: Option<Uuid>) -> Result<Option<PublicCompany>, Problem> {
    let row = sqlx::query_as!(
        PublicCompany,
        "select slug, trade_name, country, language, time_zone, currency from company
         where status = 'active' and (slug = $1 or tenant_id = $2)",
        slug,
        id
    );
    Ok(row.fetch_optional(tx.conn()).await?)
}

//! SQL of what was open on a day.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::platform::{db::TenantTx, problem::Problem};

/// What was left of an item at the end of a day, minor units, a debit positive.
#[derive(Clone, Debug)]
pub struct ItemAt {
    pub entry: Uuid,
    pub line: i16,
    pub account_code: String,
    pub contact: Option<Uuid>,
    pub contact_name: String,
    pub date: NaiveDate,
    pub due: NaiveDate,
    /// None: the company's own.
    pub currency: Option<String>,
    pub residual_minor: i64,
    /// In the item's currency.
    pub residual_foreign_minor: i64,
    pub reference: String,
}

/// Items of a side (absent: of both), by contact's name and due day.
pub async fn items_at(
    tx: &mut TenantTx,
    side: Option<&str>,
    on: NaiveDate,
    known_at: Option<DateTime<Utc>>,
    contact: Option<Uuid>,
) -> Result<Vec<ItemAt>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        ItemAt,
        r#"select i.entry_id as "entry!", i.line_no as "line!", a.code as account_code, i.contact_id as contact,
                  coalesce(p.legal_name, '') as "contact_name!", i.entry_date as "date!", i.due_date as "due!", i.currency,
                  i.residual_minor as "residual_minor!", coalesce(i.residual_currency_minor, i.residual_minor) as "residual_foreign_minor!",
                  coalesce(nullif(e.reference, ''), e.memo) as "reference!"
           from app.open_items_at($1, $2, $3) i
           join app.control_account c on c.tenant_id = $1 and c.account_id = i.account_id and ($4::text is null or c.side = $4)
           join account a on a.tenant_id = $1 and a.id = i.account_id
           join journal_entry e on e.tenant_id = $1 and e.id = i.entry_id
           left join contact p on p.tenant_id = $1 and p.id = i.contact_id
           where $5::uuid is null or i.contact_id = $5
           order by p.legal_name nulls first, i.contact_id, i.due_date, i.entry_id, i.line_no"#,
        tenant,
        on,
        known_at,
        side,
        contact
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

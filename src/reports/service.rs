//! What every report begins with.

use super::{
    model::{Books, Years},
    store,
};
use crate::{
    platform::{db::TenantTx, problem::Problem, sheets::Letterhead},
    reference::Language,
    tenancy,
};

/// Reads what every report needs. `accepted`: the header `Accept-Language`, where the caller has sent one; the company's
/// own language else.
pub async fn open(tx: &mut TenantTx, accepted: Option<&str>) -> Result<Books, Problem> {
    let company = tenancy::company(tx).await?;
    let now = tx.now().with_timezone(&company.zone()?);
    let years = Years { opened: store::years(tx).await?, first_month: u32::try_from(company.fiscal_year_start).unwrap_or(1).clamp(1, 12) };
    let language = Language::accepted(accepted.unwrap_or(&company.language)).code();
    Ok(Books {
        currency: company.money()?,
        letterhead: Letterhead {
            name: if company.legal_name.is_empty() { company.trade_name } else { company.legal_name },
            tax_id: company.tax_identifier,
            address: [company.address, company.city].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        },
        country: company.country,
        language,
        today: now.date_naive(),
        made: now.format("%Y-%m-%d %H:%M %Z").to_string(),
        years,
        accounts: store::accounts(tx).await?,
    })
}

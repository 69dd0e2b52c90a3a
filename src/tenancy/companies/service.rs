//! Acts: change what is true for everything that the company does.

use super::{
    model::{Company, CompanyPatch, cleared, tax_identifier},
    store::{self, Changes},
};
use crate::{
    platform::{db::TenantTx, http::stale, problem::Problem},
    reference::{self, country},
};

/// Changes the profile by the rules of the company's country.
pub async fn update(tx: &mut TenantTx, patch: &CompanyPatch, version: i32) -> Result<Company, Problem> {
    let company = store::company(tx).await?;
    let tax_identifier = cleared(patch.tax_identifier.as_ref()).map(|text| tax_identifier(&company.country, text)).transpose()?;
    if let Some(regime) = &patch.tax_regime {
        let known = &country(&company.country)?.tax_regimes;
        if !known.iter().any(|known| known.code == *regime) {
            let codes: Vec<&str> = known.iter().map(|known| known.code.as_str()).collect();
            return Err(Problem::field("/tax_regime", "not_found_reference", format!("is none of the country's: {}", codes.join(", "))));
        }
    }
    if let Some(sector) = cleared(patch.sector.as_ref()).filter(|sector| !sector.is_empty())
        && !reference::is_sector(tx.conn(), sector).await?
    {
        return Err(unknown_sector("/sector"));
    }
    if !store::update(tx, &Changes { patch, tax_identifier }, version).await? {
        return Err(stale());
    }
    if let Some(codes) = &patch.scale_codes {
        store::set_scale_codes(tx, codes).await?;
    }
    store::company(tx).await
}

pub fn unknown_sector(pointer: &str) -> Problem {
    Problem::field(pointer, "not_found_reference", "is no sector: GET /api/v1/public/reference?kind=sector")
}

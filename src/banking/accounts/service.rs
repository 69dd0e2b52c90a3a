//! What is on accounts is worth something in the company's money.

use chrono::NaiveDate;

use super::{model::BankAccount, store};
use crate::{
    banking::money::{self, Worth},
    platform::{db::TenantTx, problem::Problem},
    tenancy::Company,
};

/// How amounts of an account are turned into the company's money on a day: by the last rate until then, if they are to be.
pub async fn worth(tx: &mut TenantTx, company: &Company, account: &BankAccount, day: NaiveDate) -> Result<Worth, Problem> {
    let (ours, theirs) = (company.money()?, money::currency(&account.currency)?);
    let rate = if ours == theirs { None } else { Some(store::rate(tx, &account.currency, day).await?) };
    Ok(Worth::at(ours, theirs, rate))
}

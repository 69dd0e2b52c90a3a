//! Acts: hold a body to the company's form.

use serde_json::{Map, Value};

use super::{
    model::{FieldShown, Form, apply, resolve},
    store,
};
use crate::{
    platform::{db::TenantTx, problem::Problem},
    reference,
    tenancy::companies::company,
};

/// The form as the company has it.
pub async fn form(tx: &mut TenantTx, form: Form) -> Result<Vec<FieldShown>, Problem> {
    let company = company(tx).await?;
    let settings = store::settings(tx, form).await?;
    Ok(resolve(form, &company.language, reference::sector(&company.sector)?, &settings))
}

/// The body of something new, with what the company fills in; or what its form does not take.
pub async fn complete(tx: &mut TenantTx, of: Form, body: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    held(tx, of, body, true).await
}

/// The body of a change, if the company's form takes it.
pub async fn check(tx: &mut TenantTx, of: Form, body: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    held(tx, of, body, false).await
}

async fn held(tx: &mut TenantTx, of: Form, mut body: Map<String, Value>, is_new: bool) -> Result<Map<String, Value>, Problem> {
    let faults = apply(&form(tx, of).await?, &mut body, is_new);
    if faults.is_empty() { Ok(body) } else { Err(Problem::fields(faults)) }
}

/// The fields that the company asks for beyond those that nothing can be made without.
pub async fn required(tx: &mut TenantTx, of: Form) -> Result<Vec<String>, Problem> {
    let asked_for = form(tx, of).await?.into_iter().filter(|field| field.required && !field.fixed && field.default.is_none());
    Ok(asked_for.map(|field| field.field).collect())
}

//! `/api/v1/public/company` and `/api/v1/public/companies/{slug}`.

use axum::{extract::State, response::Response};
use http::{HeaderMap, request::Parts};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{model::PublicCompany, store};
use crate::platform::{
    App,
    http::{Path, public, unchanged_or},
    layers::{limit, named_company},
    problem::{Problem, ProblemBody},
    rate_limit::Limit,
    telemetry::RequestContext,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(public(routes!(read_public_company))).routes(public(routes!(read_company_here)))
}

/// A company as everybody sees it
///
/// Only companies that are active.
#[utoipa::path(get, path = "/api/v1/public/companies/{slug}", operation_id = "read_public_company", tag = "tenancy",
    params(("slug" = String, Path, description = "Of the company", example = "panaderia-sol-1f2e3d4c")),
    responses((status = 200, body = PublicCompany), (status = 304), (status = 404, body = ProblemBody)))]
async fn read_public_company(State(app): State<App>, headers: HeaderMap, Path(slug): Path<String>) -> Result<Response, Problem> {
    limit(&app, Limit::Location, &RequestContext::current().ip).await?;
    let mut tx = app.db.system().await?;
    let found = store::profile(&mut tx, Some(&slug), None).await?.ok_or_else(Problem::not_found)?;
    unchanged_or(&headers, "public, max-age=60", &found)
}

/// The company of the host that is asked
///
/// By `TENANT_DOMAIN`, by a domain of the company's own, or by `X-Tenant`; 404 where that names none that is active.
#[utoipa::path(get, path = "/api/v1/public/company", operation_id = "read_company_here", tag = "tenancy",
    responses((status = 200, body = PublicCompany), (status = 304), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_company_here(State(app): State<App>, parts: Parts) -> Result<Response, Problem> {
    limit(&app, Limit::Location, &RequestContext::current().ip).await?;
    let named = named_company(&app, &parts).await.map_err(|refused| Problem::from(&refused))?.ok_or_else(Problem::not_found)?;
    let mut tx = app.db.system().await?;
    let found = store::profile(&mut tx, None, Some(named)).await?.ok_or_else(Problem::not_found)?;
    // Which company it is, headers say that caches do not look at.
    unchanged_or(&parts.headers, "private, max-age=60", &found)
}

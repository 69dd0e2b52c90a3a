//! `/api/v1/public/location`.

use axum::{extract::State, response::Response};
use http::{HeaderMap, header};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{Language, LocationCities, LocationCountries},
    service::world,
};
use crate::platform::{
    App,
    http::{Path, Query, public, unchanged_or},
    layers::limit,
    problem::{Problem, ProblemBody},
    rate_limit::Limit,
    telemetry::RequestContext,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(public(routes!(list_countries))).routes(public(routes!(list_cities)))
}

/// The data changes with the program only; a day is soon enough to hear of it.
const CACHE: &str = "public, max-age=86400";

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LocationQuery {
    /// The beginning of any word of the name; accents and case do not matter.
    #[param(max_length = 100)]
    q: Option<String>,
    /// How many to answer, 1 to 300.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 300, default = 20)]
    limit: Option<String>,
    /// The language of names; else that of `Accept-Language`; else Spanish.
    lang: Option<Language>,
}

impl LocationQuery {
    fn text(&self) -> Result<&str, Problem> {
        let text = self.q.as_deref().unwrap_or_default();
        if text.chars().count() <= 100 { Ok(text) } else { Err(Problem::bad_request("invalid_query", "q has at most 100 characters.")) }
    }

    fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.as_deref().map_or(Ok(20), str::parse);
        let limit = limit.ok().filter(|n| (1..=300).contains(n));
        limit.ok_or_else(|| Problem::bad_request("invalid_query", "limit must be a number from 1 to 300."))
    }
}

/// Countries of the world by name
///
/// Finds the text at the beginning of any word of a name in any of our languages, and by ISO code: whole names first,
/// then names that begin with it, then the largest.
#[utoipa::path(get, path = "/api/v1/public/location/countries", operation_id = "list_location_countries", tag = "reference", params(LocationQuery),
    responses((status = 200, body = LocationCountries), (status = 304, description = "As it was"), (status = 400, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn list_countries(State(app): State<App>, headers: HeaderMap, Query(query): Query<LocationQuery>) -> Result<Response, Problem> {
    limit(&app, Limit::Location, &RequestContext::current().ip).await?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let language = query.lang.unwrap_or_else(|| Language::accepted(accepted));
    let data = world().await?.countries(query.text()?, language, query.limit()?);
    unchanged_or(&headers, CACHE, &LocationCountries { data })
}

/// Cities of a country by name
///
/// Those of at least five thousand inhabitants, found like countries; without a text the largest. Names are those that
/// the place itself uses.
#[utoipa::path(get, path = "/api/v1/public/location/countries/{iso2}/cities", operation_id = "list_location_cities", tag = "reference",
    params(("iso2" = String, Path, description = "ISO 3166-1 alpha-2", example = "EC"), LocationQuery),
    responses((status = 200, body = LocationCities), (status = 304, description = "As it was"), (status = 400, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn list_cities(
    State(app): State<App>,
    Path(iso2): Path<String>,
    headers: HeaderMap,
    Query(query): Query<LocationQuery>,
) -> Result<Response, Problem> {
    limit(&app, Limit::Location, &RequestContext::current().ip).await?;
    let data = world().await?.cities(&iso2, query.text()?, query.limit()?).ok_or_else(Problem::not_found)?;
    unchanged_or(&headers, CACHE, &LocationCities { data })
}

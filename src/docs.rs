//! The API document and its pages, from this program alone: no network, no content delivery service.

use axum::{
    Router,
    middleware::from_fn,
    response::{Html, IntoResponse},
    routing::get,
};
use http::header;
use pulldown_cmark::{Options, Parser, html};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use crate::platform::{App, layers};

/// `/docs` to try the API out, `/redoc` to read it, `/docs/problems` for what error codes mean, and the
/// document itself.
pub fn router(document: OpenApi) -> Router<App> {
    let swagger: Router<App> = SwaggerUi::new("/docs").url("/openapi.json", document).into();
    let script = || async { ([(header::CONTENT_TYPE, "text/javascript")], include_str!("../templates/docs/redoc.standalone.js")) };
    let problems = problem_page();
    swagger
        .route("/redoc", get(|| async { Html(include_str!("../templates/docs/redoc.html")) }))
        .route("/redoc/redoc.standalone.js", get(script))
        .route("/docs/problems", get(move || std::future::ready(Html(problems.clone()).into_response())))
        .layer(from_fn(layers::secure_docs))
}

/// The list of codes as a page; each code's row can be linked to, as every problem's `type` does.
fn problem_page() -> String {
    let mut table = String::new();
    html::push_html(&mut table, Parser::new_ext(include_str!("../docs/problems.md"), Options::ENABLE_TABLES));
    let mut rows = table.split("<tr><td><code>");
    let mut page = String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Balanza: problem codes</title>");
    page += "<style>body{font-family:sans-serif;max-width:70em;margin:2em auto}td{padding:.3em;vertical-align:top}:target{background:#ffd}</style>";
    page += rows.next().unwrap_or_default();
    for row in rows {
        let code = row.split('<').next().unwrap_or_default();
        page += &format!("<tr id=\"{code}\"><td><code>{row}");
    }
    page
}

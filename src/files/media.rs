//! `/media`: where objects in the folder are read and written by signed links, as a bucket's are at the bucket.

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};

use crate::platform::{
    App,
    files::{Key, Signed},
    http::{Path, Query, body},
    problem::Problem,
};

pub fn router() -> Router<App> {
    Router::new().route("/media/{*key}", get(read).put(write))
}

fn refused() -> Problem {
    Problem::forbidden("files.link_not_valid", "The link is not valid, or no longer: ask for another.")
}

fn admitted(app: &App, method: &str, key: &str, signed: &Signed) -> Result<Key, Problem> {
    let key = Key::parse(key).ok_or_else(refused)?;
    if app.files.admits(method, &key, signed) { Ok(key) } else { Err(refused()) }
}

async fn read(State(app): State<App>, Path(key): Path<String>, Query(signed): Query<Signed>) -> Result<Response, Problem> {
    let key = admitted(&app, "GET", &key, &signed)?;
    let bytes = app.files.get(&key).await?.ok_or_else(Problem::not_found)?;
    Ok(download(signed.content_type, signed.disposition, bytes))
}

/// Bytes that a user has brought: saved and not opened, and powerless if opened all the same.
pub fn download(content_type: String, disposition: String, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

async fn write(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(signed): Query<Signed>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let key = admitted(&app, "PUT", &key, &signed)?;
    let sent = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if sent != signed.content_type {
        let detail = format!("Send the file as {}, as it was announced.", signed.content_type);
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    }
    let bytes = body(request).await?;
    if u64::try_from(bytes.len()).ok() != Some(signed.size) {
        let detail = format!("The file has {} bytes, {} were announced.", bytes.len(), signed.size);
        return Err(Problem::unprocessable("files.other_size", detail));
    }
    app.files.put(&key, bytes.to_vec(), &signed.content_type).await?;
    Ok(StatusCode::NO_CONTENT)
}

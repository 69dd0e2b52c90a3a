//! `/api/v1/files`, `/api/v1/company/logo`, and `/media`.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use garde::Validate;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    content::of_size,
    model::{
        DownloadLink, File, FileQuery, FileShown, FileUsage, NewUpload, Upload, UploadLink, UploadQuery, Variant, VariantQuery, a_name,
        disposition,
    },
    service, store, thumbnail,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    files::{Key, Signed},
    http::{Answer, Json, Page, PageQuery, Path, Query, allow, body},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::FilesRead, routes!(list_files)))
        .routes(allow(Permission::FilesWrite, routes!(upload_file)))
        .routes(allow(Permission::FilesRead, routes!(read_file_usage)))
        .routes(allow(Permission::FilesWrite, routes!(presign_file)))
        .routes(allow(Permission::FilesRead, routes!(read_file)))
        .routes(allow(Permission::FilesWrite, routes!(complete_file)))
        .routes(allow(Permission::FilesWrite, routes!(delete_file)))
        .routes(allow(Permission::FilesRead, routes!(read_file_content)))
        .routes(allow(Permission::FilesRead, routes!(link_file)))
        .routes(allow(Permission::CompanyWrite, routes!(set_logo)))
        .routes(allow(Permission::CompanyWrite, routes!(clear_logo)))
}

const LIST: &str = "files";

/// Files of the company, the latest first
#[utoipa::path(get, path = "/api/v1/files", operation_id = "list_files", tag = "files", params(FileQuery),
    responses((status = 200, body = Page<FileShown>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_files(State(app): State<App>, actor: Actor, Query(query): Query<FileQuery>) -> Result<axum::Json<Page<FileShown>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let files = store::files(&mut tx, None, query.purpose, after, limit + 1).await?;
    tx.commit().await?;
    let shown = files.into_iter().map(File::shown).collect();
    Ok(axum::Json(Page::of(LIST, shown, limit, |file: &FileShown| file.id)?))
}

/// Send a file as it is
///
/// The body is the file. What it is, its content decides; what it is for, and its name, stand in the query. Larger ones go
/// better to the storage itself: `POST /api/v1/files/presign`.
#[utoipa::path(post, path = "/api/v1/files", operation_id = "upload_file", tag = "files", params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = FileShown), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn upload_file(State(app): State<App>, actor: Actor, Query(query): Query<UploadQuery>, request: Request) -> Result<Answer, Problem> {
    a_name(&query.name, &()).map_err(|error| Problem::field("?name", "invalid", error.message()))?;
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if let Some(said) = said {
        of_size(query.purpose, said)?;
    }
    let bytes = body(request).await?;
    let file = service::keep(&app, &actor, query.purpose, &query.name, bytes.into()).await?;
    Answer::created(format!("/api/v1/files/{}", file.id), &file.shown())
}

/// How much of the storage is used
#[utoipa::path(get, path = "/api/v1/files/usage", operation_id = "read_file_usage", tag = "files",
    responses((status = 200, body = FileUsage), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_file_usage(State(app): State<App>, actor: Actor) -> Result<axum::Json<FileUsage>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let usage = store::usage(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(usage))
}

/// Ask for a link to bring a file to the storage
///
/// Its size is set aside for an hour. Send the file to the link, with the method and headers that the answer names, then
/// `POST /api/v1/files/{id}/complete`: only then it is looked at, and there.
#[utoipa::path(post, path = "/api/v1/files/presign", operation_id = "presign_file", tag = "files", request_body = NewUpload,
    responses((status = 201, body = Upload), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 413, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn presign_file(State(app): State<App>, actor: Actor, body: Json<NewUpload>) -> Result<Answer, Problem> {
    let (file, link) = service::announce(&app, &actor, &body.value).await?;
    let location = format!("/api/v1/files/{}", file.id);
    let upload = UploadLink { method: "PUT", url: link.url, headers: link.headers.into_iter().collect(), expires_at: link.expires_at };
    Answer::created(location, &Upload { file: file.shown(), upload })
}

/// Read what a file is
#[utoipa::path(get, path = "/api/v1/files/{id}", operation_id = "read_file", tag = "files", params(("id" = Uuid, Path)),
    responses((status = 200, body = FileShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_file(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<FileShown>, Problem> {
    Ok(axum::Json(service::readable(&app, &actor, id).await?.shown()))
}

/// Say that a file has been brought
///
/// It is looked at now. What is not what it should be is gone with the answer.
#[utoipa::path(post, path = "/api/v1/files/{id}/complete", operation_id = "complete_file", tag = "files", params(("id" = Uuid, Path)),
    responses((status = 200, body = FileShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn complete_file(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<FileShown>, Problem> {
    Ok(axum::Json(service::complete(&app, &actor, id).await?.shown()))
}

/// Delete a file that nothing shows
#[utoipa::path(delete, path = "/api/v1/files/{id}", operation_id = "delete_file", tag = "files", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_file(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    service::delete(&app, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The object of a variant, and what it is; a thumbnail that is not made yet is not there.
fn variant(file: &File, variant: Variant) -> Result<(Key, String, String), Problem> {
    match variant {
        _ if !file.is_ready => Err(Problem::not_found()),
        Variant::Original => Ok((file.key.clone(), file.content_type.clone(), file.disposition())),
        Variant::Thumbnail if file.has_thumbnail => {
            let name = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
            Ok((file.key.thumbnail(), thumbnail::CONTENT_TYPE.to_owned(), disposition(&format!("{name}.png"))))
        }
        Variant::Thumbnail => Err(Problem::not_found()),
    }
}

/// What a file holds
#[utoipa::path(get, path = "/api/v1/files/{id}/content", operation_id = "read_file_content", tag = "files", params(("id" = Uuid, Path), VariantQuery),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn read_file_content(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<VariantQuery>,
) -> Result<Response, Problem> {
    let file = service::readable(&app, &actor, id).await?;
    let (key, content_type, disposition) = variant(&file, query.variant)?;
    let bytes = app.files.get(&key).await?.ok_or_else(Problem::not_found)?;
    Ok(download(content_type, disposition, bytes))
}

/// Ask for a link to read a file by
///
/// Good for five minutes, for whoever has it: give it to a browser, and to nobody else.
#[utoipa::path(get, path = "/api/v1/files/{id}/link", operation_id = "link_file", tag = "files", params(("id" = Uuid, Path), VariantQuery),
    responses((status = 200, body = DownloadLink), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn link_file(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<VariantQuery>,
) -> Result<axum::Json<DownloadLink>, Problem> {
    let file = service::readable(&app, &actor, id).await?;
    let (key, content_type, disposition) = variant(&file, query.variant)?;
    let link = app.files.download_link(&key, &content_type, disposition).await?;
    Ok(axum::Json(DownloadLink { url: link.url, expires_at: link.expires_at }))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"file_id": "01900000-0000-7000-8000-000000000009"}))]
struct Logo {
    /// A file of the purpose `logo` that is ready.
    #[garde(skip)]
    file_id: Uuid,
}

/// Set the company's logo
#[utoipa::path(put, path = "/api/v1/company/logo", operation_id = "set_logo", tag = "tenancy", request_body = Logo,
    responses((status = 200, body = FileShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_logo(State(app): State<App>, actor: Actor, body: Json<Logo>) -> Result<axum::Json<FileShown>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let file = service::set_logo(&mut tx, body.value.file_id).await?;
    tx.commit().await?;
    Ok(axum::Json(file.shown()))
}

/// Take the company's logo away
///
/// The file stays.
#[utoipa::path(delete, path = "/api/v1/company/logo", operation_id = "clear_logo", tag = "tenancy",
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn clear_logo(State(app): State<App>, actor: Actor) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    store::clear_logo(&mut tx).await?;
    audit::record(&mut tx, "clear_logo", "company", actor.tenant, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused() -> Problem {
    Problem::forbidden("files.link_not_valid", "The link is not valid, or no longer: ask for another.")
}

fn admitted(app: &App, method: &str, key: &str, signed: &Signed) -> Result<Key, Problem> {
    let key = Key::parse(key).ok_or_else(refused)?;
    if app.files.admits(method, &key, signed) { Ok(key) } else { Err(refused()) }
}

/// `/media`: objects in the folder are read by signed links, as a bucket's are at the bucket.
pub async fn read_media(State(app): State<App>, Path(key): Path<String>, Query(signed): Query<Signed>) -> Result<Response, Problem> {
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

/// The same, to bring one.
pub async fn write_media(
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

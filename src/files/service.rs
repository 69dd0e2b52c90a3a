//! Acts: keep a file, let somebody bring one, make it small, sweep what nobody needs.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    content::{self, Checked},
    model::{File, NewUpload, Purpose},
    store::{self, NewFile},
    thumbnail,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    db::TenantTx,
    files::{Key, Link},
    jobs,
    problem::Problem,
    scanner::Verdict,
};

/// How long an announced file may take to come.
const PENDING_HOURS: i64 = 1;
/// How old an object without a row must be before it is nobody's.
const ORPHAN_HOURS: i64 = 24;

/// Keeps a file that has come whole: looks at it, puts it into the storage, then writes its row in a transaction of its
/// own.
pub async fn keep(app: &App, actor: &Actor, purpose: Purpose, name: &str, bytes: Vec<u8>) -> Result<File, Problem> {
    let size = u64::try_from(bytes.len()).map_err(Problem::internal)?;
    let (found, bytes) = look_at(app, purpose, name, bytes).await?;
    let id = Uuid::now_v7();
    let key = Key::new(actor.tenant, purpose.module(), Utc::now(), id);
    app.files.put(&key, bytes, found.content_type).await?;
    let mut tx = app.db.begin(actor).await?;
    let kept = async {
        let new = NewFile { id, key: &key, purpose, name, content_type: found.content_type, size };
        store::insert(&mut tx, &new, Some(&found)).await?;
        is_ready(&mut tx, id, &found).await
    };
    match kept.await {
        Ok(file) => {
            tx.commit().await?;
            Ok(file)
        }
        Err(problem) => {
            // Should this fail, the sweep finds it.
            let _swept_later = app.files.delete(&key).await;
            Err(problem)
        }
    }
}

/// What is done when a file is there: it is recorded, and a picture is made small in the background.
async fn is_ready(tx: &mut TenantTx, id: Uuid, found: &Checked) -> Result<File, Problem> {
    let file = store::file(tx, id).await?.ok_or_else(Problem::not_found)?;
    let data = json!({ "purpose": file.purpose.name(), "name": file.name, "size": file.size, "sha256": hex::encode(found.sha256) });
    audit::record(tx, "create", "file", id, data).await?;
    if found.width.is_some() {
        jobs::enqueue(tx, "files.thumbnail", json!({ "file": id })).await?;
    }
    Ok(file)
}

async fn look_at(app: &App, purpose: Purpose, name: &str, bytes: Vec<u8>) -> Result<(Checked, Vec<u8>), Problem> {
    let name = name.to_owned();
    let (found, bytes) = tokio::task::spawn_blocking(move || content::check(purpose, &name, &bytes).map(|found| (found, bytes)))
        .await
        .map_err(Problem::internal)??;
    match app.scanner.scan(&bytes).await? {
        Verdict::Clean => Ok((found, bytes)),
        Verdict::Infected(what) => Err(Problem::unprocessable("files.infected", format!("The scanner has found {what} in the file."))),
    }
}

/// Announces a file, sets its size aside, and gives a link to bring it by.
pub async fn announce(app: &App, actor: &Actor, new: &NewUpload) -> Result<(File, Link), Problem> {
    content::announce(new.purpose, &new.name, &new.content_type, new.size)?;
    let id = Uuid::now_v7();
    let key = Key::new(actor.tenant, new.purpose.module(), Utc::now(), id);
    // Elsewhere than where it will lie: the link is good for a while, and what has been looked at must not change.
    let link = app.files.upload_link(&key.incoming(), &new.content_type, new.size).await?;
    let mut tx = app.db.begin(actor).await?;
    let row = NewFile { id, key: &key, purpose: new.purpose, name: &new.name, content_type: &new.content_type, size: new.size };
    store::insert(&mut tx, &row, None).await?;
    let file = store::file(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok((file, link))
}

/// Looks at what was brought by a link. What is not taken is gone; repeating it for a file that is there changes nothing.
pub async fn complete(app: &App, actor: &Actor, id: Uuid) -> Result<File, Problem> {
    let file = readable(app, actor, id).await?;
    if file.is_ready {
        return Ok(file);
    }
    let incoming = file.key.incoming();
    let not_there = || Problem::conflict("files.not_brought", "The file has not been brought yet: send it to the link first.");
    let size = app.files.size(&incoming).await?.ok_or_else(not_there)?;
    let looked_at = if size == file.size {
        let bytes = app.files.get(&incoming).await?.ok_or_else(not_there)?;
        look_at(app, file.purpose, &file.name, bytes).await
    } else {
        Err(Problem::unprocessable("files.other_size", format!("The file has {size} bytes, {} were announced.", file.size)))
    };
    let (found, bytes) = match looked_at {
        Ok(taken) => taken,
        // It can be looked at later.
        Err(problem) if problem.is_passing() => return Err(problem),
        Err(problem) => {
            let mut tx = app.db.begin(actor).await?;
            store::delete(&mut tx, id).await?;
            tx.commit().await?;
            app.files.delete(&incoming).await?;
            return Err(problem);
        }
    };
    app.files.put(&file.key, bytes, found.content_type).await?;
    let mut tx = app.db.begin(actor).await?;
    if store::set_ready(&mut tx, id, &found).await? {
        is_ready(&mut tx, id, &found).await?;
    }
    let file = store::file(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    app.files.delete(&incoming).await?;
    Ok(file)
}

/// A file that its company's members may read: those of imports are read there.
pub async fn readable(app: &App, actor: &Actor, id: Uuid) -> Result<File, Problem> {
    let mut tx = app.db.read(actor).await?;
    let file = store::files(&mut tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(file)
}

/// What a file that is there holds.
pub async fn content(app: &App, actor: &Actor, id: Uuid) -> Result<(File, Vec<u8>), Problem> {
    let mut tx = app.db.read(actor).await?;
    let file = store::file(&mut tx, id).await?.filter(|file| file.is_ready).ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let bytes = app.files.get(&file.key).await?.ok_or_else(Problem::not_found)?;
    Ok((file, bytes))
}

/// Deletes a file that people keep.
pub async fn delete(app: &App, actor: &Actor, id: Uuid) -> Result<(), Problem> {
    readable(app, actor, id).await?;
    discard(app, actor, id).await
}

/// Removes the row, then the objects; what fails of that the sweep does.
pub async fn discard(app: &App, actor: &Actor, id: Uuid) -> Result<(), Problem> {
    let mut tx = app.db.begin(actor).await?;
    let file = store::file(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    store::delete(&mut tx, id).await?;
    audit::record(&mut tx, "delete", "file", id, json!({ "purpose": file.purpose.name(), "name": file.name })).await?;
    tx.commit().await?;
    for key in [file.key.thumbnail(), file.key.incoming(), file.key] {
        if let Err(problem) = app.files.delete(&key).await {
            tracing::warn!(%key, ?problem, "a file's object is left to the sweep");
        }
    }
    Ok(())
}

/// The job: makes a picture small, if the picture is still there.
pub async fn make_thumbnail(app: &App, actor: &Actor, id: Uuid) -> Result<(), Problem> {
    // One at a time: each may take hundreds of MiB for a moment.
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let (file, bytes) = match content(app, actor, id).await {
        Ok(found) => found,
        Err(problem) if problem.code() == "not_found" => return Ok(()),
        Err(problem) => return Err(problem),
    };
    let Some(format) = content::format(&file.content_type) else { return Ok(()) };
    let made = {
        let _turn = TURN.lock().await;
        tokio::task::spawn_blocking(move || thumbnail::make(format, &bytes)).await.map_err(Problem::internal)?
    };
    let small = match made {
        Ok(small) => small,
        // Its head was right and its body is not: it stays without.
        Err(error) => {
            tracing::info!(file = %id, %error, "no thumbnail can be made");
            return Ok(());
        }
    };
    app.files.put(&file.key.thumbnail(), small, thumbnail::CONTENT_TYPE).await?;
    let mut tx = app.db.begin(actor).await?;
    store::set_thumbnail(&mut tx, id).await?;
    tx.commit().await
}

/// A picture as documents show it: the small one, which we have drawn ourselves. None while there is none; a document does
/// not wait for it, nor for a storage that is away.
pub async fn picture(app: &App, file: Option<File>) -> Option<Vec<u8>> {
    let file = file.filter(|file| file.has_thumbnail)?;
    app.files.get(&file.key.thumbnail()).await.unwrap_or_else(|problem| {
        tracing::warn!(file = %file.id, ?problem, "a document goes without its picture");
        None
    })
}

/// A file that is ready, if it was brought for the purpose.
pub async fn ready(tx: &mut TenantTx, id: Uuid, purpose: Purpose) -> Result<Option<File>, Problem> {
    Ok(store::file(tx, id).await?.filter(|file| file.is_ready && file.purpose == purpose))
}

/// Sets the logo: a picture that was brought as one.
pub async fn set_logo(tx: &mut TenantTx, id: Uuid) -> Result<File, Problem> {
    let file = ready(tx, id, Purpose::Logo).await?;
    let file = file.ok_or_else(|| Problem::field("/file_id", "not_found_reference", "is no file of the purpose logo that is ready"))?;
    store::set_logo(tx, id).await?;
    audit::record(tx, "set_logo", "company", tx.tenant(), json!({ "file": id })).await?;
    Ok(file)
}

/// What a sweep has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub pending: u64,
    pub orphans: u64,
    /// Rows whose object is gone: nobody can mend that, but an operator should know.
    pub missing: u64,
}

/// Forgets files that were announced and never brought, and removes objects that belong to no file. Harmless when several
/// do it at once.
pub async fn sweep(app: &App) -> Result<Swept, Problem> {
    let mut swept = Swept::default();
    let mut tx = app.db.system().await?;
    let mut companies: BTreeSet<Uuid> = store::companies(&mut tx).await?.into_iter().collect();
    tx.commit().await?;
    let of_storage = app.files.companies().await?;
    companies.extend(&of_storage);
    for tenant in companies {
        let done = sweep_company(app, tenant, of_storage.contains(&tenant)).await?;
        swept.pending += done.pending;
        swept.orphans += done.orphans;
        swept.missing += done.missing;
    }
    Ok(swept)
}

async fn sweep_company(app: &App, tenant: Uuid, has_objects: bool) -> Result<Swept, Problem> {
    let now = Utc::now();
    let actor = Actor::new(Uuid::nil(), tenant);
    let mut tx = app.db.begin(&actor).await?;
    let pending = store::forget_pending(&mut tx, now - TimeDelta::hours(PENDING_HOURS)).await?;
    tx.commit().await?;
    // Objects first: a file that comes meanwhile has its object before its row.
    let objects = if has_objects { app.files.list(tenant).await? } else { vec![] };
    let mut tx = app.db.read(&actor).await?;
    let keys: BTreeSet<String> = store::keys(&mut tx).await?.into_iter().collect();
    tx.commit().await?;
    let mut orphans = 0;
    let mut found = BTreeSet::new();
    for object in objects {
        let name = object.as_str();
        let of = name.strip_suffix(".thumbnail").or_else(|| name.strip_suffix(".incoming")).unwrap_or(name);
        if keys.contains(of) {
            found.insert(of.to_owned());
        } else if object.made_at().is_some_and(|at| at < now - TimeDelta::hours(ORPHAN_HOURS)) {
            app.files.delete(&object).await?;
            orphans += 1;
        }
    }
    let missing = u64::try_from(keys.difference(&found).count()).unwrap_or_default();
    if missing > 0 {
        tracing::warn!(%tenant, missing, "files have rows and no objects");
    }
    Ok(Swept { pending, orphans, missing })
}

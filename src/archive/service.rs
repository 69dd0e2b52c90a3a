//! Acts: take a company out, bring it in, erase it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::store::{self, DERIVED};
use crate::platform::{
    App,
    db::{MIGRATIONS, Urls},
    files::Key,
};

/// How many rows, and what they say together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub rows: i64,
    pub md5: String,
}

/// What a folder holds; written last, so that a folder without it is no archive.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The last migration of the server that it was taken from.
    migration: i64,
    company: Uuid,
    slug: String,
    exported_at: DateTime<Utc>,
    tables: BTreeMap<String, Digest>,
    /// SHA-256 of each file, by its name.
    files: BTreeMap<String, String>,
}

const FORMAT: u32 = 1;

/// What was taken out, brought in or erased.
#[derive(Debug)]
pub struct Archived {
    pub company: Uuid,
    pub tables: BTreeMap<String, Digest>,
    pub files: usize,
}

fn this_migration() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

fn writing(path: &Path) -> anyhow::Result<GzEncoder<BufWriter<File>>> {
    let file = File::create_new(path).with_context(|| path.display().to_string())?;
    Ok(GzEncoder::new(BufWriter::new(file), Compression::fast()))
}

fn reading(path: &Path) -> anyhow::Result<impl Read + Send + use<>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    Ok(GzDecoder::new(BufReader::new(file)))
}

/// Writes everything of a company into a new folder: one moment of it, however busy it is.
pub async fn export(app: &App, urls: &Urls, slug: &str, folder: &Path) -> anyhow::Result<Archived> {
    let mut system = app.db.system().await?;
    let (tenant, _) = store::company(&mut system, slug).await?.with_context(|| format!("there is no company {slug}"))?;
    std::fs::create_dir(folder).with_context(|| folder.display().to_string())?;
    for part in ["tables", "files"] {
        std::fs::create_dir(folder.join(part))?;
    }
    let mut people = writing(&folder.join("people.gz"))?;
    store::copy_people_out(&mut system, tenant, &mut people).await?;
    people.finish()?.flush()?;
    system.commit().await?;

    let mut owner = store::connect(&urls.owner).await?;
    store::begin(&mut owner, tenant, "isolation level repeatable read read only").await?;
    let mut tables = BTreeMap::new();
    for table in store::tables(&mut owner).await? {
        let mut file = writing(&folder.join("tables").join(format!("{}.gz", table.name)))?;
        store::copy_table_out(&mut owner, &table, tenant, &mut file).await?;
        file.finish()?.flush()?;
        tables.insert(table.name.clone(), store::digest(&mut owner, &table, tenant).await?);
    }
    store::commit(&mut owner).await?;

    let mut files = BTreeMap::new();
    for key in app.files.list(tenant).await? {
        // One that has gone meanwhile belongs to a row that has, too.
        let Some(bytes) = app.files.get(&key).await? else { continue };
        files.insert(key.to_string(), hex::encode(Sha256::digest(&bytes)));
        let path = folder.join("files").join(key.as_str());
        tokio::fs::create_dir_all(path.parent().unwrap_or(folder)).await?;
        tokio::fs::write(path, bytes).await?;
    }
    let manifest = Manifest {
        format: FORMAT,
        migration: this_migration(),
        company: tenant,
        slug: slug.to_owned(),
        exported_at: Utc::now(),
        tables: tables.clone(),
        files,
    };
    std::fs::write(folder.join("manifest.json"), serde_json::to_vec_pretty(&manifest)?)?;
    Ok(Archived { company: tenant, tables, files: manifest.files.len() })
}

/// Brings a company in from a folder. Its rows arrive in one transaction, and only with the digests that they had.
pub async fn import(app: &App, urls: &Urls, folder: &Path) -> anyhow::Result<Archived> {
    let manifest = std::fs::read(folder.join("manifest.json")).with_context(|| format!("{} is no archive", folder.display()))?;
    let manifest: Manifest = serde_json::from_slice(&manifest).context("manifest.json")?;
    ensure!(manifest.format == FORMAT, "the archive has format {}, this program reads {FORMAT}", manifest.format);
    ensure!(
        manifest.migration == this_migration(),
        "the archive was taken at migration {}, this server is at {}: bring both to one version",
        manifest.migration,
        this_migration()
    );
    let tenant = manifest.company;
    let mut system = app.db.system().await?;
    ensure!(store::company(&mut system, &manifest.slug).await?.is_none(), "the company {} is here already", manifest.slug);
    let strangers = store::copy_people_in(&mut system, reading(&folder.join("people.gz"))?).await?;
    ensure!(strangers.is_empty(), "these addresses belong to other people here: {}", strangers.join(", "));

    for (name, sha256) in &manifest.files {
        let key = Key::parse(name).filter(|key| key.as_str().starts_with(&format!("{tenant}/")));
        let key = key.with_context(|| format!("{name} is no name of a file of this company"))?;
        let bytes = tokio::fs::read(folder.join("files").join(name)).await.with_context(|| format!("file {name}"))?;
        ensure!(hex::encode(Sha256::digest(&bytes)) == *sha256, "the file {name} is not what it was");
        app.files.put(&key, bytes, "application/octet-stream").await?;
    }
    // Members point at people, who must be there for all to see.
    system.commit().await?;

    let mut owner = store::connect(&urls.owner).await?;
    store::begin(&mut owner, tenant, "").await?;
    let here = store::tables(&mut owner).await?;
    for table in here.iter().filter(|table| !DERIVED.contains(&table.name.as_str())) {
        let file = reading(&folder.join("tables").join(format!("{}.gz", table.name)))?;
        store::copy_table_in(&mut owner, table, file).await.with_context(|| table.name.clone())?;
    }
    let mut tables = BTreeMap::new();
    for table in &here {
        tables.insert(table.name.clone(), store::digest(&mut owner, table, tenant).await?);
    }
    if let Some((name, _)) = tables.iter().find(|(name, digest)| manifest.tables.get(*name) != Some(digest)) {
        bail!("{name} is not what it was when it was exported; nothing was imported");
    }
    store::commit(&mut owner).await?;
    Ok(Archived { company: tenant, tables, files: manifest.files.len() })
}

/// Removes a closed company from every table and its files from the storage. People stay: their accounts are their own.
pub async fn erase(app: &App, urls: &Urls, slug: &str) -> anyhow::Result<Archived> {
    let mut system = app.db.system().await?;
    let (tenant, status) = store::company(&mut system, slug).await?.with_context(|| format!("there is no company {slug}"))?;
    system.commit().await?;
    ensure!(status == "closed", "the company is {status}: close it first");
    let files = app.files.list(tenant).await?;

    let mut owner = store::connect(&urls.owner).await?;
    store::begin(&mut owner, tenant, "").await?;
    let here = store::tables(&mut owner).await?;
    let mut tables = BTreeMap::new();
    for table in &here {
        tables.insert(table.name.clone(), store::digest(&mut owner, table, tenant).await?);
    }
    store::empty_sessions(&mut owner, tenant).await?;
    for table in here.iter().rev() {
        store::empty(&mut owner, &table.name, tenant).await.with_context(|| table.name.clone())?;
    }
    let remains = store::remains(&mut owner, tenant).await?;
    ensure!(remains.is_empty(), "something of the company is left in {}; nothing was erased", remains.join(", "));
    let count = i32::try_from(files.len()).unwrap_or(i32::MAX);
    store::insert_erasure(&mut owner, tenant, slug, Utc::now(), &serde_json::to_value(&tables)?, count).await?;
    store::commit(&mut owner).await?;
    // Rows first: a file without a row is nobody's, a row without its file is broken.
    for key in &files {
        app.files.delete(key).await?;
    }
    Ok(Archived { company: tenant, tables, files: files.len() })
}

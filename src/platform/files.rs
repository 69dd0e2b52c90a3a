//! Objects of companies: in an S3 bucket where one is configured, else in a folder; and links by which a browser reaches
//! them without passing through the API.
//!
//! An object's key is made here, from the company, the part of the product, the day and a random id; what a user calls a
//! file is never part of it.

use std::{fmt, path::PathBuf, time::Duration};

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation},
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use url::Url;
use uuid::Uuid;

use super::problem::Problem;
use crate::config::Config;

/// Where the bucket is; any server that speaks S3 will do.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub endpoint: String,
    /// As browsers reach it, where that is another address.
    pub public_endpoint: Option<String>,
    pub region: String,
    pub name: String,
    pub access_key: String,
    pub secret_key: String,
}

/// The name of an object: `{tenant}/{module}/{yyyy}/{mm}/{dd}/{uuid}`, and perhaps an ending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    #[must_use]
    pub fn new(tenant: Uuid, module: &str, at: DateTime<Utc>, id: Uuid) -> Self {
        Self(format!("{tenant}/{module}/{}/{id}", at.format("%Y/%m/%d")))
    }

    /// None for a text that no key of ours can be.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |part: &str| {
            (1..=80).contains(&part.len())
                && !part.starts_with('.')
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
        };
        (text.split('/').count() == 6 && text.split('/').all(fits)).then(|| Self(text.to_owned()))
    }

    /// The small picture of an object.
    #[must_use]
    pub fn thumbnail(&self) -> Self {
        Self(format!("{}.thumbnail", self.0))
    }

    /// Where a browser puts what has not been looked at.
    #[must_use]
    pub fn incoming(&self) -> Self {
        Self(format!("{}.incoming", self.0))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// When the object was named, by its id.
    #[must_use]
    pub fn made_at(&self) -> Option<DateTime<Utc>> {
        let id: Uuid = self.0.rsplit('/').next()?.split('.').next()?.parse().ok()?;
        let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address that is good for one thing, for a while, for whoever has it.
#[derive(Clone, Debug)]
pub struct Link {
    pub url: String,
    pub expires_at: DateTime<Utc>,
    /// What must be sent with it.
    pub headers: Vec<(String, String)>,
}

/// What a link to an object in the folder says, and is signed for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// Unix seconds.
    expires: i64,
    /// The content type; of an upload the one that must be sent.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What an upload must weigh, in bytes.
    #[serde(default)]
    pub size: u64,
    /// `Content-Disposition` of a download.
    #[serde(default)]
    pub disposition: String,
    signature: String,
}

#[derive(Clone)]
enum Store {
    Folder { root: PathBuf, public_url: String, secret: String },
    Bucket { client: Client, public: Client, name: String },
}

/// Call it outside of transactions: a file first, then the row that points at it.
#[derive(Clone)]
pub struct Files(Store);

/// How long a link to read is good for.
pub const DOWNLOAD_LIFE: Duration = Duration::from_mins(5);
/// How long a link to write is good for.
pub const UPLOAD_LIFE: Duration = Duration::from_mins(10);

fn client(bucket: &Bucket, endpoint: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(bucket.region.clone()))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new(&bucket.access_key, &bucket.secret_key, None, None, "configuration"))
        // Servers other than Amazon's seldom have a host name for each bucket, or its newer checksums.
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    Client::from_conf(config.build())
}

impl Files {
    pub fn new(config: &Config) -> std::io::Result<Self> {
        let Some(bucket) = &config.bucket else {
            let root = config.uploads_dir.clone().unwrap_or_else(|| config.data_dir.join("files"));
            std::fs::create_dir_all(&root)?;
            return Ok(Self(Store::Folder { root, public_url: config.public_url.clone(), secret: config.secret_key.clone() }));
        };
        let public = bucket.public_endpoint.as_ref().unwrap_or(&bucket.endpoint);
        Ok(Self(Store::Bucket { client: client(bucket, &bucket.endpoint), public: client(bucket, public), name: bucket.name.clone() }))
    }

    pub async fn put(&self, key: &Key, bytes: Vec<u8>, content_type: &str) -> Result<(), Problem> {
        match &self.0 {
            Store::Folder { root, .. } => {
                let path = root.join(key.as_str());
                if let Some(folder) = path.parent() {
                    tokio::fs::create_dir_all(folder).await.map_err(unavailable)?;
                }
                // Whole or not at all: a reader never sees half a file, and two writers do not meet in one.
                let part = path.with_file_name(format!(".{}.part", Uuid::now_v7()));
                tokio::fs::write(&part, bytes).await.map_err(unavailable)?;
                tokio::fs::rename(part, path).await.map_err(unavailable)
            }
            Store::Bucket { client, name, .. } => {
                let put = client.put_object().bucket(name).key(key.as_str()).content_type(content_type);
                put.body(ByteStream::from(bytes)).send().await.map(drop).map_err(unavailable)
            }
        }
    }

    /// The object, if there is one.
    pub async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Problem> {
        match &self.0 {
            Store::Folder { root, .. } => match tokio::fs::read(root.join(key.as_str())).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
            Store::Bucket { client, name, .. } => match client.get_object().bucket(name).key(key.as_str()).send().await {
                Ok(object) => Ok(Some(object.body.collect().await.map_err(unavailable)?.to_vec())),
                Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
        }
    }

    /// How many bytes the object has, if there is one.
    pub async fn size(&self, key: &Key) -> Result<Option<u64>, Problem> {
        match &self.0 {
            Store::Folder { root, .. } => match tokio::fs::metadata(root.join(key.as_str())).await {
                Ok(metadata) => Ok(Some(metadata.len())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
            Store::Bucket { client, name, .. } => match client.head_object().bucket(name).key(key.as_str()).send().await {
                Ok(head) => Ok(head.content_length().and_then(|length| u64::try_from(length).ok())),
                Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
        }
    }

    /// The companies, there or gone, of which there are objects.
    pub async fn companies(&self) -> Result<Vec<Uuid>, Problem> {
        let names = match &self.0 {
            Store::Folder { root, .. } => {
                let mut names = vec![];
                let mut entries = tokio::fs::read_dir(root).await.map_err(unavailable)?;
                while let Some(entry) = entries.next_entry().await.map_err(unavailable)? {
                    names.extend(entry.file_name().into_string());
                }
                names
            }
            Store::Bucket { client, name, .. } => {
                let mut names = vec![];
                let mut pages = client.list_objects_v2().bucket(name).delimiter("/").into_paginator().send();
                while let Some(page) = pages.next().await {
                    let page = page.map_err(unavailable)?;
                    names.extend(page.common_prefixes().iter().filter_map(|p| Some(p.prefix()?.trim_end_matches('/').to_owned())));
                }
                names
            }
        };
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// The keys of all objects of a company, in order.
    pub async fn list(&self, tenant: Uuid) -> Result<Vec<Key>, Problem> {
        let mut found = match &self.0 {
            Store::Folder { root, .. } => {
                let (root, folder) = (root.clone(), root.join(tenant.to_string()));
                tokio::task::spawn_blocking(move || walk(&root, &folder)).await.map_err(Problem::internal)?.map_err(unavailable)?
            }
            Store::Bucket { client, name, .. } => {
                let mut found = vec![];
                let mut pages = client.list_objects_v2().bucket(name).prefix(format!("{tenant}/")).into_paginator().send();
                while let Some(page) = pages.next().await {
                    let page = page.map_err(unavailable)?;
                    found.extend(page.contents().iter().filter_map(|object| Key::parse(object.key()?)));
                }
                found
            }
        };
        found.sort();
        Ok(found)
    }

    /// Removes an object; one that is not there is no error.
    pub async fn delete(&self, key: &Key) -> Result<(), Problem> {
        match &self.0 {
            Store::Folder { root, .. } => match tokio::fs::remove_file(root.join(key.as_str())).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unavailable(error)),
                _ => Ok(()),
            },
            Store::Bucket { client, name, .. } => {
                client.delete_object().bucket(name).key(key.as_str()).send().await.map(drop).map_err(unavailable)
            }
        }
    }

    /// Whether files can be kept now.
    pub async fn ready(&self) -> bool {
        match &self.0 {
            Store::Folder { root, .. } => tokio::fs::metadata(root).await.is_ok(),
            Store::Bucket { client, name, .. } => client.head_bucket().bucket(name).send().await.is_ok(),
        }
    }

    /// Lets whoever has the link put an object of just this type and size.
    pub async fn upload_link(&self, key: &Key, content_type: &str, size: u64) -> Result<Link, Problem> {
        match &self.0 {
            Store::Folder { public_url, secret, .. } => {
                let signed = Signed::new(UPLOAD_LIFE, content_type, size, String::new());
                let headers = vec![("content-type".to_owned(), content_type.to_owned())];
                signed.link(public_url, secret, "PUT", key, headers)
            }
            Store::Bucket { public, name, .. } => {
                let length = i64::try_from(size).map_err(Problem::internal)?;
                let put = public.put_object().bucket(name).key(key.as_str()).content_type(content_type).content_length(length);
                let signed = put.presigned(presigning(UPLOAD_LIFE)?).await.map_err(unavailable)?;
                Ok(link(&signed, UPLOAD_LIFE))
            }
        }
    }

    /// Lets whoever has the link read the object.
    pub async fn download_link(&self, key: &Key, content_type: &str, disposition: String) -> Result<Link, Problem> {
        match &self.0 {
            Store::Folder { public_url, secret, .. } => {
                Signed::new(DOWNLOAD_LIFE, content_type, 0, disposition).link(public_url, secret, "GET", key, vec![])
            }
            Store::Bucket { public, name, .. } => {
                let get = public.get_object().bucket(name).key(key.as_str());
                let get = get.response_content_type(content_type).response_content_disposition(disposition);
                let signed = get.presigned(presigning(DOWNLOAD_LIFE)?).await.map_err(unavailable)?;
                Ok(link(&signed, DOWNLOAD_LIFE))
            }
        }
    }

    /// Whether a request has a link of ours for what it wants; never so where files are in a bucket.
    #[must_use]
    pub fn admits(&self, method: &str, key: &Key, signed: &Signed) -> bool {
        match &self.0 {
            Store::Folder { secret, .. } => {
                Utc::now().timestamp() < signed.expires
                    && hex::decode(&signed.signature)
                        .is_ok_and(|given| signed.mac(secret, method, key).is_some_and(|mac| mac.verify_slice(&given).is_ok()))
            }
            Store::Bucket { .. } => false,
        }
    }
}

impl Signed {
    fn new(life: Duration, content_type: &str, size: u64, disposition: String) -> Self {
        let expires = (Utc::now() + life).timestamp();
        Self { expires, content_type: content_type.to_owned(), size, disposition, signature: String::new() }
    }

    fn mac(&self, secret: &str, method: &str, key: &Key) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        let Self { expires, content_type, size, disposition, .. } = self;
        mac.update(format!("media link\n{method}\n{key}\n{expires}\n{content_type}\n{size}\n{disposition}").as_bytes());
        Some(mac)
    }

    fn link(self, site: &str, secret: &str, method: &str, key: &Key, headers: Vec<(String, String)>) -> Result<Link, Problem> {
        let wrong = |what: &str| Problem::internal(anyhow::anyhow!("media link: {what}"));
        let mac = self.mac(secret, method, key).ok_or_else(|| wrong("key"))?;
        let mut url = Url::parse(&format!("{site}/media/{key}")).map_err(Problem::internal)?;
        let (expires, size) = (self.expires.to_string(), self.size.to_string());
        url.query_pairs_mut()
            .append_pair("expires", &expires)
            .append_pair("type", &self.content_type)
            .append_pair("size", &size)
            .append_pair("disposition", &self.disposition)
            .append_pair("signature", &hex::encode(mac.finalize().into_bytes()));
        let expires_at = DateTime::from_timestamp(self.expires, 0).ok_or_else(|| wrong("time"))?;
        Ok(Link { url: url.into(), expires_at, headers })
    }
}

fn presigning(life: Duration) -> Result<PresigningConfig, Problem> {
    PresigningConfig::expires_in(life).map_err(Problem::internal)
}

fn link(signed: &aws_sdk_s3::presigning::PresignedRequest, life: Duration) -> Link {
    Link {
        url: signed.uri().to_owned(),
        expires_at: Utc::now() + TimeDelta::from_std(life).unwrap_or_default(),
        headers: signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

/// Files under a folder, by their path from the root. Half-written ones begin with a dot, and are nobody's.
fn walk(root: &std::path::Path, folder: &std::path::Path) -> std::io::Result<Vec<Key>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(error),
    };
    let mut found = vec![];
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(walk(root, &path)?);
        } else {
            found.extend(path.strip_prefix(root).ok().and_then(|path| Key::parse(path.to_str()?)));
        }
    }
    Ok(found)
}

fn unavailable(error: impl Into<anyhow::Error>) -> Problem {
    Problem::unavailable("storage_unavailable", "Files cannot be kept or read now. Try again.", 5).caused_by(error)
}

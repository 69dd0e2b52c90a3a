//! Files of companies: an S3 bucket where one is configured, else a folder in the data folder.
//!
//! An object's name is made here, from the company and a random id; what a user calls a file is never
//! part of it.

use std::path::PathBuf;

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    primitives::ByteStream,
};
use uuid::Uuid;

use super::problem::Problem;

/// Where the bucket is; any server that speaks S3 will do.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub endpoint: String,
    pub region: String,
    pub name: String,
    pub access_key: String,
    pub secret_key: String,
}

#[derive(Clone)]
enum Store {
    Folder(PathBuf),
    Bucket { client: Client, name: String },
}

/// Call it outside of transactions: a file first, then the row that points at it.
#[derive(Clone)]
pub struct Files(Store);

impl Files {
    pub fn new(bucket: Option<&Bucket>, data_dir: &std::path::Path) -> std::io::Result<Self> {
        let Some(bucket) = bucket else {
            let folder = data_dir.join("files");
            std::fs::create_dir_all(&folder)?;
            return Ok(Self(Store::Folder(folder)));
        };
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(bucket.region.clone()))
            .endpoint_url(&bucket.endpoint)
            .credentials_provider(Credentials::new(&bucket.access_key, &bucket.secret_key, None, None, "configuration"))
            // Servers other than Amazon's seldom have a host name for each bucket.
            .force_path_style(true)
            .build();
        Ok(Self(Store::Bucket { client: Client::from_conf(config), name: bucket.name.clone() }))
    }

    pub async fn put(&self, tenant: Uuid, id: Uuid, bytes: Vec<u8>, content_type: &str) -> Result<(), Problem> {
        match &self.0 {
            Store::Folder(folder) => {
                let folder = folder.join(tenant.to_string());
                tokio::fs::create_dir_all(&folder).await.map_err(unavailable)?;
                // Whole or not at all: a reader never sees half a file.
                let part = folder.join(format!("{id}.part"));
                tokio::fs::write(&part, bytes).await.map_err(unavailable)?;
                tokio::fs::rename(part, folder.join(id.to_string())).await.map_err(unavailable)
            }
            Store::Bucket { client, name } => {
                let put = client.put_object().bucket(name).key(key(tenant, id)).content_type(content_type);
                put.body(ByteStream::from(bytes)).send().await.map(drop).map_err(unavailable)
            }
        }
    }

    /// The file, if there is one.
    pub async fn get(&self, tenant: Uuid, id: Uuid) -> Result<Option<Vec<u8>>, Problem> {
        match &self.0 {
            Store::Folder(folder) => match tokio::fs::read(folder.join(key(tenant, id))).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
            Store::Bucket { client, name } => match client.get_object().bucket(name).key(key(tenant, id)).send().await {
                Ok(object) => Ok(Some(object.body.collect().await.map_err(unavailable)?.to_vec())),
                Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
        }
    }

    /// The ids of all files of a company.
    pub async fn list(&self, tenant: Uuid) -> Result<Vec<Uuid>, Problem> {
        let mut found = vec![];
        match &self.0 {
            Store::Folder(folder) => {
                let mut entries = match tokio::fs::read_dir(folder.join(tenant.to_string())).await {
                    Ok(entries) => entries,
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
                    Err(error) => return Err(unavailable(error)),
                };
                while let Some(entry) = entries.next_entry().await.map_err(unavailable)? {
                    // Half-written ones have an ending, and are nobody's.
                    found.extend(entry.file_name().to_str().and_then(|name| name.parse::<Uuid>().ok()));
                }
            }
            Store::Bucket { client, name } => {
                let prefix = format!("{tenant}/");
                let mut pages = client.list_objects_v2().bucket(name).prefix(&prefix).into_paginator().send();
                while let Some(page) = pages.next().await {
                    let page = page.map_err(unavailable)?;
                    let keys = page.contents().iter().filter_map(|object| object.key()?.strip_prefix(&prefix)?.parse::<Uuid>().ok());
                    found.extend(keys);
                }
            }
        }
        Ok(found)
    }

    /// Removes a file; one that is not there is no error.
    pub async fn delete(&self, tenant: Uuid, id: Uuid) -> Result<(), Problem> {
        match &self.0 {
            Store::Folder(folder) => match tokio::fs::remove_file(folder.join(key(tenant, id))).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unavailable(error)),
                _ => Ok(()),
            },
            Store::Bucket { client, name } => {
                client.delete_object().bucket(name).key(key(tenant, id)).send().await.map(drop).map_err(unavailable)
            }
        }
    }

    /// Whether files can be kept now.
    pub async fn ready(&self) -> bool {
        match &self.0 {
            Store::Folder(folder) => tokio::fs::metadata(folder).await.is_ok(),
            Store::Bucket { client, name } => client.head_bucket().bucket(name).send().await.is_ok(),
        }
    }
}

fn key(tenant: Uuid, id: Uuid) -> String {
    format!("{tenant}/{id}")
}

fn unavailable(error: impl Into<anyhow::Error>) -> Problem {
    Problem::unavailable("storage_unavailable", "Files cannot be kept or read now. Try again.", 5).caused_by(error)
}

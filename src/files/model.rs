//! Types without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::{files, problem::Problem};

/// What a file is for, which decides what it may be and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Of the company, on its documents: PNG, JPEG or WebP, 5 MiB.
    Logo,
    /// Of a store, a campaign: PNG, JPEG, WebP or GIF, 5 MiB.
    Image,
    /// Of a product, shown with it: PNG, JPEG, WebP or GIF, 5 MiB.
    ProductImage,
    /// MP4, WebM or QuickTime, 20 MiB.
    Video,
    /// Receipts, contracts, invoices: pictures, PDF, office documents, XML, plain text, 10 MiB.
    Document,
    /// Of a support ticket: documents, archives and logs, 10 MiB.
    Ticket,
    /// The source of an import, 64 MiB; kept by imports.
    #[serde(skip_deserializing)]
    Import,
}

const MIB: u64 = 1024 * 1024;

impl Purpose {
    pub const ALL: [Self; 7] = [Self::Logo, Self::Image, Self::ProductImage, Self::Video, Self::Document, Self::Ticket, Self::Import];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Image => "image",
            Self::ProductImage => "product_image",
            Self::Video => "video",
            Self::Document => "document",
            Self::Ticket => "ticket",
            Self::Import => "import",
        }
    }

    pub fn parse(name: &str) -> Result<Self, Problem> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.name() == name);
        found.ok_or_else(|| Problem::internal(anyhow::anyhow!("file purpose {name}")))
    }

    /// The part of the product in the object's key.
    #[must_use]
    pub const fn module(self) -> &'static str {
        match self {
            Self::Logo => "company",
            Self::Image | Self::ProductImage | Self::Video => "catalogue",
            Self::Document => "documents",
            Self::Ticket => "support",
            Self::Import => "imports",
        }
    }

    /// In bytes.
    #[must_use]
    pub const fn most(self) -> u64 {
        match self {
            Self::Logo | Self::Image | Self::ProductImage => 5 * MIB,
            Self::Video => 20 * MIB,
            Self::Document | Self::Ticket => 10 * MIB,
            Self::Import => 64 * MIB,
        }
    }
}

/// A file as it is kept.
#[derive(Clone, Debug)]
pub struct File {
    pub id: Uuid,
    pub purpose: Purpose,
    pub key: files::Key,
    pub name: String,
    pub content_type: String,
    pub size: u64,
    pub is_ready: bool,
    pub sha256: Option<Vec<u8>>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub has_thumbnail: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
}

impl File {
    #[must_use]
    pub fn shown(self) -> FileShown {
        FileShown {
            id: self.id,
            purpose: self.purpose,
            name: self.name,
            content_type: self.content_type,
            size: self.size,
            state: if self.is_ready { "ready" } else { "pending" },
            sha256: self.sha256.map(hex::encode),
            width: self.width,
            height: self.height,
            has_thumbnail: self.has_thumbnail,
            created_by: self.created_by,
            created_at: self.created_at,
        }
    }

    /// `Content-Disposition`: saved under the name that its owner gave it (RFC 6266, RFC 8187), never opened in place.
    #[must_use]
    pub fn disposition(&self) -> String {
        disposition(&self.name)
    }
}

#[must_use]
pub fn disposition(name: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let plain: String = name.bytes().map(|b| if keep(b) { char::from(b) } else { '_' }).collect();
    let encoded: String = name.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// A file of the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub struct FileShown {
    pub id: Uuid,
    pub purpose: Purpose,
    /// As its owner calls it.
    #[schema(example = "logo.png")]
    pub name: String,
    /// By its content; of a pending one as it was announced.
    #[schema(example = "image/png")]
    pub content_type: String,
    /// In bytes.
    #[schema(example = 48213)]
    pub size: u64,
    /// `pending` until it has been brought and looked at, then `ready`.
    #[schema(example = "ready")]
    pub state: &'static str,
    /// In hexadecimal; null while pending.
    pub sha256: Option<String>,
    /// Of pictures, in pixels.
    pub width: Option<i32>,
    pub height: Option<i32>,
    /// Of pictures, made in the background: 320 pixels at most on each side.
    pub has_thumbnail: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
}

/// A file that somebody wants to bring to the storage itself.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"purpose": "image", "name": "pan-de-yuca.jpg", "content_type": "image/jpeg", "size": 48213}))]
pub struct NewUpload {
    #[garde(skip)]
    pub purpose: Purpose,
    /// With its ending, which must be one of its type.
    #[garde(custom(a_name))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[garde(length(max = 100))]
    #[schema(max_length = 100)]
    pub content_type: String,
    /// In bytes: neither more nor less can be brought.
    #[garde(range(min = 1, max = 67_108_864))]
    #[schema(minimum = 1, maximum = 67_108_864)]
    pub size: u64,
}

/// Refuses what would not be a name of one file.
pub fn a_name(name: &str, _: &()) -> garde::Result {
    if (1..=200).contains(&name.chars().count()) && !name.contains(['/', '\\']) && !name.contains(char::is_control) {
        Ok(())
    } else {
        Err(garde::Error::new("must be a file name of 1 to 200 characters, without slashes"))
    }
}

/// Where to bring a file, and what to send with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadLink {
    #[schema(example = "PUT")]
    pub method: &'static str,
    pub url: String,
    /// Send these, as they are.
    #[schema(example = json!({"content-type": "image/jpeg"}))]
    pub headers: std::collections::BTreeMap<String, String>,
    pub expires_at: DateTime<Utc>,
}

/// A pending file and the link to bring it by.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upload {
    #[schema(inline = false)]
    pub file: FileShown,
    pub upload: UploadLink,
}

/// A link to read a file by, without a token, for as long as it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct DownloadLink {
    pub url: String,
    pub expires_at: DateTime<Utc>,
}

/// How much of the storage the company uses.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileUsage {
    #[schema(example = 3)]
    pub files: i32,
    #[schema(example = 48213)]
    pub used_bytes: i64,
    /// By the plan; null: as much as they like.
    #[schema(example = 1_073_741_824)]
    pub limit_bytes: Option<i64>,
}

/// Which files.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub purpose: Option<Purpose>,
}

/// What a file that is sent as it is, is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    #[param(example = "image")]
    pub purpose: Purpose,
    /// With its ending, which must be one of its type.
    #[param(example = "dot.png", min_length = 1, max_length = 200)]
    pub name: String,
}

/// Which form of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    #[default]
    Original,
    Thumbnail,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VariantQuery {
    #[serde(default)]
    #[param(inline)]
    pub variant: Variant,
}

//! What a file is, by its content.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};
use sha2::{Digest, Sha256};

use super::model::Purpose;
use crate::platform::problem::Problem;

/// A kind of file that somebody may bring.
struct Kind {
    content_type: &'static str,
    endings: &'static [&'static str],
    /// Whether documents and tickets take it, too.
    is_document: bool,
    /// Where else it fits.
    purposes: &'static [Purpose],
}

const PICTURE: &[Purpose] = &[Purpose::Logo, Purpose::Image, Purpose::ProductImage];
const VIDEO: &[Purpose] = &[Purpose::Video];

const fn kind(content_type: &'static str, endings: &'static [&'static str], is_document: bool, purposes: &'static [Purpose]) -> Kind {
    Kind { content_type, endings, is_document, purposes }
}

/// No SVG and no HTML: they are programs.
const KINDS: [Kind; 19] = [
    kind("image/png", &["png"], true, PICTURE),
    kind("image/jpeg", &["jpg", "jpeg"], true, PICTURE),
    kind("image/webp", &["webp"], true, PICTURE),
    kind("image/gif", &["gif"], true, &[Purpose::Image, Purpose::ProductImage]),
    kind("video/mp4", &["mp4", "m4v"], false, VIDEO),
    kind("video/webm", &["webm"], false, VIDEO),
    kind("video/quicktime", &["mov"], false, VIDEO),
    kind("application/pdf", &["pdf"], true, &[]),
    kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"], true, &[]),
    kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"], true, &[Purpose::Import]),
    kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"], true, &[]),
    kind("application/vnd.oasis.opendocument.text", &["odt"], true, &[]),
    kind("application/vnd.oasis.opendocument.spreadsheet", &["ods"], true, &[Purpose::Import]),
    kind("text/xml", &["xml"], true, &[]),
    kind("text/csv", &["csv"], true, &[Purpose::Import]),
    kind("text/plain", &["txt", "log"], true, &[]),
    kind("application/json", &["json"], true, &[]),
    kind("application/zip", &["zip"], false, &[Purpose::Ticket]),
    kind("application/gzip", &["gz"], false, &[Purpose::Ticket]),
];

impl Kind {
    fn fits(&self, purpose: Purpose) -> bool {
        self.purposes.contains(&purpose) || self.is_document && matches!(purpose, Purpose::Document | Purpose::Ticket)
    }
}

/// More makes a picture that no screen shows and that takes a server's memory.
const MOST_PIXELS: u64 = 40_000_000;
/// What an archive may unpack to, and of how many parts: nobody unpacks it here, but whoever reads it does.
const MOST_UNPACKED: u64 = 200 * 1024 * 1024;
const MOST_PARTS: usize = 10_000;

/// What has been found out about a file.
#[derive(Clone, Debug)]
pub struct Checked {
    pub content_type: &'static str,
    pub sha256: [u8; 32],
    pub width: Option<i32>,
    pub height: Option<i32>,
}

fn refused(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::unprocessable(code, detail)
}

fn wrong_type(purpose: Purpose) -> Problem {
    let taken: Vec<&str> = KINDS.iter().filter(|kind| kind.fits(purpose)).map(|kind| kind.content_type).collect();
    refused("files.type_not_taken", format!("As {} these are taken: {}.", purpose.name(), taken.join(", ")))
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase())
}

/// Refuses what is announced and will not be taken.
pub fn announce(purpose: Purpose, name: &str, content_type: &str, size: u64) -> Result<(), Problem> {
    let kind = KINDS.iter().find(|kind| kind.content_type == content_type && kind.fits(purpose)).ok_or_else(|| wrong_type(purpose))?;
    of_ending(kind, name)?;
    of_size(purpose, size)
}

fn of_ending(kind: &Kind, name: &str) -> Result<(), Problem> {
    if kind.endings.contains(&ending(name).as_str()) {
        return Ok(());
    }
    let detail = format!("The file is {}: its name must end in .{}.", kind.content_type, kind.endings.join(" or ."));
    Err(refused("files.name_does_not_fit", detail))
}

pub fn of_size(purpose: Purpose, size: u64) -> Result<(), Problem> {
    match size {
        0 => Err(refused("files.empty", "The file is empty.")),
        size if size > purpose.most() => {
            let most = purpose.most() / (1024 * 1024);
            Err(Problem::new(
                http::StatusCode::PAYLOAD_TOO_LARGE,
                "files.too_large",
                format!("As {} a file has {most} MiB at most.", purpose.name()),
            ))
        }
        _ => Ok(()),
    }
}

/// Looks at the whole file. Takes a core: call it on a thread of its own.
pub fn check(purpose: Purpose, name: &str, bytes: &[u8]) -> Result<Checked, Problem> {
    of_size(purpose, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    let content_type = sniff(name, bytes).ok_or_else(|| wrong_type(purpose))?;
    let kind = KINDS.iter().find(|kind| kind.content_type == content_type && kind.fits(purpose)).ok_or_else(|| wrong_type(purpose))?;
    of_ending(kind, name)?;
    let (width, height) = match format(kind.content_type) {
        Some(format) => {
            let (width, height) = dimensions(format, bytes)?;
            (Some(width), Some(height))
        }
        None => (None, None),
    };
    if bytes.starts_with(b"PK") {
        archive(bytes)?;
    }
    Ok(Checked { content_type: kind.content_type, sha256: Sha256::digest(bytes).into(), width, height })
}

/// What the content says. Text has no sign of its own: there the name tells which text it is.
fn sniff(name: &str, bytes: &[u8]) -> Option<&'static str> {
    let named = KINDS.iter().find(|kind| kind.endings.contains(&ending(name).as_str())).map(|kind| kind.content_type);
    let Some(text) = named.filter(|named| ["text/csv", "text/plain", "text/xml", "application/json"].contains(named)) else {
        let found = infer::get(bytes)?.mime_type();
        return KINDS.iter().map(|kind| kind.content_type).find(|known| *known == found);
    };
    let content = std::str::from_utf8(bytes).ok()?;
    let holds = match text {
        "application/json" => serde_json::from_str::<serde::de::IgnoredAny>(content).is_ok(),
        "text/xml" => content.trim_start_matches('\u{feff}').trim_start().starts_with('<'),
        _ => true,
    };
    holds.then_some(text)
}

/// The format of a picture.
pub fn format(content_type: &str) -> Option<ImageFormat> {
    match content_type {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/webp" => Some(ImageFormat::WebP),
        "image/gif" => Some(ImageFormat::Gif),
        _ => None,
    }
}

/// Read from the head of the file, before anything is unpacked.
fn dimensions(format: ImageFormat, bytes: &[u8]) -> Result<(i32, i32), Problem> {
    let unreadable = || refused("files.unreadable_picture", "The picture cannot be read; save it again.");
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().map_err(|_| unreadable())?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(refused("files.too_many_pixels", "A picture has 40 million pixels at most; make it smaller."));
    }
    Ok((i32::try_from(width).map_err(|_| unreadable())?, i32::try_from(height).map_err(|_| unreadable())?))
}

/// Refuses archives that are made to fill a disk, or to write where they should not.
fn archive(bytes: &[u8]) -> Result<(), Problem> {
    let wrong = |detail: &str| refused("files.archive_refused", detail);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| wrong("The archive cannot be read."))?;
    if archive.len() > MOST_PARTS {
        return Err(wrong("The archive has more than 10,000 parts."));
    }
    let mut unpacked = 0_u64;
    for i in 0..archive.len() {
        let part = archive.by_index_raw(i).map_err(|_| wrong("The archive cannot be read."))?;
        unpacked = unpacked.saturating_add(part.size());
        if part.is_symlink() || part.enclosed_name().is_none() {
            return Err(wrong("The archive points outside of itself."));
        }
    }
    if unpacked > MOST_UNPACKED {
        return Err(wrong("The archive unpacks to more than 200 MiB."));
    }
    Ok(())
}

//! Documents as PDF, from shipped Typst templates.

use std::sync::OnceLock;

use serde::Serialize;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;

/// The shipped templates.
#[derive(Clone, Copy, Debug)]
pub enum Template {
    Receipt,
    Report,
}

impl Template {
    const fn text(self) -> &'static str {
        match self {
            Self::Receipt => include_str!("../../templates/pdf/receipt.typ"),
            Self::Report => include_str!("../../templates/pdf/report.typ"),
        }
    }
}

/// A template or its data is wrong: a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("data: {0}")]
    Data(#[from] serde_json::Error),
    #[error("template: {0}")]
    Template(String),
    #[error(transparent)]
    Stopped(#[from] tokio::task::JoinError),
    #[error("file name: {0}")]
    Name(String),
}

/// Renders a template with `data`, which it reads as JSON, and a PNG that it may show as `/logo.png`. Runs on the blocking pool, one at a time:
/// a render takes a core for some milliseconds and must not crowd out sales.
pub async fn render(template: Template, data: &impl Serialize, logo: Option<Vec<u8>>) -> Result<Vec<u8>, PdfError> {
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let data = serde_json::to_vec(data)?;
    let _turn = TURN.lock().await;
    tokio::task::spawn_blocking(move || {
        let rendered = compile(template, data, logo);
        // Typst remembers every layout for the whole process unless told to forget.
        comemo::evict(5);
        rendered
    })
    .await?
}

fn compile(template: Template, data: Vec<u8>, logo: Option<Vec<u8>>) -> Result<Vec<u8>, PdfError> {
    let main = file("/main.typ")?;
    let mut files = vec![(file("/data.json")?, Bytes::new(data))];
    if let Some(logo) = logo {
        files.push((file("/logo.png")?, Bytes::new(logo)));
    }
    let page = Page { source: Source::new(main, template.text().into()), files };
    let document: PagedDocument = typst::compile(&page).output.map_err(|errors| explain(&errors))?;
    typst_pdf::pdf(&document, &typst_pdf::PdfOptions::default()).map_err(|errors| explain(&errors))
}

/// Names are interned for the life of the process, so the same few are used for every document.
fn file(path: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(path).map_err(|e| PdfError::Name(format!("{e:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

fn explain(errors: &[SourceDiagnostic]) -> PdfError {
    PdfError::Template(errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "))
}

struct Page {
    source: Source,
    files: Vec<(FileId, Bytes)>,
}

struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let fonts: Vec<Font> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
        Shared { library: LazyHash::new(Library::default()), book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    })
}

impl World for Page {
    fn library(&self) -> &LazyHash<Library> {
        &shared().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &shared().book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.iter().find(|(known, _)| *known == id).map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        shared().fonts.get(index).cloned()
    }

    /// Dates come with the data, in the company's time zone.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

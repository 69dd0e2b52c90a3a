//! Files that people bring: logos, pictures, documents. Each has a row that says what it is and an object that it lies in.
//!
//! Invariants: what a file is, its content decides; nobody reads what has not been looked at; all files of a company
//! weigh no more than its plan allows, which the database sees to. Calls platform.

mod content;
mod http;
mod model;
mod service;
mod store;
mod thumbnail;

pub use http::{download, read_media, router, write_media};
pub use model::{File, Purpose};
pub use service::{Swept, content, discard, keep, make_thumbnail, picture, ready, sweep};
pub use store::logo;

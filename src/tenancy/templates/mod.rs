//! The words of a company's documents and mails: shipped ones, and the company's own in their place.
//!
//! A text is filled in by a small language that can neither loop for long, nor read anything but what it is given, nor
//! write markup.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::TemplateParts;
pub use service::{ReceiptWords, Written, mail_words, receipt_words, sample_words};

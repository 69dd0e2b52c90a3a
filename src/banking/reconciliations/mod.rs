//! How lines of banks are explained: by open items that they settle, by what the books have already, by accounts, or by what is to be
//! found out. What explains a line is the line, to the last cent; it posts and allocates, and undone it takes both back.

mod http;
mod model;
mod report;
mod service;
mod store;

pub use http::router;

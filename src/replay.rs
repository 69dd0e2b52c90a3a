//! Replays a real sales file through the HTTP API, as terminals would.

use std::process::ExitCode;

/// What to replay, where.
#[derive(clap::Args)]
pub struct Options {
    /// The sales file, CSV or CSV.gz.
    file: std::path::PathBuf,
}

pub async fn run(_options: Options) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
